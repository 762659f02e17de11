"""What operations on reservations refuse."""

from collections.abc import Sequence
from datetime import datetime

from kalends.api.output.envelope import instant
from kalends.api.output.errors import (
    BadRequest,
    Forbidden,
    NotFound,
    Refusals,
    Unauthorized,
    UnprocessableEntity,
)
from kalends.api.refusals import BoundReached
from kalends.slots.refusals import UnknownEventTypeId


class UnknownReservation(NotFound):
    """404: there is no such reservation."""

    message = "There is no such reservation."


class AnonymousDuration(Unauthorized):
    """401: only authenticated callers may choose how long a slot is kept."""

    message = "reservationDuration: only authenticated callers may choose it."


class AnonymousExtension(Unauthorized):
    """401: only authenticated callers may keep a slot for longer than the default."""

    def __init__(self, default_minutes: int) -> None:
        super().__init__(
            f"reservationDuration: only authenticated callers may choose more than {default_minutes} minutes."
        )


class DurationOfStranger(Forbidden):
    """403: only the event type's owner, or somebody who shares a team with them, may choose how long."""

    message = "reservationDuration: only the event type's owner, or a team-mate, may choose it."


class DurationTooLong(BadRequest):
    """400: the slot would be kept for longer than the server allows."""

    def __init__(self, longest_minutes: int) -> None:
        super().__init__(f"reservationDuration must not be greater than {longest_minutes}.")


class SlotLengthFixed(BadRequest):
    """400: the event type has one length only, and a length is given."""

    message = "slotDuration: this event type has one length only; leave the property out."


class SlotLengthNotOffered(BadRequest):
    """400: the event type does not offer this length."""

    def __init__(self, name: str, offered: Sequence[int]) -> None:
        lengths = ", ".join(map(str, offered))
        super().__init__(f"{name}: the lengths of this event type are {lengths} minutes.")


class NoHosts(BadRequest):
    """400: the event type has no hosts whose time could be kept."""

    message = "eventTypeId: this event type has no hosts."


class SlotNotBookable(BadRequest):
    """400: nobody could book the slot, so nobody without a credential may keep it from others."""

    def __init__(self, reasons: Sequence[str], start: datetime) -> None:
        super().__init__(
            f"slotStart: this slot cannot be booked ({', '.join(reasons)}), so it cannot be kept by a binding"
            " reservation without a credential.",
            hint=_understood(start),
            details={"reasons": reasons},
        )


class SlotTaken(UnprocessableEntity):
    """422: the slot is taken; `details.reasons` says by what."""

    def __init__(self, reasons: Sequence[str], start: datetime) -> None:
        super().__init__(
            f"slotStart: this slot is taken ({', '.join(reasons)}).",
            hint=_understood(start),
            details={"reasons": reasons},
        )


def _understood(start: datetime) -> str:
    return f"slotStart was understood as {instant(start)}."


OF_SLOT: Refusals = (
    DurationOfStranger,
    DurationTooLong,
    NoHosts,
    SlotLengthFixed,
    SlotLengthNotOffered,
    SlotNotBookable,
    SlotTaken,
    UnknownEventTypeId,
    BoundReached,
)
"""The refusals of a slot that is to be reserved."""
