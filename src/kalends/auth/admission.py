"""What requests pass before their handler: the recognition of credentials and the rate limit."""

import asyncio
import hmac
import ipaddress
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from starlette.datastructures import Headers
from starlette.types import Scope

from kalends.api.http import credentials
from kalends.api.http.context import RequestContext
from kalends.api.limits.rate_limits import (
    Bucket,
    BucketKind,
    Limit,
    RateLimiter,
    bucket_of_address,
    bucket_of_client,
    bucket_of_key,
    bucket_of_token,
    bucket_of_tries,
    client_address,
    headers,
    is_trusted,
    plain_headers,
)
from kalends.api.refusals import RateLimitReached, UnknownApiKey
from kalends.auth import queries, service
from kalends.auth.oauth import ClientHolder, TokenHolder
from kalends.auth.queries import KeyHolder
from kalends.db.database import Connection, Database
from kalends.settings import Settings

_log = structlog.get_logger(__name__)

_DEFAULT_NAME = "default"

_BETWEEN_NOTES = timedelta(minutes=1)
"""The shortest time after which the last use of a key is stored again."""


KNOWN_FOR = timedelta(minutes=10)
"""How long a credential counts as known after it was last good."""

MOST_KNOWN = 10_000


class KnownCredentials:
    """The credentials that were good lately, by their digests; the one unused for longest goes first."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._known_until: OrderedDict[str, datetime] = OrderedDict()

    def __len__(self) -> int:
        return len(self._known_until)

    def __contains__(self, digest: str) -> bool:
        until = self._known_until.get(digest)
        # Not for longer than that, which it would be after the clock was set back.
        now = self._clock()
        return until is not None and now < until <= now + KNOWN_FOR

    def add(self, digest: str) -> None:
        """Note that a credential is good."""
        self._known_until[digest] = self._clock() + KNOWN_FOR
        self._known_until.move_to_end(digest)
        if len(self._known_until) > MOST_KNOWN:
            self._known_until.popitem(last=False)

    def discard(self, digest: str) -> None:
        """Note that a credential is no longer good."""
        self._known_until.pop(digest, None)


class Admission:
    """Count a request against its bucket, and look up the credential it presents.

    That is the id and secret of an OAuth client, else an API key, else an access token (http-core.md 8.1). A
    credential that was good lately has its own bucket. Every other one is a try that its address pays for
    before the database is asked; one that turns out to be good is counted in its own bucket too, whose limits
    the answer shows. So a stranger cannot make the server look up credentials without end, and does not lock
    out those that work behind the same address. A client or token that turns out not to be good counts as
    anonymous.

    An unknown API key is refused here, on public operations too (http-core.md 7). Whose the credential is, is
    left in the request's context for `auth.dependencies`.
    """

    def __init__(
        self, settings: Settings, database: Database, limiter: RateLimiter, clock: Callable[[], datetime]
    ) -> None:
        self._settings = settings
        self._database = database
        self._limiter = limiter
        self._clock = clock
        self._trusted = [
            ipaddress.ip_network(part.strip()) for part in settings.trusted_proxies.split(",") if part.strip()
        ]
        self._known = KnownCredentials(clock)
        self._has_warned = False
        self._touching: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, context: RequestContext) -> None:
        """Admit one request.

        Raises:
            UnknownApiKey: the API key is unknown.
            RateLimitReached: the bucket's limit is used up.
        """
        sent = Headers(scope=scope)
        address = self._address(scope, sent)
        context.client_address = address
        named = presented_client(scope, sent)
        token = credentials.bearer(sent.get("authorization", ""))
        if named is not None:
            await self._admit_other(_Client(*named), address, context)
        elif credentials.is_api_key(token):
            await self._admit_key(credentials.digest(token), address, context)
        elif token:
            await self._admit_other(_Token(credentials.fingerprint(token)), address, context)
        else:
            await self._count(bucket_of_address(address), (), context)

    async def _admit_other(
        self, presented: "_Client | _Token", address: str, context: RequestContext
    ) -> None:
        """Admit the id and secret of an OAuth client, or an access token; it may turn out to be unknown."""
        was_known = presented.digest in self._known
        if not was_known:
            await self._count(bucket_of_tries(address), (), context)
        async with self._database.connection() as connection:
            holder = await presented.find(connection)
        if holder is None:
            self._known.discard(presented.digest)
            await self._count(bucket_of_address(address), (), context)
            return
        if holder.is_good(now=self._clock()):
            self._known.add(presented.digest)
        else:
            self._known.discard(presented.digest)
        context.credential = holder
        await self._count(presented.bucket, (), context)

    async def _admit_key(self, digest: str, address: str, context: RequestContext) -> None:
        was_known = digest in self._known
        if not was_known:
            await self._count(bucket_of_tries(address), (), context)
        holder = await self._find(digest)
        if holder is None:
            self._known.discard(digest)
            if was_known:
                await self._count(bucket_of_tries(address), (), context)
            raise UnknownApiKey
        if service.is_good(holder, now=self._clock()):
            self._known.add(digest)
        else:
            self._known.discard(digest)
        context.credential = holder
        await self._count(bucket_of_key(digest), holder.limits, context)

    def allowance(self, scope: Scope) -> list[tuple[bytes, bytes]]:
        """Return the rate-limit headers of an answer to a request that is not counted; asks no database."""
        if not self._settings.rate_limit_enabled:
            return []
        sent = Headers(scope=scope)
        bucket = self._bucket(sent, self._address(scope, sent))
        return plain_headers(self._limiter.look(bucket.key, self._default(bucket.kind)))

    async def finish(self) -> None:
        """Wait until the uses of keys noted so far are stored."""
        await asyncio.gather(*self._touching, return_exceptions=True)

    def _address(self, scope: Scope, sent: Headers) -> str:
        peer = scope["client"][0] if scope.get("client") else ""
        if not self._has_warned and "x-forwarded-for" in sent and not is_trusted(peer, self._trusted):
            self._has_warned = True
            _log.warning(
                "a proxy that is not trusted names the addresses of clients",
                peer=peer,
                consequence="all that come through it share one rate limit",
                advice="if it is yours, name it in KALENDS_TRUSTED_PROXIES",
            )
        return client_address(sent, peer, self._trusted)

    def _bucket(self, sent: Headers, address: str) -> Bucket:
        token = credentials.bearer(sent.get("authorization", ""))
        if not credentials.is_api_key(token):
            fingerprint = credentials.fingerprint(token)
            is_known = bool(token) and _Token(fingerprint).digest in self._known
            return bucket_of_token(fingerprint) if is_known else bucket_of_address(address)
        digest = credentials.digest(token)
        return bucket_of_key(digest) if digest in self._known else bucket_of_tries(address)

    async def _find(self, digest: str) -> KeyHolder | None:
        async with self._database.connection() as connection:
            holder = await queries.find_key_holder(connection, digest)
        if holder is not None:
            self._note_use(holder)
        return holder

    def _note_use(self, holder: KeyHolder) -> None:
        now = self._clock()
        if holder.last_used_at is None or now - holder.last_used_at >= _BETWEEN_NOTES:
            task = asyncio.create_task(self._touch(holder, now))
            self._touching.add(task)
            task.add_done_callback(self._touched)

    async def _touch(self, holder: KeyHolder, now: datetime) -> None:
        async with self._database.connection() as connection:
            await queries.touch_key(connection, holder.key_id, now, unless_after=now - _BETWEEN_NOTES)

    def _touched(self, task: asyncio.Task[None]) -> None:
        self._touching.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            _log.warning("the last use of an API key was not stored", error=str(error))

    async def _count(self, bucket: Bucket, own: Sequence[Limit], context: RequestContext) -> None:
        if not self._settings.rate_limit_enabled:
            return
        verdict = await self._limiter.count(bucket.key, own or (self._default(bucket.kind),))
        context.rate_headers = headers(verdict)
        if verdict.is_refused:
            raise RateLimitReached(verdict.retry_after)

    def _default(self, kind: BucketKind) -> Limit:
        settings = self._settings
        allowed = {
            BucketKind.API_KEY: settings.rate_limit_api_key,
            BucketKind.ACCESS_TOKEN: settings.rate_limit_access_token,
            BucketKind.OAUTH_CLIENT: settings.rate_limit_oauth_client,
            BucketKind.ANONYMOUS: settings.rate_limit_anonymous,
        }[kind]
        return Limit(_DEFAULT_NAME, allowed, settings.rate_limit_window_ms, settings.rate_limit_block_ms)


def presented_client(scope: Scope, sent: Headers) -> tuple[str, str] | None:
    """Return the id and secret of the OAuth client that a request presents; the path's id goes first."""
    client_id = scope.get("path_params", {}).get("clientId") or sent.get("x-cal-client-id")
    secret = sent.get("x-cal-secret-key")
    return (client_id, secret) if client_id and secret else None


