"""Whom somebody administers, where no path names a place."""

from kalends.access import queries
from kalends.db.database import Connection


async def administers(
    connection: Connection, caller_id: int, *, user_id: int | None = None, team_id: int | None = None
) -> bool:
    """Tell whether somebody is an owner or admin of a team or its organization, or of one of a user's."""
    return await queries.administers(connection, caller_id, user_id=user_id, team_id=team_id)
