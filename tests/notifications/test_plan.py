"""Which fact leads to which mails, one row a test (notifications.md 3; bookings.md 14)."""

import pytest
from msgspec.structs import replace

from kalends.bookings.facts.fact import BookingFact, FactKind
from kalends.bookings.facts.snapshots import AttendeeSnapshot
from kalends.notifications.content.samples import sample_facts
from kalends.notifications.mail import Template
from kalends.notifications.plan import planned

ANA, BO, CY = "ana@example.com", "bo@example.com", "cy@example.com"

ROWS: dict[FactKind, list[tuple[str, str]]] = {
    FactKind.CREATED: [
        ("host.scheduled", ANA),
        ("attendee.scheduled", BO),
        ("attendee.scheduled", CY),
    ],
    FactKind.REQUESTED: [
        ("host.awaiting_approval", ANA),
        ("attendee.requested", BO),
        ("attendee.requested", CY),
    ],
    FactKind.CONFIRMED: [
        ("host.scheduled", ANA),
        ("attendee.scheduled", BO),
        ("attendee.scheduled", CY),
    ],
    FactKind.REJECTED: [("attendee.declined", BO), ("attendee.declined", CY)],
    FactKind.RESCHEDULED: [
        ("host.rescheduled", ANA),
        ("attendee.rescheduled", BO),
        ("attendee.rescheduled", CY),
    ],
    FactKind.CANCELLED: [
        ("host.cancelled", ANA),
        ("attendee.cancelled", BO),
        ("attendee.cancelled", CY),
    ],
    FactKind.SEAT_BOOKED: [("host.seat_joined", ANA), ("attendee.scheduled", CY)],
    FactKind.SEAT_CANCELLED: [("host.seat_left", ANA), ("attendee.seat_left", CY)],
    FactKind.SEAT_RESCHEDULED: [("host.seat_moved", ANA), ("attendee.rescheduled", CY)],
    FactKind.REMINDER_DUE: [("attendee.reminder", BO), ("attendee.reminder", CY)],
    FactKind.APPROVAL_REMINDER_DUE: [("host.approval_reminder", ANA)],
    FactKind.ABSENCE_UPDATED: [],
    FactKind.MEETING_STARTED: [],
    FactKind.MEETING_ENDED: [],
}


def fact(kind: FactKind) -> BookingFact:
    """Return a fact about a booking of Bo, who brings Cy along; a seat's fact is about Cy."""
    _, sample = next(sample_facts("en"))
    seats = (FactKind.SEAT_BOOKED, FactKind.SEAT_CANCELLED, FactKind.SEAT_RESCHEDULED)
    one: AttendeeSnapshot | None = sample.booking.attendees[1] if kind in seats else None
    return replace(sample, kind=kind, attendee=one)


def test_every_kind_of_fact_has_a_row() -> None:
    assert set(ROWS) == set(FactKind)


@pytest.mark.parametrize("kind", FactKind)
def test_a_fact_leads_to_its_mails_and_no_others(kind: FactKind) -> None:
    mails = [(mail.template.value, mail.recipient.email) for mail in planned(fact(kind))]
    assert mails == ROWS[kind]


@pytest.mark.parametrize("kind", FactKind)
def test_of_a_series_one_occurrence_speaks_for_all(kind: FactKind) -> None:
    assert planned(replace(fact(kind), is_lead=False)) == []


def test_every_mail_about_a_booking_follows_from_some_fact() -> None:
    sent = {template for rows in ROWS.values() for template, _ in rows}
    others = {
        Template.HOST_WEBHOOK_DISABLED,
        Template.MEMBER_INVITED,
        Template.MEMBER_CONSENT,
        Template.CONFIRM_ADDRESS,
        Template.ADDRESS_CHANGE,
    }
    assert sent == {template.value for template in set(Template) - others}


def test_only_hosts_and_bookers_may_change_what_is_booked() -> None:
    may_change = {mail.recipient.email: mail.recipient.may_change for mail in planned(fact(FactKind.CREATED))}
    assert may_change == {ANA: True, BO: True, CY: False}
