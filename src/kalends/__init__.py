"""Kalends: a self-hosted scheduling API server that speaks the Cal.com API v2."""

import zoneinfo

__version__ = "0.2.0.dev0"

# Zone rules are those of the locked `tzdata` package on every machine, not whatever the system has.
zoneinfo.reset_tzpath(to=())
