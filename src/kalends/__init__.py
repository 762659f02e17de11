"""Kalends: a self-hosted scheduling API server that speaks the Cal.com API v2."""

__version__ = "0.1.0"
