"""By what name an organization knows somebody."""

from kalends.db.database import UnitOfWork
from kalends.db.rows import first_row

_MOST_SUFFIXES = 1_000


async def ensure_profile(work: UnitOfWork, user_id: int, organization_id: int) -> None:
    """Give a user a profile in an organization, unless they have one there.

    It is under their own name, with `-1`, `-2`, … while somebody else has that.
    """
    await work.connection.execute(
        """
        INSERT INTO profiles (user_id, organization_id, username)
        SELECT u.id, %(organization_id)s, free.name
          FROM users u
         CROSS JOIN LATERAL (
               SELECT candidate.name
                 FROM generate_series(0, %(most)s) number
                CROSS JOIN LATERAL (
                      SELECT CASE number WHEN 0 THEN u.username ELSE u.username || '-' || number END AS name
                      ) candidate
                WHERE NOT EXISTS (SELECT FROM profiles p
                                   WHERE p.organization_id = %(organization_id)s
                                     AND p.username = candidate.name)
                ORDER BY number LIMIT 1) free
         WHERE u.id = %(user_id)s
            ON CONFLICT (user_id, organization_id) DO NOTHING
        """,
        {"user_id": user_id, "organization_id": organization_id, "most": _MOST_SUFFIXES},
    )


async def delete_profile(work: UnitOfWork, user_id: int, organization_id: int) -> None:
    """Delete the profile of a user in an organization."""
    await work.connection.execute(
        "DELETE FROM profiles WHERE user_id = %s AND organization_id = %s", (user_id, organization_id)
    )


async def has_username(work: UnitOfWork, organization_id: int, username: str) -> bool:
    """Tell whether an organization knows anybody by a name."""
    row = await first_row(
        work.connection,
        "SELECT FROM profiles WHERE organization_id = %s AND username = %s",
        (organization_id, username),
    )
    return row is not None
