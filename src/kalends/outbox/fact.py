"""A fact, as the outbox stores it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened to a booking. `payload` is what its consumers read.

    `timers` are pairs of a kind and an instant that replace all those of the booking; None: they stay.
    """

    kind: str
    booking_id: int
    event_type_id: int | None
    user_id: int | None
    ordering_key: str
    payload: bytes
    timers: Sequence[tuple[str, datetime]] | None = None
