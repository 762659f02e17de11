"""SQL of teams, organizations and memberships."""

from typing import Any, LiteralString

from psycopg import sql
from psycopg.types.json import Jsonb

from kalends.db.database import Connection, UnitOfWork
from kalends.db.rows import Columns, NamedRow, first_row, named_row, named_rows, only_row
from kalends.db.statements import assignments
from kalends.memberships.membership import Role
from kalends.teams.settings import OwnTeam, TeamChanges, WholeTeam


async def find_organization(connection: Connection, organization: str | int) -> int | None:
    """Return the id of the organization with this slug or id."""
    row = await first_row(
        connection,
        f"""
        SELECT id FROM teams WHERE {_named_by(organization)} = %s AND is_organization AND parent_id IS NULL
        """,
        (organization,),
    )
    return None if row is None else int(row[0])


async def find_team(connection: Connection, slug: str, organization_id: int | None) -> int | None:
    """Return the id of the team with this slug, in an organization or, without one, outside of all."""
    row = await first_row(
        connection,
        """
        SELECT id FROM teams
         WHERE slug = %(slug)s AND NOT is_organization
           AND (parent_id = %(parent)s OR (%(parent)s::int IS NULL AND parent_id IS NULL))
        """,
        {"slug": slug, "parent": organization_id},
    )
    return None if row is None else int(row[0])


async def find_profile(connection: Connection, organization_id: int, username: str) -> int | None:
    """Return the id of the user whom an organization knows by this name."""
    row = await first_row(
        connection,
        "SELECT user_id FROM profiles WHERE organization_id = %s AND username = %s",
        (organization_id, username),
    )
    return None if row is None else int(row[0])


async def find_profiles(connection: Connection, organization: str | int, usernames: list[str]) -> list[int]:
    """Return the ids of the users whom an organization knows by these names, in the order of the names."""
    cursor = await connection.execute(
        f"""
        SELECT p.user_id FROM teams o JOIN profiles p ON p.organization_id = o.id
         WHERE o.{_named_by(organization)} = %(organization)s AND o.is_organization AND o.parent_id IS NULL
           AND p.username = ANY(%(usernames)s)
         ORDER BY array_position(%(usernames)s, p.username)
        """,
        {"organization": organization, "usernames": usernames},
    )
    return [int(row[0]) for row in await cursor.fetchall()]


async def is_member(connection: Connection, user_id: int, team_id: int) -> bool:
    """Tell whether a user is an accepted member of a team or of its organization."""
    row = await first_row(
        connection,
        """
        SELECT FROM teams t JOIN memberships m ON m.team_id IN (t.id, t.parent_id)
         WHERE t.id = %s AND m.user_id = %s AND m.accepted LIMIT 1
        """,
        (team_id, user_id),
    )
    return row is not None


async def share_team(connection: Connection, one_id: int, other_id: int) -> bool:
    """Tell whether two users are accepted members of one team or organization."""
    row = await first_row(
        connection,
        """
        SELECT FROM memberships one JOIN memberships other ON other.team_id = one.team_id
         WHERE one.user_id = %s AND other.user_id = %s AND one.accepted AND other.accepted LIMIT 1
        """,
        (one_id, other_id),
    )
    return row is not None


def _named_by(organization: str | int) -> LiteralString:
    return "slug" if isinstance(organization, str) else "id"


_JSON = ("metadata", "booking_limits")
_WHOLE = Columns(WholeTeam, "t")


async def find_whole(connection: Connection, team_id: int) -> WholeTeam | None:
    """Return a team or organization with its settings."""
    row = await named_row(connection, f"SELECT {_WHOLE.selected} FROM teams t WHERE t.id = %s", (team_id,))
    return None if row is None else _WHOLE.read(row)


async def list_in(connection: Connection, organization_id: int, *, take: int, skip: int) -> list[WholeTeam]:
    """Return teams of an organization by id."""
    rows = await named_rows(
        connection,
        f"SELECT {_WHOLE.selected} FROM teams t WHERE t.parent_id = %s ORDER BY t.id LIMIT %s OFFSET %s",
        (organization_id, take, skip),
    )
    return [_WHOLE.read(row) for row in rows]


