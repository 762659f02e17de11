"""Mails about bookings: written down with the facts they follow from, and looked after."""

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

import structlog

from kalends.bookings.facts.fact import BookingFact, FactKind
from kalends.bookings.facts.stored import decode
from kalends.db.database import Connection, Database, UnitOfWork
from kalends.localization.language import SOURCE, language_for
from kalends.notifications import queries
from kalends.notifications.content import messages
from kalends.notifications.content.composition import about_webhook
from kalends.notifications.content.messages import Envelope
from kalends.notifications.mail import Audience, Mail, NewMail, Recipient, Template
from kalends.notifications.plan import PLAN, PlannedMail, planned
from kalends.notifications.refusals import MailNotRepeatable, UnknownMail
from kalends.notifications.restraint import METRIC, Restraint, restraint_for, thread_of
from kalends.notifications.suppression import reason_not_to_send
from kalends.notifications.transport.sender import Sender, sender_of
from kalends.outbox import service as outbox
from kalends.outbox.backlog import Backlog
from kalends.outbox.consumption import Consume
from kalends.outbox.fact import StoredFact
from kalends.security import secret
from kalends.settings import Settings
from kalends.webhooks.deliveries import health as webhooks

KEPT_FOR = timedelta(days=30)
"""How long messages are kept; the log of mails stays."""

_KINDS = {kind.value for kind, mails in PLAN.items() if mails}

_BETWEEN_NOTES_SECONDS = 60.0

_log = structlog.get_logger(__name__)

_REMINDER_HOURS = (3, 24, 48)

# A mail that tells of somebody else presumes that this one attends.
_ABOUT_ANOTHER = frozenset({Template.HOST_SEAT_JOINED, Template.HOST_SEAT_MOVED})


def consumer(settings: Settings) -> Consume:
    """Return what writes down the mails that follow from facts, all of them in one statement."""
    sender = sender_of(settings)
    most = settings.recipient_mails_an_hour if settings.rate_limit_enabled else None
    notes = _Notes()

    async def consume(work: UnitOfWork, facts: Sequence[StoredFact]) -> None:
        owners = await queries.list_owners(
            work.connection,
            {fact.user_id for fact in facts if fact.kind == webhooks.DISABLED and fact.user_id is not None},
        )
        plans = {
            stored.id: (fact, planned(fact))
            for stored in facts
            if stored.kind in _KINDS
            for fact in (decode(stored.payload),)
        }
        restraint = await restraint_for(work.connection, list(plans.values()), most=most)
        mails: list[NewMail] = []
        for stored in facts:
            if stored.kind == webhooks.DISABLED:
                owner = owners.get(stored.user_id) if stored.user_id is not None else None
                if owner is not None:
                    mails.append(_mail_to_owner(stored, owner, settings, sender))
            elif stored.id in plans:
                fact, follow = plans[stored.id]
                mails.extend(
                    _new_mail(stored, fact, mail, sender, _reason(restraint, fact, mail, settings))
                    for mail in follow
                )
        if mails:
            await queries.insert_mails(work, mails)
        if restraint.suppressed:
            await outbox.count(work, {METRIC: restraint.suppressed})
            notes.tell(restraint.suppressed)

    return consume


async def list_mails(connection: Connection, *, booking_uid: str | None, limit: int) -> list[Mail]:
    """Return the newest mails, of one booking or of all, newest first."""
    return await queries.list_mails(connection, booking_uid=booking_uid, limit=limit)


async def read_mail(connection: Connection, settings: Settings, mail_id: int) -> tuple[Mail, bytes | None]:
    """Return a mail and its message; None: it was never written, or is forgotten.

    Raises:
        UnknownMail: there is no such mail.
    """
    found = await queries.find_mail(connection, mail_id)
    if found is None:
        raise UnknownMail(mail_id)
    mail, stored = found
    return mail, None if stored is None else messages.unpack(secret.encryption_keys(settings), stored)


async def send_again(work: UnitOfWork, mail_id: int, *, now: datetime) -> None:
    """Queue a mail once more that was sent or could not be.

    Raises:
        MailNotRepeatable: there is no such mail, or its message is forgotten.
    """
    job_id = await queries.lock_job_to_repeat(work, mail_id)
    if job_id is None:
        raise MailNotRepeatable(mail_id)
    await outbox.restart_job(work, job_id, now=now)


async def waiting_for_server(connection: Connection) -> Backlog:
    """Return how many mails wait for a mail server that is away, and since when the first of them does."""
    return Backlog(*await queries.find_server_away(connection))


