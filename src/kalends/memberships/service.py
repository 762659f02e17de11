"""The rules of memberships."""

from psycopg import errors

from kalends.db.database import Connection, UnitOfWork
from kalends.memberships import queries
from kalends.memberships.member import Member
from kalends.memberships.membership import Administered, Membership, Role
from kalends.memberships.queries import NewMembership
from kalends.memberships.refusals import AlreadyMember, MembershipGone


async def find_role(connection: Connection, user_id: int, team_id: int) -> Role | None:
    """Return the role of a user in a team or organization; None unless they are an accepted member."""
    return await queries.find_accepted_role(connection, user_id, team_id)


async def find_administered(connection: Connection, user_id: int) -> Administered:
    """Return what a user is an accepted ADMIN or OWNER of."""
    return await queries.find_administered(connection, user_id)


async def list_members(connection: Connection, team_id: int, *, take: int, skip: int) -> list[Member]:
    """Return the memberships of a team or organization with their people, by id."""
    return await queries.list_members(connection, team_id, take=take, skip=skip)


async def get_member(connection: Connection, membership_id: int, team_id: int) -> Member:
    """Return a membership of a team or organization with its person.

    Raises:
        MembershipGone: it was deleted meanwhile.
    """
    member = await queries.find_member(connection, membership_id, team_id)
    if member is None:
        raise MembershipGone(membership_id)
    return member


async def add_membership(
    work: UnitOfWork, user_id: int, team_id: int, *, role: Role = Role.MEMBER, accepted: bool
) -> Membership:
    """Make a user a member of a team or organization that exists, or invite them unless `accepted`.

    Raises:
        AlreadyMember: they have a membership there, accepted or not.
    """
    try:
        return await queries.insert_membership(work, NewMembership(team_id, user_id, role, accepted))
    except errors.UniqueViolation as error:
        raise AlreadyMember(team_id) from error
