"""SQL of mails."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from kalends.db.attending import COUNTED, TAKES_TIME
from kalends.db.database import Connection, UnitOfWork
from kalends.db.rows import (
    Columns,
    NamedRow,
    first_row,
    json_bytes,
    json_rows,
    named_row,
    named_rows,
    only_row,
)
from kalends.notifications.invitations.series import Occurrence
from kalends.notifications.mail import Mail, Method, NewMail, Recipient, State
from kalends.notifications.queue import MAILS
from kalends.outbox.jobs.statements import PENDING

_OF_JOB = ("state", "attempts", "last_error", "next_attempt_at", "sent_at")
_MAIL = Columns(Mail, "m", without=_OF_JOB)
_LOGGED = f"{_MAIL.selected}, j.attempts, j.last_error, j.state, j.due_at, j.ended_at"

_STATES: Mapping[str, State] = {
    "ready": State.QUEUED,
    "waiting": State.QUEUED,
    "held": State.QUEUED,
    "leased": State.SENDING,
    "done": State.SENT,
    "failed": State.FAILED,
    "set_aside": State.FAILED,
    "dropped": State.SUPPRESSED,
}
"""What the log says of the states of jobs."""


@dataclass(frozen=True, slots=True)
class History:
    """What a recipient got about a calendar object before: the first message, and the last invitation."""

    first_message_id: str | None
    last_method: Method | None

    @property
    def is_uninvited(self) -> bool:
        """Tell whether they were told of it and never invited: they have asked, and nobody has confirmed."""
        return self.first_message_id is not None and self.last_method is None


@dataclass(frozen=True, slots=True)
class LeftBooking:
    """The calendar object of a booking that attendees moved away from; `is_over`: nobody is left in it."""

    ical_uid: str
    sequence: int
    is_over: bool


async def insert_mails(work: UnitOfWork, mails: Sequence[NewMail]) -> None:
    """Store mails, in this order, but for those that are stored already."""
    rows = [
        {
            "position": position,
            "cause": mail.cause,
            "template": mail.template.value,
            "recipient": mail.recipient,
            "event_id": mail.event_id,
            "booking_id": mail.booking_id,
            "booking_uid": mail.booking_uid,
            "thread": mail.thread,
            "starts_at": mail.starts_at,
            "attendee": mail.attendee,
            "locale": mail.locale,
            "time_zone": mail.time_zone,
            "message_id": mail.message_id,
            "subject": mail.subject,
            "message": json_bytes(mail.message),
            "reason": mail.reason,
            "due_at": mail.due_at,
            "owner": mail.owner,
        }
        for position, mail in enumerate(mails)
    ]
    await work.connection.execute(
        """
        WITH n AS MATERIALIZED (
            SELECT m.*, nextval('jobs_id_seq') AS job_id
              FROM (SELECT * FROM json_to_recordset(%(mails)s::json) AS m (
                           position int, cause text, template text, recipient text, event_id bigint,
                           booking_id bigint, booking_uid text, thread text, starts_at timestamptz,
                           attendee text, locale text, time_zone text, message_id text, subject text,
                           message bytea, reason text, due_at timestamptz, owner text)
                     ORDER BY position) AS m
        ), stored AS (
            INSERT INTO mails (
                cause, template, recipient, event_id, booking_id, booking_uid, thread, starts_at, attendee,
                locale, time_zone, message_id, subject, message, reason, job_id)
            SELECT cause, template, recipient, event_id, booking_id, booking_uid, thread, starts_at, attendee,
                   locale, time_zone, message_id, subject, message, reason, job_id
              FROM n ORDER BY position
                ON CONFLICT (cause, template, recipient) DO NOTHING
            RETURNING job_id
        )
        INSERT INTO jobs (id, kind, version, owner, order_key, position, state, due_at, ended_at)
        SELECT n.job_id, %(kind)s, %(version)s, n.owner, n.thread || ' ' || n.recipient, n.job_id,
               CASE WHEN n.reason IS NULL THEN 'ready' ELSE 'dropped' END, n.due_at,
               CASE WHEN n.reason IS NOT NULL THEN n.due_at END
          FROM stored JOIN n USING (job_id)
        """,
        {"mails": json_rows(rows), "kind": MAILS.name, "version": MAILS.version},
    )


async def count_recent(connection: Connection, recipients: Collection[str]) -> dict[str, int]:
    """Return how many mails those of these addresses had within the last hour that no account has proven."""
    cursor = await connection.execute(
        """
        SELECT recipient,
               (SELECT count(*) FROM mails m
                 WHERE m.recipient = asked.recipient AND m.reason IS NULL
                   AND m.created_at > now() - interval '1 hour')
          FROM unnest(%s::text[]) AS asked (recipient)
         WHERE NOT EXISTS (SELECT FROM users u
                            WHERE lower(u.email) = asked.recipient AND u.email_verified_at IS NOT NULL)
        """,
        (sorted(recipients),),
    )
    return dict(await cursor.fetchall())


async def list_unannounced(
    connection: Connection, told: Collection[tuple[str, str]], reason: str
) -> list[tuple[str, str]]:
    """Return those calendar objects, with recipients, of which nothing was told, for this reason."""
    cursor = await connection.execute(
        """
        SELECT thread, recipient FROM mails
         WHERE (thread, recipient) IN (SELECT * FROM unnest(%s::text[], %s::text[]))
         GROUP BY thread, recipient
        HAVING bool_or(reason = %s) AND bool_and(reason IS NOT NULL)
        """,
        ([thread for thread, _ in told], [recipient for _, recipient in told], reason),
    )
    return await cursor.fetchall()


async def find_history(connection: Connection, thread: str, recipient: str, before: int) -> History:
    """Return what a recipient got about a calendar object before a mail."""
    row = await first_row(
        connection,
        """
        SELECT (array_agg(m.message_id ORDER BY m.id))[1],
               (array_agg(m.method ORDER BY m.id DESC) FILTER (WHERE m.method IS NOT NULL))[1]
          FROM mails m
         CROSS JOIN LATERAL (SELECT state FROM jobs WHERE id = m.job_id OFFSET 0) AS j
         WHERE m.thread = %s AND m.recipient = %s AND m.id < %s AND m.message IS NOT NULL
           AND j.state NOT IN ('failed', 'set_aside', 'dropped')
        """,
        (thread, recipient, before),
    )
    first, last = row or (None, None)
    return History(first, None if last is None else Method(last))


async def list_occurrences(connection: Connection, recurring_uid: str) -> list[Occurrence]:
    """Return the occurrences of a series in their first order; a moved one keeps its calendar object."""
    cursor = await connection.execute(
        """
        SELECT ical_uid,
               (array_agg(start_time ORDER BY id))[1],
               (array_agg(start_time ORDER BY id DESC))[1],
               (array_agg(end_time ORDER BY id DESC))[1],
               (array_agg(status ORDER BY id DESC))[1] = 'accepted',
               max(ical_sequence)
          FROM bookings WHERE recurring_booking_uid = %s
         GROUP BY ical_uid ORDER BY min(id)
        """,
        (recurring_uid,),
    )
    return [Occurrence(*row) for row in await cursor.fetchall()]


async def find_left_booking(connection: Connection, booking_id: int) -> LeftBooking | None:
    """Return what became of a booking that attendees moved away from."""
    row = await first_row(
        connection,
        "SELECT ical_uid, ical_sequence, status = 'cancelled' FROM bookings WHERE id = %s",
        (booking_id,),
    )
    return None if row is None else LeftBooking(*row)


async def may_attend(connection: Connection, booking_id: int, recipient: str) -> bool:
    """Tell whether somebody has an account whose time a booking takes only once they say that they attend."""
    row = await first_row(
        connection,
        f"""
        SELECT FROM attendees a
          JOIN users u ON lower(u.email) = a.address AND u.email_verified_at IS NOT NULL
         WHERE a.booking_id = %s AND a.address = %s
           AND strpos({COUNTED}, 'own') > 0 AND NOT {TAKES_TIME}
        """,
        (booking_id, recipient),
    )
    return row is not None


SERVER_AWAY = """
    SELECT count(*), min(server_away_since)
      FROM mails WHERE server_away_since IS NOT NULL