async def list_own(connection: Connection, user_id: int) -> list[OwnTeam]:
    """Return the teams and organizations that somebody has a membership in, by id."""
    rows = await named_rows(
        connection, f"{_OWN} WHERE m.user_id = %(user_id)s ORDER BY t.id", {"user_id": user_id}
    )
    return [_own(row) for row in rows]


async def list_own_in(
    connection: Connection, user_id: int, organization_id: int, *, take: int, skip: int
) -> list[OwnTeam]:
    """Return the teams of an organization that somebody has a membership in, by id."""
    rows = await named_rows(
        connection,
        f"""
        {_OWN} WHERE m.user_id = %(user_id)s AND t.parent_id = %(organization_id)s
         ORDER BY t.id LIMIT %(take)s OFFSET %(skip)s
        """,
        {"user_id": user_id, "organization_id": organization_id, "take": take, "skip": skip},
    )
    return [_own(row) for row in rows]


async def is_in_team_named(connection: Connection, user_id: int, name: str) -> bool:
    """Tell whether somebody has a membership in a team or organization of this very name."""
    row = await first_row(
        connection,
        """
        SELECT FROM memberships m JOIN teams t ON t.id = m.team_id
         WHERE m.user_id = %s AND t.name = %s LIMIT 1
        """,
        (user_id, name),
    )
    return row is not None


async def insert_team(
    work: UnitOfWork, organization_id: int | None, settings: TeamChanges, client_id: str | None
) -> WholeTeam:
    """Store a team of an organization, None: of none, that an OAuth client has made, None: none has.

    Raises:
        psycopg.errors.UniqueViolation: the slug is taken there.
    """
    values = {
        **_stored(settings),
        "parent_id": organization_id,
        "created_by_oauth_client_id": client_id,
    }
    statement = sql.SQL("INSERT INTO teams AS t ({}) VALUES ({}) RETURNING {}").format(
        sql.SQL(", ").join(map(sql.Identifier, values)),
        sql.SQL(", ").join(map(sql.Placeholder, values)),
        sql.SQL(_WHOLE.selected),
    )
    return WholeTeam(*await only_row(work.connection, statement, values))


async def update_team(work: UnitOfWork, team_id: int, changes: TeamChanges) -> WholeTeam:
    """Write changed settings of a team that is locked.

    Raises:
        psycopg.errors.UniqueViolation: the slug is taken where the team is.
    """
    values = _stored(changes)
    statement = sql.SQL(
        "UPDATE teams AS t SET {}, updated_at = now() WHERE t.id = %(team_id)s RETURNING {}"
    ).format(assignments(values), sql.SQL(_WHOLE.selected))
    return WholeTeam(*await only_row(work.connection, statement, {**values, "team_id": team_id}))


async def lock_team_to_delete(work: UnitOfWork, team_id: int) -> list[int]:
    """Lock a team and those in it, so that they stay as they are until this command ends; return their ids.

    None is returned of a team that does not exist.
    """
    cursor = await work.connection.execute(
        "SELECT id FROM teams WHERE id = %(id)s OR parent_id = %(id)s ORDER BY id FOR UPDATE", {"id": team_id}
    )
    return [row[0] for row in await cursor.fetchall()]


async def delete_team(work: UnitOfWork, team_id: int) -> None:
    """Delete a team or organization, with all that the database ties to one."""
    await work.connection.execute("DELETE FROM teams WHERE id = %s", (team_id,))


_OWN = f"""
    SELECT {_WHOLE.selected}, m.id AS membership_id, m.role, m.accepted
      FROM memberships m CROSS JOIN LATERAL (SELECT * FROM teams WHERE id = m.team_id OFFSET 0) t
"""


def _own(row: NamedRow) -> OwnTeam:
    return OwnTeam(_WHOLE.read(row), row.membership_id, Role(row.role), row.accepted)


def _stored(changes: TeamChanges) -> dict[str, Any]:
    return {
        name: Jsonb(value) if name in _JSON and value is not None else value
        for name, value in changes.said.items()
    }
