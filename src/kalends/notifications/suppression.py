"""Why a mail is not sent (notifications.md 6)."""

from kalends.bookings.booking import BookingClient
from kalends.bookings.facts.snapshots import EventTypeSnapshot
from kalends.localization.addresses import is_faux
from kalends.notifications.mail import Audience, Recipient, Template

DISABLED = "mails are switched off (KALENDS_MAIL_ENABLED)"
NO_ADDRESS = "the address stands for a phone number"
BY_EVENT_TYPE = "the event type sends no mails to its {audience}s (disableStandardEmails)"
BY_CLIENT = "the OAuth client sends no mails (areEmailsEnabled)"
OUTDATED = "the booking had changed before the mail was sent"

UNTOUCHED = "nothing has changed for the recipient"


def reason_not_to_send(
    template: Template,
    recipient: Recipient,
    event_type: EventTypeSnapshot | None,
    *,
    is_enabled: bool,
    client: BookingClient | None = None,
) -> str | None:
    """Return why this mail stays unsent; None: it is to be sent."""
    if not is_enabled:
        return DISABLED
    if client is not None and not client.are_emails_enabled:
        return BY_CLIENT
    if is_faux(recipient.email):
        return NO_ADDRESS
    if event_type is not None and not _sends(event_type, template.audience):
        return BY_EVENT_TYPE.format(audience=template.audience.value)
    return None


def _sends(event_type: EventTypeSnapshot, audience: Audience) -> bool:
    return event_type.sends_host_mails if audience is Audience.HOST else event_type.sends_attendee_mails
