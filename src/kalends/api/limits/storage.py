"""Where rate limits are counted: in this process, or in the database that all processes share."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from kalends.api.limits.neighbours import Neighbours
from kalends.api.limits.rate_limits import (
    Counter,
    Limit,
    Storage,
    current,
)
from kalends.db.database import Connection, Database
from kalends.settings import Settings


def open_storage(settings: Settings, database: Database | None) -> Storage:
    """Return the storage that `settings.rate_limit_storage` names.

    Raises:
        ValueError: the counts belong in a database, and there is none.
    """
    chosen = settings.rate_limits_kept_in
    if chosen == "memory":
        return MemoryStorage()
    if database is None:
        raise ValueError(f"rate_limit_storage is {chosen!r}, but no database was given")
    if chosen == "folder":
        return FolderStorage(Neighbours(settings.data_dir), DatabaseStorage(database))
    return DatabaseStorage(database)


class MemoryStorage:
    """Counters of one process. A count costs the same however many buckets there are."""

    def __init__(self) -> None:
        self._counters: OrderedDict[tuple[str, Limit], Counter] = OrderedDict()

    def __len__(self) -> int:
        return len(self._counters)

    async def count(self, bucket: str, limits: Sequence[Limit], now_ms: int) -> Sequence[Counter]:
        """Count one request; see `Storage`."""
        self._forget_some(now_ms)
        before = [current(self._counters.get((bucket, limit)), limit, now_ms) for limit in limits]
        if any(counter.block_ends_ms is not None for counter in before):
            self._keep(bucket, limits, before)
            return before
        counted = [_counted(counter, limit, now_ms) for counter, limit in zip(before, limits, strict=True)]
        self._keep(bucket, limits, counted)
        return counted

    def _keep(self, bucket: str, limits: Sequence[Limit], counters: Sequence[Counter]) -> None:
        self._counters.update(
            ((bucket, limit), counter) for limit, counter in zip(limits, counters, strict=True)
        )

    def _forget_some(self, now_ms: int) -> None:
        """Look at the two counters that were not looked at for longest, and drop those that are over.

        One new counter a request is what strangers can cause; with two looked at, the dead never pile up.
        """
        for _ in range(min(2, len(self._counters))):
            key, counter = self._counters.popitem(last=False)
            if max(counter.window_ends_ms, counter.block_ends_ms or 0) > now_ms:
                self._counters[key] = counter


def _counted(counter: Counter, limit: Limit, now_ms: int) -> Counter:
    count = counter.count + 1
    block_ends_ms = now_ms + limit.block_ms if count > limit.limit else None
    return Counter(count, counter.window_ends_ms, block_ends_ms)


class FolderStorage:
    """Counters of this process while no other server runs on the data folder, else those of the database."""

    def __init__(self, neighbours: Neighbours, shared: "DatabaseStorage") -> None:
        self._neighbours = neighbours
        self._shared = shared
        self._own = MemoryStorage()

    async def count(self, bucket: str, limits: Sequence[Limit], now_ms: int) -> Sequence[Counter]:
        """Count one request; see `Storage`."""
        storage = self._own if self._neighbours.is_alone else self._shared
        return await storage.count(bucket, limits, now_ms)

    def close(self) -> None:
        """Be gone, for the other servers."""
        self._neighbours.close()


class DatabaseStorage:
    """Counters in the table `rate_limit_counters`: a row for each window, and one for each block.

    One upsert for a request that may pass, two or three short statements more for a refusal. A window row
    lives at least as long as its block, so a bucket is over a limit while that limit blocks it. The instants
    are the caller's, so servers on several machines need clocks that agree.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._counts = 0

    async def count(self, bucket: str, limits: Sequence[Limit], now_ms: int) -> Sequence[Counter]:
        """Count one request; see `Storage`."""
        keys = {_key(bucket, limit): limit for limit in limits}
        self._counts += 1
        async with self._database.connection() as connection:
            windows = {key: limit.window_ms for key, limit in keys.items()}
            most = {key: max(limit.window_ms, limit.block_ms) for key, limit in keys.items()}
            rows = await _add(connection, 1, windows, most, now_ms)
            over = {key: limit for key, limit in keys.items() if rows[key].count > limit.limit}
            blocks: dict[str, int] = {}
            if over:
                blocks = await _blocks(connection, over, now_ms)
                if blocks:
                    rows = await _add(connection, -1, dict.fromkeys(keys, 0), most, now_ms)
                else:
                    blocks = await _block(connection, over, now_ms)
            if self._counts % _COUNTS_BETWEEN_PURGES == 0:
                await connection.execute(_PURGE, {"now": _instant(now_ms), "most": _MOST_PURGED})
        return [Counter(rows[key].count, rows[key].ends_ms, blocks.get(key)) for key in keys]


