"""The one queue of all that is tried until it works."""
