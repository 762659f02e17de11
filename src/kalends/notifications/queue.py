"""Mails as jobs: SQL of taking those whose turn it is, and of noting what came of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from kalends.db.database import UnitOfWork
from kalends.db.rows import named_rows
from kalends.notifications.mail import Method, Template
from kalends.outbox.jobs.job import LeasedJob, Report
from kalends.outbox.jobs.kind import JobKind
from kalends.outbox.jobs.statements import (
    LEASED,
    LEASED_COLUMNS,
    REPORTED,
    leased_job,
    values_of_lease,
    values_of_reports,
)
from kalends.outbox.statements import payload_of

MAILS = JobKind(
    name="mails",
    version=1,
    retries=tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 4 * 60, 12 * 60)),
    deadline=timedelta(days=30),
    lease=timedelta(minutes=10),
)
"""Rows of `mails`. The owner is the host whose booking a mail is about (`user 5`), and there is one lane: the
mail server. The order key is thread and recipient: what is put off for one mail holds up no later one."""


@dataclass(frozen=True, slots=True)
class LeasedMail:
    """A mail that is being sent, with what is true of its booking now.

    `statuses` are those of its booking, or of all in a series that it tells of; `is_attending` says that whom
    it presumes to attend does. `message` is as it was stored, `payload` the fact to render it from.
    `server_away_since` is when the mail server was first found away for it, without being there since.
    """

    job: LeasedJob
    id: int
    template: Template
    recipient: str
    message_id: str
    thread: str | None
    booking_id: int | None
    starts_at: datetime | None
    message: bytes | None
    payload: bytes | None
    statuses: Sequence[str]
    start: datetime | None
    is_attending: bool
    server_away_since: datetime | None


async def lease(work: UnitOfWork, chosen: Sequence[int], token: UUID, now: datetime) -> list[LeasedMail]:
    """Take those of the chosen mails that no earlier one of their thread holds back, in their order."""
    rows = await named_rows(
        work.connection,
        f"""
        WITH {LEASED}
        SELECT {LEASED_COLUMNS}, m.id, m.template, m.recipient, m.message_id, m.thread, m.booking_id,
               m.starts_at, m.message, e.payload,
               ARRAY(SELECT b.status WHERE b.id IS NOT NULL
                      UNION
                     SELECT o.status FROM bookings o
                      WHERE m.starts_at IS NULL AND o.recurring_booking_uid = b.recurring_booking_uid
               ) AS statuses,
               b.start_time,
               m.attendee IS NULL OR EXISTS (
                   SELECT FROM attendees a
                    WHERE a.booking_id = m.booking_id AND a.address = lower(m.attendee)) AS is_attending,
               m.server_away_since
          FROM leased
          -- All are looked up a mail: few are taken, whatever PostgreSQL expects.
         CROSS JOIN LATERAL (SELECT * FROM mails WHERE job_id = leased.id OFFSET 0) AS m
          LEFT JOIN LATERAL (SELECT * FROM bookings WHERE id = m.booking_id OFFSET 0) AS b ON true
          LEFT JOIN LATERAL (
               SELECT {payload_of("f")} AS payload
                 FROM outbox_events f WHERE f.id = m.event_id AND m.message IS NULL
               OFFSET 0) AS e ON true
         ORDER BY m.id
        """,
        values_of_lease(MAILS, chosen, token, now),
    )
    return [
        LeasedMail(
            leased_job(row, token),
            row.id,
            Template(row.template),
            row.recipient,
            row.message_id,
            row.thread,
            row.booking_id,
            row.starts_at,
            row.message,
            row.payload,
            row.statuses,
            row.start_time,
            row.is_attending,
            row.server_away_since,
        )
        for row in rows
    ]


async def store_message(
    work: UnitOfWork, mail: LeasedMail, *, subject: str, method: Method | None, message: bytes
) -> bool:
    """Keep a rendered mail, so that every attempt sends the same; False: another worker has the mail now."""
    cursor = await work.connection.execute(
        """
        UPDATE mails SET subject = %s, method = %s, message = %s
         WHERE id = %s AND EXISTS (SELECT FROM jobs WHERE id = %s AND lease = %s)
        """,
        (subject, method.value if method else None, message, mail.id, mail.job.id, mail.job.token),
    )
    return cursor.rowcount > 0


async def note(work: UnitOfWork, reports: Sequence[Report], now: datetime) -> None:
    """Note what came of mails for which the mail server was there."""
    await work.connection.execute(
        f"""
        WITH {REPORTED}
        UPDATE mails m SET server_away_since = NULL
         WHERE job_id = ANY(ARRAY(SELECT id FROM reported)) AND server_away_since IS NOT NULL
        """,
        values_of_reports(reports, now),
    )


async def note_suppressed(work: UnitOfWork, report: Report, reason: str, now: datetime) -> None:
    """Note that a mail is not to be sent, and why."""
    await work.connection.execute(
        f"""
        WITH {REPORTED}
        UPDATE mails m SET server_away_since = NULL, reason = %(reason)s
         WHERE job_id = ANY(ARRAY(SELECT id FROM reported))
        """,
        {**values_of_reports([report], now), "reason": reason},
    )


async def await_server(work: UnitOfWork, reports: Sequence[Report], now: datetime) -> None:
    """Note that mails wait for the mail server."""
    await work.connection.execute(
        f"""
        WITH {REPORTED}
        UPDATE mails m SET server_away_since = coalesce(server_away_since, %(now)s)
         WHERE job_id = ANY(ARRAY(SELECT id FROM reported))
        """,
        values_of_reports(reports, now),
    )


async def release_waiting(work: UnitOfWork, now: datetime) -> int:
    """Make all mails ready that wait for the mail server; return how many."""
    cursor = await work.connection.execute(
        """
        WITH waiting AS (
            SELECT id, state, due_at FROM jobs
             WHERE id = ANY(ARRAY(SELECT job_id FROM mails WHERE server_away_since IS NOT NULL))
             OFFSET 0 FOR UPDATE SKIP LOCKED)
        UPDATE jobs SET state = 'ready', due_at = %(now)s
         WHERE id = ANY(ARRAY(SELECT id FROM waiting WHERE state = 'waiting' AND due_at > %(now)s))
        """,
        {"now": now},
    )
    return cursor.rowcount
