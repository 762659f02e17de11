"""The wire of reservations in version 2024-09-04: answers (slots.md 3)."""

from datetime import datetime

from typing_extensions import TypedDict

from kalends.api.output.envelope import instant
from kalends.reservations.reservation import Reservation


class StoredReservation(TypedDict):
    """A reservation."""

    eventTypeId: int
    slotStart: str
    slotEnd: str
    slotDuration: int
    reservationUid: str
    reservationUntil: str
    binding: bool


class ReservedSlot(StoredReservation):
    """A reservation that was just made or renewed."""

    reservationDuration: int


def reservation_output(reservation: Reservation) -> StoredReservation:
    """Show a reservation."""
    return {
        "eventTypeId": reservation.event_type_id,
        "slotStart": instant(reservation.start),
        "slotEnd": instant(reservation.end),
        "slotDuration": reservation.minutes,
        "reservationUid": reservation.uid,
        "reservationUntil": instant(reservation.release_at),
        "binding": reservation.is_binding,
    }


def reserved_slot_output(reservation: Reservation, now: datetime) -> ReservedSlot:
    """Show a reservation with the minutes for which it was made."""
    minutes = int((reservation.release_at - now).total_seconds()) // 60
    return {**reservation_output(reservation), "reservationDuration": minutes}
