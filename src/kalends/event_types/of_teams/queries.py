"""SQL of event types of teams: the event types themselves, and who hosts them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import LiteralString

from psycopg import sql

from kalends.db.database import Connection, UnitOfWork
from kalends.db.rows import NamedRow, first_row, json_rows, named_row, named_rows, only_row
from kalends.db.statements import assignments
from kalends.event_types.address import Lookup, slug_lookup
from kalends.event_types.bounds import Page
from kalends.event_types.columns import SETTINGS, columns_of
from kalends.event_types.event_type import EventType, Settings
from kalends.event_types.of_teams.changes import Assignment, Traits
from kalends.event_types.owner import Host
from kalends.event_types.queries import HOST, OF_TEAMS, ORDERS, TEAM, USER, host_of, ids_of_page, of_team

_ANYBODY = 0
"""In place of the id of a user."""

_OF_TEAMS = f"""
    SELECT e.id, e.scheduling_type, {OF_TEAMS}, {SETTINGS}, {TEAM.selected}
      FROM event_types e
      JOIN teams t ON t.id = e.team_id
"""

_HOSTS = f"""
    SELECT h.event_type_id, h.is_fixed OR e.scheduling_type = 'collective' AS is_fixed,
           {HOST.selected}, {USER.selected}, h.position AS place
      FROM hosts h
      JOIN event_types e ON e.id = h.event_type_id AND e.scheduling_type <> 'managed'
      JOIN users u ON u.id = h.user_id
     WHERE h.event_type_id = ANY(%(ids)s)
     UNION ALL
    -- Of a managed one those who have a copy
    SELECT c.parent_id, true, 2, 100, NULL, {USER.selected}, c.id
      FROM event_types c JOIN users u ON u.id = c.user_id
     WHERE c.parent_id = ANY(%(ids)s)
     ORDER BY event_type_id, place, user_id
"""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody with a membership of a team."""

    user_id: int
    accepted: bool


def owned_by_team(team_id: int) -> Lookup:
    """Return the condition that an event type is a team's."""
    return Lookup("e.team_id = %(team_id)s", {"team_id": team_id})


def owned_by_teams_of(organization_id: int, ruler_id: int | None) -> Lookup:
    """Return the condition that an event type is of an organization's teams, or of those somebody rules."""
    return Lookup(
        """
        e.team_id IN (
            SELECT t.id FROM teams t
             WHERE t.parent_id = %(organization_id)s
               AND (%(ruler_id)s = 0 OR EXISTS (
                   SELECT FROM memberships m
                    WHERE m.team_id = t.id AND m.user_id = %(ruler_id)s AND m.accepted
                      AND m.role IN ('ADMIN', 'OWNER'))))
        """,
        {"organization_id": organization_id, "ruler_id": ruler_id or _ANYBODY},
    )


async def list_in(
    connection: Connection, owned: Lookup, page: Page, *, slug: str | None, shows_hidden: bool
) -> list[EventType]:
    """Return event types of teams in the page's order, with their hosts."""
    order = ORDERS[page.by_creation]
    named = Lookup("true", {}) if slug is None else slug_lookup(slug, is_of_team=True)
    statement = f"""
        {_OF_TEAMS}
         WHERE e.id IN ({ids_of_page(owned, named, order, shows_hidden="%(shows_hidden)s")})
         ORDER BY {order}
    """
    values = {
        **owned.values,
        **named.values,
        "shows_hidden": shows_hidden,
        "take": page.take,
        "skip": page.skip,
        "most_bytes": page.most_bytes,
    }
    return await _with_hosts(connection, await named_rows(connection, statement, values))


async def find(connection: Connection, team_id: int, event_type_id: int) -> EventType | None:
    """Return an event type of a team."""
    return await _find(connection, f"{_OF_TEAMS} WHERE e.id = %s AND e.team_id = %s", event_type_id, team_id)


async def lock(work: UnitOfWork, team_id: int, event_type_id: int) -> EventType | None:
    """Return an event type of a team, and keep others from changing it until this command ends."""
    statement = f"{_OF_TEAMS} WHERE e.id = %s AND e.team_id = %s FOR NO KEY UPDATE OF e"
    return await _find(work.connection, statement, event_type_id, team_id)


