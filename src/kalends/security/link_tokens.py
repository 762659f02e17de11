"""The signed secrets in the links of mails (notifications.md 12).

A token says what its holder may do with one booking, until when, and who that holder is: the person the mail
went to. Whoever has the link has that power, so it goes into mails and pages only, never into a log or a
webhook. Nothing is stored; an action works once because the booking's state then refuses it.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from uuid import UUID

import msgspec

_SIGNATURE_BYTES = hashlib.sha256().digest_size
_FORMAT = 1  # a part of what is signed, so that a later form of tokens cannot be mistaken for this one


class Purpose(Enum):
    """What a link is for. A link to approve allows nothing else."""

    MANAGE = "manage"
    APPROVE = "approve"
    DECLINE = "decline"


@dataclass(frozen=True, slots=True)
class Grant:
    """The power that a token gives.

    `recipient` is the e-mail address of the person it was made for. `user_id` makes them a host, None an
    attendee; `seat_uid` narrows an attendee's power to that seat. `expires_at` is aware; its fraction of a
    second is not kept.
    """

    purpose: Purpose
    booking_uid: str
    recipient: str
    expires_at: datetime
    user_id: int | None = None
    seat_uid: UUID | None = None

    @property
    def is_for_host(self) -> bool:
        """Tell whether the holder acts as a host."""
        return self.user_id is not None


class BadToken(Exception):
    """A token that gives nothing."""


class TokenMalformed(BadToken):
    """It was cut short, altered, or signed with another server's key."""


class TokenExpired(BadToken):
    """It is genuine but has expired."""


class TokenMisplaced(BadToken):
    """It is genuine but for another booking or purpose."""


class _Claims(msgspec.Struct, array_like=True, frozen=True):
    format: int
    purpose: Purpose
    booking_uid: str
    recipient: str
    expires_at: int
    user_id: int | None
    seat_uid: UUID | None


_encode = msgspec.msgpack.Encoder(uuid_format="bytes").encode
_decode = msgspec.msgpack.Decoder(_Claims).decode


def issue(key: bytes, grant: Grant) -> str:
    """Return the token of a grant: URL-safe text that needs no escaping."""
    claims = _Claims(
        _FORMAT,
        grant.purpose,
        grant.booking_uid,
        grant.recipient,
        int(grant.expires_at.timestamp()),
        grant.user_id,
        grant.seat_uid,
    )
    payload = _encode(claims)
    return base64.urlsafe_b64encode(_signature(key, payload) + payload).rstrip(b"=").decode()


def read(key: bytes, token: str, *, purposes: Collection[Purpose], booking_uid: str, now: datetime) -> Grant:
    """Return the power that a token gives over a booking; it must be for one of the purposes.

    Raises:
        TokenMalformed: it was not issued with this key.
        TokenMisplaced: it is for another booking or purpose.
        TokenExpired: its time is over.
    """
    grant = _verified(key, token)
    if grant.booking_uid != booking_uid or grant.purpose not in purposes:
        raise TokenMisplaced
    if grant.expires_at <= now:
        raise TokenExpired
    return grant


def _verified(key: bytes, token: str) -> Grant:
    signed = _bytes_of(token)
    signature, payload = signed[:_SIGNATURE_BYTES], signed[_SIGNATURE_BYTES:]
    if not hmac.compare_digest(signature, _signature(key, payload)):
        raise TokenMalformed
    try:
        claims = _decode(payload)
    except msgspec.DecodeError as error:
        raise TokenMalformed from error
    if claims.format != _FORMAT:
        raise TokenMalformed
    return Grant(
        purpose=claims.purpose,
        booking_uid=claims.booking_uid,
        recipient=claims.recipient,
        expires_at=datetime.fromtimestamp(claims.expires_at, UTC),
        user_id=claims.user_id,
        seat_uid=claims.seat_uid,
    )


def _bytes_of(token: str) -> bytes:
    """Return the bytes that a text stands for, if it is the one text that stands for them."""
    try:
        decoded = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise TokenMalformed from error
    if base64.urlsafe_b64encode(decoded).rstrip(b"=").decode() != token:
        raise TokenMalformed
    return decoded


def _signature(key: bytes, payload: bytes) -> bytes:
    return hmac.digest(key, payload, "sha256")
