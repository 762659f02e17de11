"""SQL of memberships."""

from dataclasses import dataclass

from kalends.db.database import Connection, UnitOfWork
from kalends.db.rows import Columns, NamedRow, first_row, named_row, named_rows, only_named_row, only_row
from kalends.memberships.main_organization import MAIN_ORGANIZATION
from kalends.memberships.member import Member
from kalends.memberships.membership import Administered, Membership, Role

_PLAIN = Columns(Membership, "m", without=("role",))
_OF_MEMBERSHIP = ("id", "team_id", "user_id", "role", "accepted", "disable_impersonation")
_MEMBER_FIELDS = tuple(Member.__dataclass_fields__)
_MEMBER = ", ".join(f"m.{name}" if name in _OF_MEMBERSHIP else f"u.{name}" for name in _MEMBER_FIELDS)
"""The columns that make a `Member`, of memberships `m` and users `u`."""

_PLAIN = Columns(Membership, "m", without=("role",))


@dataclass(frozen=True, slots=True)
class NewMembership:
    """A membership to store."""

    team_id: int
    user_id: int
    role: Role
    accepted: bool
    disable_impersonation: bool = False


async def find_accepted_role(connection: Connection, user_id: int, team_id: int) -> Role | None:
    """Return the role of an accepted member."""
    row = await first_row(
        connection,
        "SELECT role FROM memberships WHERE user_id = %s AND team_id = %s AND accepted",
        (user_id, team_id),
    )
    return None if row is None else Role(row[0])


async def find_administered(connection: Connection, user_id: int) -> Administered:
    """Return what a user is an accepted ADMIN or OWNER of."""
    row = await only_named_row(
        connection,
        f"""
        WITH ruled AS MATERIALIZED (
            SELECT t.id, t.parent_id IS NULL AND NOT t.is_organization AS is_alone
              FROM memberships m JOIN teams t ON t.id = m.team_id
             WHERE m.user_id = %(user_id)s AND m.accepted AND m.role IN ('ADMIN', 'OWNER')
        ), main AS MATERIALIZED (
            SELECT main.id FROM users u CROSS JOIN LATERAL ({MAIN_ORGANIZATION}) main WHERE u.id = %(user_id)s
        )
        SELECT ARRAY(SELECT id FROM ruled ORDER BY id) AS ruled_ids,
               ARRAY(SELECT id FROM ruled
                      WHERE id IN (SELECT id FROM main) OR is_alone AND NOT EXISTS (SELECT FROM main)
                      ORDER BY id) AS place_ids
        """,
        {"user_id": user_id},
    )
    return Administered(tuple(row.place_ids), tuple(row.ruled_ids))


async def insert_membership(work: UnitOfWork, new: NewMembership) -> Membership:
    """Store a membership.

    Raises:
        psycopg.errors.UniqueViolation: the user has one in this team.
    """
    row = await only_named_row(
        work.connection,
        f"""
        INSERT INTO memberships AS m (team_id, user_id, role, accepted, disable_impersonation)
        VALUES (%s, %s, %s, %s, %s)
        RETURNING {_PLAIN.selected}, m.role
        """,
        (new.team_id, new.user_id, new.role.value, new.accepted, new.disable_impersonation),
    )
    return _membership(row)


def _membership(row: NamedRow) -> Membership:
    return Membership(**_PLAIN.values_of(row), role=Role(row.role))


@dataclass(frozen=True, slots=True)
class Prospect:
    """Somebody who is to be a member of a team, and what is known of both.

    `exists` says whether there is such a user, `is_known` whether the organization of the team knows them;
    `is_ours`: they are of an organization that the caller administers. `membership_id` None: they have none
    in the team.
    """

    parent_id: int | None
    is_organization: bool
    exists: bool
    is_known: bool
    is_ours: bool
    membership_id: int | None


async def find_prospect(work: UnitOfWork, team_id: int, user_id: int, caller_id: int) -> Prospect | None:
    """Return what is known of a team and a user who is to be in it; None: there is no such team."""
    row = await named_row(
        work.connection,
        f"""
        SELECT t.parent_id, t.is_organization, u.id IS NOT NULL AS "exists",
               EXISTS (SELECT FROM profiles p
                        WHERE p.user_id = u.id AND p.organization_id = t.parent_id) AS is_known,
               {_IS_OURS} AS is_ours,
               (SELECT m.id FROM memberships m
                 WHERE m.team_id = t.id AND m.user_id = u.id) AS membership_id
          FROM teams t LEFT JOIN users u ON u.id = %(user_id)s
         WHERE t.id = %(team_id)s
        """,
        {"team_id": team_id, "user_id": user_id, "caller_id": caller_id},
    )
    return None if row is None else Prospect(*row)


async def is_administered_by(work: UnitOfWork, user_id: int, caller_id: int) -> bool:
    """Tell whether somebody is of an organization that the caller administers."""
    (is_ours,) = await only_row(
        work.connection,
        f"SELECT {_IS_OURS} FROM (SELECT 1) one LEFT JOIN users u ON u.id = %(user_id)s",
        {"user_id": user_id, "caller_id": caller_id},
    )
    return bool(is_ours)


