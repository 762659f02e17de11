"""How much may be booked at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from kalends.api.refusals import BoundReached
from kalends.bookings.refusals import TooManyOccurrences


@dataclass(frozen=True, slots=True)
class Bounds:
    """Most guests of a booking, occurrences of a series, and guests and answers of all its occurrences.

    `series_answers` are bytes.
    """

    guests: int
    occurrences: int
    series_guests: int
    series_answers: int

    def check_guests(self, count: int) -> None:
        """Check how many guests a booking has.

        Raises:
            BoundReached: they are too many.
        """
        if count > self.guests:
            raise BoundReached("guests", self.guests, "guests of a booking")

    def check_series(self, occurrences: int, guests: int, answers: Mapping[str, Any]) -> None:
        """Check the size of a series, each of whose occurrences has so many guests, and these answers.

        Raises:
            TooManyOccurrences: it has too many occurrences.
            BoundReached: they have too many guests, or too long answers, together.
        """
        if occurrences > self.occurrences:
            raise TooManyOccurrences(self.occurrences)
        if occurrences * guests > self.series_guests:
            what = f"guests in all occurrences together; {occurrences} with {guests} each are too many"
            raise BoundReached("guests", self.series_guests, what)
        if occurrences * len(msgspec.json.encode(answers)) > self.series_answers:
            what = f"bytes of answers in all {occurrences} occurrences together"
            raise BoundReached("bookingFieldsResponses", self.series_answers, what)
