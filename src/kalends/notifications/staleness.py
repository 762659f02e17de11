"""Mails that have become wrong before they were sent (notifications.md 12)."""

from datetime import datetime

from kalends.bookings.booking import Status
from kalends.notifications.mail import Template
from kalends.notifications.queue import LeasedMail

_PRESUMED = {
    Template.HOST_SCHEDULED: Status.ACCEPTED,
    Template.HOST_AWAITING_APPROVAL: Status.PENDING,
    Template.HOST_APPROVAL_REMINDER: Status.PENDING,
    Template.HOST_RESCHEDULED: Status.ACCEPTED,
    Template.HOST_SEAT_JOINED: Status.ACCEPTED,
    Template.HOST_SEAT_MOVED: Status.ACCEPTED,
    Template.SCHEDULED: Status.ACCEPTED,
    Template.REQUESTED: Status.PENDING,
    Template.RESCHEDULED: Status.ACCEPTED,
    Template.REMINDER: Status.ACCEPTED,
}
"""The state of the booking that a mail presumes; what tells of an end is true whatever came after."""


def is_outdated(mail: LeasedMail, now: datetime) -> bool:
    """Tell whether a mail must not be sent any more: a later one tells what is true."""
    presumed = _PRESUMED.get(mail.template)
    if presumed is None:
        return False
    if presumed.value not in mail.statuses or not mail.is_attending:
        return True
    if mail.starts_at is not None and mail.start != mail.starts_at:
        return True
    return mail.template is Template.REMINDER and mail.start is not None and mail.start <= now
