"""Platforms: OAuth clients, the users that they manage, and what these act by."""
