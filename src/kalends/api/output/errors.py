"""Every failure that a client can cause, as one family of exceptions.

An error carries its HTTP status, the code that clients switch on, and a message that says what was wrong,
where, and what is accepted. `api.envelope` turns it into the one error body (http-core.md 6).
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import ClassVar


class DomainError(Exception):
    """A refusal that the client can act on.

    `details` of the body are `{message, error, statusCode}` plus what the raiser adds.
    """

    status: ClassVar[int]
    code: ClassVar[str]

    def __init__(
        self, message: str, *, code: str | None = None, details: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.wire_code = code or self.code
        self._details = details or {}

    @property
    def details(self) -> object:
        """Return what the body shows under `error.details`."""
        reason = HTTPStatus(self.status).phrase
        return {"message": self.message, "error": reason, "statusCode": self.status, **self._details}


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

    @property
    def details(self) -> object:
        """Return the message, as existing clients expect of this status."""
        return self.message


class ServiceUnavailable(DomainError):
    """503: what the server needs is away for now. `retry_after` is in seconds."""

    status = 503
    code = "ServiceUnavailableException"

    def __init__(self, message: str, *, retry_after: int = 2) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class InvalidProperties(BadRequest):
    """400: properties of the body or query break their rules; `details.errors` lists each."""

    def __init__(self, message: str, errors: Sequence[Mapping[str, object]]) -> None:
        super().__init__(message)
        self.errors = errors

    @property
    def details(self) -> object:
        """Return one entry for each property: `target`, `value`, `property`, `children`, `constraints`."""
        return {"errors": self.errors}
