"""SQL of memberships."""

from dataclasses import dataclass

from kalends.db.database import Connection, UnitOfWork
from kalends.db.rows import Columns, first_row, only_named_row
from kalends.memberships.membership import Membership, Role

_PLAIN = Columns(Membership, "m", without=("role",))


@dataclass(frozen=True, slots=True)
class NewMembership:
    """A membership to store."""

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
    row = await only_named_row(
        work.connection,
        f"""
        INSERT INTO memberships AS m (team_id, user_id, role, accepted) VALUES (%s, %s, %s, %s)
        RETURNING {_PLAIN.selected}, m.role
        """,
        (new.team_id, new.user_id, new.role.value, new.accepted),
    )
    return Membership(**_PLAIN.values_of(row), role=Role(row.role))
