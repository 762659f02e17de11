"""The secret in the link of an invitation: its id, signed. The invitation says whether it still counts."""

from uuid import UUID

from kalends.security.signatures import read_signed, signed

PATH = "/invitation"
"""The page of an invitation, with its token as `?token=`."""

_ID_BYTES = 16
_PURPOSE = b"kalends invitation 1:"


def token_of(key: bytes, invitation_id: UUID) -> str:
    """Return the token of an invitation: URL-safe text that needs no escaping."""
    return signed(key, _PURPOSE, invitation_id.bytes)


def read_token(key: bytes, token: str) -> UUID | None:
    """Return the id of the invitation that a token is for; None: it was not made with this key."""
    named = read_signed(key, _PURPOSE, token)
    return UUID(bytes=named) if named is not None and len(named) == _ID_BYTES else None
