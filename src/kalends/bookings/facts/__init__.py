"""What happened to bookings, stored for the consumers that act on it (bookings.md 14)."""
