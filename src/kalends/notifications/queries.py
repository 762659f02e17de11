"""SQL of mails."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import TupleRow

from kalends.db.database import Connection, UnitOfWork
from kalends.db.rows import first_row, json_bytes, json_rows, only_row
from kalends.notifications.invitations.series import Occurrence
from kalends.notifications.mail import Mail, Method, NewMail, Recipient, State, Template

_LOGGED = """
    id, template, recipient, state, reason, subject, booking_uid, locale, time_zone, message_id, attempts,
    last_error, next_attempt_at, created_at, sent_at
"""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A mail that is being sent, with what is true of its booking now.

    `statuses` are those of its booking, or of all in a series that it tells of; `is_attending` says that whom
    it presumes to attend does. `message` is as it was stored, `payload` the fact to render it from.
    `server_away_since` is when the mail server was first found away for it, without being there since.
    """

    id: int
    template: Template
    recipient: str
    message_id: str
    attempts: int
    thread: str | None
    booking_id: int | None
    starts_at: datetime | None
    message: bytes | None
    payload: bytes | None
    statuses: Sequence[str]
    start: datetime | None
    is_attending: bool
    server_away_since: datetime | None


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
        }
        for position, mail in enumerate(mails)
    ]
    await work.connection.execute(
        """
        INSERT INTO mails (
            cause, template, recipient, event_id, booking_id, booking_uid, thread, starts_at, attendee,
            locale, time_zone, message_id, subject, message, state, reason, next_attempt_at)
        SELECT cause, template, recipient, event_id, booking_id, booking_uid, thread, starts_at, attendee,
               locale, time_zone, message_id, subject, message,
               CASE WHEN reason IS NULL THEN 'queued' ELSE 'suppressed' END, reason,
               CASE WHEN reason IS NULL THEN due_at END
          FROM json_to_recordset(%s::json) AS m (
                   position int, cause text, template text, recipient text, event_id bigint,
                   booking_id bigint, booking_uid text, thread text, starts_at timestamptz, attendee text,
                   locale text, time_zone text, message_id text, subject text, message bytea, reason text,
                   due_at timestamptz)
         ORDER BY position
            ON CONFLICT (cause, template, recipient) DO NOTHING
        """,
        (json_rows(rows),),
    )


async def claim(work: UnitOfWork, *, now: datetime, until: datetime, limit: int) -> list[Claimed]:
    """Take due mails to send, which no other worker takes until an instant.

    Mails of one thread to one recipient are sent in their order: none is taken while an earlier one is with
    another worker.
    """
    cursor = await work.connection.execute(
        """
        WITH due AS (
            SELECT id, thread, recipient FROM mails m
             WHERE state IN ('queued', 'sending') AND next_attempt_at <= %(now)s
               AND NOT EXISTS (
                   SELECT FROM mails earlier
                    WHERE earlier.thread = m.thread AND earlier.recipient = m.recipient AND earlier.id < m.id
                      AND earlier.state = 'sending' AND earlier.next_attempt_at > %(now)s OFFSET 0)
             ORDER BY next_attempt_at, id
             LIMIT %(limit)s
               FOR UPDATE SKIP LOCKED
        ), ready AS (
            -- What another worker is taking at this moment is locked, and so is not among those that are due.
            SELECT id FROM due
             WHERE NOT EXISTS (
                   SELECT FROM mails earlier
                    WHERE earlier.thread = due.thread AND earlier.recipient = due.recipient
                      AND earlier.id < due.id AND earlier.id NOT IN (SELECT id FROM due)
                      AND earlier.state IN ('queued', 'sending') AND earlier.next_attempt_at <= %(now)s
                    OFFSET 0)
        ), claimed AS (
            UPDATE mails SET state = 'sending', attempts = attempts + 1, next_attempt_at = %(until)s
             WHERE id = ANY(ARRAY(SELECT id FROM ready))
            RETURNING *
        )
        SELECT c.id, c.template, c.recipient, c.message_id, c.attempts, c.thread, c.booking_id, c.starts_at,
               c.message, e.payload,
               ARRAY(SELECT b.status WHERE b.id IS NOT NULL
                      UNION
                     SELECT o.status FROM bookings o
                      WHERE c.starts_at IS NULL AND o.recurring_booking_uid = b.recurring_booking_uid),
               b.start_time,
               c.attendee IS NULL OR EXISTS (
                   SELECT FROM attendees a
                    WHERE a.booking_id = c.booking_id AND a.address = lower(c.attendee)),
               c.server_away_since
          FROM claimed c
          -- Both are looked up a mail: few are taken, whatever PostgreSQL expects.
          LEFT JOIN LATERAL (SELECT * FROM bookings WHERE id = c.booking_id OFFSET 0) b ON true
          LEFT JOIN LATERAL (
               SELECT payload FROM outbox_events WHERE id = c.event_id AND c.message IS NULL
               OFFSET 0) e ON true
         ORDER BY c.id
        """,
        {"now": now, "until": until, "limit": limit},
    )
    return [Claimed(mail_id, Template(name), *rest) for mail_id, name, *rest in await cursor.fetchall()]


