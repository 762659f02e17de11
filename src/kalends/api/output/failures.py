"""One translation of exceptions into refusals."""

import psycopg
import psycopg_pool
from psycopg import errors as database

from kalends.api.output.errors import (
    BadRequest,
    Conflict,
    DomainError,
    ServiceUnavailable,
)
from kalends.db.errors import DiskFull
from kalends.db.turns import TooManyWait

_ROOM_SECONDS = 60
"""After which a full disk is worth another try."""


def refusal_of(error: Exception) -> DomainError | None:
    """Return what the client is told; None for a bug."""
    match error:
        case DomainError():
            return error
        case database.UniqueViolation():
            return Conflict("Something with these values exists already.", code="CONFLICT")
        case database.ForeignKeyViolation():
            return BadRequest("The request refers to something that does not exist.", code="BAD_REQUEST")
        case database.DataError():
            return BadRequest("A value is out of the range that can be stored.", code="BAD_REQUEST")
        case DiskFull() | database.DiskFull():
            return ServiceUnavailable(
                "The server's disk is full, so nothing can be stored. What is stored can be read. Please try "
                "again once the operator has made room.",
                retry_after=_ROOM_SECONDS,
            )
        case TooManyWait():
            return ServiceUnavailable("Too many requests wait for the same hosts. Please try again.")
        case psycopg.OperationalError() | psycopg_pool.PoolTimeout():
            return ServiceUnavailable("The database is busy or cannot be reached. Please try again.")
        case _:
            return None
