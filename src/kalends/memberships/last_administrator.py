"""The rule that a team or an organization always has an administrator."""

from kalends.db.database import UnitOfWork
from kalends.memberships import queries
from kalends.memberships.refusals import LastAdministrator


async def check_not_last(work: UnitOfWork, team_id: int, user_id: int) -> None:
    """Check that a team has an accepted ADMIN or OWNER besides a user; the team must be locked.

    Teams in organizations need none: those who administer the organization reach them.

    Raises:
        LastAdministrator: it has none.
    """
    if not await queries.has_other_administrator(work, team_id, user_id):
        raise LastAdministrator(team_id)
