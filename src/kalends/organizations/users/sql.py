"""SQL of an organization's users; it reads users, profiles, memberships and teams."""

from typing import LiteralString

from kalends.db.database import Connection
from kalends.db.rows import NamedRow, first_row, named_row, named_rows
from kalends.organizations.users.organization_user import ListOrganizationUsers, OrganizationUser

_OF_PROFILE = {"profile_id": "p.id", "profile_username": "p.username"}
_SELECTED: LiteralString = ", ".join(
    f"{_OF_PROFILE[name]} AS {name}" if name in _OF_PROFILE else f"u.{name}"
    for name in OrganizationUser.__dataclass_fields__
)

# Who is known to the organization: all, those with some addresses, those in some teams of it, or both.
_ALL = "SELECT user_id FROM profiles WHERE organization_id = %(organization_id)s"
_WITH_EMAILS = """
    SELECT u.id AS user_id
      FROM users u JOIN profiles p ON p.user_id = u.id AND p.organization_id = %(organization_id)s
     WHERE lower(u.email) = ANY(%(lower_emails)s) AND u.email = ANY(%(emails)s)
"""
_IN_TEAMS = """
    SELECT DISTINCT m.user_id
      -- By the teams' members, of whom there are fewer than of the organization's
      FROM (SELECT id FROM teams t
             WHERE t.id = ANY(%(team_ids)s) AND %(organization_id)s IN (t.id, t.parent_id) OFFSET 0) t
     CROSS JOIN LATERAL (SELECT user_id FROM memberships WHERE team_id = t.id OFFSET 0) m
     WHERE EXISTS (SELECT FROM profiles p
                    WHERE p.user_id = m.user_id AND p.organization_id = %(organization_id)s OFFSET 0)
"""
_BOTH = f"{_WITH_EMAILS} AND u.id IN ({_IN_TEAMS})"


async def list_users(
    connection: Connection, organization_id: int, wanted: ListOrganizationUsers
) -> list[OrganizationUser]:
    """Return users that an organization knows, by id."""
    emails = list(wanted.emails or ())
    rows = await named_rows(
        connection,
        f"""
        SELECT {_SELECTED}
          FROM (SELECT user_id FROM ({_source(wanted)}) found
                 ORDER BY user_id LIMIT %(take)s OFFSET %(skip)s) page
         CROSS JOIN LATERAL (SELECT * FROM users WHERE id = page.user_id OFFSET 0) u
         CROSS JOIN LATERAL (SELECT id, username FROM profiles
                              WHERE user_id = page.user_id AND organization_id = %(organization_id)s
                             OFFSET 0) p
         ORDER BY u.id
        """,
        {
            "organization_id": organization_id,
            "emails": emails,
            "lower_emails": [email.lower() for email in emails],
            "team_ids": list(wanted.team_ids or ()),
            "take": wanted.take,
            "skip": wanted.skip,
        },
    )
    return [_user(row) for row in rows]


async def find_user(connection: Connection, user_id: int, organization_id: int) -> OrganizationUser | None:
    """Return a user that an organization knows."""
    row = await named_row(
        connection,
        f"""
        SELECT {_SELECTED} FROM users u JOIN profiles p ON p.user_id = u.id
         WHERE u.id = %s AND p.organization_id = %s
        """,
        (user_id, organization_id),
    )
    return None if row is None else _user(row)


async def find_by_email(
    connection: Connection, email: str, organization_id: int
) -> tuple[int, int | None] | None:
    """Return the user with an address, and their membership in an organization if it knows them.

    None: nobody has it who has proven it or whom the organization knows.
    """
    row = await first_row(
        connection,
        """
        SELECT u.id, known.id
          FROM users u
          LEFT JOIN LATERAL (
               SELECT m.id FROM memberships m JOIN profiles p ON p.user_id = m.user_id
                WHERE m.user_id = u.id AND m.team_id = %(organization_id)s
                  AND p.organization_id = %(organization_id)s OFFSET 0) known ON true
         WHERE lower(u.email) = lower(%(email)s)
           AND (u.email_verified_at IS NOT NULL OR known.id IS NOT NULL)
         ORDER BY known.id IS NULL, u.id LIMIT 1
        """,
        {"email": email, "organization_id": organization_id},
    )
    return None if row is None else (row[0], row[1])


async def has_username(connection: Connection, organization_id: int, username: str) -> bool:
    """Tell whether an organization knows anybody by a name."""
    row = await first_row(
        connection,
        "SELECT FROM profiles WHERE organization_id = %s AND username = %s",
        (organization_id, username),
    )
    return row is not None


async def find_free_username(connection: Connection, organization_id: int, wanted: str) -> str:
    """Return a name that nobody in an organization has: the wanted one, or with `-1`, `-2`, …"""
    row = await first_row(
        connection,
        """
        SELECT candidate.name
          FROM generate_series(0, 1000) number
         CROSS JOIN LATERAL (
               SELECT CASE number WHEN 0 THEN %(wanted)s ELSE %(wanted)s || '-' || number END AS name
               ) candidate
         WHERE NOT EXISTS (SELECT FROM profiles p
                            WHERE p.organization_id = %(organization_id)s AND p.username = candidate.name)
           AND NOT EXISTS (SELECT FROM users u
                            WHERE u.organization_id = %(organization_id)s AND u.username = candidate.name)
         ORDER BY number LIMIT 1
        """,
        {"organization_id": organization_id, "wanted": wanted},
    )
    return wanted if row is None else str(row[0])


def _source(wanted: ListOrganizationUsers) -> LiteralString:
    if wanted.emails is None:
        return _ALL if wanted.team_ids is None else _IN_TEAMS
    return _WITH_EMAILS if wanted.team_ids is None else _BOTH


def _user(row: NamedRow) -> OrganizationUser:
    return OrganizationUser(*row)
