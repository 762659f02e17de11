"""Credentials as text, of which only hashes are stored (http-core.md 8)."""

import hashlib
import re
import secrets

RECOGNISED_PREFIX = "cal_"
"""The prefix that every API key begins with."""

_DIGITS = 32
"""Hexadecimal digits of an API key behind its prefix."""

_BLANKS = " \t"
_SCHEME = re.compile(rf"\Abearer[{_BLANKS}]+", re.IGNORECASE)


def generate(prefix: str) -> str:
    """Return a new key with 128 random bits."""
    return prefix + secrets.token_hex(_DIGITS // 2)


def is_api_key(token: str) -> bool:
    """Tell whether a token is an API key, not an access token."""
    return token.startswith(RECOGNISED_PREFIX)


def digest(key: str) -> str:
    """Return the lower-case hex SHA-256 of what follows the key's prefix.

    The prefix ends where the last 32 characters begin, so a key is found whatever prefix was configured
    when it was made.
    """
    return hashlib.sha256(key[-_DIGITS:].encode("utf-8", "replace")).hexdigest()


def fingerprint(secret: str) -> str:
    """Return the lower-case hex SHA-256 of a token or of the secret of an OAuth client."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def bearer(authorization: str) -> str:
    """Return the token of an `Authorization` header; the word `Bearer` is optional, in any capitalisation."""
    return _SCHEME.sub("", authorization.strip(_BLANKS))
