"""SQL of the audit log."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import LiteralString

from psycopg.types.json import Jsonb

from kalends.audit.entry import Author, Entry, ListEntries, NewEntry
from kalends.db.database import Connection, UnitOfWork
from kalends.db.rows import Columns, named_rows

_ENTRY = Columns(Entry, "e")

_FILTERS: Mapping[str, LiteralString] = {
    "action": "e.action = %(action)s",
    "actor_id": "e.actor_id = %(actor_id)s",
    "subject_type": "e.subject_type = %(subject_type)s",
    "subject_id": "e.subject_id = %(subject_id)s",
    "after": "e.created_at > %(after)s",
    "before": "e.created_at < %(before)s",
}


async def insert_entries(work: UnitOfWork, author: Author | None, entries: Sequence[NewEntry]) -> None:
    """Store entries, in this order."""
    for entry in entries:
        await work.connection.execute(
            """
            INSERT INTO audit_entries (
                place_id, actor_type, actor_id, actor_email, action, subject_type, subject_id, before, after,
                request_id)
            VALUES (
                %(place_id)s, %(actor_type)s, %(actor_id)s, %(actor_email)s, %(action)s, %(subject_type)s,
                %(subject_id)s, %(before)s, %(after)s, %(request_id)s)
            """,
            {
                "place_id": entry.place_id,
                "actor_type": None if author is None else author.type,
                "actor_id": None if author is None else author.user_id,
                "actor_email": None if author is None else author.email,
                "action": entry.action,
                "subject_type": entry.subject.type,
                "subject_id": str(entry.subject.id),
                "before": None if entry.before is None else Jsonb(dict(entry.before)),
                "after": None if entry.after is None else Jsonb(dict(entry.after)),
                "request_id": None if author is None else author.request_id,
            },
        )


async def list_entries(connection: Connection, place_id: int, wanted: ListEntries) -> list[Entry]:
    """Return entries of a place, the newest first."""
    values = {name: value for name in _FILTERS if (value := getattr(wanted, name)) is not None}
    # Only what is asked for stands in the statement: what holds for everything hides how few are needed.
    conditions: list[LiteralString] = ["e.place_id = %(place_id)s", *(_FILTERS[name] for name in values)]
    rows = await named_rows(
        connection,
        f"""
        SELECT {_ENTRY.selected} FROM audit_entries e
         WHERE {" AND ".join(conditions)} ORDER BY e.id DESC LIMIT %(take)s OFFSET %(skip)s
        """,
        {**values, "place_id": place_id, "take": wanted.take, "skip": wanted.skip},
    )
    return [_ENTRY.read(row) for row in rows]


async def forget_before(work: UnitOfWork, moment: datetime, limit: int) -> int:
    """Delete up to `limit` entries that are older; return how many."""
    cursor = await work.connection.execute(
        """
        DELETE FROM audit_entries WHERE id IN (SELECT id FROM audit_entries WHERE created_at < %s LIMIT %s)
        """,
        (moment, limit),
    )
    return cursor.rowcount
