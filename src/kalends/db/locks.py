"""Advisory locks: what commands keep each other off, beyond the rows they write."""

from collections.abc import Sequence

from kalends.db.database import UnitOfWork

# The first key of a lock says what its second key is the id of.
_HOST = 1


async def lock_hosts(work: UnitOfWork, host_ids: Sequence[int]) -> None:
    """Keep other commands that take time of these hosts waiting until this one ends.

    Locks are taken in ascending order, so that two commands never wait for each other.
    """
    await work.connection.execute(
        """
        SELECT pg_advisory_xact_lock(%s, host) FROM (
            SELECT host FROM unnest(%s::int[]) AS host ORDER BY host) AS ordered
        """,
        (_HOST, sorted(set(host_ids))),
    )
