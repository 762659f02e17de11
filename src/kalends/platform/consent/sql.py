"""SQL of consents; it reads users and OAuth clients."""

from datetime import datetime

from kalends.api.http.credentials import fingerprint
from kalends.db.database import Connection, UnitOfWork
from kalends.db.rows import first_row, named_row
from kalends.platform.consent.consent import Consent, NewConsent, Person

_SELECT = """
    SELECT n.id, n.oauth_client_id, c.name, c.permissions, c.redirect_uris, n.user_id, n.redirect_uri,
           n.state, n.expires_at, n.used_at, u.locale, u.time_zone, u.time_format
      FROM consents n
      JOIN oauth_clients c ON c.id = n.oauth_client_id
      JOIN users u ON u.id = n.user_id AND NOT u.is_locked
     WHERE n.hashed_link = %s
"""


async def lock_person(work: UnitOfWork, email: str) -> Person | None:
    """Return whoever has a verified address and is not managed, and let others who ask them wait."""
    row = await named_row(
        work.connection,
        """
        SELECT id, name, email, locale, time_zone, time_format FROM users
         WHERE lower(email) = lower(%s) AND email_verified_at IS NOT NULL
           AND NOT is_platform_managed AND NOT is_locked
           FOR NO KEY UPDATE
        """,
        (email,),
    )
    return None if row is None else Person(*row)


async def insert_consent(work: UnitOfWork, new: NewConsent, *, since: datetime, most: int) -> bool:
    """Store a question, unless its person was asked `most` times since a moment; tell whether it was."""
    row = await first_row(
        work.connection,
        """
        INSERT INTO consents (
               oauth_client_id, user_id, hashed_link, redirect_uri, state, asked_at, expires_at)
        SELECT %(client_id)s, %(user_id)s, %(link)s, %(redirect_uri)s, %(state)s, %(now)s, %(until)s
         WHERE (SELECT count(*) FROM consents
                 WHERE user_id = %(user_id)s AND asked_at > %(since)s) < %(most)s
        RETURNING id
        """,
        {
            "client_id": new.asked.client_id,
            "user_id": new.user_id,
            "link": fingerprint(new.link),
            "redirect_uri": new.asked.redirect_uri,
            "state": new.asked.state,
            "now": new.asked_at,
            "until": new.expires_at,
            "since": since,
            "most": most,
        },
    )
    return row is not None


async def find_consent(connection: Connection, link: str) -> Consent | None:
    """Return the question that a link is for."""
    row = await first_row(connection, _SELECT, (fingerprint(link),))
    return None if row is None else Consent(*row)


async def lock_consent(work: UnitOfWork, link: str) -> Consent | None:
    """Return the question that a link is for, and let others who answer it wait."""
    row = await first_row(work.connection, f"{_SELECT} FOR UPDATE OF n", (fingerprint(link),))
    return None if row is None else Consent(*row)


async def close_consent(work: UnitOfWork, consent: Consent, now: datetime) -> None:
    """Write down that a question was answered."""
    await work.connection.execute("UPDATE consents SET used_at = %s WHERE id = %s", (now, consent.id))


async def forget_before(work: UnitOfWork, moment: datetime, limit: int) -> int:
    """Delete up to `limit` questions that were asked before a moment; return how many."""
    cursor = await work.connection.execute(
        "DELETE FROM consents WHERE id = ANY(ARRAY(SELECT id FROM consents WHERE asked_at < %s LIMIT %s))",
        (moment, limit),
    )
    return cursor.rowcount