async def insert(work: UnitOfWork, team_id: int, settings: Settings, traits: Traits) -> tuple[int, int]:
    """Store an event type of a team without its hosts; return its id, and how many the team had before.

    Raises:
        psycopg.errors.UniqueViolation: the team has one with this slug.
    """
    values = {**_columns_of(settings, traits), "team_id": team_id}
    statement = sql.SQL(
        "INSERT INTO event_types ({}) VALUES ({})"
        " RETURNING id, (SELECT count(*) FROM event_types e WHERE e.team_id = %(team_id)s)"
    ).format(
        sql.SQL(", ").join(map(sql.Identifier, values)), sql.SQL(", ").join(map(sql.Placeholder, values))
    )
    event_type_id, before = await only_row(work.connection, statement, values)
    return int(event_type_id), int(before)


async def update(work: UnitOfWork, event_type_id: int, settings: Settings, traits: Traits) -> None:
    """Write an event type of a team without its hosts.

    Raises:
        psycopg.errors.UniqueViolation: the team has another one with this slug.
    """
    values = _columns_of(settings, traits)
    statement = sql.SQL("UPDATE event_types SET {}, updated_at = now() WHERE id = %(id)s RETURNING id")
    await only_row(work.connection, statement.format(assignments(values)), {**values, "id": event_type_id})


async def delete(work: UnitOfWork, event_type_id: int) -> None:
    """Delete an event type, with its copies; bookings stay."""
    await work.connection.execute("DELETE FROM event_types WHERE id = %s", (event_type_id,))


async def write_hosts(work: UnitOfWork, event_type_id: int, assigned: Sequence[Assignment]) -> None:
    """Let exactly these users host an event type, in this order."""
    rows = [{**asdict(one), "position": position} for position, one in enumerate(assigned)]
    ids = [one.user_id for one in assigned]
    await work.connection.execute(
        "DELETE FROM hosts WHERE event_type_id = %s AND user_id <> ALL(%s)", (event_type_id, ids)
    )
    await work.connection.execute(
        """
        INSERT INTO hosts (event_type_id, user_id, is_fixed, priority, weight, schedule_id, position)
        SELECT %s, h.* FROM json_to_recordset(%s)
            AS h(user_id int, is_fixed bool, priority int, weight int, schedule_id int, position int)
            ON CONFLICT (event_type_id, user_id) DO UPDATE
           SET is_fixed = excluded.is_fixed, priority = excluded.priority, weight = excluded.weight,
               schedule_id = excluded.schedule_id, position = excluded.position
        """,
        (event_type_id, json_rows(rows)),
    )


async def list_members(connection: Connection, team_id: int) -> list[Member]:
    """Return who has a membership of a team, accepted or not, the oldest first."""
    rows = await named_rows(
        connection, "SELECT user_id, accepted FROM memberships WHERE team_id = %s ORDER BY id", (team_id,)
    )
    return [Member(row.user_id, row.accepted) for row in rows]


async def find_owners_of_schedules(connection: Connection, schedule_ids: Sequence[int]) -> Mapping[int, int]:
    """Return whose some schedules are; those that do not exist are left out."""
    rows = await named_rows(
        connection, "SELECT id, user_id FROM schedules WHERE id = ANY(%s)", (list(schedule_ids),)
    )
    return {row.id: row.user_id for row in rows}


async def _find(
    connection: Connection, statement: LiteralString, event_type_id: int, team_id: int
) -> EventType | None:
    row = await named_row(connection, statement, (event_type_id, team_id))
    return None if row is None else (await _with_hosts(connection, [row]))[0]


async def _with_hosts(connection: Connection, rows: Sequence[NamedRow]) -> list[EventType]:
    hosts: dict[int, list[Host]] = defaultdict(list)
    if rows:
        for row in await named_rows(connection, _HOSTS, {"ids": [row.id for row in rows]}):
            hosts[row.event_type_id].append(host_of(row))
    return [of_team(row, hosts[row.id]) for row in rows]


def _columns_of(settings: Settings, traits: Traits) -> dict[str, object]:
    return {
        **columns_of(settings),
        **asdict(traits),
        "scheduling_type": traits.scheduling_type.value,
    }


async def any_has_schedule(connection: Connection, schedule_id: int, *, user_id: int, team_id: int) -> bool:
    """Tell whether a schedule is a user's, or one of an accepted member of a team."""
    row = await first_row(
        connection,
        """
        SELECT FROM schedules s
         WHERE s.id = %(schedule_id)s
           AND (s.user_id = %(user_id)s OR EXISTS (
               SELECT FROM memberships m
                WHERE m.team_id = %(team_id)s AND m.user_id = s.user_id AND m.accepted))
        """,
        {"schedule_id": schedule_id, "user_id": user_id, "team_id": team_id},
    )
    return row is not None
