"""OAuth clients and access tokens as requests present them (http-core.md 8.3 and 8.4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kalends.accounts.user import User
from kalends.auth.principal import AuthMethod, MainOrganization, Permission, Principal
from kalends.auth.refusals import AccountLocked, OriginNotAllowed, TokenExpired


@dataclass(frozen=True, slots=True)
class ClientHolder:
    """An OAuth client, and the owner of its platform, as whom it acts: the earliest accepted OWNER."""

    client_id: str
    secret_hash: str
    permissions: int
    organization_id: int
    owner: User
    main_organization: MainOrganization | None

    def is_good(self, *, now: datetime) -> bool:
        """Tell whether the client can act, whatever the time."""
        return not self.owner.is_locked

    def to_principal(self) -> Principal:
        """Return the caller that the client's id and secret stand for.

        Raises:
            AccountLocked: the account of the owner is.
        """
        if self.owner.is_locked:
            raise AccountLocked
        return Principal(
            user=self.owner,
            method=AuthMethod.OAUTH_CLIENT,
            organization_id=self.organization_id,
            main_organization=self.main_organization,
            client_id=self.client_id,
            permissions=Permission(self.permissions),
        )


@dataclass(frozen=True, slots=True)
class TokenHolder:
    """An access token: whose it is, and the client that got it."""

    hashed_token: str
    expires_at: datetime
    user: User
    client_id: str
    permissions: int
    redirect_uris: Sequence[str]
    main_organization: MainOrganization | None

    def has_expired(self, *, now: datetime) -> bool:
        """Tell whether its time is over."""
        return now > self.expires_at

    def is_good(self, *, now: datetime) -> bool:
        """Tell whether it has not expired, and its account is not locked."""
        return not self.user.is_locked and not self.has_expired(now=now)

    def to_principal(self, origin: str | None, *, now: datetime) -> Principal:
        """Return the caller that the token stands for; `origin` is the request's header.

        Raises:
            TokenExpired: its time is over.
            OriginNotAllowed: the client has no such redirect URI.
            AccountLocked: the account is.
        """
        if self.has_expired(now=now):
            raise TokenExpired
        if origin and not allows_origin(self.redirect_uris, origin):
            raise OriginNotAllowed
        if self.user.is_locked:
            raise AccountLocked
        main = self.main_organization
        return Principal(
            user=self.user,
            method=AuthMethod.ACCESS_TOKEN,
            organization_id=None if main is None else main.id,
            main_organization=main,
            client_id=self.client_id,
            permissions=Permission(self.permissions),
        )


def allows_origin(redirect_uris: Sequence[str], origin: str) -> bool:
    """Tell whether an `Origin` is one of the redirect URIs, in which `*` stands for any characters."""
    return any(_matches(uri, origin) for uri in redirect_uris)


def _matches(uri: str, origin: str) -> bool:
    if "*" not in uri:
        return uri == origin
    first, *others = uri.split("*")
    if not origin.startswith(first):
        return False
    # Each part as early as possible: a pattern of many stars must not try all ways to match.
    place = len(first)
    *between, last = others
    for part in between:
        found = origin.find(part, place)
        if found < 0:
            return False
        place = found + len(part)
    return len(origin) - len(last) >= place and origin.endswith(last)
