"""A reservation, as stored and as the other domains know it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Reservation:
    """A time of an event type, or one seat at its start, that somebody keeps until `release_at`.

    Of a binding one that was made without a credential `stranger` is the part of the address space that it
    came from, and `held_since` when.
    """

    uid: str
    event_type_id: int
    start: datetime
    end: datetime
    release_at: datetime
    is_seat: bool
    is_binding: bool
    stranger: str | None = None
    held_since: datetime | None = None

    @property
    def minutes(self) -> int:
        """Return the length of the slot."""
        return int((self.end - self.start).total_seconds()) // 60
