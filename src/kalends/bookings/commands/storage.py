"""Storing bookings, where the database has the last word: it alone knows what others write meanwhile."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from psycopg import errors

from kalends.api.output.errors import (
    BadRequest,
    Conflict,
    DomainError,
    NotFound,
)
from kalends.bookings.booking import Booking
from kalends.bookings.sql import writes
from kalends.bookings.sql.writes import NewBooking
from kalends.db.database import UnitOfWork
from kalends.scheduling.engine import Code


async def store(work: UnitOfWork, new: Sequence[NewBooking]) -> list[Booking]:
    """Store bookings and return them as they are now, by their start.

    Raises:
        BadRequest: the database knows of a booking in the way.
        Conflict: the same booking exists already.
        NotFound: the event type was deleted meanwhile.
    """
    try:
        with last_word():
            return await writes.insert_bookings(work, new)
    except errors.UniqueViolation as error:
        raise _duplicate(error) from error
    except errors.ForeignKeyViolation as error:
        raise NotFound("This event type was deleted meanwhile.") from error


@contextmanager
def last_word() -> Iterator[None]:
    """Let the database refuse what is written meanwhile.

    Raises:
        BadRequest: it knows of a booking in the way.
    """
    try:
        yield
    except errors.ExclusionViolation as error:
        codes = [str(Code.BOOKING)]
        message = f"start: this time is not available ({codes[0]})."
        raise BadRequest(message, details={"reasons": codes}) from error


def _duplicate(error: errors.UniqueViolation) -> DomainError:
    if error.diag.constraint_name == "uq_bookings_idempotency_key":
        hint = "The same booking exists already, with the same attendees at the same time."
        return Conflict("booking_conflict", details={"hint": hint})
    return Conflict("start: this time was booked meanwhile.", details={"reasons": [str(Code.BOOKING)]})
