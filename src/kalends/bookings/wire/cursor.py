"""The cursor of a list of bookings: where the next page begins, in a form that only we read."""

import base64
import struct
from datetime import UTC, datetime, timedelta
from typing import Annotated, TypeAlias

from pydantic import BeforeValidator, WithJsonSchema

from kalends.api.input.fields import violation
from kalends.bookings.commands.page import Order, Position

_ORDERS = tuple(Order)
_FORM = struct.Struct("!BB?qI")
"""Version, order, whether it is descending, microseconds since 1970, id of the booking."""

_VERSION = 1
_NEVER = -(2**63)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def cursor_of(position: Position) -> str:
    """Return the cursor of the page that begins after a place."""
    micros = _NEVER if position.at is None else (position.at - _EPOCH) // _MICROSECOND
    order = _ORDERS.index(position.order)
    packed = _FORM.pack(_VERSION, order, position.is_descending, micros, position.booking_id)
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def read_cursor(value: object) -> Position:
    """Return the place after which the page of a cursor begins.

    Raises:
        PydanticCustomError: it is no cursor that was answered.
    """
    try:
        return _position_of(value if isinstance(value, str) else "")
    except (ValueError, IndexError, OverflowError, struct.error):
        raise violation("isString", "must be a nextCursor of an answer") from None


def _position_of(cursor: str) -> Position:
    packed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    version, order, is_descending, micros, booking_id = _FORM.unpack(packed)
    if version != _VERSION:
        raise ValueError("another version")
    at = None if micros == _NEVER else _EPOCH + micros * _MICROSECOND
    if at is None and _ORDERS[order] is not Order.UPDATED:
        raise ValueError("every booking has this instant")
    return Position(_ORDERS[order], is_descending, at, booking_id)


Cursor: TypeAlias = Annotated[
    Position,
    BeforeValidator(read_cursor),
    WithJsonSchema(
        {"type": "string", "description": "The `nextCursor` of the page before, from version 2026-05-01 on."}
    ),
]
