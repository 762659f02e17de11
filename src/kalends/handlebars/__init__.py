"""Handlebars for data that somebody else wrote: no code of ours is within reach (docs/decisions)."""
