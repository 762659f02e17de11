"""The opaque id of a slot."""

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime


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
    """Return what a slot's id names; None when it is not one of ours."""
    try:
        plain = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii")
        event_type_id, start, minutes = (int(part) for part in plain.split("."))
    except (binascii.Error, ValueError):
        return None
    return SlotUid(event_type_id, start, minutes)
