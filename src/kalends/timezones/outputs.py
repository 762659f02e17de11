"""The wire of time zones: answers (http-core.md 12)."""

from typing_extensions import TypedDict


class CityTimeZone(TypedDict):
    """One entry of the list; `pop` is the number of inhabitants."""

    city: str
    timezone: str
    pop: int
