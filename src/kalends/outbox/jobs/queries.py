"""SQL of the queue, the same for every kind."""

from collections.abc import Collection, Sequence
from datetime import datetime

from kalends.db.database import Connection, UnitOfWork
from kalends.outbox.backlog import Backlog
from kalends.outbox.jobs.job import Candidate, JobSetAside
from kalends.outbox.jobs.kind import MOST_LOSSES, JobKind
from kalends.outbox.jobs.statements import PENDING
from kalends.outbox.jobs.turns import Turns

MOST_PROMOTED = 1_000
MOST_LANES = 256
_MOST_LOOKED_AT = 256

_SET_ASIDE_BECAUSE = (
    f"{MOST_LOSSES} workers in a row ended while they had it under way, "
    "the last ones while they had no other that a worker had ended with"
)


async def promote(work: UnitOfWork, kind: JobKind, now: datetime) -> tuple[int, list[int]]:
    """Make jobs ready whose time has come; return how many, and which were set aside instead.

    A job whose lease has run out has lost its worker.
    """
    cursor = await work.connection.execute(
        """
        WITH due AS (
            SELECT id FROM jobs
             WHERE kind = %(kind)s AND state IN ('waiting', 'held', 'leased') AND due_at <= %(now)s
             ORDER BY due_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
        ), promoted AS (
            UPDATE jobs j
               SET state = CASE WHEN j.state = 'leased' AND j.losses + 1 >= %(most)s THEN 'set_aside'
                                ELSE 'ready' END,
                   losses = j.losses + (j.state = 'leased')::int, lease = NULL,
                   last_error = CASE WHEN j.state = 'leased' AND j.losses + 1 >= %(most)s THEN %(reason)s
                                     ELSE j.last_error END,
                   ended_at = CASE WHEN j.state = 'leased' AND j.losses + 1 >= %(most)s
                                   THEN %(now)s::timestamptz END
             WHERE j.id = ANY(ARRAY(SELECT id FROM due))
            RETURNING j.id, j.state
        )
        SELECT count(*), array_agg(id) FILTER (WHERE state = 'set_aside') FROM promoted
        """,
        {
            "kind": kind.name,
            "now": now,
            "limit": MOST_PROMOTED,
            "most": MOST_LOSSES,
            "reason": _SET_ASIDE_BECAUSE,
        },
    )
    count, set_aside = await cursor.fetchone() or (0, None)
    return count, set_aside or []


async def list_candidates(
    work: UnitOfWork, kind: JobKind, turns: Turns, after: tuple[str, str]
) -> tuple[list[Candidate], tuple[str, str] | None]:
    """Return ready jobs of the lanes after one, more than there is room for, the first of each lane first.

    Also returns the last lane that was looked at if there may be more behind it.
    """
    rooms = turns.rooms_of_lanes()
    cursor = await work.connection.execute(
        """
        WITH RECURSIVE lanes AS (
            (SELECT owner, lane FROM jobs
              WHERE kind = %(kind)s AND state = 'ready' AND (owner, lane) > (%(owner)s, %(lane)s)
              ORDER BY owner, lane LIMIT 1)
            UNION ALL
            SELECT next.owner, next.lane
              FROM lanes CROSS JOIN LATERAL (
                   SELECT j.owner, j.lane FROM jobs j
                    WHERE j.kind = %(kind)s AND j.state = 'ready'
                      AND (j.owner, j.lane) > (lanes.owner, lanes.lane)
                    ORDER BY j.owner, j.lane LIMIT 1) AS next
        ), seen AS MATERIALIZED (
            SELECT owner, lane, row_number() OVER () AS number
              FROM (SELECT owner, lane FROM lanes LIMIT %(most_lanes)s) AS bounded
        ), roomy AS (
            SELECT seen.owner, seen.lane,
                   least(coalesce(busy.room, %(room)s), 1 + %(free)s / count(*) OVER ()) AS room
              FROM seen LEFT JOIN unnest(%(lanes)s::text[], %(rooms)s::int[])
                   AS busy (lane, room) USING (lane)
             WHERE seen.owner <> ALL(%(full)s::text[])
        )
        SELECT last.owner, last.lane, c.id, c.owner, c.lane, c.losses
          FROM (SELECT max(owner) AS owner, max(lane) AS lane FROM seen WHERE number = %(most_lanes)s) AS last
          LEFT JOIN (
               SELECT found.id, roomy.owner, roomy.lane, found.losses, found.due_at,
                      row_number() OVER (PARTITION BY roomy.owner, roomy.lane
                                             ORDER BY found.due_at, found.id) AS place
                 FROM roomy CROSS JOIN LATERAL (
                      SELECT j.id, j.losses, j.due_at FROM jobs j
                       WHERE j.kind = %(kind)s AND j.state = 'ready' AND j.owner = roomy.owner
                         AND j.lane = roomy.lane AND j.version <= %(version)s
                         AND (j.losses = 0 OR NOT %(has_suspect)s)
                       ORDER BY j.due_at, j.id LIMIT roomy.room) AS found
                ORDER BY place, found.due_at, found.id
                LIMIT %(looked_at)s) AS c ON true
         ORDER BY c.place, c.due_at, c.id
        """,
        {
            "kind": kind.name,
            "version": kind.version,
            "owner": after[0],
            "lane": after[1],
            "most_lanes": MOST_LANES,
            "room": turns.room_of_lane,
            "free": turns.free,
            "lanes": list(rooms),
            "rooms": list(rooms.values()),
            "full": turns.full_owners(),
            "has_suspect": turns.has_suspect,
            "looked_at": _MOST_LOOKED_AT,
        },
    )
    last: tuple[str, str] | None = None
    candidates = []
    for owner, lane, *candidate in await cursor.fetchall():
        last = None if owner is None else (owner, lane)
        if candidate[0] is not None:
            candidates.append(Candidate(*candidate))
    return candidates, last


