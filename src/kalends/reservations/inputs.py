"""The wire of reservations in version 2024-09-04: requests (slots.md 3)."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, ValidationError, model_validator
from pydantic_core import InitErrorDetails

from kalends.api.input.fields import (
    Boolean,
    Integer,
    Text,
    violation,
)
from kalends.api.input.instants import Instant
from kalends.api.output.envelope import instant
from kalends.api.wire import Body
from kalends.reservations.service import Reserve
from kalends.slots.slot_uid import parse_slot_uid

MAX_MINUTES = 366 * 24 * 60


class ReserveSlotBody(Body):
    """A slot to reserve, named by its parts or by the `slotUid` that a list shows on request."""

    event_type_id: Integer
    slot_start: Instant
    slot_duration: Annotated[Integer, Field(ge=1, le=MAX_MINUTES)] | None = None
    reservation_duration: Annotated[Integer, Field(ge=0, le=MAX_MINUTES)] | None = None
    binding: Boolean | None = None
    slot_uid: Text | None = None

    @model_validator(mode="before")
    @classmethod
    def _spell_out_slot_uid(cls, raw: Any) -> Any:
        if not isinstance(raw, dict) or raw.get("slotUid") is None:
            return raw
        text = raw["slotUid"]
        named = parse_slot_uid(text) if isinstance(text, str) else None
        if named is None:
            rule = violation("isSlotUid", "must be the slotUid of a listed slot")
            raise ValidationError.from_exception_data(
                cls.__name__, [InitErrorDetails(type=rule, loc=("slotUid",), input=text)]
            )
        return {
            **raw,
            "eventTypeId": named.event_type_id,
            "slotStart": instant(named.instant),
        }

    def to_command(self) -> Reserve:
        """Return the command that this body stands for."""
        return Reserve(
            event_type_id=self.event_type_id,
            start=self.slot_start.replace(microsecond=0),
            slot_minutes=self.slot_duration,
            listed_minutes=None if self.slot_uid is None else _minutes_of(self.slot_uid),
            minutes=self.reservation_duration,
            is_binding=self.binding,
        )


def _minutes_of(slot_uid: str) -> int | None:
    named = parse_slot_uid(slot_uid)
    return None if named is None else named.minutes


def uid_of(text: str) -> UUID | None:
    """Return the uid that a path names; None for what cannot be one."""
    try:
        return UUID(text)
    except ValueError:
        return None