@dataclass(frozen=True, slots=True)
class _Client:
    """The id and secret of an OAuth client, as they are presented."""

    client_id: str
    secret: str

    @property
    def digest(self) -> str:
        """By what they are known."""
        return f"client {self.client_id} {credentials.fingerprint(self.secret)}"

    @property
    def bucket(self) -> Bucket:
        """Where they are counted, if they are good."""
        return bucket_of_client(self.client_id)

    async def find(self, connection: Connection) -> ClientHolder | None:
        """Return whose they are."""
        if "\0" in self.client_id:
            return None
        holder = await queries.find_client_holder(connection, self.client_id)
        if holder is None:
            return None
        is_right = hmac.compare_digest(holder.secret_hash, credentials.fingerprint(self.secret))
        return holder if is_right else None


@dataclass(frozen=True, slots=True)
class _Token:
    """An access token, as it is presented."""

    fingerprint: str

    @property
    def digest(self) -> str:
        """By what it is known."""
        return f"token {self.fingerprint}"

    @property
    def bucket(self) -> Bucket:
        """Where it is counted, if it is good or was so."""
        return bucket_of_token(self.fingerprint)

    async def find(self, connection: Connection) -> TokenHolder | None:
        """Return whose it is, or was until it expired."""
        return await queries.find_token_holder(connection, self.fingerprint)
