"""One translation of exceptions into refusals."""

import psycopg
import psycopg_pool
from fastapi.exceptions import RequestValidationError
from psycopg import errors as database
from pydantic import BaseModel
from starlette.types import Scope

from kalends.api.context import context_of
from kalends.api.errors import BadRequest, Conflict, DomainError, ServiceUnavailable
from kalends.api.validation import invalid, invalid_path


def refusal_of(scope: Scope, error: Exception) -> DomainError | None:
    """Return what the client is told; None for a bug."""
    match error:
        case DomainError():
            return error
        case RequestValidationError():
            return _refused_values(scope, error)
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


def _refused_values(scope: Scope, error: RequestValidationError) -> BadRequest:
    in_path = [found for found in error.errors() if found["loc"][0] == "path"]
    if in_path:
        return invalid_path(in_path)
    field = scope["route"].body_field
    model: type[BaseModel] = field.field_info.annotation
    in_body = [{**found, "loc": tuple(found["loc"][1:])} for found in error.errors()]
    return invalid(model, context_of(scope).json, in_body)