async def find_history(connection: Connection, thread: str, recipient: str, before: int) -> History:
    """Return what a recipient got about a calendar object before a mail."""
    row = await first_row(
        connection,
        """
        SELECT (array_agg(message_id ORDER BY id))[1],
               (array_agg(method ORDER BY id DESC) FILTER (WHERE method IS NOT NULL))[1]
          FROM mails
         WHERE thread = %s AND recipient = %s AND id < %s AND state IN ('sending', 'sent', 'queued')
           AND message IS NOT NULL
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


async def store_message(
    work: UnitOfWork, mail_id: int, *, subject: str, method: Method | None, message: bytes
) -> None:
    """Keep a rendered mail, so that every attempt sends the same."""
    await work.connection.execute(
        "UPDATE mails SET subject = %s, method = %s, message = %s WHERE id = %s",
        (subject, method.value if method else None, message, mail_id),
    )


async def mark_sent(work: UnitOfWork, mail_id: int, now: datetime) -> None:
    """Note that a mail was handed over."""
    await work.connection.execute(
        """
        UPDATE mails SET state = 'sent', sent_at = %s, next_attempt_at = NULL, last_error = NULL,
               server_away_since = NULL
         WHERE id = %s
        """,
        (now, mail_id),
    )


async def mark_suppressed(work: UnitOfWork, mail_id: int, reason: str) -> None:
    """Note that a mail is not to be sent."""
    await work.connection.execute(
        """
        UPDATE mails SET state = 'suppressed', reason = %s, attempts = attempts - 1, next_attempt_at = NULL
         WHERE id = %s
        """,
        (reason, mail_id),
    )


async def mark_failed(work: UnitOfWork, mail_id: int, error: str) -> None:
    """Note that a mail cannot be sent."""
    await work.connection.execute(
        "UPDATE mails SET state = 'failed', last_error = %s, next_attempt_at = NULL WHERE id = %s",
        (error, mail_id),
    )


async def put_off(work: UnitOfWork, mail_id: int, error: str, until: datetime) -> None:
    """Note that an attempt failed, and when the next one is."""
    await work.connection.execute(
        """
        UPDATE mails SET state = 'queued', last_error = %s, next_attempt_at = %s, server_away_since = NULL
         WHERE id = %s
        """,
        (error, until, mail_id),
    )


async def await_server(work: UnitOfWork, until: Mapping[int, datetime], error: str, *, now: datetime) -> None:
    """Note that mails wait for the mail server, each until an instant; none of them was attempted."""
    await work.connection.execute(
        """
        UPDATE mails m SET state = 'queued', attempts = m.attempts - 1, last_error = %(error)s,
               next_attempt_at = w.until, server_away_since = coalesce(m.server_away_since, %(now)s)
          FROM unnest(%(ids)s::bigint[], %(until)s::timestamptz[]) AS w (id, until) WHERE m.id = w.id
        """,
        {"ids": list(until), "until": list(until.values()), "error": error, "now": now},
    )


async def release_waiting(work: UnitOfWork, now: datetime) -> int:
    """Make all mails due that wait for the mail server; return how many."""
    cursor = await work.connection.execute(
        """
        WITH waiting AS (
            -- Of those that wait for the server, not of all that are due later
            SELECT id FROM (
                SELECT id, next_attempt_at FROM mails
                 WHERE server_away_since IS NOT NULL AND state = 'queued' OFFSET 0) AS m
             WHERE next_attempt_at > %(now)s
             ORDER BY id FOR UPDATE SKIP LOCKED)
        UPDATE mails m SET next_attempt_at = %(now)s FROM waiting WHERE m.id = waiting.id
        """,
        {"now": now},
    )
    return cursor.rowcount


SERVER_AWAY = """
    SELECT count(*), min(server_away_since)
      FROM mails WHERE server_away_since IS NOT NULL AND state = 'queued'
"""
"""How many mails wait for the mail server, and since when the first of them does."""


async def find_server_away(connection: Connection) -> tuple[int, datetime | None]:
    """Return how many mails wait for the mail server, and since when the first of them does."""
    count, since = await only_row(connection, SERVER_AWAY, ())
    return count, since


async def give_back(work: UnitOfWork, mail_ids: Sequence[int], now: datetime) -> None:
    """Let others send mails that were taken and not tried."""
    await work.connection.execute(
        """
        UPDATE mails SET state = 'queued', attempts = attempts - 1, next_attempt_at = %s
         WHERE id = ANY(%s)
        """,
        (now, list(mail_ids)),
    )


async def count_waiting(connection: Connection, now: datetime) -> tuple[int, datetime | None]:
    """Return how many mails are to be sent, and since when the first that is due waits."""
    count, oldest = await only_row(
        connection,
        """
        SELECT count(*), min(next_attempt_at) FILTER (WHERE next_attempt_at <= %s)
          FROM mails WHERE state IN ('queued', 'sending')
        """,
        (now,),
    )
    return count, oldest


async def forget_messages(work: UnitOfWork, before: datetime) -> int:
    """Drop the messages of mails written before an instant that need none any more; return how many."""
    cursor = await work.connection.execute(
        """
        UPDATE mails SET message = NULL
         WHERE message IS NOT NULL AND created_at < %s AND state NOT IN ('queued', 'sending')
        """,
        (before,),
    )
    return cursor.rowcount


async def list_mails(connection: Connection, *, booking_uid: str | None, limit: int) -> list[Mail]:
    """Return the newest mails, of one booking or of all, newest first."""
    cursor = await connection.execute(
        f"""
        SELECT {_LOGGED} FROM mails
         WHERE %(booking_uid)s::text IS NULL OR booking_uid = %(booking_uid)s
         ORDER BY id DESC LIMIT %(limit)s
        """,
        {"booking_uid": booking_uid, "limit": limit},
    )
    return [_mail(row) for row in await cursor.fetchall()]


async def find_mail(connection: Connection, mail_id: int) -> tuple[Mail, bytes | None] | None:
    """Return a mail and its message as it was stored, if it still is."""
    row = await first_row(connection, f"SELECT {_LOGGED}, message FROM mails WHERE id = %s", (mail_id,))
    if row is None:
        return None
    *logged, message = row
    return _mail(tuple(logged)), message


async def requeue(work: UnitOfWork, mail_id: int, now: datetime) -> bool:
    """Let a mail be sent once more whose message is kept; False: there is none."""
    cursor = await work.connection.execute(
        """
        UPDATE mails SET state = 'queued', attempts = 0, next_attempt_at = %s, reason = NULL, sent_at = NULL,
               server_away_since = NULL
         WHERE id = %s AND state IN ('sent', 'failed') AND (message IS NOT NULL OR event_id IS NOT NULL)
        """,
        (now, mail_id),
    )
    return cursor.rowcount > 0


async def list_owners(connection: Connection, user_ids: Collection[int]) -> dict[int, Recipient]:
    """Return users as recipients, by their ids; those that are gone are left out."""
    if not user_ids:
        return {}
    cursor = await connection.execute(
        """
        SELECT id, coalesce(name, username), email, locale, time_zone, time_format
          FROM users WHERE id = ANY(%s)
        """,
        (list(user_ids),),
    )
    return {
        user_id: Recipient(name, email, locale, time_zone, clock, may_change=True, user_id=user_id)
        for user_id, name, email, locale, time_zone, clock in await cursor.fetchall()
    }


def _mail(row: TupleRow) -> Mail:
    mail_id, template, recipient, state, *rest = row
    fields = [mail_id, template, recipient, State(state), *rest]
    return Mail(*fields)
