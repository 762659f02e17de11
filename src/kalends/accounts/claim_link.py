"""The secret in the link that confirms an address: which account, which address, and until when."""

from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from kalends.security.signatures import read_signed, signed

PATH = "/confirm-email"
"""The page on which an address is confirmed, with its token as `?token=`."""

_PURPOSE = b"kalends address 1:"


@dataclass(frozen=True, slots=True)
class Claim:
    """An address that an account asks for. `expires_at` is aware; its fraction of a second is not kept."""

    user_id: int
    address: str
    expires_at: datetime


class _Claim(msgspec.Struct, array_like=True, frozen=True):
    user_id: int
    address: str
    expires_at: int


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Claim).decode


def token_of(key: bytes, claim: Claim) -> str:
    """Return the token of a claim: URL-safe text that needs no escaping."""
    stored = _Claim(claim.user_id, claim.address, int(claim.expires_at.timestamp()))
    return signed(key, _PURPOSE, _encode(stored))


def read_token(key: bytes, token: str) -> Claim | None:
    """Return the claim that a token is for; None: it was not made with this key."""
    content = read_signed(key, _PURPOSE, token)
    if content is None:
        return None
    stored = _decode(content)
    return Claim(stored.user_id, stored.address, datetime.fromtimestamp(stored.expires_at, UTC))
