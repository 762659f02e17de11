"""Links of an OAuth client's bookings: to where the client shows them (notifications.md 5.1).

They carry no power of ours. A client that has not said where one leads gets none of its kind.
"""

from collections.abc import Mapping
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from kalends.bookings.booking import BookingClient
from kalends.notifications.content.scene import Scene


def view_link(client: BookingClient, scene: Scene) -> str | None:
    """Return the link to the booking."""
    uid = scene.fact.booking.uid
    return _built(client.booking_uri, uid, {**_named(scene), "changes": "true"})


def cancel_link(client: BookingClient, scene: Scene) -> str | None:
    """Return the link by which the reader cancels what is theirs."""
    booking, seat = scene.fact.booking, scene.mail.recipient.seat_uid
    query = {
        **_named(scene),
        "cancel": "true",
        "allRemainingBookings": "false" if booking.recurring_uid is None else "true",
    }
    if seat is not None:
        query["seatReferenceUid"] = str(seat)
    return _built(client.cancel_uri, booking.uid, query)


def reschedule_link(client: BookingClient, scene: Scene) -> str | None:
    """Return the link by which the reader chooses another time."""
    seat = scene.mail.recipient.seat_uid
    uid = scene.fact.booking.uid if seat is None else str(seat)
    return _built(client.reschedule_uri, uid, {**_named(scene), "reschedule": "true"})


def _named(scene: Scene) -> dict[str, str]:
    event_type = scene.fact.event_type
    slug = {} if event_type is None else {"slug": event_type.slug}
    return {**slug, "username": scene.fact.booking.organizer.username}


def _built(base: str | None, uid: str, query: Mapping[str, str]) -> str | None:
    """Return an address of a client with one more part of the path, and more in its query."""
    if base is None:
        return None
    parts = urlsplit(base)
    path = f"{parts.path.rstrip('/')}/{quote(uid, safe='')}"
    asked = [*parse_qsl(parts.query, keep_blank_values=True), *query.items()]
    return urlunsplit((parts.scheme, parts.netloc, path, urlencode(asked), parts.fragment))
