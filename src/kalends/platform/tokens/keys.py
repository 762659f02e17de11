"""Access and refresh tokens: JSON Web Tokens that clients read and this server looks up (platform.md 1.3)."""

import base64
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

_ACCESS_LIFETIME = timedelta(minutes=60)
_ACCESS, _REFRESH = "access_token", "refresh_token"
_ID_BYTES = 16
_LEAP_DAY = (2, 29)


@dataclass(frozen=True, slots=True)
class Keys:
    """A pair of tokens in clear, as a client gets it once."""

    access_token: str
    refresh_token: str
    access_expires_at: datetime
    refresh_expires_at: datetime


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whom tokens are for, and which client gets them; `is_refresh`: in place of a pair before."""

    client_id: str
    user_id: int
    is_refresh: bool = False


def make_keys(key: bytes, bearer: Bearer, *, now: datetime) -> Keys:
    """Return a new pair of tokens, signed with a key of 32 bytes.

    An access token lives for an hour, cut to the minute; a refresh token for a year, cut to the day in UTC.
    """
    access_expires_at = (now + _ACCESS_LIFETIME).replace(second=0, microsecond=0)
    refresh_expires_at = _year_after(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return Keys(
        access_token=_token(key, _ACCESS, bearer, now, access_expires_at),
        refresh_token=_token(key, _REFRESH, bearer, now, refresh_expires_at),
        access_expires_at=access_expires_at,
        refresh_expires_at=refresh_expires_at,
    )


def epoch_ms(moment: datetime) -> int:
    """Return an instant as clients read it."""
    return int(moment.timestamp() * 1_000)


def _token(key: bytes, kind: str, bearer: Bearer, now: datetime, expires_at: datetime) -> str:
    claims: dict[str, object] = {
        "type": kind,
        "clientId": bearer.client_id,
        "ownerId": bearer.user_id,
        "expiresAt": epoch_ms(expires_at),
        "iat": int(now.timestamp()),
        # Two tokens of one second differ, and nobody guesses one.
        "jti": secrets.token_hex(_ID_BYTES),
    }
    if bearer.is_refresh:
        claims["userId"] = bearer.user_id
    signed = f"{_HEADER}.{_encoded(msgspec.json.encode(claims))}"
    return f"{signed}.{_encoded(hmac.digest(key, signed.encode(), 'sha256'))}"


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


_HEADER = _encoded(msgspec.json.encode({"alg": "HS256", "typ": "JWT"}))


def _year_after(moment: datetime) -> datetime:
    if (moment.month, moment.day) == _LEAP_DAY:
        moment -= timedelta(days=1)
    return moment.replace(year=moment.year + 1)
