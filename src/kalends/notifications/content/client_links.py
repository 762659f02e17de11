"""Links of an OAuth client's bookings: to where the client shows them (notifications.md 5.1).

They carry no power of ours. A client that has not said where one leads gets none of its kind.
"""

from kalends.bookings.booking import BookingClient
from kalends.notifications.content.scene import Scene


def view_link(client: BookingClient, scene: Scene) -> str | None:
    """Return the link to the booking."""
    return client.view_address(scene.fact.booking.uid, _named(scene))


def cancel_link(client: BookingClient, scene: Scene) -> str | None:
    """Return the link by which the reader cancels what is theirs."""
    booking = scene.fact.booking
    is_series = booking.recurring_uid is not None
    return client.cancel_address(booking.uid, _named(scene), is_series=is_series, seat_uid=_seat_uid(scene))


def reschedule_link(client: BookingClient, scene: Scene) -> str | None:
    """Return the link by which the reader chooses another time."""
    return client.reschedule_address(_seat_uid(scene) or scene.fact.booking.uid, _named(scene))


def _seat_uid(scene: Scene) -> str | None:
    seat = scene.mail.recipient.seat_uid
    return None if seat is None else str(seat)


def _named(scene: Scene) -> dict[str, str]:
    event_type = scene.fact.event_type
    slug = {} if event_type is None else {"slug": event_type.slug}
    return {**slug, "username": scene.fact.booking.organizer.username}
