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
        case psycopg.OperationalError() | psycopg_pool.PoolTimeout():
            return ServiceUnavailable("The database is busy or cannot be reached. Please try again.")
        case _:
            return None
