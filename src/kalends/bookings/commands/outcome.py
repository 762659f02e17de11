"""What a command leaves behind."""

from dataclasses import dataclass

from kalends.bookings.booking import Booking


@dataclass(frozen=True, slots=True)
class Outcome:
    """The booking that a command made, changed or found, or those of a series.

    `seat_uid` is the seat it is about, empty when a host moved all of them; None: it is about none.
    """

    bookings: tuple[Booking, ...]
    is_series: bool = False
    seat_uid: str | None = None
