"""SQL of guards; it reads tables of users, teams and memberships."""

from dataclasses import dataclass

from kalends.db.database import Connection, UnitOfWork
from kalends.db.rows import first_row, named_row, only_named_row
from kalends.memberships.membership import Role

_PLACE = """
    SELECT organization.id IS NOT NULL AS is_organization,
           coalesce(organization.is_platform, false) AS is_platform,
           of_organization.role AS organization_role,
           team.id IS NOT NULL AS is_team,
           coalesce(team.parent_id = organization.id AND NOT team.is_organization, false)
               AS is_team_in_organization,
           of_team.role AS team_role
      FROM (SELECT %(user_id)s::bigint AS id) caller
      -- what the path calls an organization must be one
      LEFT JOIN teams organization
             ON organization.id = %(organization_id)s::bigint AND organization.is_organization
      LEFT JOIN memberships of_organization
             ON of_organization.team_id = organization.id AND of_organization.user_id = caller.id
            AND of_organization.accepted
      -- what it calls a team may be an organization too, where it names no other one
      LEFT JOIN teams team ON team.id = %(team_id)s::bigint
      LEFT JOIN memberships of_team
             ON of_team.team_id = team.id AND of_team.user_id = caller.id AND of_team.accepted
"""


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """What there is of what a path names, and the caller's accepted roles there."""

    is_organization: bool
    is_platform: bool
    organization_role: Role | None
    is_team: bool
    is_team_in_organization: bool
    team_role: Role | None


async def find_place(
    connection: Connection, user_id: int, *, organization_id: int | None = None, team_id: int | None = None
) -> FoundPlace:
    """Return what is known of organization and team of a path for a caller, in one statement."""
    row = await only_named_row(
        connection, _PLACE, {"user_id": user_id, "organization_id": organization_id, "team_id": team_id}
    )
    return FoundPlace(
        is_organization=row.is_organization,
        is_platform=row.is_platform,
        organization_role=_role(row.organization_role),
        is_team=row.is_team,
        is_team_in_organization=row.is_team_in_organization,
        team_role=_role(row.team_role),
    )


@dataclass(frozen=True, slots=True)
class FoundPlatform:
    """What there is of a caller's organization and of the OAuth client that a path names.

    `client_organization_id` is that of the client; None: there is no such client.
    """

    is_platform: bool
    role: Role | None
    client_organization_id: int | None


async def find_platform(
    connection: Connection, user_id: int, organization_id: int, client_id: str | None
) -> FoundPlatform | None:
    """Return what is known of an organization for a caller, and of a client; None: it is no organization."""
    row = await named_row(
        connection,
        """
        SELECT o.is_platform, m.role,
               (SELECT c.organization_id FROM oauth_clients c WHERE c.id = %(client_id)s) AS of_client
          FROM teams o
          LEFT JOIN memberships m ON m.team_id = o.id AND m.user_id = %(user_id)s AND m.accepted
         WHERE o.id = %(organization_id)s AND o.is_organization
        """,
        {"user_id": user_id, "organization_id": organization_id, "client_id": client_id},
    )
    return None if row is None else FoundPlatform(row.is_platform, _role(row.role), row.of_client)


async def has_profile(connection: Connection, user_id: int, organization_id: int) -> bool:
    """Tell whether an organization knows a user."""
    row = await first_row(
        connection,
        "SELECT FROM profiles WHERE user_id = %s AND organization_id = %s",
        (user_id, organization_id),
    )
    return row is not None


async def has_profile_and_membership(
    connection: Connection, user_id: int, organization_id: int, team_id: int
) -> bool:
    """Tell whether an organization knows a user who is an accepted member of a team."""
    row = await first_row(
        connection,
        """
        SELECT FROM profiles p JOIN memberships m ON m.user_id = p.user_id
         WHERE p.user_id = %s AND p.organization_id = %s AND m.team_id = %s AND m.accepted
        """,
        (user_id, organization_id, team_id),
    )
    return row is not None


async def administers(
    connection: Connection, caller_id: int, *, user_id: int | None, team_id: int | None
) -> bool:
    """Tell whether somebody is an owner or admin of a team, of one that a user is in, or of one around it."""
    row = await first_row(
        connection,
        """
        SELECT FROM memberships a
         WHERE a.user_id = %(caller_id)s AND a.accepted AND a.role IN ('OWNER', 'ADMIN')
           AND a.team_id IN (
               SELECT unnest(ARRAY[t.id, t.parent_id]) FROM teams t
                WHERE t.id = %(team_id)s::bigint
                   OR t.id IN (SELECT m.team_id FROM memberships m
                                WHERE m.user_id = %(user_id)s::bigint AND m.accepted))
         LIMIT 1
        """,
        {"caller_id": caller_id, "user_id": user_id, "team_id": team_id},
    )
    return row is not None


async def rules_team_in(connection: Connection, user_id: int, organization_id: int) -> bool:
    """Tell whether somebody is an accepted ADMIN or OWNER of a team in an organization."""
    row = await first_row(
        connection,
        """
        SELECT FROM memberships m JOIN teams t ON t.id = m.team_id
         WHERE m.user_id = %s AND t.parent_id = %s AND m.accepted AND m.role IN ('ADMIN', 'OWNER') LIMIT 1
        """,
        (user_id, organization_id),
    )
    return row is not None


async def has_membership(connection: Connection, membership_id: int, team_id: int) -> bool:
    """Tell whether a membership, accepted or not, is one of a team or organization."""
    row = await first_row(
        connection, "SELECT FROM memberships WHERE id = %s AND team_id = %s", (membership_id, team_id)
    )
    return row is not None


async def invites(
    connection: Connection,
    membership_id: int,
    user_id: int,
    *,
    organization_id: int | None,
    team_id: int | None,
) -> bool:
    """Tell whether a membership of a place is a user's own, and waits for them to accept it.

    With both ids it is one of the team, which must be in the organization.
    """
    row = await first_row(
        connection,
        """
        SELECT FROM memberships m JOIN teams t ON t.id = m.team_id
         WHERE m.id = %(membership_id)s AND m.user_id = %(user_id)s AND NOT m.accepted
           AND t.id = coalesce(%(team_id)s::bigint, %(organization_id)s::bigint)
           AND (%(organization_id)s::bigint IS NULL
                OR CASE WHEN %(team_id)s::bigint IS NULL THEN t.is_organization
                        ELSE t.parent_id = %(organization_id)s::bigint END)
        """,
        {
            "membership_id": membership_id,
            "user_id": user_id,
            "organization_id": organization_id,
            "team_id": team_id,
        },
    )
    return row is not None


async def lock_team(work: UnitOfWork, team_id: int | None) -> None:
    """Lock a team or organization, so that nobody else changes who belongs to it until this command ends.

    The organization around a team is locked in part: others may change teams in it, but not its members.
    """
    await work.connection.execute(
        "SELECT FROM teams WHERE id = (SELECT parent_id FROM teams WHERE id = %s) FOR SHARE", (team_id,)
    )
    await work.connection.execute("SELECT FROM teams WHERE id = %s FOR NO KEY UPDATE", (team_id,))


def _role(stored: str | None) -> Role | None:
    return None if stored is None else Role(stored)
