"""What webhooks tell of an event: one module for each place of a booking's life that has a shape of its own.

Existing clients know these shapes field by field (webhooks.md 9), down to three ways of writing an
instant.
"""
