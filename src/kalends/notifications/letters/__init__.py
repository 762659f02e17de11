"""Mails that are written when what they tell of happens, and follow from no fact of a booking."""
