"""The audit log: written in the transaction of what it tells of, kept for a while, read by administrators."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from kalends.audit import queries
from kalends.audit.entry import Author, Entry, ListEntries, NewEntry
from kalends.db.database import Connection, Database, UnitOfWork

_FORGOTTEN_AT_ONCE = 1_000


async def record(work: UnitOfWork, author: Author | None, *entries: NewEntry) -> None:
    """Write down what was done; `author` None: by the operator, on the server itself."""
    await queries.insert_entries(work, author, entries)


async def list_entries(connection: Connection, place_id: int, wanted: ListEntries) -> Sequence[Entry]:
    """Return entries of an organization, or of a team in none, the newest first."""
    return await queries.list_entries(connection, place_id, wanted)


async def forget(database: Database, now: datetime, *, days: int) -> None:
    """Delete what is older than some days, some in each transaction."""
    is_more = True
    while is_more:
        async with database.transaction() as work:
            forgotten = await queries.forget_before(work, now - timedelta(days=days), _FORGOTTEN_AT_ONCE)
        is_more = forgotten > 0


def changes_between(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what differs between two snapshots, as it was and as it is."""
    names = [name for name in after if before.get(name) != after[name]]
    return {name: before.get(name) for name in names}, {name: after[name] for name in names}
