"""What each mail says in its own words; the rest is composed from the booking.

`%(title)s` is the booking's title, `%(when)s` when it takes place, `%(host)s` its organizer and `%(name)s`
the attendee that a mail tells of.
"""

from dataclasses import dataclass

from kalends.localization.language import mark
from kalends.notifications.mail import Template


@dataclass(frozen=True, slots=True)
class Wording:
    """The sentences of a mail; `series` stands in place of `heading` when it tells of several dates."""

    subject: str
    heading: str
    series: str = ""
    intro: str = ""


WORDING = {
    Template.HOST_SCHEDULED: Wording(
        subject=mark("New event: %(title)s, %(when)s"),
        heading=mark("A new event has been scheduled"),
        series=mark("A new series of events has been scheduled"),
    ),
    Template.HOST_AWAITING_APPROVAL: Wording(
        subject=mark("Awaiting your approval: %(title)s, %(when)s"),
        heading=mark("An event is awaiting your approval"),
        series=mark("A series of events is awaiting your approval"),
        intro=mark("%(name)s has asked for this time. Please confirm or decline it."),
    ),
    Template.HOST_APPROVAL_REMINDER: Wording(
        subject=mark("Still awaiting your approval: %(title)s, %(when)s"),
        heading=mark("An event is still awaiting your approval"),
        series=mark("A series of events is still awaiting your approval"),
        intro=mark("%(name)s has asked for this time. Please confirm or decline it."),
    ),
    Template.HOST_RESCHEDULED: Wording(
        subject=mark("Rescheduled: %(title)s, %(when)s"),
        heading=mark("The event has been rescheduled"),
    ),
    Template.HOST_CANCELLED: Wording(
        subject=mark("Cancelled: %(title)s, %(when)s"),
        heading=mark("The event has been cancelled"),
        series=mark("The events have been cancelled"),
    ),
    Template.HOST_SEAT_JOINED: Wording(
        subject=mark("New attendee: %(title)s, %(when)s"),
        heading=mark("Your event has a new attendee"),
        intro=mark("%(name)s has booked a seat."),
    ),
    Template.HOST_SEAT_LEFT: Wording(
        subject=mark("Attendee cancelled: %(title)s, %(when)s"),
        heading=mark("An attendee has cancelled"),
        intro=mark("%(name)s no longer attends. The event itself takes place."),
    ),
    Template.HOST_SEAT_MOVED: Wording(
        subject=mark("Attendee rescheduled: %(title)s, %(when)s"),
        heading=mark("An attendee has chosen another time"),
        intro=mark("%(name)s now attends at this time."),
    ),
    Template.SCHEDULED: Wording(
        subject=mark("Scheduled: %(title)s, %(when)s"),
        heading=mark("Your event is scheduled"),
        series=mark("Your series of events is scheduled"),
        intro=mark("The attached invitation brings it into your calendar."),
    ),
    Template.REQUESTED: Wording(
        subject=mark("Requested: %(title)s, %(when)s"),
        heading=mark("Your request has been received"),
        intro=mark("%(host)s still has to confirm this time. You will be told by mail."),
    ),
    Template.DECLINED: Wording(
        subject=mark("Declined: %(title)s, %(when)s"),
        heading=mark("Your request has been declined"),
        intro=mark("The event does not take place."),
    ),
    Template.RESCHEDULED: Wording(
        subject=mark("Rescheduled: %(title)s, %(when)s"),
        heading=mark("Your event has been rescheduled"),
        intro=mark("The attached invitation updates your calendar."),
    ),
    Template.CANCELLED: Wording(
        subject=mark("Cancelled: %(title)s, %(when)s"),
        heading=mark("Your event has been cancelled"),
        series=mark("Your events have been cancelled"),
    ),
    Template.SEAT_LEFT: Wording(
        subject=mark("You no longer attend: %(title)s, %(when)s"),
        heading=mark("You no longer attend this event"),
        intro=mark("Your seat has been given up."),
    ),
    Template.REMINDER: Wording(
        subject=mark("Reminder: %(title)s, %(when)s"),
        heading=mark("Your event starts soon"),
    ),
    Template.HOST_WEBHOOK_DISABLED: Wording(
        subject=mark("Webhook switched off: %(url)s"),
        heading=mark("A webhook has been switched off"),
        intro=mark(
            "Everything sent to this address has failed for days, so nothing is sent there any more. "
            "Once the receiver answers again, switch the webhook on and replay what it has missed."
        ),
    ),
}
