"""SQL of memberships."""

from dataclasses import dataclass

from psycopg.rows import TupleRow

from kalends.db.database import Connection, UnitOfWork
from kalends.db.rows import first_row, only_row
from kalends.memberships.membership import Membership, Role


@dataclass(frozen=True, slots=True)
class NewMembership:
    """A membership that is to be stored."""

    team_id: int
    user_id: int
    role: Role
    accepted: bool


async def find_accepted_role(connection: Connection, user_id: int, team_id: int) -> Role | None:
    """Return the role of an accepted member."""
    row = await first_row(
        connection,
        "SELECT role FROM memberships WHERE user_id = %s AND team_id = %s AND accepted",
        (user_id, team_id),
    )
    return None if row is None else Role(row[0])


async def insert_membership(work: UnitOfWork, new: NewMembership) -> Membership:
    """Store a membership.

    Raises:
        psycopg.errors.UniqueViolation: the user has one in this team.
    """
    row = await only_row(
        work.connection,
        """
        INSERT INTO memberships (team_id, user_id, role, accepted) VALUES (%s, %s, %s, %s)
        RETURNING id, team_id, user_id, role, accepted, disable_impersonation
        """,
        (new.team_id, new.user_id, new.role.value, new.accepted),
    )
    return _membership(row)


def _membership(row: TupleRow) -> Membership:
    membership_id, team_id, user_id, role, accepted, disable_impersonation = row
    return Membership(membership_id, team_id, user_id, Role(role), accepted, disable_impersonation)
