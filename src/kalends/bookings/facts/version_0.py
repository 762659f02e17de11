"""Facts as release 0.1.0 stored them: whole bookings and event types, and no version."""

from typing import Any

from kalends.bookings.facts.snapshots import OwnerKind, sends_mails


def translated(stored: dict[str, Any]) -> dict[str, Any]:
    """Return a fact of version 0 as one of version 1; what snapshots do not keep is left to be skipped."""
    event_type = stored["event_type"]
    return {
        **stored,
        "booking": _booking(stored["booking"]),
        "event_type": None if event_type is None else _event_type(event_type),
    }


def _booking(booking: dict[str, Any]) -> dict[str, Any]:
    event_type = booking["event_type"]
    return {**booking, "event_type_id": None if event_type is None else event_type["id"]}


def _event_type(event_type: dict[str, Any]) -> dict[str, Any]:
    owner, metadata = event_type["owner"], event_type["metadata"]
    return {
        **event_type,
        "owner": {"kind": OwnerKind.USER.value, "id": owner["id"], "name": owner["name"]},
        "requires_confirmation": event_type["confirmation"]["is_required"],
        "sends_host_mails": sends_mails(metadata, "host"),
        "sends_attendee_mails": sends_mails(metadata, "attendee"),
    }
