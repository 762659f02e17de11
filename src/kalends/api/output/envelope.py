"""The two bodies of the API: `{status: "success", data}` and `{status: "error", …, error}`."""

from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec
from fastapi import Response

from kalends.api.output.errors import DomainError
from kalends.api.output.pagination import Page

JSON_MEDIA_TYPE = "application/json; charset=utf-8"

_encode = msgspec.json.Encoder().encode


class JsonBytes(Response):
    """A response whose body is JSON that was encoded once."""

    media_type = JSON_MEDIA_TYPE
    charset = ""


def success(data: object, status: int = 200, headers: Mapping[str, str] | None = None) -> JsonBytes:
    """Answer `{"status": "success", "data": data}`."""
    return raw_success(_encode(data), status, headers)


def page_success(page: Page[object], status: int = 200) -> JsonBytes:
    """Answer `{"status": "success", "data": […], "pagination": {…}}`."""
    body = {"status": "success", "data": page.data, "pagination": page.pagination}
    return JsonBytes(_encode(body), status)


def raw_success(data: bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> JsonBytes:
    """Answer `success` for data that is JSON already."""
    return JsonBytes(b'{"status":"success","data":' + data + b"}", status, headers)


def done(status: int = 200) -> JsonBytes:
    """Answer `{"status": "success"}`, for operations that have nothing to show."""
    return JsonBytes(b'{"status":"success"}', status)


def failure(error: DomainError, path: str) -> JsonBytes:
    """Answer the error envelope; `path` is the URL after the rewrites, with its query."""
    body = {
        "status": "error",
        "timestamp": instant(datetime.now(UTC)),
        "path": path,
        "error": {"code": error.code, "message": error.message, "details": error.details},
    }
    return JsonBytes(_encode(body), error.status)


def bug(path: str) -> JsonBytes:
    """Answer 500 for a failure that is ours; the cause is in the log only."""
    body = {
        "status": "error",
        "timestamp": instant(datetime.now(UTC)),
        "path": path,
        "error": {
            "code": "INTERNAL_SERVER_ERROR",
            "message": "The server failed to answer. Please try again later.",
        },
    }
    return JsonBytes(_encode(body), 500)


def instant(moment: datetime) -> str:
    """Format an aware instant for the wire: UTC, milliseconds, `Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def optional_instant(moment: datetime | None) -> str | None:
    """Format an instant that may be absent."""
    return None if moment is None else instant(moment)
