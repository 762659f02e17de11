"""Rate limits: who is counted, how, and what the client is told (http-core.md 7, B3 to B5, K5).

A bucket has one or more limits. Each is a fixed window that opens with the first request; the request that
goes over a limit blocks the bucket for a while. While any limit is blocked every request is refused, and
none is counted, so hammering does not prolong a block.
"""

import hashlib
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Protocol, TypeAlias

MOST_REMEMBERED = 4_096
"""Buckets whose last count a process keeps for answers that are not counted."""

_LONGEST_ADDRESS = 64
"""Characters of the longest IPv6 address with a zone."""

Network: TypeAlias = IPv4Network | IPv6Network
Address: TypeAlias = IPv4Address | IPv6Address


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `limit` requests in `window_ms`, else refused for `block_ms`. `name` is part of the headers."""

    name: str
    limit: int
    window_ms: int
    block_ms: int


@dataclass(frozen=True, slots=True)
class Counter:
    """What a storage knows of one limit of a bucket; instants in epoch ms."""

    count: int
    window_ends_ms: int
    block_ends_ms: int | None


class Storage(Protocol):
    """Where the counters live."""

    async def count(self, bucket: str, limits: Sequence[Limit], now_ms: int) -> Sequence[Counter]:
        """Count one request against all `limits`, which differ from each other, unless one is blocked.

        A limit that goes over is blocked from now on. Returns the counters after that, in order;
        `block_ends_ms` is None or later than now.
        """


@dataclass(frozen=True, slots=True)
class LimitState:
    """One limit after a request; `resets_at_ms` ends the block if there is one, else the window."""

    limit: Limit
    remaining: int
    is_blocked: bool
    resets_at_ms: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of a count. `retry_after` is in whole seconds, 0 when the request may pass."""

    states: tuple[LimitState, ...]
    counted_at_ms: int
    is_refused: bool
    retry_after: int


class RateLimiter:
    """Count requests in a storage, and remember where the buckets stood that were counted last."""

    def __init__(self, storage: Storage, clock: Callable[[], datetime]) -> None:
        self._storage = storage
        self._clock = clock
        self._last: OrderedDict[str, tuple[tuple[Limit, Counter], ...]] = OrderedDict()

    async def count(self, bucket: str, limits: Sequence[Limit]) -> Verdict:
        """Count one request of `bucket` and say whether it may pass."""
        now_ms = self._now_ms()
        distinct = tuple(dict.fromkeys(limits))
        counted = self._blocked(bucket, distinct, now_ms)
        if counted is None:
            counters = await self._storage.count(bucket, distinct, now_ms)
            counted = tuple(zip(distinct, counters, strict=True))
            self._remember(bucket, counted)
        states = tuple(_state(limit, counter) for limit, counter in counted)
        blocks = [state.resets_at_ms for state in states if state.is_blocked]
        retry_after = _seconds_rounded_up(max(blocks) - now_ms) if blocks else 0
        return Verdict(states, now_ms, is_refused=bool(blocks), retry_after=retry_after)

    def look(self, bucket: str, default: Limit) -> tuple[LimitState, ...]:
        """Say where a bucket stands without counting a request; `default` is its limit if it is not known.

        Goes by what this process counted last, so that it costs nothing: counts that others keep in a shared
        storage show only after the next counted request.
        """
        now_ms = self._now_ms()
        known = self._last.get(bucket) or ((default, None),)
        return tuple(_state(limit, current(counter, limit, now_ms)) for limit, counter in known)

    def _blocked(
        self, bucket: str, limits: tuple[Limit, ...], now_ms: int
    ) -> tuple[tuple[Limit, Counter], ...] | None:
        """Return where a bucket stands that is blocked as far as this process knows.

        A block is never cut short and nothing is counted while it lasts, so the storage need not be asked.
        """
        known = self._last.get(bucket, ())
        counted = tuple((limit, current(counter, limit, now_ms)) for limit, counter in known)
        is_blocked = any(counter.block_ends_ms is not None for _, counter in counted)
        is_same = tuple(limit for limit, _ in known) == limits
        # After the clock was set back the storage has to learn it too.
        is_certain = all(
            counter.block_ends_ms is None or counter.block_ends_ms <= now_ms + limit.block_ms
            for limit, counter in known
        )
        return counted if is_blocked and is_same and is_certain else None

    def _remember(self, bucket: str, counted: tuple[tuple[Limit, Counter], ...]) -> None:
        self._last[bucket] = counted
        self._last.move_to_end(bucket)
        if len(self._last) > MOST_REMEMBERED:
            self._last.popitem(last=False)

    def _now_ms(self) -> int:
        return int(self._clock().timestamp() * 1000)


