"""ISO 8601 on the wire: dates and date-times."""

import re
from datetime import UTC, date, datetime, time
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from kalends.api.input.fields import Rule, violation

_TEXT = "must be an ISO 8601 date or date-time such as 2050-09-05T10:00:00Z"

EARLIEST = datetime(1000, 1, 1, tzinfo=UTC)
LATEST = datetime(9000, 1, 1, tzinfo=UTC)
"""The bounds of instants in requests, so that arithmetic on them cannot overflow."""

_ISO_MONTH = re.compile(r"\d{4}-\d{2}", re.ASCII)

_ISO = re.compile(
    r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}([.,]\d{1,9})?)?(Z|[+-]\d{2}(:?\d{2})?)?)?", re.ASCII
)


def parse_instant(value: object) -> datetime:
    """Return the instant that a text names; what has no offset is UTC, a bare date its midnight.

    Raises:
        PydanticCustomError: the text names no instant from `EARLIEST` to `LATEST`.
    """
    moment = _read(value)
    if not EARLIEST <= moment <= LATEST:
        raise violation("isDateString", f"must be between {EARLIEST.year} and {LATEST.year}")
    return moment


def parse_bound(value: object) -> datetime:
    """Return the instant that a text names as the end of a range, clamped to `EARLIEST` and `LATEST`.

    Raises:
        PydanticCustomError: the text names no instant.
    """
    return min(max(_read(value), EARLIEST), LATEST)


def end_of_millisecond(moment: datetime) -> datetime:
    """Return the last moment that answers, which show milliseconds, would show like this one.

    So an instant from an answer, as the last of a range, holds what it was read from.
    """
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000 + 999)


def parse_date(value: object) -> date:
    """Return the calendar date that a text names: `2031-02-17`, a month for its first day, or a date-time
    for its date in UTC.

    Raises:
        PydanticCustomError: the text names no calendar date.
    """
    if isinstance(value, str) and _ISO_MONTH.fullmatch(value):
        value += "-01"
    try:
        return parse_instant(value).date()
    except PydanticCustomError:
        raise violation("isDate", "must be a calendar date in the format YYYY-MM-DD") from None


def is_midnight(moment: datetime) -> bool:
    """Tell whether hour, minute and second are zero in UTC."""
    return moment.astimezone(UTC).time().replace(microsecond=0) == time()


Instant: TypeAlias = Annotated[
    datetime,
    Rule("isDateString", _TEXT),
    BeforeValidator(parse_instant),
    WithJsonSchema({"type": "string", "example": "2050-09-05T10:00:00Z"}),
]
Bound: TypeAlias = Annotated[
    datetime,
    Rule("isDateString", _TEXT),
    BeforeValidator(parse_bound),
    WithJsonSchema({"type": "string", "example": "2050-09-05T10:00:00Z"}),
]
LastInstant: TypeAlias = Annotated[Instant, AfterValidator(end_of_millisecond)]
LastBound: TypeAlias = Annotated[Bound, AfterValidator(end_of_millisecond)]
CalendarDate: TypeAlias = Annotated[
    date,
    Rule("isDate", "must be a calendar date in the format YYYY-MM-DD"),
    BeforeValidator(parse_date),
    WithJsonSchema({"type": "string", "example": "2031-02-17"}),
]


def _read(value: object) -> datetime:
    if not isinstance(value, str) or not _ISO.fullmatch(value):
        raise _refusal()
    try:
        moment = datetime.fromisoformat(value)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise _refusal() from None


def _refusal() -> PydanticCustomError:
    return violation("isDateString", _TEXT)
