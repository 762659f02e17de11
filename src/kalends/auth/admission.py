"""What requests pass before their handler: the recognition of API keys and the rate limit."""

import asyncio
import ipaddress
from collections import OrderedDict
from collections.abc import Callable, Sequence
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
    bucket_of_key,
    bucket_of_tries,
    client_address,
    headers,
    is_trusted,
    plain_headers,
)
from kalends.api.refusals import RateLimitReached, UnknownApiKey
from kalends.auth import queries, service
from kalends.auth.queries import KeyHolder
from kalends.db.database import Database
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
    """Count a request against its bucket, and look up the API key it presents.

    A key that was good lately has its own bucket. Every other one is a try that its address pays for before
    the database is asked; one that turns out to be good is counted in its own bucket too, whose limits the
    answer shows. So a stranger cannot make the server look up keys without end, and does not lock out the
    keys that work behind the same address. Whatever else a request presents is not verified here, and counts
    as anonymous.

    An unknown API key is refused here, on public operations too (http-core.md 7). The key's
    owner is left in the request's context for `auth.dependencies`.
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
        digest = _key_digest(sent)
        if digest is None:
            await self._count(bucket_of_address(address), (), context)
        else:
            await self._admit_key(digest, address, context)

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
        digest = _key_digest(sent)
        if digest is None:
            return bucket_of_address(address)
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


def _key_digest(sent: Headers) -> str | None:
    """Return the digest of the API key that a request presents, or None."""
    token = credentials.bearer(sent.get("authorization", ""))
    return credentials.digest(token) if credentials.is_api_key(token) else None
