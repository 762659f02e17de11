"""What happened to bookings, as it is stored for those who act on it (bookings note, section 14)."""
