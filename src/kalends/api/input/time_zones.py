"""Names of time zones: which exist, and how they are spelt."""

from functools import cache
from zoneinfo import available_timezones

# Entries of the zone database that are not zones where people live.
_NOT_ZONES = frozenset({"localtime", "posixrules", "Factory"})


@cache
def _spellings() -> dict[str, str]:
    return {name.lower(): name for name in available_timezones() if name not in _NOT_ZONES}


def canonical_time_zone(name: str) -> str | None:
    """Return the IANA spelling of a zone given in any capitalisation; None when there is no such zone."""
    return _spellings().get(name.lower())
