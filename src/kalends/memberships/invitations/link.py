"""The secret in the link of an invitation.

It is the invitation's id with a signature of this server's key, so nothing is stored that could be read out
of the database; whether it still counts is what the invitation says.
"""

import base64
import binascii
import hmac
from uuid import UUID

PATH = "/invitation"
"""The page of an invitation, with its token as `?token=`."""

_ID_BYTES = 16
# Part of what is signed: nothing else that this key signs can be mistaken for an invitation.
_PURPOSE = b"kalends invitation 1:"


def token_of(key: bytes, invitation_id: UUID) -> str:
    """Return the token of an invitation: URL-safe text that needs no escaping."""
    signed = invitation_id.bytes + _signature(key, invitation_id.bytes)
    return base64.urlsafe_b64encode(signed).rstrip(b"=").decode()


def read_token(key: bytes, token: str) -> UUID | None:
    """Return the id of the invitation that a token is for; None: it was not made with this key."""
    try:
        signed = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    named, signature = signed[:_ID_BYTES], signed[_ID_BYTES:]
    if not hmac.compare_digest(signature, _signature(key, named)):
        return None
    return UUID(bytes=named)


def _signature(key: bytes, named: bytes) -> bytes:
    return hmac.digest(key, _PURPOSE + named, "sha256")