"""
"""How many mails wait for the mail server, and since when the first of them does."""


async def find_server_away(connection: Connection) -> tuple[int, datetime | None]:
    """Return how many mails wait for the mail server, and since when the first of them does."""
    count, since = await only_row(connection, SERVER_AWAY, ())
    return count, since


async def forget_messages(work: UnitOfWork, before: datetime) -> int:
    """Drop the messages of mails written before an instant that need none any more; return how many."""
    cursor = await work.connection.execute(
        f"""
        UPDATE mails SET message = NULL
         WHERE message IS NOT NULL AND created_at < %s
           AND EXISTS (SELECT FROM jobs j WHERE j.id = job_id AND NOT j.state {PENDING})
        """,
        (before,),
    )
    return cursor.rowcount


async def list_mails(connection: Connection, *, booking_uid: str | None, limit: int) -> list[Mail]:
    """Return the newest mails, of one booking or of all, newest first."""
    rows = await named_rows(
        connection,
        f"""
        SELECT {_LOGGED} FROM mails m JOIN jobs j ON j.id = m.job_id
         WHERE %(booking_uid)s::text IS NULL OR m.booking_uid = %(booking_uid)s
         ORDER BY m.id DESC LIMIT %(limit)s
        """,
        {"booking_uid": booking_uid, "limit": limit},
    )
    return [_mail(row) for row in rows]


async def find_mail(connection: Connection, mail_id: int) -> tuple[Mail, bytes | None] | None:
    """Return a mail and its message as it was stored, if it still is."""
    row = await named_row(
        connection,
        f"SELECT {_LOGGED}, m.message FROM mails m JOIN jobs j ON j.id = m.job_id WHERE m.id = %s",
        (mail_id,),
    )
    return None if row is None else (_mail(row), row.message)


async def lock_job_to_repeat(work: UnitOfWork, mail_id: int) -> int | None:
    """Return the job of a mail that was sent or has failed, and that can be written still; lock it."""
    row = await first_row(
        work.connection,
        """
        SELECT j.id FROM mails m JOIN jobs j ON j.id = m.job_id
         WHERE m.id = %s AND j.state IN ('done', 'failed', 'set_aside')
           AND (m.message IS NOT NULL OR m.event_id IS NOT NULL)
           FOR UPDATE OF j
        """,
        (mail_id,),
    )
    return None if row is None else int(row[0])


async def list_owners(connection: Connection, user_ids: Collection[int]) -> dict[int, Recipient]:
    """Return users as recipients, by their ids, but for those that are gone or get no mails."""
    if not user_ids:
        return {}
    cursor = await connection.execute(
        """
        SELECT id, coalesce(name, username), email, locale, time_zone, time_format
          FROM users u
         WHERE id = ANY(%s)
           -- those whose client sends no mails get none
           AND NOT EXISTS (SELECT FROM oauth_clients c
                            WHERE c.id = u.oauth_client_id AND NOT c.are_emails_enabled)
        """,
        (list(user_ids),),
    )
    return {
        user_id: Recipient(name, email, locale, time_zone, clock, may_change=True, user_id=user_id)
        for user_id, name, email, locale, time_zone, clock in await cursor.fetchall()
    }


def _mail(row: NamedRow) -> Mail:
    state = _STATES[row.state]
    return Mail(
        **_MAIL.values_of(row),
        state=state,
        attempts=row.attempts,
        last_error=row.last_error,
        next_attempt_at=row.due_at if state in (State.QUEUED, State.SENDING) else None,
        sent_at=row.ended_at if state is State.SENT else None,
    )
