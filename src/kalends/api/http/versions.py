"""Which version of an operation answers: chosen by the header `cal-api-version`.

The rule: of a path and method the newest handler that is not newer than the date asked for, else the oldest
there is.
"""

import re
from collections.abc import Sequence
from datetime import date
from typing import Protocol, TypeVar

from starlette.types import Scope

from kalends.api.refusals import MalformedVersion, VersionMissing

VERSION_HEADER = b"cal-api-version"

OLDEST = date(2024, 4, 15)
"""The version of handlers that answer for every date."""

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


class Versioned(Protocol):
    """Something with a version: one of the operations that serve the same path and method."""

    version: date
    is_version_required: bool


VersionedT = TypeVar("VersionedT", bound=Versioned)


def choose_version(versions: Sequence[VersionedT], asked: date | None) -> VersionedT:
    """Pick from operations sorted newest first; `asked` is None when the header is absent.

    Raises:
        VersionMissing: the header is absent where the operation needs it.
    """
    if asked is None:
        if versions[0].is_version_required:
            raise VersionMissing(sorted(operation.version.isoformat() for operation in versions))
        return versions[-1]
    return next((operation for operation in versions if operation.version <= asked), versions[-1])


def asked_version(scope: Scope) -> date | None:
    """Return the date in `cal-api-version`.

    Raises:
        MalformedVersion: the header is there and is no calendar date `YYYY-MM-DD`.
    """
    values = [value for name, value in scope["headers"] if name == VERSION_HEADER]
    if not values or not values[0].strip():
        return None
    text = b", ".join(values).decode("latin-1").strip()
    asked = _calendar_date(text)
    if asked is None:
        raise MalformedVersion(text)
    return asked


def _calendar_date(text: str) -> date | None:
    if not _DATE.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
