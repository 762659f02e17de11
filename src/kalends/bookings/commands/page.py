"""A page of a list of bookings, and where the next one begins."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from kalends.bookings.booking import Booking


class Order(Enum):
    """The order of a list of bookings."""

    START = "start_time"
    END = "end_time"
    CREATED = "created_at"
    UPDATED = "updated_at"


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a list: that of a booking, which has `at` as what the list is ordered by.

    `at` is None for a booking that was never updated.
    """

    order: Order
    is_descending: bool
    at: datetime | None
    booking_id: int

    def is_in(self, order: Order, is_descending: bool) -> bool:
        """Tell whether a list of this order has such a place."""
        return (self.order, self.is_descending) == (order, is_descending)


@dataclass(frozen=True, slots=True)
class BookingPage:
    """Bookings of a list; if all are counted, of `total`, with `before` before these."""

    bookings: list[Booking]
    total: int
    before: int


def position_of(booking: Booking, order: Order, *, is_descending: bool) -> Position:
    """Return the place of a booking in a list."""
    at = {
        Order.START: booking.start,
        Order.END: booking.end,
        Order.CREATED: booking.created_at,
        Order.UPDATED: booking.updated_at,
    }
    return Position(order, is_descending, at[order], booking.id)
