"""A reservation, as stored and as the other domains know it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Reservation:
    """A time of an event type, or one seat at its start, that somebody keeps until `release_at`."""

    uid: str
    event_type_id: int
    start: datetime
    end: datetime
    release_at: datetime
    is_seat: bool
    is_binding: bool

    @property
    def minutes(self) -> int:
        """Return the length of the slot."""
        return int((self.end - self.start).total_seconds()) // 60