async def find_member(connection: Connection, membership_id: int, team_id: int) -> Member | None:
    """Return a membership of a team with its user."""
    row = await named_row(
        connection, f"{_SELECT_MEMBER} WHERE m.id = %s AND m.team_id = %s", (membership_id, team_id)
    )
    return None if row is None else _member(row)


async def list_members(connection: Connection, team_id: int, *, take: int, skip: int) -> list[Member]:
    """Return memberships of a team with their users, by id."""
    rows = await named_rows(
        connection,
        f"""
        SELECT {_MEMBER}
          FROM (SELECT * FROM memberships WHERE team_id = %s ORDER BY id LIMIT %s OFFSET %s) m
         CROSS JOIN LATERAL (SELECT * FROM users WHERE id = m.user_id OFFSET 0) u
         ORDER BY m.id
        """,
        (team_id, take, skip),
    )
    return [_member(row) for row in rows]


async def update_membership(work: UnitOfWork, member: Member) -> None:
    """Write a membership."""
    await work.connection.execute(
        """
        UPDATE memberships
           SET role = %(role)s, accepted = %(accepted)s, disable_impersonation = %(disable_impersonation)s,
               updated_at = now()
         WHERE id = %(id)s
        """,
        {
            "id": member.id,
            "role": member.role.value,
            "accepted": member.accepted,
            "disable_impersonation": member.disable_impersonation,
        },
    )


async def lock_team(work: UnitOfWork, team_id: int) -> None:
    """Lock a team and who belongs to it until this command ends, as `access.locked_places` does."""
    await work.connection.execute(
        "SELECT FROM teams WHERE id = (SELECT parent_id FROM teams WHERE id = %s) FOR SHARE", (team_id,)
    )
    await work.connection.execute("SELECT FROM teams WHERE id = %s FOR NO KEY UPDATE", (team_id,))


async def accept_membership(work: UnitOfWork, membership_id: int) -> None:
    """Accept a membership."""
    await work.connection.execute(
        "UPDATE memberships SET accepted = true, updated_at = now() WHERE id = %s", (membership_id,)
    )


async def delete_membership(work: UnitOfWork, membership_id: int) -> None:
    """Delete a membership."""
    await work.connection.execute("DELETE FROM memberships WHERE id = %s", (membership_id,))


async def delete_memberships_inside(work: UnitOfWork, user_id: int, organization_id: int) -> list[Membership]:
    """Delete the memberships that somebody has in teams of an organization; return them by id."""
    rows = await named_rows(
        work.connection,
        f"""
        WITH gone AS (
            DELETE FROM memberships m USING teams t
             WHERE t.id = m.team_id AND t.parent_id = %(organization_id)s AND m.user_id = %(user_id)s
            RETURNING m.*
        )
        SELECT {_PLAIN.selected}, m.role FROM gone m ORDER BY m.id
        """,
        {"user_id": user_id, "organization_id": organization_id},
    )
    return [_membership(row) for row in rows]


async def has_other_administrator(work: UnitOfWork, team_id: int, user_id: int) -> bool:
    """Tell whether a team has an accepted ADMIN or OWNER besides a user.

    True of a team in an organization, whose administrators reach it.
    """
    row = await first_row(
        work.connection,
        """
        SELECT FROM teams t
         WHERE t.id = %(team_id)s
           AND (t.parent_id IS NOT NULL
                OR EXISTS (SELECT FROM memberships m
                            WHERE m.team_id = t.id AND m.user_id <> %(user_id)s AND m.accepted
                              AND m.role IN ('ADMIN', 'OWNER')))
        """,
        {"team_id": team_id, "user_id": user_id},
    )
    return row is not None


async def find_ground(connection: Connection, team_id: int) -> tuple[int | None, bool]:
    """Return the organization that a team is in, None: in none; and whether it is one itself."""
    row = await only_row(connection, "SELECT parent_id, is_organization FROM teams WHERE id = %s", (team_id,))
    return row[0], bool(row[1])


_IS_OURS = """
    EXISTS (SELECT FROM memberships mine JOIN teams o ON o.id = mine.team_id AND o.is_organization
             WHERE mine.user_id = %(caller_id)s AND mine.accepted AND mine.role IN ('ADMIN', 'OWNER')
               -- its member, or an account that belongs to it
               AND (o.id = u.organization_id
                    OR EXISTS (SELECT FROM memberships theirs
                                WHERE theirs.team_id = o.id AND theirs.user_id = u.id AND theirs.accepted)))
"""

_SELECT_MEMBER = f"""
    SELECT {_MEMBER}
      FROM memberships m CROSS JOIN LATERAL (SELECT * FROM users WHERE id = m.user_id OFFSET 0) u
"""


def _member(row: NamedRow) -> Member:
    return Member(**{name: getattr(row, name) for name in _MEMBER_FIELDS} | {"role": Role(row.role)})
