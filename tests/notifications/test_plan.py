"""Which fact leads to which mails, one row a test (notifications note, 3; bookings note, 14)."""

from dataclasses import replace

import pytest

from kalends.bookings.booking import Attendee
from kalends.bookings.events import BookingEvent, EventKind
from kalends.notifications.mail import Template
from kalends.notifications.plan import planned
from kalends.notifications.samples import sample_events

ANA, BO, CY = "ana@example.com", "bo@example.com", "cy@example.com"

ROWS: dict[EventKind, list[tuple[str, str]]] = {
    EventKind.CREATED: [
        ("host.scheduled", ANA),
        ("attendee.scheduled", BO),
        ("attendee.scheduled", CY),
    ],
    EventKind.REQUESTED: [
        ("host.awaiting_approval", ANA),
        ("attendee.requested", BO),
        ("attendee.requested", CY),
    ],
    EventKind.CONFIRMED: [
        ("host.scheduled", ANA),
        ("attendee.scheduled", BO),
        ("attendee.scheduled", CY),
    ],
    EventKind.REJECTED: [("attendee.declined", BO), ("attendee.declined", CY)],
    EventKind.RESCHEDULED: [
        ("host.rescheduled", ANA),
        ("attendee.rescheduled", BO),
        ("attendee.rescheduled", CY),
    ],
    EventKind.CANCELLED: [
        ("host.cancelled", ANA),
        ("attendee.cancelled", BO),
        ("attendee.cancelled", CY),
    ],
    EventKind.SEAT_BOOKED: [("host.seat_joined", ANA), ("attendee.scheduled", CY)],
    EventKind.SEAT_CANCELLED: [("host.seat_left", ANA), ("attendee.seat_left", CY)],
    EventKind.SEAT_RESCHEDULED: [("host.seat_moved", ANA), ("attendee.rescheduled", CY)],
    EventKind.REMINDER_DUE: [("attendee.reminder", BO), ("attendee.reminder", CY)],
    EventKind.APPROVAL_REMINDER_DUE: [("host.approval_reminder", ANA)],
    EventKind.ABSENCE_UPDATED: [],
    EventKind.MEETING_STARTED: [],
    EventKind.MEETING_ENDED: [],
}


def fact(kind: EventKind) -> BookingEvent:
    """Return a fact about a booking of Bo, who brings Cy along; a seat's fact is about Cy."""
    _, sample = next(sample_events("en"))
    seats = (EventKind.SEAT_BOOKED, EventKind.SEAT_CANCELLED, EventKind.SEAT_RESCHEDULED)
    one: Attendee | None = sample.booking.attendees[1] if kind in seats else None
    return replace(sample, kind=kind, attendee=one)


def test_every_kind_of_fact_has_a_row() -> None:
    assert set(ROWS) == set(EventKind)


@pytest.mark.parametrize("kind", EventKind)
def test_a_fact_leads_to_its_mails_and_no_others(kind: EventKind) -> None:
    mails = [(mail.template.value, mail.recipient.email) for mail in planned(fact(kind))]
    assert mails == ROWS[kind]


@pytest.mark.parametrize("kind", EventKind)
def test_of_a_series_one_occurrence_speaks_for_all(kind: EventKind) -> None:
    assert planned(replace(fact(kind), is_lead=False)) == []


def test_every_mail_about_a_booking_follows_from_some_fact() -> None:
    sent = {template for rows in ROWS.values() for template, _ in rows}
    assert sent == {template.value for template in Template} - {Template.HOST_WEBHOOK_DISABLED.value}


def test_only_hosts_and_bookers_may_change_what_is_booked() -> None:
    may_change = {
        mail.recipient.email: mail.recipient.may_change for mail in planned(fact(EventKind.CREATED))
    }
    assert may_change == {ANA: True, BO: True, CY: False}
