"""Facts as release 0.1.0 stored them: whole bookings and event types, and no version."""

from typing import Any

import msgspec

from kalends.bookings.facts.snapshots import OwnerKind, sends_mails


class _BookedEventType(msgspec.Struct):
    id: int


class _Booking(msgspec.Struct):
    event_type: _BookedEventType | None


class _Owner(msgspec.Struct):
    id: int
    name: str | None


class _Confirmation(msgspec.Struct):
    is_required: bool


class _EventType(msgspec.Struct):
    owner: _Owner
    confirmation: _Confirmation
    metadata: dict[str, Any]


class _Fact(msgspec.Struct):
    """The parts of a fact that version 1 writes differently."""

    booking: _Booking
    event_type: _EventType | None


_other = msgspec.json.Decoder(_Fact)
_whole = msgspec.json.Decoder(dict[str, Any])


def translated(payload: bytes) -> dict[str, Any]:
    """Return a stored text of version 0 as a fact of version 1; what snapshots do not keep is still in it.

    Raises:
        ValidationError: it is no fact.
    """
    other, whole = _other.decode(payload), _whole.decode(payload)
    booked = other.booking.event_type
    booking = {**whole["booking"], "event_type_id": None if booked is None else booked.id}
    event_type = None
    if other.event_type is not None:
        event_type = {**whole["event_type"], **_renewed(other.event_type)}
    return {**whole, "booking": booking, "event_type": event_type}


def _renewed(event_type: _EventType) -> dict[str, Any]:
    return {
        "owner": {
            "kind": OwnerKind.USER.value,
            "id": event_type.owner.id,
            "name": event_type.owner.name,
        },
        "requires_confirmation": event_type.confirmation.is_required,
        "sends_host_mails": sends_mails(event_type.metadata, "host"),
        "sends_attendee_mails": sends_mails(event_type.metadata, "attendee"),
    }
