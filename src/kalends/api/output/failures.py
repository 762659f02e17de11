"""One translation of exceptions into refusals."""

import psycopg
import psycopg_pool
from psycopg import errors as database

from kalends.api.output.errors import DomainError
from kalends.api.refusals import (
    AlreadyStored,
    DanglingReference,
    DatabaseFull,
    DatabaseUnavailable,
    TooManyWaiting,
    ValueOutOfRange,
)
from kalends.db.errors import DiskFull
from kalends.db.turns import TooManyWait


def refusal_of(error: Exception) -> DomainError | None:
    """Return what the client is told; None for a bug."""
    match error:
        case DomainError():
            return error
        case database.UniqueViolation():
            return AlreadyStored()
        case database.ForeignKeyViolation():
            return DanglingReference()
        case database.DataError():
            return ValueOutOfRange()
        case DiskFull() | database.DiskFull():
            return DatabaseFull()
        case TooManyWait():
            return TooManyWaiting()
        case psycopg.OperationalError() | psycopg_pool.PoolTimeout():
            return DatabaseUnavailable()
        case _:
            return None