@dataclass(frozen=True, slots=True)
class _Row:
    count: int
    ends_ms: int


async def _add(
    connection: Connection, amount: int, lasting: Mapping[str, int], most: Mapping[str, int], now_ms: int
) -> dict[str, _Row]:
    """Add to rows; one that is absent or over starts anew, for the milliseconds in `lasting`.

    None lasts longer than the milliseconds in `most` from now on, as it would after the clock was set back.
    """
    values = {
        "now": _instant(now_ms),
        "amount": amount,
        "keys": list(lasting),
        "ends": [_instant(now_ms + ms) for ms in lasting.values()],
        "latest": [_instant(now_ms + most[key]) for key in lasting],
    }
    found = await (await connection.execute(_ADD, values)).fetchall()
    return {key: _Row(count, _ms(expires_at)) for key, count, expires_at in found}


async def _blocks(connection: Connection, over: Mapping[str, Limit], now_ms: int) -> dict[str, int]:
    """Return when the blocks end that were there already, by the keys of their windows."""
    window_keys = {key + _BLOCK: key for key in over}
    found = await connection.execute(_READ, (list(window_keys), _instant(now_ms)), prepare=False)
    blocks = {window_keys[key]: _ms(expires_at) for key, expires_at in await found.fetchall()}
    for key, ends_ms in blocks.items():
        latest_ms = now_ms + over[key].block_ms
        if ends_ms > latest_ms:
            # The clock was set back.
            await connection.execute(_SHORTEN, (_instant(latest_ms), key + _BLOCK), prepare=False)
            blocks[key] = latest_ms
    return blocks


async def _block(connection: Connection, over: Mapping[str, Limit], now_ms: int) -> dict[str, int]:
    """Start the blocks of limits that a request went over, and return when they end."""
    for key, limit in over.items():
        await connection.execute(_KEEP, (_instant(now_ms + limit.block_ms), key), prepare=False)
    lasting = {key + _BLOCK: limit.block_ms for key, limit in over.items()}
    rows = await _add(connection, 1, lasting, lasting, now_ms)
    return {key: rows[key + _BLOCK].ends_ms for key in over}


def _key(bucket: str, limit: Limit) -> str:
    # A limit that is changed starts anew: its old count was of another window.
    return f"{bucket}/{limit.limit}/{limit.window_ms}/{limit.block_ms}/{limit.name}"


def _instant(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


def _ms(instant: datetime) -> int:
    return round(instant.timestamp() * 1000)


_BLOCK = "/block"

# Rows are locked in the order of their keys, so two counts never wait for each other in a circle.
_ADD = """
    INSERT INTO rate_limit_counters AS c (key, count, expires_at)
    SELECT key, %(amount)s, ends
      FROM unnest(%(keys)s::text[], %(ends)s::timestamptz[]) AS asked (key, ends)
     ORDER BY key
        ON CONFLICT (key) DO UPDATE
       SET count = excluded.count + CASE WHEN c.expires_at > %(now)s THEN c.count ELSE 0 END,
           expires_at = CASE WHEN c.expires_at > %(now)s
                             THEN least(c.expires_at, (%(latest)s::timestamptz[])[
                                            array_position(%(keys)s::text[], excluded.key)])
                             ELSE excluded.expires_at END
    RETURNING key, count, expires_at
"""

# These two are not prepared: a plan kept from when the table was small would read all of it, and a flood
# of strangers makes it large within seconds. (The upsert goes by the index in any plan.)
_READ = "SELECT key, expires_at FROM rate_limit_counters WHERE key = ANY(%s) AND expires_at > %s"

_KEEP = "UPDATE rate_limit_counters SET expires_at = greatest(expires_at, %s) WHERE key = %s"

_SHORTEN = "UPDATE rate_limit_counters SET expires_at = least(expires_at, %s) WHERE key = %s"

_PURGE = """
    DELETE FROM rate_limit_counters
     WHERE key IN (
         SELECT key FROM rate_limit_counters
          WHERE expires_at <= %(now)s
          LIMIT %(most)s
            FOR UPDATE SKIP LOCKED
     )
"""

# A purge takes away more than the counts before it can have left, as long as keys have few limits.
_COUNTS_BETWEEN_PURGES = 500
_MOST_PURGED = 2_000
