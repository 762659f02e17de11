"""The outcome of a command."""

from dataclasses import dataclass

from kalends.bookings.booking import Booking


@dataclass(frozen=True, slots=True)
class Outcome:
    """The booking that a command made, changed or found, or those of a series.

    `seat_uid` is the seat that was taken or moved, empty when a host moved all of them; None: no seat was.
    `told` are the addresses of attendees to which mails go about what was booked or moved, one for each mail.
    """

    bookings: tuple[Booking, ...]
    is_series: bool = False
    seat_uid: str | None = None
    told: tuple[str, ...] = ()
