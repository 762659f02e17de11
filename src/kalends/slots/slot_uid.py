"""The opaque id of a slot."""

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime

from kalends.api.input.fields import MAX_INTEGER
from kalends.api.input.instants import EARLIEST, LATEST


@dataclass(frozen=True, slots=True)
class SlotUid:
    """What the opaque id of a slot names: event type, start (epoch seconds) and length in minutes."""

    event_type_id: int
    start: int
    minutes: int

    def __str__(self) -> str:
        plain = f"{self.event_type_id}.{self.start}.{self.minutes}"
        return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")

    @property
    def instant(self) -> datetime:
        """Return the start of the slot."""
        return datetime.fromtimestamp(self.start, UTC)


def parse_slot_uid(text: str) -> SlotUid | None:
    """Return what the id of a slot names; None: it is none that this server makes.

    What it names may be gone or never have been, but lies in what requests may say: the start between
    `EARLIEST` and `LATEST`, the numbers in 32 bits.
    """
    try:
        plain = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii")
        event_type_id, start, minutes = (int(part) for part in plain.split("."))
    except (binascii.Error, ValueError):
        return None
    named = SlotUid(event_type_id, start, minutes)
    is_in_range = (
        1 <= event_type_id <= MAX_INTEGER and 1 <= minutes <= MAX_INTEGER and _FIRST <= start <= _LAST
    )
    # Both readers are lenient: they skip odd characters, and take blanks, signs and leading zeros.
    return named if is_in_range and str(named) == text.rstrip("=") else None


_FIRST, _LAST = int(EARLIEST.timestamp()), int(LATEST.timestamp())
