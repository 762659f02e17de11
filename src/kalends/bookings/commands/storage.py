"""Storing bookings: the database alone knows what others write meanwhile, so it has the last word."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from psycopg import errors

from kalends.api.output.errors import DomainError
from kalends.bookings.booking import Booking
from kalends.bookings.refusals import (
    BookedMeanwhile,
    DuplicateBooking,
    EventTypeDeleted,
    TimeUnavailable,
)
from kalends.bookings.sql import writes
from kalends.bookings.sql.writes import NewBooking
from kalends.db.database import UnitOfWork
from kalends.scheduling.engine import Code


async def store(work: UnitOfWork, new: Sequence[NewBooking]) -> list[Booking]:
    """Store bookings and return them as they are now, by their start.

    Raises:
        TimeUnavailable, BookedMeanwhile: the database knows of a booking in the way.
        DuplicateBooking: the same booking exists already.
        EventTypeDeleted: the event type was deleted meanwhile.
    """
    try:
        with translated_conflicts(new[0].start if len(new) == 1 else None):
            return await writes.insert_bookings(work, new)
    except errors.UniqueViolation as error:
        raise _duplicate(error) from error
    except errors.ForeignKeyViolation as error:
        raise EventTypeDeleted from error


@contextmanager
def translated_conflicts(start: datetime | None) -> Iterator[None]:
    """Report a booking that was written meanwhile, and that only the database sees, as a refusal.

    `start` None: the database does not say which of several bookings it is.

    Raises:
        TimeUnavailable: there is one in the way.
    """
    try:
        yield
    except errors.ExclusionViolation as error:
        raise TimeUnavailable([Code.BOOKING], start) from error


def _duplicate(error: errors.UniqueViolation) -> DomainError:
    if error.diag.constraint_name == "uq_bookings_idempotency_key":
        return DuplicateBooking()
    return BookedMeanwhile()
