"""The family of refusals: every failure that a client can cause is a class below one of these.

Each carries its HTTP status, the code that clients switch on, and a message that says what was wrong, where,
and what is accepted. `api.envelope` turns it into the one error body (http-core.md 6).
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import ClassVar, Protocol, TypeAlias, runtime_checkable


class DomainError(Exception):
    """A refusal that the client can act on.

    There is a class for each refusal that a client, a page or a test tells apart, in the `refusals.py` of the
    package that raises it. Its docstring begins with its status and says in a sentence when it is raised: the
    document shows this. A class whose message is always the same has it as an attribute; the others make it
    in `__init__`. `hint` is for people, where the message is a code that existing clients know.

    `details` of the body are `{message, error, statusCode}`, the hint, and what the class adds.
    """

    status: ClassVar[int]
    code: ClassVar[str]
    message: str
    hint: str | None = None

    def __init__(
        self,
        message: str | None = None,
        *,
        hint: str | None = None,
        details: Mapping[str, object] | None = None,
    ) -> None:
        if message is not None:
            self.message = message
        if hint is not None:
            self.hint = hint
        super().__init__(self.message)
        self._details = details or {}

    @property
    def details(self) -> object:
        """Return what the body shows under `error.details`."""
        reason = HTTPStatus(self.status).phrase
        hint = {} if self.hint is None else {"hint": self.hint}
        return {"message": self.message, "error": reason, "statusCode": self.status, **self._details, **hint}


Refusals: TypeAlias = tuple[type[DomainError], ...]
"""The classes by which something refuses."""


@runtime_checkable
class Refusing(Protocol):
    """A dependency that declares by which classes it refuses: a guard."""

    @property
    def refusals(self) -> Refusals:
        """Return the classes."""


class BadRequest(DomainError):
    """400: the request contradicts a rule of the operation."""

    status = 400
    code = "BadRequestException"


class Unauthorized(DomainError):
    """401: no credential, or one that is unknown, expired or of a locked account."""

    status = 401
    code = "UnauthorizedException"


class Forbidden(DomainError):
    """403: a known caller without the right."""

    status = 403
    code = "ForbiddenException"


class NotFound(DomainError):
    """404: nothing with that id, or nothing that the caller may see."""

    status = 404
    code = "NotFoundException"


class Conflict(DomainError):
    """409: the request collides with what is stored."""

    status = 409
    code = "ConflictException"


class Gone(DomainError):
    """410: what was there is over."""

    status = 410
    code = "GoneException"


class PayloadTooLarge(DomainError):
    """413: the body is larger than the server reads."""

    status = 413
    code = "PayloadTooLargeException"


class UnsupportedMediaType(DomainError):
    """415: the body's charset or compression is not one that the server reads."""

    status = 415
    code = "UnsupportedMediaTypeException"


class UnprocessableEntity(DomainError):
    """422: a well-formed request that the present state does not allow."""

    status = 422
    code = "UnprocessableEntityException"


class TooManyRequests(DomainError):
    """429: the caller's rate limit is used up. `details` repeats the message as plain text."""

    status = 429
    code = "ThrottlerException"
    retry_after: int | None = None
    """In seconds; None: the headers of the rate limit say it."""

    @property
    def details(self) -> object:
        """Return the message, as existing clients expect of this status."""
        return self.message


class ExpiredCredential(DomainError):
    """498: a credential that was good and is to be renewed. `details` repeats the message as plain text."""

    status = 498
    code = "TokenExpiredException"

    @property
    def details(self) -> object:
        """Return the message, as existing clients expect of this status."""
        return self.message


class ServiceUnavailable(DomainError):
    """503: what the server needs is away for now. `retry_after` is in seconds."""

    status = 503
    code = "ServiceUnavailableException"
    retry_after: int = 2
