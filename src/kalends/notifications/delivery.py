"""Sending what is due, again and again until it is sent or refused for good."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol
from uuid import uuid4

import psycopg
import structlog

from kalends.bookings.facts.fact import BookingFact
from kalends.bookings.facts.stored import decode
from kalends.db.database import Connection, Database, UnitOfWork
from kalends.localization.plain import one_line
from kalends.notifications import queries, queue
from kalends.notifications.content import messages
from kalends.notifications.content.links import Links
from kalends.notifications.content.writing import (
    Circumstances,
    WrittenMail,
    is_untouched,
    write,
)
from kalends.notifications.mail import Template
from kalends.notifications.plan import planned
from kalends.notifications.queue import MAILS, LeasedMail
from kalends.notifications.staleness import is_outdated
from kalends.notifications.suppression import OUTDATED, UNTOUCHED
from kalends.notifications.transport.failures import (
    Needless,
    PermanentFailure,
    ServerUnavailable,
    TemporaryFailure,
)
from kalends.notifications.transport.folder import FolderTransport, mail_folder
from kalends.notifications.transport.sender import sender_of
from kalends.notifications.transport.smtp import SmtpTransport
from kalends.outbox import service as outbox
from kalends.outbox.jobs.job import Report
from kalends.outbox.jobs.queue import Queue
from kalends.outbox.jobs.turns import Room, Turns
from kalends.security import secret
from kalends.settings import Settings
from kalends.settings.smtp_url import server_of

PATIENCE = timedelta(days=5)
"""How long a mail waits for a mail server that is away before it is given up."""

_SHORTEST_WAIT = timedelta(minutes=1)
_LONGEST_WAIT = timedelta(minutes=15)

_BATCH = Room(at_once=20, of_lane=20)

_LONGEST_BATCH_SECONDS = 10.0
"""After that what is left is given back, so that a worker that is told to stop is not held up."""

_LONGEST_ERROR = 500

_BRINGING_INTO_CALENDARS = (Template.SCHEDULED, Template.RESCHEDULED)

_log = structlog.get_logger(__name__)


class Transport(Protocol):
    """A way to hand mails over."""

    async def send(self, name: str, sender: str, recipient: str, message: bytes) -> None:
        """Hand a message over. `name` is unique to it.

        Raises:
            PermanentFailure: this mail is refused for good.
            TemporaryFailure: this mail is not taken now.
            ServerUnavailable: no mail can be handed over now.
        """


async def send_due(database: Database, settings: Settings, now: datetime) -> int:
    """Send some of the mails that are due, and return how many; 0: none is due, or the mail server is away.

    Hosts take turns. A worker that dies leaves what it took to others; a mail that was handed over a moment
    before may then be sent twice, with the same Message-ID.
    """
    mails, count = await take(database, now)
    if not mails:
        return count
    async with _transport(settings) as transport:
        is_available = await _Delivery(database, settings, transport, now).deliver(mails)
    return count if is_available else 0


async def take(database: Database, now: datetime) -> tuple[Sequence[LeasedMail], int]:
    """Take mails whose turn it is; also return of how many that was, with those that earlier ones hold back.

    A mail that a worker has ended with is taken alone, so that it is known which one it was.
    """
    async with database.transaction() as work:
        chosen, _ = await Queue(MAILS).choose(work, Turns(_BATCH), now=now)
        mails = await queue.lease(work, chosen, uuid4(), now) if chosen else []
        suspect = next((mail for mail in mails if mail.job.is_suspect), None)
        if suspect is None:
            return mails, len(chosen)
        others = [Report(mail.job, "ready", now, is_no_try=True) for mail in mails if mail is not suspect]
        await queue.note(work, others, now)
    return [suspect], len(chosen)


def _transport(settings: Settings) -> SmtpTransport | FolderTransport:
    if settings.smtp_url is None:
        return FolderTransport(mail_folder(settings))
    return SmtpTransport(server_of(settings.smtp_url.get_secret_value()))


class _LeaseLost(Exception):
    """Another worker has the mail: this one was presumed dead."""


class _Delivery:
    """Sends the mails that one call has taken."""

    def __init__(self, database: Database, settings: Settings, transport: Transport, now: datetime) -> None:
        self._database = database
        self._transport = transport
        self._now = now
        self._was_there = False
        self._sender = sender_of(settings)
        self._links = Links(settings.base_url, secret.signing_key(settings))
        self._keys = secret.encryption_keys(settings)

    async def deliver(self, mails: Sequence[LeasedMail]) -> bool:
        """Send mails one after the other; False: the mail server is away, and all that are left wait."""
        loop = asyncio.get_running_loop()
        ends = loop.time() + _LONGEST_BATCH_SECONDS
        for position, mail in enumerate(mails):
            if loop.time() > ends:
                await self._give_back(mails[position:])
                break
            try:
                is_there = await self._deliver(mail)
            except ServerUnavailable as error:
                await self._await_server(mails[position:], str(error))
                return False
            if is_there and not self._was_there:
                self._was_there = True
                await self._release_waiting()
        return True

    async def _deliver(self, mail: LeasedMail) -> bool:
        """Send one mail, and note what came of it; return whether the mail server was there for it.

        Raises:
            ServerUnavailable: nothing can be sent, and nothing was noted.
        """
        try:
            message = await self._message(mail)
            await self._transport.send(str(mail.id), self._sender.address, mail.recipient, message)
        except Needless as error:
            report = Report(mail.job, "dropped", self._now, is_no_try=True)
            async with self._database.transaction() as work:
                await queue.note_suppressed(work, report, str(error), self._now)
                await self._follow(work, [report], "suppressed")
            return False
        except _LeaseLost:
            _log.warning("a mail is left to the worker that has it now", mail=mail.id)
            return False
        except PermanentFailure as error:
            _log.warning("a mail was refused", mail=mail.id, error=str(error))
            await self._note(Report(mail.job, "failed", self._now, str(error)), "refused")
            return False
        except TemporaryFailure as error:
            await self._put_off(mail, str(error))
            return False
        except (ServerUnavailable, psycopg.Error):
            raise
        except Exception as error:  # noqa: BLE001 - a defect of one mail must not keep the others waiting
            _log.exception("a mail could not be sent", mail=mail.id)
            await self._put_off(mail, one_line(repr(error))[:_LONGEST_ERROR])
            return False
        await self._note(Report(mail.job, "done", self._now), "sent")
        return True

    async def _note(self, report: Report, outcome: str) -> None:
        async with self._database.transaction() as work:
            await queue.note(work, [report], self._now)
            await self._follow(work, [report], outcome)

    async def _follow(self, work: UnitOfWork, reports: Sequence[Report], outcome: str) -> None:
        """Release the mails that waited for these, and count."""
        await Queue(MAILS).release_after(work, reports, now=self._now)
        await outbox.count(work, {f"mail_attempts:{outcome}": len(reports)})

    async def _give_back(self, mails: Sequence[LeasedMail]) -> None:
        """Give back mails that were taken and not tried."""
        reports = [Report(mail.job, "ready", self._now, is_no_try=True) for mail in mails]
        async with self._database.transaction() as work:
            await queue.note(work, reports, self._now)

    async def _await_server(self, mails: Sequence[LeasedMail], error: str) -> None:
        """Put off mails until the server is there again: its absence is no attempt of theirs.

        Each waits as long again as it has been waiting, within bounds.
        """
        waiting, given_up = [], []
        for mail in mails:
            waited = self._now - (mail.server_away_since or self._now)
            if waited >= PATIENCE:
                _log.warning("a mail is given up", mail=mail.id, error=error)
                given_up.append(Report(mail.job, "failed", self._now, error))
            else:
                until = self._now + min(max(waited, _SHORTEST_WAIT), _LONGEST_WAIT)
                waiting.append(Report(mail.job, "waiting", until, error, is_no_try=True))
        since = min(mail.server_away_since or self._now for mail in mails)
        _log.warning(
            "mails wait for the mail server", waiting=len(waiting), since=since.isoformat(), error=error
        )
        async with self._database.transaction() as work:
            await queue.await_server(work, waiting, self._now)
            await queue.note(work, given_up, self._now)
            await self._follow(work, [*waiting, *given_up], "server_away")

    async def _release_waiting(self) -> None:
        """Make ready what waits for the server: it is there."""
        async with self._database.transaction() as work:
            released = await queue.release_waiting(work, self._now)
        if released:
            _log.info("the mail server is there again", waiting=released)

    async def _put_off(self, mail: LeasedMail, error: str) -> None:
        job = mail.job
        due_at = MAILS.next_due(job.tries, job.began_at, self._now, timedelta())
        if due_at is None:
            _log.warning("a mail is given up", mail=mail.id, error=error)
            await self._note(Report(job, "failed", self._now, error), "failed")
        else:
            await self._note(Report(job, "waiting", due_at, error), "failed")

    async def _message(self, mail: LeasedMail) -> bytes:
        """Return the message of a mail, which is written before the first attempt.

        Raises:
            Needless: it is outdated, or nothing has changed for its recipient.
            PermanentFailure: it cannot be written.
            _LeaseLost: another worker has it now.
        """
        if is_outdated(mail, self._now):
            raise Needless(OUTDATED)
        if mail.message is not None:
            stored = messages.unpack(self._keys, mail.message)
            if stored is None:
                raise PermanentFailure("The message was encrypted with a key that is not set any more")
            return stored
        written = await self._written(mail)
        packed = messages.pack(self._keys, written.message)
        async with self._database.transaction() as work:
            is_stored = await queue.store_message(
                work, mail, subject=written.subject, method=written.method, message=packed
            )
        if not is_stored:
            raise _LeaseLost
        return written.message

    async def _written(self, mail: LeasedMail) -> WrittenMail:
        if mail.payload is None:
            raise PermanentFailure("The fact that it tells of was forgotten")
        fact = decode(mail.payload)
        found = (
            one
            for one in planned(fact)
            if one.template is mail.template and one.recipient.address == mail.recipient
        )
        plan = next(found, None)
        if plan is None:
            raise PermanentFailure("The fact that it tells of names no such recipient")
        async with self._database.connection() as connection:
            circumstances = await _circumstances(connection, mail, fact)
        if is_untouched(plan, circumstances):
            raise Needless(UNTOUCHED)
        try:
            # Writing takes milliseconds, in which requests are not to wait.
            return await asyncio.to_thread(
                write,
                fact,
                plan,
                circumstances,
                links=self._links,
                sender=self._sender,
                message_id=mail.message_id,
            )
        except ValueError as error:
            raise PermanentFailure(f"This mail cannot be written: {error}") from error


async def _circumstances(connection: Connection, mail: LeasedMail, fact: BookingFact) -> Circumstances:
    history = await queries.find_history(connection, mail.thread or "", mail.recipient, mail.id)
    occurrences = (
        await queries.list_occurrences(connection, fact.series.uid) if fact.series is not None else ()
    )
    left = None
    if fact.booking.is_seated and fact.previous is not None and fact.previous.id != fact.booking.id:
        left = await queries.find_left_booking(connection, fact.previous.id)
    may_attend = mail.template in _BRINGING_INTO_CALENDARS and await queries.may_attend(
        connection, fact.booking.id, mail.recipient
    )
    return Circumstances(history, occurrences, left, may_attend)
