"""Mails about bookings, and the invitations in them (notifications.md)."""