def current(counter: Counter | None, limit: Limit, now_ms: int) -> Counter:
    """Return a counter as it stands now: without a block that is over, anew when its window is over.

    Neither lasts longer than the limit says from now on, which it would after the clock was set back.
    """
    if counter is None:
        return Counter(0, now_ms + limit.window_ms, None)
    latest_ms = now_ms + limit.block_ms
    if counter.block_ends_ms is not None and counter.block_ends_ms > latest_ms:
        counter = replace(counter, block_ends_ms=latest_ms)
    if counter.window_ends_ms > now_ms + max(limit.window_ms, limit.block_ms):
        counter = replace(counter, window_ends_ms=now_ms + limit.window_ms)
    if counter.block_ends_ms is not None and counter.block_ends_ms <= now_ms:
        counter = replace(counter, block_ends_ms=None)
    if counter.window_ends_ms <= now_ms:
        counter = replace(counter, count=0, window_ends_ms=now_ms + limit.window_ms)
    return counter


def headers(verdict: Verdict) -> list[tuple[bytes, bytes]]:
    """Return the response headers of a verdict.

    For each limit a triple that carries its name and resets in seconds from now; the plain triple;
    `Retry-After` on a refusal.
    """
    found = []
    for state in verdict.states:
        in_seconds = _seconds_rounded_up(state.resets_at_ms - verdict.counted_at_ms)
        found += _triple(state.limit.name, state, in_seconds)
    found += plain_headers(verdict.states)
    if verdict.is_refused:
        found.append((b"Retry-After", b"%d" % verdict.retry_after))
    return found


def plain_headers(states: Sequence[LimitState]) -> list[tuple[bytes, bytes]]:
    """Return the triple without a name: of the limit nearest to its end, resetting at an epoch second."""
    nearest = min(states, key=lambda state: (state.remaining, -state.resets_at_ms))
    return _triple(None, nearest, _seconds_rounded_up(nearest.resets_at_ms))


class BucketKind(StrEnum):
    """By what a request is counted; each kind has a default limit of its own.

    A credential has a bucket once it is verified; what nobody vouches for is anonymous.
    """

    API_KEY = "api_key"
    ACCESS_TOKEN = "access_token"  # noqa: S105 - the name of a kind, no secret
    OAUTH_CLIENT = "oauth_client"
    ANONYMOUS = "anonymous"


@dataclass(frozen=True, slots=True)
class Bucket:
    """Whose requests are counted together. `key` shows no secret and no address."""

    key: str
    kind: BucketKind


def bucket_of_key(digest: str) -> Bucket:
    """Return the bucket of an API key by its digest, which is the same under every prefix."""
    return Bucket(f"{BucketKind.API_KEY}:{digest}", BucketKind.API_KEY)


def bucket_of_token(fingerprint: str) -> Bucket:
    """Return the bucket of an access token by its fingerprint."""
    return Bucket(f"{BucketKind.ACCESS_TOKEN}:{fingerprint}", BucketKind.ACCESS_TOKEN)


def bucket_of_client(client_id: str) -> Bucket:
    """Return the bucket of what an OAuth client asks for by its secret."""
    return Bucket(f"{BucketKind.OAUTH_CLIENT}:{client_id}", BucketKind.OAUTH_CLIENT)


def bucket_of_address(address: str) -> Bucket:
    """Return the bucket of the requests from an address that no credential vouches for."""
    return _bucket_of_network(str(BucketKind.ANONYMOUS), network_of(address))