async def lock_ready(work: UnitOfWork, job_ids: Sequence[int]) -> list[int]:
    """Lock those of some jobs that no other worker has taken, or is just taking; return their ids."""
    cursor = await work.connection.execute(
        "SELECT id FROM jobs WHERE id = ANY(%s) AND state = 'ready' FOR UPDATE SKIP LOCKED", (list(job_ids),)
    )
    return [job_id for (job_id,) in await cursor.fetchall()]


async def release(work: UnitOfWork, kind: JobKind, keys: Collection[tuple[str, str]], now: datetime) -> None:
    """Make the next job of each lane and order key ready, if one that has ended held it back."""
    await work.connection.execute(
        f"""
        WITH next AS (
            SELECT first.id
              FROM unnest(%(lanes)s::text[], %(keys)s::text[]) AS k (lane, order_key)
             CROSS JOIN LATERAL (
                   SELECT j.id, j.state FROM jobs j
                    WHERE j.kind = %(kind)s AND j.lane = k.lane AND j.order_key = k.order_key
                      AND j.state {PENDING} AND (%(is_strict)s OR j.state <> 'waiting')
                    ORDER BY j.position, j.id LIMIT 1) AS first
             -- One that another worker is just taking, and holds back, is ready yet for this statement.
             WHERE first.state IN ('ready', 'held')
        ), locked AS (
            SELECT j.id FROM jobs j WHERE j.id IN (SELECT id FROM next) ORDER BY j.id FOR UPDATE
        )
        UPDATE jobs j SET state = 'ready', due_at = %(now)s
          FROM locked WHERE j.id = locked.id AND j.state IN ('ready', 'held')
        """,
        {
            "kind": kind.name,
            "is_strict": kind.is_strict,
            "lanes": [lane for lane, _ in keys],
            "keys": [key for _, key in keys],
            "now": now,
        },
    )


async def list_order_keys(work: UnitOfWork, job_ids: Sequence[int]) -> list[tuple[str, str]]:
    """Return the lanes and order keys of jobs that have any."""
    cursor = await work.connection.execute(
        "SELECT lane, order_key FROM jobs WHERE id = ANY(%s) AND order_key IS NOT NULL", (list(job_ids),)
    )
    return [(lane, key) for lane, key in await cursor.fetchall()]


async def drop_lane(work: UnitOfWork, kind: JobKind, lane: str, now: datetime) -> None:
    """End what is on its way in a lane: it is no longer wanted."""
    await work.connection.execute(
        f"""
        UPDATE jobs SET state = 'dropped', lease = NULL, ended_at = %(now)s
         WHERE kind = %(kind)s AND lane = %(lane)s AND state {PENDING}
        """,
        {"kind": kind.name, "lane": lane, "now": now},
    )


async def restart(work: UnitOfWork, job_id: int, now: datetime) -> None:
    """Restart a job that no worker has, at once."""
    await work.connection.execute(
        """
        UPDATE jobs SET state = 'ready', tries = 0, losses = 0, due_at = %s, began_at = NULL, ended_at = NULL
         WHERE id = %s AND state <> 'leased'
        """,
        (now, job_id),
    )


async def restart_set_aside(work: UnitOfWork, job_ids: Sequence[int] | None, now: datetime) -> list[int]:
    """Restart jobs that were set aside, these or all; return which."""
    cursor = await work.connection.execute(
        """
        UPDATE jobs
           SET state = 'ready', tries = 0, losses = 0, due_at = %(now)s, began_at = NULL, ended_at = NULL
         WHERE state = 'set_aside' AND (%(ids)s::bigint[] IS NULL OR id = ANY(%(ids)s))
        RETURNING id
        """,
        {"now": now, "ids": None if job_ids is None else list(job_ids)},
    )
    return sorted(job_id for (job_id,) in await cursor.fetchall())


async def list_set_aside(connection: Connection, limit: int) -> list[JobSetAside]:
    """Return jobs that are set aside, the newest first."""
    cursor = await connection.execute(
        """
        SELECT id, kind, owner, lane, attempts, coalesce(last_error, ''), ended_at
          FROM jobs WHERE state = 'set_aside' ORDER BY id DESC LIMIT %s
        """,
        (limit,),
    )
    return [JobSetAside(*row) for row in await cursor.fetchall()]


SET_ASIDE = """
    SELECT kind, count(*), (array_agg(coalesce(last_error, '') ORDER BY id DESC))[1]
      FROM jobs WHERE state = 'set_aside' GROUP BY kind ORDER BY kind
"""
"""How many jobs of each kind are set aside, and why the latest is."""


async def list_backlogs(connection: Connection, now: datetime) -> dict[str, Backlog]:
    """Return what is on its way, and what is set aside, by kind; kinds without any are left out."""
    cursor = await connection.execute(
        f"""
        SELECT kind, sum(pending)::int, min(oldest), sum(set_aside)::int
          FROM (SELECT kind, count(*) AS pending, min(due_at) FILTER (WHERE due_at <= %(now)s) AS oldest,
                       0 AS set_aside
                  FROM jobs WHERE state {PENDING} GROUP BY kind
                 UNION ALL
                SELECT kind, 0, NULL, count(*) FROM jobs WHERE state = 'set_aside' GROUP BY kind) AS counted
         GROUP BY kind
        """,
        {"now": now},
    )
    return {kind: Backlog(*counts) for kind, *counts in await cursor.fetchall()}
