"""How much may be booked at once."""

from dataclasses import dataclass

from kalends.api.refusals import BoundReached
from kalends.bookings.refusals import TooManyOccurrences


@dataclass(frozen=True, slots=True)
class Bounds:
    """Most guests of a booking, occurrences of a series, and guests of all its occurrences together."""

    guests: int
    occurrences: int
    series_guests: int

    def check_guests(self, count: int) -> None:
        """Check how many guests a booking has.

        Raises:
            BoundReached: they are too many.
        """
        if count > self.guests:
            raise BoundReached("guests", self.guests, "guests of a booking")

    def check_series(self, occurrences: int, guests: int) -> None:
        """Check the size of a series, each of whose occurrences has so many guests.

        Raises:
            TooManyOccurrences: it has too many occurrences.
            BoundReached: they have too many guests together.
        """
        if occurrences > self.occurrences:
            raise TooManyOccurrences(self.occurrences)
        if occurrences * guests > self.series_guests:
            what = f"guests in all occurrences together; {occurrences} with {guests} each are too many"
            raise BoundReached("guests", self.series_guests, what)