def bucket_of_tries(address: str) -> Bucket:
    """Return the bucket of the credentials from an address that are not known yet: most are guesses."""
    return _bucket_of_network("unknown-key", network_of(address))


@lru_cache(maxsize=MOST_REMEMBERED)
def network_of(address: str) -> str:
    """Return what one sender has of the address space: an address of IPv4, 64 bits of one of IPv6."""
    parsed = _parse(address)
    if isinstance(parsed, IPv6Address):
        return str(IPv6Network((int(parsed) >> 64 << 64, 64)))
    return address if parsed is None else str(parsed)


def client_address(sent: Mapping[str, str], peer: str, trusted: Sequence[Network]) -> str:
    """Return the address a request comes from.

    That is `peer`, unless it is a trusted proxy: then `cf-connecting-ip`, else the last address of
    `x-forwarded-for` that is no trusted proxy itself. A header that holds no address is not believed.
    `sent` has lower-case names and may list a name several times in `items()`.
    """
    nearest = _parse(peer)
    if nearest is None or not _is_trusted(nearest, trusted):
        return peer
    told = _parse(sent.get("cf-connecting-ip", ""))
    if told is not None:
        return str(told)
    # Every proxy appends whom it heard from, so only the part behind the last stranger is proven.
    hops = ",".join(value for name, value in sent.items() if name == "x-forwarded-for").split(",")
    for hop in reversed(hops):
        address = _parse(hop)
        if address is None:
            break
        nearest = address
        if not _is_trusted(address, trusted):
            break
    return str(nearest)


def is_trusted(peer: str, trusted: Sequence[Network]) -> bool:
    """Tell whether a peer is a proxy that is believed."""
    address = _parse(peer)
    return address is not None and _is_trusted(address, trusted)


def _state(limit: Limit, counter: Counter) -> LimitState:
    if counter.block_ends_ms is not None:
        return LimitState(limit, remaining=0, is_blocked=True, resets_at_ms=counter.block_ends_ms)
    remaining = max(0, limit.limit - counter.count)
    return LimitState(limit, remaining, is_blocked=False, resets_at_ms=counter.window_ends_ms)


def _seconds_rounded_up(ms: int) -> int:
    return -(-ms // 1000)


def _triple(name: str | None, state: LimitState, reset: int) -> list[tuple[bytes, bytes]]:
    limit, remaining, resets = _header_names(name)
    return [
        (limit, b"%d" % state.limit.limit),
        (remaining, b"%d" % state.remaining),
        (resets, b"%d" % reset),
    ]


@lru_cache(maxsize=MOST_REMEMBERED)
def _header_names(name: str | None) -> tuple[bytes, bytes, bytes]:
    # Operators name their limits freely, HTTP does not let headers be named so.
    suffix = "" if name is None else "-" + _NOT_IN_HEADER_NAMES.sub("-", name[:1].upper() + name[1:])
    return (
        f"X-RateLimit-Limit{suffix}".encode(),
        f"X-RateLimit-Remaining{suffix}".encode(),
        f"X-RateLimit-Reset{suffix}".encode(),
    )


@lru_cache(maxsize=MOST_REMEMBERED)
def _bucket_of_network(name: str, network: str) -> Bucket:
    hashed = hashlib.sha256(network.encode("utf-8", "replace")).hexdigest()
    return Bucket(f"{name}:{hashed}", BucketKind.ANONYMOUS)


def _parse(text: str) -> Address | None:
    # Proxies pass on what strangers wrote into these headers.
    text = text.strip()
    return _parse_short(text) if len(text) <= _LONGEST_ADDRESS else None


@lru_cache(maxsize=MOST_REMEMBERED)
def _parse_short(text: str) -> Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    # A dual-stack socket shows IPv4 peers as ::ffff:a.b.c.d.
    return getattr(address, "ipv4_mapped", None) or address


def _is_trusted(address: Address, trusted: Sequence[Network]) -> bool:
    return any(address in network for network in trusted)


_NOT_IN_HEADER_NAMES = re.compile(r"[^A-Za-z0-9_-]")