async def forget(database: Database, now: datetime) -> None:
    """Drop the messages of mails of which only the log is to stay."""
    async with database.transaction() as work:
        await queries.forget_messages(work, now - KEPT_FOR)


class _Notes:
    """Tells the operator what strangers cause, at most once a minute."""

    def __init__(self) -> None:
        self._told_at: float | None = None
        self._untold = 0

    def tell(self, count: int) -> None:
        """Tell how many mails were suppressed since the last time."""
        self._untold += count
        now = time.monotonic()
        if self._told_at is None or now - self._told_at >= _BETWEEN_NOTES_SECONDS:
            _log.warning(
                "mails that strangers cause are suppressed; see `kalends mail list`", count=self._untold
            )
            self._told_at, self._untold = now, 0


def _reason(restraint: Restraint, fact: BookingFact, mail: PlannedMail, settings: Settings) -> str | None:
    reason = reason_not_to_send(
        mail.template,
        mail.recipient,
        fact.event_type,
        is_enabled=settings.mail_enabled,
        client=fact.booking.client,
    )
    return restraint.reason(fact, mail) if reason is None else reason


def _new_mail(
    stored: StoredFact, fact: BookingFact, mail: PlannedMail, sender: Sender, reason: str | None
) -> NewMail:
    booking, recipient, cause = fact.booking, mail.recipient, _cause(stored, fact)
    series = fact.series
    is_series = series is not None and len(series.starts) > 1 and not series.is_told_singly
    return NewMail(
        cause=cause,
        template=mail.template,
        recipient=recipient.address,
        locale=recipient.locale or SOURCE,
        time_zone=recipient.time_zone,
        message_id=_message_id(cause, mail.template, recipient, sender),
        due_at=fact.occurred_at,
        owner=f"user {booking.organizer.id}",
        reason=reason,
        event_id=stored.id,
        booking_id=booking.id,
        booking_uid=booking.uid,
        thread=thread_of(fact),
        starts_at=None if is_series else booking.start,
        attendee=_presumed_attendee(mail),
    )


def _mail_to_owner(stored: StoredFact, owner: Recipient, settings: Settings, sender: Sender) -> NewMail:
    """Return the mail that tells the owner of a webhook that the server has switched it off."""
    disabled = webhooks.decode(stored.payload)
    template, cause = Template.HOST_WEBHOOK_DISABLED, f"event:{stored.uid}"
    language = language_for(owner.locale, owner.time_zone, owner.clock)
    letter = about_webhook(language, disabled.subscriber_url, disabled.failing_since)
    message_id = _message_id(cause, template, owner, sender)
    envelope = Envelope((sender.name, sender.address), ("", owner.mailbox), message_id, disabled.disabled_at)
    message = messages.pack(secret.encryption_keys(settings), messages.build(envelope, letter))
    reason = reason_not_to_send(template, owner, None, is_enabled=settings.mail_enabled)
    return NewMail(
        cause=cause,
        template=template,
        recipient=owner.address,
        locale=owner.locale or SOURCE,
        time_zone=owner.time_zone,
        message_id=message_id,
        due_at=disabled.disabled_at,
        owner=f"user {stored.user_id}",
        reason=reason,
        subject=letter.subject,
        message=message if reason is None else None,
    )


def _cause(stored: StoredFact, fact: BookingFact) -> str:
    """Return what a mail follows from: a fact, but for the reminders of requests.

    Of those there is one a series, though each occurrence is due, and one only for all that came due while no
    worker ran.
    """
    if fact.kind is not FactKind.APPROVAL_REMINDER_DUE:
        return f"event:{stored.uid}"
    waited = fact.occurred_at - fact.booking.created_at
    due = max((hours for hours in _REMINDER_HOURS if timedelta(hours=hours) <= waited), default=0)
    return f"approval:{fact.series.uid if fact.series is not None else fact.booking.uid}:{due}h"


def _presumed_attendee(mail: PlannedMail) -> str | None:
    if mail.attendee is None:
        return None
    is_about_them = mail.template.audience is Audience.ATTENDEE or mail.template in _ABOUT_ANOTHER
    return mail.attendee.email if is_about_them else None


def _message_id(cause: str, template: Template, recipient: Recipient, sender: Sender) -> str:
    """Return an id that is the same whenever the same mail is written again."""
    name = uuid5(NAMESPACE_URL, f"{cause}:{template.value}:{recipient.address}")
    return f"<{name}@{sender.domain}>"
