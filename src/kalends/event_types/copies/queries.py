"""SQL of the copies that members have of managed event types."""

from collections.abc import Sequence

from psycopg import sql

from kalends.db.database import Connection, UnitOfWork
from kalends.db.rows import named_rows
from kalends.event_types.columns import columns_of
from kalends.event_types.event_type import BLANK, EventType
from kalends.event_types.queries import OF_USERS, of_user

_NOT_COPIED = {"use_destination_calendar_email"}

_COPIED = sorted({*columns_of(BLANK), "seats_show_attendees", "seats_show_availability_count"} - _NOT_COPIED)
"""The columns that a copy has from its parent."""

_COLUMNS = sql.SQL(", ").join(map(sql.Identifier, _COPIED))
_OF_PARENT = sql.SQL(", ").join(sql.Identifier("p", column) for column in _COPIED)


async def list_of(connection: Connection, parent_id: int) -> list[EventType]:
    """Return the copies of an event type, the oldest first."""
    rows = await named_rows(connection, f"{OF_USERS} WHERE e.parent_id = %s ORDER BY e.id", (parent_id,))
    return [of_user(row) for row in rows]


async def list_owners(work: UnitOfWork, parent_id: int) -> list[int]:
    """Return who has a copy of an event type, or waits for one, by the order in which they got there."""
    rows = await named_rows(
        work.connection,
        """
        SELECT user_id FROM (
            SELECT user_id, 0 AS waits, id AS place FROM event_types WHERE parent_id = %(parent_id)s
             UNION ALL
            SELECT user_id, 1, position FROM hosts WHERE event_type_id = %(parent_id)s) owners
         ORDER BY waits, place, user_id
        """,
        {"parent_id": parent_id},
    )
    return list(dict.fromkeys(row.user_id for row in rows))


async def list_in_the_way(
    work: UnitOfWork, parent_id: int | None, slug: str, user_ids: Sequence[int]
) -> list[str]:
    """Return the names of users who have a copy of another managed event type with a slug."""
    rows = await named_rows(
        work.connection,
        """
        SELECT u.username FROM event_types e JOIN users u ON u.id = e.user_id
         WHERE e.user_id = ANY(%(user_ids)s) AND e.slug = %(slug)s
           AND e.parent_id IS NOT NULL AND e.parent_id IS DISTINCT FROM %(parent_id)s::int
         ORDER BY u.username
        """,
        {"user_ids": list(user_ids), "slug": slug, "parent_id": parent_id},
    )
    return [row.username for row in rows]


async def delete_others(work: UnitOfWork, parent_id: int, user_ids: Sequence[int]) -> None:
    """Delete the copies of an event type that are not of these users, and let nobody wait for one."""
    await work.connection.execute(
        "DELETE FROM event_types WHERE parent_id = %s AND user_id <> ALL(%s)", (parent_id, list(user_ids))
    )
    await work.connection.execute("DELETE FROM hosts WHERE event_type_id = %s", (parent_id,))


async def delete_own(work: UnitOfWork, slug: str, user_ids: Sequence[int]) -> None:
    """Delete the event types of users' own that have a slug."""
    await work.connection.execute(
        "DELETE FROM event_types WHERE user_id = ANY(%s) AND slug = %s AND parent_id IS NULL",
        (list(user_ids), slug),
    )


async def update_all(work: UnitOfWork, parent_id: int) -> None:
    """Write what an event type has to all its copies.

    Raises:
        psycopg.errors.UniqueViolation: an owner has made an event type with the slug meanwhile.
    """
    statement = sql.SQL(
        "UPDATE event_types c SET ({}) = (SELECT {} FROM event_types p WHERE p.id = c.parent_id),"
        " updated_at = now() WHERE c.parent_id = %s"
    )
    await work.connection.execute(statement.format(_COLUMNS, _OF_PARENT), (parent_id,))


async def insert_missing(work: UnitOfWork, parent_id: int, user_ids: Sequence[int]) -> None:
    """Give a copy of an event type to each of these users who has none, in their order.

    Raises:
        psycopg.errors.UniqueViolation: one of them has made an event type with the slug meanwhile.
    """
    statement = sql.SQL(
        """
        INSERT INTO event_types (user_id, parent_id, {})
        SELECT u.id, p.id, {}
          FROM event_types p CROSS JOIN unnest(%(user_ids)s::int[]) WITH ORDINALITY u(id, place)
         WHERE p.id = %(parent_id)s
           AND NOT EXISTS (SELECT FROM event_types c WHERE c.parent_id = p.id AND c.user_id = u.id)
         ORDER BY u.place
        """
    ).format(_COLUMNS, _OF_PARENT)
    await work.connection.execute(statement, {"user_ids": list(user_ids), "parent_id": parent_id})


async def admit(work: UnitOfWork, user_id: int, team_id: int) -> None:
    """Let a new member host what all members of a team host, and give them copies of what all have.

    Where something of theirs has the slug, they wait for the copy until its parent is saved.
    """
    values = {"user_id": user_id, "team_id": team_id}
    await work.connection.execute(
        """
        SELECT FROM event_types WHERE team_id = %(team_id)s AND assign_all_team_members
         ORDER BY id FOR NO KEY UPDATE
        """,
        values,
    )
    statement = sql.SQL(
        """
        INSERT INTO event_types (user_id, parent_id, {})
        SELECT %(user_id)s, p.id, {}
          FROM event_types p
         WHERE p.team_id = %(team_id)s AND p.assign_all_team_members AND p.scheduling_type = 'managed'
         ORDER BY p.id
            ON CONFLICT DO NOTHING
        """
    ).format(_COLUMNS, _OF_PARENT)
    await work.connection.execute(statement, values)
    await work.connection.execute(
        """
        INSERT INTO hosts (event_type_id, user_id, is_fixed, position)
        SELECT e.id, %(user_id)s, e.scheduling_type = 'collective',
               (SELECT coalesce(max(h.position) + 1, 0) FROM hosts h WHERE h.event_type_id = e.id)
          FROM event_types e
         WHERE e.team_id = %(team_id)s AND e.assign_all_team_members
           AND NOT EXISTS (SELECT FROM event_types c WHERE c.parent_id = e.id AND c.user_id = %(user_id)s)
            ON CONFLICT DO NOTHING
        """,
        values,
    )


async def delete_of_member(work: UnitOfWork, user_id: int, team_ids: Sequence[int]) -> None:
    """Delete the copies that a user has of event types of some teams; what is booked of them stays."""
    await work.connection.execute(
        """
        DELETE FROM event_types c USING event_types p
         WHERE c.user_id = %s AND p.id = c.parent_id AND p.team_id = ANY(%s)
        """,
        (user_id, list(team_ids)),
    )
