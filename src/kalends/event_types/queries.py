"""SQL of event types; it reads users, teams and the hosts of event types too."""

from collections.abc import Sequence
from typing import LiteralString

from psycopg import sql

from kalends.accounts.user import User
from kalends.db.database import Connection, UnitOfWork
from kalends.db.rows import Columns, NamedRow, first_row, named_row, named_rows, only_row
from kalends.db.statements import assignments
from kalends.event_types.address import EventTypeAddress, Lookup, lookup_of, slug_lookup
from kalends.event_types.bounds import Page
from kalends.event_types.columns import SETTINGS, columns_of, settings_of
from kalends.event_types.event_type import EventType, SchedulingType, Settings
from kalends.event_types.owner import Host, TeamOwner, UserOwner
from kalends.teams.team import Team

USER = Columns(User, "u", prefix="user_")
TEAM = Columns(Team, "t", prefix="team_")
HOST = Columns(Host, "h", without=("user", "is_fixed"))

OF_TEAMS = "e.assign_all_team_members, e.reschedule_with_same_round_robin_host"
"""The columns that only event types of teams use."""

_EVENT_TYPE = f"""
    SELECT e.id, e.parent_id, e.scheduling_type, {OF_TEAMS}, {SETTINGS}, {USER.selected}, {TEAM.selected}
      FROM event_types e
      LEFT JOIN users u ON u.id = e.user_id
      LEFT JOIN teams t ON t.id = e.team_id
"""

# Event types of users only: lists are long, and have no teams to join.
OF_USERS = f"""
    SELECT e.id, e.parent_id, {SETTINGS}, {USER.selected}
      FROM event_types e
      JOIN users u ON u.id = e.user_id
"""

ORDERS: dict[str | None, LiteralString] = {
    None: "e.id",
    "asc": "e.created_at, e.id",
    "desc": "e.created_at DESC, e.id DESC",
}

_HOSTS = f"""
    SELECT h.is_fixed OR e.scheduling_type = 'collective' AS is_fixed, {HOST.selected}, {USER.selected}
      FROM hosts h
      JOIN event_types e ON e.id = h.event_type_id AND e.scheduling_type <> 'managed'
      JOIN users u ON u.id = h.user_id
     WHERE h.event_type_id = %s
     ORDER BY h.position, h.user_id
"""


async def find(connection: Connection, address: EventTypeAddress) -> EventType | None:
    """Return the event type with an address; names and slugs match exactly."""
    lookup = lookup_of(address)
    row = await named_row(connection, f"{_EVENT_TYPE} WHERE {lookup.condition}", lookup.values)
    return None if row is None else await _event_type(connection, row)


async def find_kept(work: UnitOfWork, address: EventTypeAddress) -> EventType | None:
    """Return the event type with an address, and keep it from being deleted until this command ends."""
    lookup = lookup_of(address)
    statement = f"{_EVENT_TYPE} WHERE {lookup.condition} FOR KEY SHARE OF e"
    row = await named_row(work.connection, statement, lookup.values)
    return None if row is None else await _event_type(work.connection, row)


def ids_of_page(owned: Lookup, named: Lookup, order: LiteralString, *, shows_hidden: LiteralString) -> str:
    """Return the statement of the ids on a page; `shows_hidden` is the condition for hidden ones to show."""
    return f"""
        SELECT id
          FROM (SELECT e.id, sum(bytes) OVER (ORDER BY {order}) - bytes AS bytes_before
                  FROM (SELECT e.id, e.created_at, octet_length(e::text) AS bytes FROM event_types e
                         WHERE {owned.condition} AND (NOT e.hidden OR {shows_hidden}) AND {named.condition}
                         ORDER BY {order} LIMIT %(take)s OFFSET %(skip)s) e) measured
         WHERE bytes_before < %(most_bytes)s
    """


async def list_of_user(
    connection: Connection, owned: Lookup, page: Page, *, slug: str | None, caller_id: int | None
) -> list[EventType]:
    """Return event types of a user in the page's order, hidden ones for their owner only; of nobody none."""
    order = ORDERS[page.by_creation]
    named = Lookup("true", {}) if slug is None else slug_lookup(slug, is_of_team=False)
    statement = f"""
        {OF_USERS}
         WHERE e.id IN ({ids_of_page(owned, named, order, shows_hidden="e.user_id = %(caller_id)s")})
         ORDER BY {order}
    """
    values = {
        **owned.values,
        "caller_id": caller_id,
        **named.values,
        "take": page.take,
        "skip": page.skip,
        "most_bytes": page.most_bytes,
    }
    return [of_user(row) for row in await named_rows(connection, statement, values)]


async def any_exists(connection: Connection, event_type_ids: Sequence[int]) -> bool:
    """Tell whether one of these event types exists."""
    row = await first_row(
        connection, "SELECT FROM event_types WHERE id = ANY(%s) LIMIT 1", (list(event_type_ids),)
    )
    return row is not None


async def find_users(connection: Connection, usernames: list[str]) -> list[User]:
    """Return the users with these usernames who belong to no organization, in the order of the names."""
    return await _users(
        connection, "u.username", usernames, "AND (u.organization_id IS NULL OR u.is_platform_managed)"
    )


async def find_users_by_ids(connection: Connection, user_ids: list[int]) -> list[User]:
    """Return the users with these ids, in the order of the ids."""
    return await _users(connection, "u.id", user_ids)


async def _users(
    connection: Connection,
    column: LiteralString,
    values: list[str] | list[int],
    also: LiteralString = "",
) -> list[User]:
    rows = await named_rows(
        connection,
        f"""
        SELECT {USER.selected} FROM users u
         WHERE {column} = ANY(%(values)s) {also} ORDER BY array_position(%(values)s, {column})
        """,
        {"values": values},
    )
    return [USER.read(row) for row in rows]


