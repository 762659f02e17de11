"""The secret in the link by which somebody says that a booking is in their calendar.

It names booking and address, and no uid: guests get it, and whoever has it may do nothing else.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from kalends.security.signatures import read_signed, signed

PATH = "/attendance"
"""The page on which somebody says so, with its token as `?token=`."""

_PURPOSE = b"kalends attendance 1:"


@dataclass(frozen=True, slots=True)
class Attendance:
    """Somebody, by their address, at a booking, until an instant whose fraction of a second is not kept."""

    booking_id: int
    address: str
    expires_at: datetime


class _Attendance(msgspec.Struct, array_like=True, frozen=True):
    booking_id: int
    address: str
    expires_at: int


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Attendance).decode


def token_of(key: bytes, attendance: Attendance) -> str:
    """Return the token of an attendance: URL-safe text that needs no escaping."""
    expires_at = int(attendance.expires_at.timestamp())
    return signed(key, _PURPOSE, _encode(_Attendance(attendance.booking_id, attendance.address, expires_at)))


def read_token(key: bytes, token: str) -> Attendance | None:
    """Return the attendance that a token is for; None: it was not made with this key."""
    content = read_signed(key, _PURPOSE, token)
    if content is None:
        return None
    stored = _decode(content)
    return Attendance(stored.booking_id, stored.address, datetime.fromtimestamp(stored.expires_at, UTC))
