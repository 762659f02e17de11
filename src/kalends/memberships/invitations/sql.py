"""SQL of invitations; it reads users, teams and API keys."""

from datetime import datetime
from typing import LiteralString
from uuid import UUID

from kalends.db.database import Connection, UnitOfWork
from kalends.db.locks import lock_invited
from kalends.db.rows import first_row, named_row, only_row
from kalends.memberships.invitations.invitation import Invitation

_SELECT: LiteralString = """
    SELECT i.id, i.membership_id, m.team_id, t.name AS team_name, t.is_organization, t.parent_id, m.user_id,
           i.email, u.email AS address, u.name, u.locale, u.time_zone, u.time_format,
           u.email_verified_at IS NOT NULL AS is_verified,
           EXISTS (SELECT FROM api_keys k WHERE k.user_id = u.id) AS has_key,
           u.organization_id = m.team_id IS TRUE AS was_made_for,
           (SELECT coalesce(inviter.name, inviter.username) FROM users inviter
             WHERE inviter.id = i.inviter_id) AS inviter,
           i.accepted_at, i.expires_at
      FROM invitations i
      JOIN memberships m ON m.id = i.membership_id
      JOIN teams t ON t.id = m.team_id
      JOIN users u ON u.id = m.user_id
"""


async def insert_invitation(
    work: UnitOfWork, membership_id: int, inviter_id: int, expires_at: datetime
) -> UUID:
    """Store an invitation to a membership, to where its user is reached now; one that is there is renewed."""
    (invitation_id,) = await only_row(
        work.connection,
        """
        INSERT INTO invitations AS i (membership_id, email, inviter_id, expires_at)
        SELECT m.id, u.email, %(inviter_id)s, %(expires_at)s
          FROM memberships m JOIN users u ON u.id = m.user_id WHERE m.id = %(membership_id)s
            ON CONFLICT (membership_id) DO UPDATE
           SET email = excluded.email, inviter_id = excluded.inviter_id, expires_at = excluded.expires_at,
               accepted_at = NULL
        RETURNING i.id
        """,
        {"membership_id": membership_id, "inviter_id": inviter_id, "expires_at": expires_at},
    )
    return UUID(str(invitation_id))


async def find_invitation(connection: Connection, invitation_id: UUID) -> Invitation | None:
    """Return an invitation."""
    row = await named_row(connection, f"{_SELECT} WHERE i.id = %s", (invitation_id,))
    return None if row is None else Invitation(*row)


async def find_of_membership(connection: Connection, membership_id: int) -> Invitation | None:
    """Return the invitation to a membership."""
    row = await named_row(connection, f"{_SELECT} WHERE i.membership_id = %s", (membership_id,))
    return None if row is None else Invitation(*row)


async def lock_invitation(work: UnitOfWork, invitation_id: UUID) -> None:
    """Lock an invitation until this command ends."""
    await work.connection.execute("SELECT FROM invitations WHERE id = %s FOR UPDATE", (invitation_id,))


async def note_mail(
    work: UnitOfWork, address: str, now: datetime, *, since: datetime, most: int
) -> int | None:
    """Write down that an address is mailed an invitation, and return the number of this mail.

    None: it was mailed `most` since a moment, by whomever. Others who mail it one wait for this command.
    """
    await lock_invited(work, address)
    row = await first_row(
        work.connection,
        """
        INSERT INTO invitation_mails (address, mailed_at)
        SELECT lower(%(address)s), %(now)s
         WHERE (SELECT count(*) FROM invitation_mails
                 WHERE address = lower(%(address)s) AND mailed_at > %(since)s) < %(most)s
        RETURNING id
        """,
        {"address": address, "now": now, "since": since, "most": most},
    )
    return None if row is None else int(row[0])


async def delete_mails_before(work: UnitOfWork, moment: datetime, limit: int) -> int:
    """Forget up to `limit` mails that are older; return how many."""
    cursor = await work.connection.execute(
        """
        DELETE FROM invitation_mails WHERE id IN (
            SELECT id FROM invitation_mails WHERE mailed_at <= %s LIMIT %s)
        """,
        (moment, limit),
    )
    return cursor.rowcount


async def close_invitation(work: UnitOfWork, membership_id: int, now: datetime) -> None:
    """Close the invitation to a membership, if there is one: it was accepted."""
    await work.connection.execute(
        "UPDATE invitations SET accepted_at = %s WHERE membership_id = %s AND accepted_at IS NULL",
        (now, membership_id),
    )