async def owns_schedule(connection: Connection, owner_id: int, schedule_id: int) -> bool:
    """Tell whether a schedule belongs to a user."""
    row = await first_row(
        connection, "SELECT FROM schedules WHERE id = %s AND user_id = %s", (schedule_id, owner_id)
    )
    return row is not None


async def lock_event_type(work: UnitOfWork, event_type_id: int) -> EventType | None:
    """Return an event type, whosever it is, and keep others from changing it until this command ends."""
    statement = f"{_EVENT_TYPE} WHERE e.id = %s FOR NO KEY UPDATE OF e"
    row = await named_row(work.connection, statement, (event_type_id,))
    return None if row is None else await _event_type(work.connection, row)


async def insert_event_type(work: UnitOfWork, owner_id: int, settings: Settings) -> tuple[int, int]:
    """Store an event type; return its id, and how many its owner had before; managed ones do not count.

    Raises:
        psycopg.errors.UniqueViolation: the owner has one with this slug.
    """
    values = {**columns_of(settings), "user_id": owner_id}
    statement = sql.SQL(
        "INSERT INTO event_types ({}) VALUES ({})"
        " RETURNING id, (SELECT count(*) FROM event_types e WHERE e.user_id = %(user_id)s"
        " AND e.parent_id IS NULL)"
    ).format(
        sql.SQL(", ").join(map(sql.Identifier, values)), sql.SQL(", ").join(map(sql.Placeholder, values))
    )
    event_type_id, before = await only_row(work.connection, statement, values)
    return int(event_type_id), int(before)


async def insert_event_types(work: UnitOfWork, owner_id: int, several: Sequence[Settings]) -> None:
    """Store event types of an owner who has none with these slugs, without waiting for it."""
    rows = [{**columns_of(settings), "user_id": owner_id} for settings in several]
    for values in rows:
        statement = sql.SQL("INSERT INTO event_types ({}) VALUES ({})").format(
            sql.SQL(", ").join(map(sql.Identifier, values)),
            sql.SQL(", ").join(map(sql.Placeholder, values)),
        )
        await work.connection.execute(statement, values)


async def update_event_type(work: UnitOfWork, event_type_id: int, settings: Settings) -> None:
    """Write all settings of an event type.

    Raises:
        psycopg.errors.UniqueViolation: the owner has another one with this slug.
    """
    values = columns_of(settings)
    statement = sql.SQL(
        "UPDATE event_types SET {}, updated_at = now() WHERE id = %(event_type_id)s RETURNING id"
    )
    await only_row(
        work.connection, statement.format(assignments(values)), {**values, "event_type_id": event_type_id}
    )


async def keep_event_type(work: UnitOfWork, event_type_id: int) -> None:
    """Keep an event type from being deleted until this command ends."""
    await work.connection.execute("SELECT FROM event_types WHERE id = %s FOR KEY SHARE", (event_type_id,))


async def delete_event_type(work: UnitOfWork, event_type_id: int) -> None:
    """Delete an event type; its bookings stay."""
    await work.connection.execute("DELETE FROM event_types WHERE id = %s", (event_type_id,))


async def _event_type(connection: Connection, row: NamedRow) -> EventType:
    if row.team_id is None:
        return of_user(row)
    return of_team(row, [host_of(host) for host in await named_rows(connection, _HOSTS, (row.id,))])


def of_team(row: NamedRow, hosts: Sequence[Host]) -> EventType:
    """Return the event type of a team that a row holds, with these hosts."""
    return EventType(
        id=row.id,
        owner=TeamOwner(TEAM.read(row)),
        hosts=tuple(hosts),
        scheduling_type=SchedulingType(row.scheduling_type),
        assign_all_team_members=row.assign_all_team_members,
        reschedule_with_same_round_robin_host=row.reschedule_with_same_round_robin_host,
        **settings_of(row),
    )


def of_user(row: NamedRow) -> EventType:
    """Return the event type of a user that a row holds."""
    owner = USER.read(row)
    return EventType(
        id=row.id,
        owner=UserOwner(owner),
        hosts=(Host(owner),),
        parent_id=row.parent_id,
        **settings_of(row),
    )


def host_of(row: NamedRow) -> Host:
    """Return the host that a row holds."""
    return Host(USER.read(row), is_fixed=row.is_fixed, **HOST.values_of(row))


async def lock_of_teams(work: UnitOfWork, team_ids: Sequence[int]) -> list[int]:
    """Lock the event types of teams, and members' copies of them, so that nothing more is booked of them.

    They stay locked until this command ends; return their ids.
    """
    cursor = await work.connection.execute(
        """
        SELECT id FROM event_types
         WHERE team_id = ANY(%(team_ids)s)
            OR parent_id = ANY(ARRAY(SELECT id FROM event_types WHERE team_id = ANY(%(team_ids)s)))
         ORDER BY id FOR UPDATE
        """,
        {"team_ids": list(team_ids)},
    )
    return [row[0] for row in await cursor.fetchall()]


async def delete_hosts(work: UnitOfWork, user_id: int, team_ids: Sequence[int]) -> None:
    """Remove a user from the hosts of some teams' event types, which are locked in their order first."""
    await work.connection.execute(
        """
        WITH locked AS (
            SELECT e.id FROM hosts h JOIN event_types e ON e.id = h.event_type_id
             WHERE h.user_id = %(user_id)s AND e.team_id = ANY(%(team_ids)s)
             ORDER BY e.id FOR UPDATE OF e
        )
        DELETE FROM hosts h USING locked WHERE h.event_type_id = locked.id AND h.user_id = %(user_id)s
        """,
        {"user_id": user_id, "team_ids": list(team_ids)},
    )
