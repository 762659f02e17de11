"""What every routed request passes before its handler: recognition of API keys, then the rate limit."""

import asyncio
import ipaddress
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog
from starlette.datastructures import Headers
from starlette.types import Scope

from kalends.api import credentials
from kalends.api.context import RequestContext
from kalends.api.errors import TooManyRequests, Unauthorized
from kalends.api.rate_limits import (
    Bucket,
    BucketKind,
    Limit,
    RateLimiter,
    bucket_for,
    client_address,
    headers,
    plain_headers,
)
from kalends.auth import queries
from kalends.auth.queries import KeyHolder
from kalends.db.database import Database
from kalends.settings import Settings

_log = structlog.get_logger(__name__)

_DEFAULT_NAME = "default"

_BETWEEN_NOTES = timedelta(minutes=1)
"""How often the last use of a key is stored."""


class Admission:
    """Count a request against its bucket, and look up the API key it presents.

    An unknown API key is refused here, on public operations too (http-core note, section 7). The key's
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
        self._touching: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, context: RequestContext) -> None:
        """Admit one request.

        Raises:
            Unauthorized: the API key is unknown.
            TooManyRequests: the bucket's limit is used up.
        """
        sent = Headers(scope=scope)
        address = self._address(scope, sent)
        context.client_address = address
        bucket = _bucket(sent, address)
        holder = None
        if bucket.kind is BucketKind.API_KEY:
            holder = await self._find(credentials.bearer(sent["authorization"]))
        context.credential = holder
        if bucket.kind is BucketKind.API_KEY and holder is None:
            # Guesses are counted against who makes them, not against the keys they make up.
            await self._count(Bucket(f"unknown-key:{address}", BucketKind.ANONYMOUS), (), context)
            raise Unauthorized(
                "This API key is not known, or its user has left the organization that it is for."
            )
        await self._count(bucket, holder.limits if holder else (), context)

    def allowance(self, scope: Scope) -> list[tuple[bytes, bytes]]:
        """Return the rate-limit headers of an answer to a request that is not counted; asks no database."""
        if not self._settings.rate_limit_enabled:
            return []
        sent = Headers(scope=scope)
        bucket = _bucket(sent, self._address(scope, sent))
        return plain_headers(self._limiter.look(bucket.key, self._default(bucket.kind)))

    async def finish(self) -> None:
        """Wait until the uses of keys that were noted so far are stored."""
        await asyncio.gather(*self._touching, return_exceptions=True)

    def _address(self, scope: Scope, sent: Headers) -> str:
        return client_address(sent, scope["client"][0] if scope.get("client") else "", self._trusted)

    async def _find(self, api_key: str) -> KeyHolder | None:
        async with self._database.connection() as connection:
            holder = await queries.find_key_holder(connection, credentials.digest(api_key))
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
            raise TooManyRequests(
                f"Too many requests; please wait {verdict.retry_after} seconds and try again."
            )

    def _default(self, kind: BucketKind) -> Limit:
        settings = self._settings
        allowed = {
            BucketKind.API_KEY: settings.rate_limit_api_key,
            BucketKind.ACCESS_TOKEN: settings.rate_limit_access_token,
            BucketKind.OAUTH_CLIENT: settings.rate_limit_oauth_client,
            BucketKind.ANONYMOUS: settings.rate_limit_anonymous,
        }[kind]
        return Limit(_DEFAULT_NAME, allowed, settings.rate_limit_window_ms, settings.rate_limit_block_ms)


def _bucket(sent: Headers, address: str) -> Bucket:
    return bucket_for(sent.get("authorization"), sent.get("x-cal-client-id"), address)
