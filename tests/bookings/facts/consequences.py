"""What webhooks and mails say of a stored fact, without a database: always the same of the same text."""

import asyncio
import re
from datetime import UTC, datetime
from uuid import UUID

from kalends.bookings.facts.fact import BookingFact
from kalends.bookings.facts.stored import decode
from kalends.notifications.content.links import Links
from kalends.notifications.content.writing import Circumstances, write
from kalends.notifications.invitations.series import Occurrence
from kalends.notifications.mail import Method
from kalends.notifications.plan import planned
from kalends.notifications.queries import History, LeftBooking
from kalends.notifications.suppression import reason_not_to_send
from kalends.notifications.transport.sender import Sender
from kalends.outbox.fact import StoredFact
from kalends.webhooks.deliveries.following import Follower
from kalends.webhooks.webhook import Webhook

NOON = datetime(2050, 9, 1, 12, tzinfo=UTC)
FOLLOWER = Follower("https://kalends.example.com")
SENDER = Sender("Kalends", "kalends@example.com")
LINKS = Links("https://kalends.example.com", b"key")
TEMPLATE = '{"{{triggerEvent}}": "{{title}} {{organizer.name}} {{attendees.0.name}} {{bookingId}}"}'

# Of a multipart message: chosen at random.
_BOUNDARY = re.compile(rb"={15}\d+=+")


def bodies_of(stored: bytes) -> list[str]:
    """Return what a webhook without a template is told, and what one with a template."""
    return asyncio.run(_bodies_of(stored))


async def _bodies_of(stored: bytes) -> list[str]:
    event = decode(stored)
    fact = StoredFact(1, UUID(int=1), event.kind.value, stored, event.ordering_key, NOON)
    webhooks = [_webhook(None), _webhook(TEMPLATE)]
    return [(one.body or b"").decode() async for one in FOLLOWER.deliveries(fact, webhooks)]


def mails_of(stored: bytes) -> list[tuple[str, str | None, bytes]]:
    """Return template and recipient of each mail, why it is not sent, and its message."""
    event = decode(stored)
    mails = []
    for mail in planned(event):
        reason = reason_not_to_send(mail.template, mail.recipient, event.event_type, is_enabled=True)
        circumstances = _circumstances(event)
        written = write(event, mail, circumstances, links=LINKS, sender=SENDER, message_id="<1@example.com>")
        message = _BOUNDARY.sub(b"=boundary=", written.message)
        mails.append((f"{mail.template.value} to {mail.recipient.address}", reason, message))
    return mails


def _webhook(template: str | None) -> Webhook:
    return Webhook(
        id="w1",
        user_id=1,
        event_type_id=None,
        team_id=None,
        oauth_client_id=None,
        is_platform=False,
        subscriber_url="https://example.com/hook",
        triggers=(),
        payload_template=template,
        active=True,
        secret=None,
        previous_secret=None,
        previous_secret_until=None,
        failing_since=None,
        disabled_reason=None,
        created_at=NOON,
    )


def _circumstances(event: BookingFact) -> Circumstances:
    """Return what the database would add: who has moved was invited before, and a series is as it is told."""
    booking, series, is_moved = event.booking, event.series, event.previous is not None
    history = History("<first@example.com>", Method.REQUEST) if is_moved else History(None, None)
    occurrences = []
    if series is not None:
        length = booking.end - booking.start
        occurrences = [
            Occurrence(
                ical_uid=booking.ical_uid if start == booking.start else f"{number}@example.com",
                original_start=series.original_start if start == booking.start else start,
                start=start,
                end=start + length,
                is_live=booking.status.value == "accepted",
                sequence=booking.ical_sequence,
            )
            for number, start in enumerate(series.starts)
        ]
    left = LeftBooking("left@example.com", 3, is_over=True) if booking.is_seated and is_moved else None
    return Circumstances(history, occurrences, left)
