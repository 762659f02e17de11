"""What any operation may answer, whatever it does: the request cannot be read, admitted or served."""

from collections.abc import Mapping, Sequence

from kalends.api.output.errors import (
    BadRequest,
    Conflict,
    NotFound,
    PayloadTooLarge,
    ServiceUnavailable,
    TooManyRequests,
    Unauthorized,
    UnprocessableEntity,
    UnsupportedMediaType,
)

_LONGEST_SHOWN = 60
"""Most characters of a content type that a refusal repeats."""


class BoundReached(BadRequest):
    """400: there would be more of something than the server allows; the message names the bound."""

    def __init__(self, where: str, most: int, what: str) -> None:
        super().__init__(f"{where}: at most {most} {what}.")


class NoHttpRequest(BadRequest):
    """400: what came over the connection is no HTTP request."""

    message = "This is no HTTP request."


class UnknownOperation(NotFound):
    """404: there is no operation at this method and path; `whereabouts` says where there is one."""

    def __init__(self, method: str, url: str, whereabouts: str | None = None) -> None:
        super().__init__(f"Cannot {method} {url}" + (f": {whereabouts}" if whereabouts else ""))


class OperationNotServed(NotFound):
    """404: the contract has this operation, and it is not served yet."""

    code = "NOT_IMPLEMENTED"

    def __init__(self, method: str, url: str, tag: str) -> None:
        super().__init__(f"Cannot {method} {url}: this operation of {tag!r} is not served yet.")


class MalformedPath(BadRequest):
    """400: the path has a percent-escape that is malformed, not UTF-8, or a NUL character."""


class InvalidPath(BadRequest):
    """400: a parameter of the path breaks its rule; the message names it and says what is accepted."""


class VersionMissing(BadRequest):
    """400: the operation needs the header `cal-api-version`."""

    def __init__(self, dates: Sequence[str]) -> None:
        super().__init__(
            f"The header cal-api-version is required here; versions of this operation: {', '.join(dates)}."
        )


class MalformedVersion(BadRequest):
    """400: the header `cal-api-version` is no date."""

    def __init__(self, text: str) -> None:
        super().__init__(f"The header cal-api-version must be a date such as 2024-08-13, not {text[:40]!r}.")


class MalformedQuery(BadRequest):
    """400: the query string is not valid UTF-8, or has too many parameters."""


class MalformedBody(BadRequest):
    """400: the body is not what its `Content-Type` says, or is cut short; the message says where."""


class BodyNotJson(BadRequest):
    """400: the body came as something else than JSON."""

    def __init__(self, content_type: str, *, is_form: bool) -> None:
        shown = content_type[:_LONGEST_SHOWN]
        came = f"as form data ({shown})" if is_form else f"as {shown}" if shown else "without a Content-Type"
        super().__init__(
            f"The body came {came}; send it as JSON, with the header Content-Type: application/json."
        )


class BodyTooLarge(PayloadTooLarge):
    """413: the body is larger than the server reads."""

    def __init__(self, most_bytes: int) -> None:
        super().__init__(f"The body is too large; at most {most_bytes} bytes are read.")


class UnreadableBody(UnsupportedMediaType):
    """415: the body has a charset or a compression that is not read."""


class InvalidValues(BadRequest):
    """400: what was sent breaks rules; the message names each property or parameter, and what is accepted."""


class InvalidProperties(BadRequest):
    """400: properties of the body or query break their rules; `details.errors` lists each."""

    def __init__(self, message: str, errors: Sequence[Mapping[str, object]]) -> None:
        super().__init__(message)
        self.errors = errors

    @property
    def details(self) -> object:
        """Return one entry for each property: `target`, `value`, `property`, `children`, `constraints`."""
        return {"errors": self.errors}


class UnknownApiKey(Unauthorized):
    """401: the API key is not known, or its user has left the organization it is for."""

    message = "This API key is not known, or its user has left the organization it is for."


class RateLimitReached(TooManyRequests):
    """429: the caller's rate limit is used up."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"Too many requests; please wait {retry_after} seconds and try again.")


class MailLimitReached(TooManyRequests):
    """429: callers without a credential have had as many mails sent from this address as they may."""

    def __init__(self, most: int, retry_after: int) -> None:
        super().__init__(
            f"At most {most} mails an hour go to addresses that nobody verified, for callers without a "
            f"credential from one address; please wait {retry_after} seconds, or use a credential."
        )
        self.retry_after = retry_after


class MalformedIdempotencyKey(BadRequest):
    """400: `Idempotency-Key` is given more than once, or is not a printable text of the allowed length."""

    def __init__(self, longest: int) -> None:
        super().__init__(f"Idempotency-Key must be given once, as 1 to {longest} printable characters.")


class IdempotencyKeyInUse(Conflict):
    """409: the request with this `Idempotency-Key` is still running."""

    message = "Idempotency-Key: the request with this key is still running; repeat it later."


class IdempotencyKeyReused(UnprocessableEntity):
    """422: this `Idempotency-Key` was used for another request."""

    message = "Idempotency-Key: this key was used for another request; make a new one."


class AlreadyStored(Conflict):
    """409: something with these values was stored meanwhile."""

    code = "CONFLICT"
    message = "Something with these values exists already."


class DanglingReference(BadRequest):
    """400: the request refers to something that no longer exists."""

    code = "BAD_REQUEST"
    message = "The request refers to something that does not exist."


class ValueOutOfRange(BadRequest):
    """400: a value is out of the range that can be stored."""

    code = "BAD_REQUEST"
    message = "A value is out of the range that can be stored."


class DatabaseFull(ServiceUnavailable):
    """503: the disk of the database has no room for what is to be stored; a minute later it may have."""

    message = (
        "The server's disk is full, so nothing can be stored. What is stored can be read. Please try again "
        "once the operator has made room."
    )
    retry_after = 60


class DatabaseUnavailable(ServiceUnavailable):
    """503: the database is busy or cannot be reached."""

    message = "The database is busy or cannot be reached. Please try again."


class TooManyWaiting(ServiceUnavailable):
    """503: so many commands wait for the same hosts that it is better to come later."""

    message = "Too many requests wait for the same hosts. Please try again."
