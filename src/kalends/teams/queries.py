"""SQL of teams, organizations and memberships."""

from typing import LiteralString

from kalends.db.database import Connection
from kalends.db.rows import first_row


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
