"""One translation of exceptions into answers."""

import psycopg
import psycopg_pool
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from psycopg import errors as database
from pydantic import BaseModel

from kalends.api import envelope
from kalends.api.context import context_of
from kalends.api.errors import BadRequest, Conflict, DomainError, ServiceUnavailable
from kalends.api.validation import invalid, invalid_path

_TRANSLATED = (DomainError, RequestValidationError, psycopg.Error, psycopg_pool.PoolTimeout, Exception)


def add_handlers(app: FastAPI) -> None:
    """Let every exception of the application end in the one envelope."""
    for kind in _TRANSLATED:
        app.add_exception_handler(kind, _answer)


async def _answer(request: Request, error: Exception) -> Response:
    context = context_of(request.scope)
    refusal = _refusal(request, error)
    return envelope.failure(refusal, context.url) if refusal else envelope.bug(context.url)


def _refusal(request: Request, error: Exception) -> DomainError | None:
    """Return what the client is told; None for a bug."""
    match error:
        case DomainError():
            return error
        case RequestValidationError():
            return _refused_values(request, error)
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


def _refused_values(request: Request, error: RequestValidationError) -> BadRequest:
    in_path = [found for found in error.errors() if found["loc"][0] == "path"]
    if in_path:
        return invalid_path(in_path)
    field = request.scope["route"].body_field
    model: type[BaseModel] = field.field_info.annotation
    in_body = [{**found, "loc": tuple(found["loc"][1:])} for found in error.errors()]
    return invalid(model, context_of(request.scope).json, in_body)
