"""Addresses of the pages."""

from urllib.parse import quote, urlencode

from kalends.bookings.booking import Booking
from kalends.web.visit import Visit


def page_of(uid: str, part: str = "", **query: str | None) -> str:
    """Return the path of a booking's page, or of a part of it, with what of the query is given."""
    path = f"/booking/{quote(uid, safe='')}" + (f"/{part}" if part else "")
    given = {name: value for name, value in query.items() if value}
    return f"{path}?{urlencode(given)}" if given else path


def same_page(visit: Visit, part: str = "", **query: str | None) -> str:
    """Return the address of a part of the same booking, for the same visitor and in the same zone."""
    arrival = visit.arrival
    return page_of(visit.booking.uid, part, token=arrival.token, zone=arrival.zone, **query)


def cancel_page(visit: Visit) -> str:
    """Return where the visitor cancels: where the booking's OAuth client wants people sent, or here."""
    booking, client = visit.booking, visit.booking.client
    address = None
    if client is not None:
        is_series = booking.recurring_uid is not None
        address = client.cancel_address(
            booking.uid, _named(booking), is_series=is_series, seat_uid=visit.seat_uid
        )
    return address or same_page(visit, "cancel")


def reschedule_page(visit: Visit) -> str:
    """Return where the visitor chooses another time: at the booking's OAuth client, or here."""
    booking, client = visit.booking, visit.booking.client
    address = None
    if client is not None:
        address = client.reschedule_address(visit.seat_uid or booking.uid, _named(booking))
    return address or same_page(visit, "reschedule")


def _named(booking: Booking) -> dict[str, str]:
    slug = {} if booking.event_type is None else {"slug": booking.event_type.slug}
    return {**slug, "username": booking.organizer.username}
