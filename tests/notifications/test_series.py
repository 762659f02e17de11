"""A series of bookings in calendars: one object, or several (notifications.md 12; checks 13 and 14)."""

from datetime import datetime
from typing import Any

import pytest

from tests.notifications.conftest import Office
from tests.notifications.mailbox import Mailbox, Received
from tests.support.client import Client, Guest, Host, data

ANA, BO = "ana@example.com", "bo@example.com"
WEEKLY = {"freq": 2, "interval": 1, "count": 4}


@pytest.fixture
async def weekly(ana: Host, office: Office) -> dict[str, Any]:
    """Return an event type of four weekly meetings."""
    event_type = await ana.creates_event_type()
    await office.sets(event_type, recurring_event=WEEKLY)
    return event_type


def days(mail: Received) -> list[str]:
    """Return the days on which an invitation of a whole series has its meetings."""
    return [f"{start:%m-%d}" for start in mail.event.getrruleset(addRDate=True)]


async def test_a_series_is_told_once_with_all_its_dates(
    weekly: dict[str, Any], guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    series = await guest.books(weekly)
    await office.works()
    assert mailbox.recipients == [ANA, BO]
    mail = mailbox.to(BO)
    for day in (5, 12, 19, 26):
        assert f"Monday, September {day}, 2050, 12:00 PM – 1:00 PM\n" in mail.text
    assert "every week" in mail.text
    assert mail.event.uid.value == series[0]["icsUid"]
    rule = mail.event.rrule.value.split(";")
    assert {"FREQ=WEEKLY", "COUNT=4"} <= set(rule)
    assert days(mail) == ["09-05", "09-12", "09-19", "09-26"]


async def test_a_series_keeps_the_bookers_clock_across_a_change_of_time(
    weekly: dict[str, Any], guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    await guest.books(weekly, "2050-10-17T10:00:00Z")
    await office.works()
    mail = mailbox.to(BO)
    assert [part.tzid.value for part in mail.calendar.vtimezone_list] == ["Europe/Rome"]
    starts: list[datetime] = list(mail.event.getrruleset(addRDate=True))
    assert [start.isoformat() for start in starts] == [
        "2050-10-17T12:00:00+02:00",
        "2050-10-24T12:00:00+02:00",
        "2050-10-31T12:00:00+01:00",
        "2050-11-07T12:00:00+01:00",
    ]


async def test_a_cancelled_occurrence_names_its_date_and_the_series(
    weekly: dict[str, Any], guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    series = await guest.books(weekly)
    await office.works()
    await guest.cancels(series[2], "ill")
    await office.works()
    mail = mailbox.last_to(BO)
    assert mail.calendar.method.value == "CANCEL"
    assert mail.event.uid.value == series[0]["icsUid"]
    assert mail.event.recurrence_id.value.isoformat() == "2050-09-19T12:00:00+02:00"
    assert int(mail.event.sequence.value) > 0
    assert "September 19" in mail.text
    assert "September 12" not in mail.text


async def test_a_moved_occurrence_names_the_date_it_was_first_to_be_however_often_it_moves(
    weekly: dict[str, Any], guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    series = await guest.books(weekly)
    await office.works()
    once = await guest.reschedules(series[1], "2050-09-13T09:00:00Z")
    await office.works()
    await guest.reschedules(once, "2050-09-14T09:00:00Z")
    await office.works()
    first, second = [mail for mail in mailbox.received if mail.recipient == BO][1:]
    for mail in (first, second):
        assert mail.calendar.method.value == "REQUEST"
        assert mail.event.uid.value == series[0]["icsUid"]
        assert mail.event.recurrence_id.value.isoformat() == "2050-09-12T12:00:00+02:00"
    assert first.event.dtstart.value.isoformat() == "2050-09-13T11:00:00+02:00"
    assert second.event.dtstart.value.isoformat() == "2050-09-14T11:00:00+02:00"
    assert int(second.event.sequence.value) > int(first.event.sequence.value)


async def test_a_cancelled_rest_ends_the_series_earlier_and_keeps_its_exceptions(
    weekly: dict[str, Any], guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    series = await guest.books(weekly)
    await office.works()
    await guest.cancels(series[0], "ill")
    await office.works()
    await guest.cancels(series[2], "away", cancelSubsequentBookings=True)
    await office.works()
    mail = mailbox.last_to(BO)
    assert mail.subject.startswith("Cancelled: Intro")
    assert "Your events have been cancelled" in mail.text
    assert mail.calendar.method.value == "REQUEST"
    [whole] = mail.calendar.vevent_list
    assert "UNTIL=20500912T100000Z" in whole.rrule.value
    assert [f"{date:%m-%d}" for date in whole.exdate.value] == ["09-05"]
    assert days(mail) == ["09-12"]


async def test_a_cancelled_rest_of_a_series_with_a_moved_date_is_cancelled_date_by_date(
    weekly: dict[str, Any], guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    series = await guest.books(weekly)
    await guest.reschedules(series[1], "2050-09-13T09:00:00Z")
    await office.works()
    before = max(int(mail.event.sequence.value) for mail in mailbox.received)
    mailbox.received.clear()
    await guest.cancels(series[2], "away", cancelSubsequentBookings=True)
    await office.works()
    assert mailbox.recipients == [ANA, BO, ANA, BO]
    third, fourth = [mail for mail in mailbox.received if mail.recipient == BO]
    for mail, day in ((third, 19), (fourth, 26)):
        assert mail.calendar.method.value == "CANCEL"
        [event] = mail.calendar.vevent_list
        assert event.uid.value == series[0]["icsUid"]
        assert event.recurrence_id.value.isoformat() == f"2050-09-{day}T12:00:00+02:00"
        assert f"September {day}" in mail.text
    assert before < int(third.event.sequence.value) < int(fourth.event.sequence.value)


async def test_a_cancelled_series_leaves_the_calendars_as_a_whole(
    weekly: dict[str, Any], guest: Guest, client: Client, office: Office, mailbox: Mailbox
) -> None:
    series = await guest.books(weekly)
    await office.works()
    body = {"cancellationReason": "ill"}
    data(await client.post(f"/v2/bookings/{series[0]['recurringBookingUid']}/cancel", json=body))
    await office.works()
    mail = mailbox.last_to(BO)
    assert mail.calendar.method.value == "CANCEL"
    assert mail.event.uid.value == series[0]["icsUid"]
    assert "recurrence-id" not in mail.event.contents
    assert len([one for one in mailbox.received if one.recipient == BO]) == 2


MONTHS_END = "2051-01-31T10:00:00Z"


ALL_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


async def is_open_always(host: Host) -> dict[str, Any]:
    """Return the properties of an event type that can be booked day and night."""
    hours = {"days": ALL_DAYS, "startTime": "00:00", "endTime": "23:59"}
    return {"scheduleId": (await host.creates_schedule(availability=[hours]))["id"]}


async def creates_monthly(host: Host, office: Office, count: int) -> dict[str, Any]:
    """Make an event type of monthly meetings."""
    event_type = await host.creates_event_type(**await is_open_always(host))
    await office.sets(event_type, recurring_event={"freq": 1, "interval": 1, "count": count})
    return event_type


async def test_a_series_that_no_rule_says_is_told_in_single_mails(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    series = await guest.books(await creates_monthly(ana, office, 3), MONTHS_END)
    await office.works()
    assert mailbox.recipients == [ANA, BO] * 3
    mails = [mail for mail in mailbox.received if mail.recipient == BO]
    for mail, booking, day in zip(mails, series, ("January 31", "February 28", "March 31"), strict=True):
        [event] = mail.calendar.vevent_list
        assert event.uid.value == booking["icsUid"]
        assert not {"rrule", "rdate", "recurrence-id"} & set(event.contents)
        assert event.dtstart.value.isoformat() == booking["start"].replace(".000Z", "+00:00")
        assert day in mail.subject.replace("Jan ", "January ").replace("Feb ", "February ").replace(
            "Mar ", "March "
        )
        assert mail.text.count("2051") == 1
        assert f"/booking/{booking['uid']}/cancel" in mail.text


async def test_a_change_of_an_occurrence_that_no_rule_says_is_about_its_own_object(
    ana: Host, guest: Guest, client: Client, office: Office, mailbox: Mailbox
) -> None:
    series = await guest.books(await creates_monthly(ana, office, 3), MONTHS_END)
    await office.works()
    await guest.reschedules(series[1], "2051-03-01T09:00:00Z")
    await office.works()
    moved = mailbox.last_to(BO)
    assert (moved.event.uid.value, moved.event.sequence.value) == (series[1]["icsUid"], "1")
    assert "recurrence-id" not in moved.event.contents
    mailbox.received.clear()
    body = {"cancellationReason": "ill"}
    data(await client.post(f"/v2/bookings/{series[0]['recurringBookingUid']}/cancel", json=body))
    await office.works()
    told = {
        (mail.calendar.method.value, mail.event.uid.value, mail.event.sequence.value)
        for mail in mailbox.received
        if mail.recipient == BO
    }
    uids = [one["icsUid"] for one in series]
    assert told == {("CANCEL", uids[0], "1"), ("CANCEL", uids[1], "2"), ("CANCEL", uids[2], "1")}


async def test_a_long_series_that_no_rule_says_is_one_mail_with_a_file_for_each_date(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    series = await guest.books(await creates_monthly(ana, office, 13), MONTHS_END)
    await office.works()
    assert mailbox.recipients == [ANA, BO]
    mail = mailbox.to(BO)
    [event] = mail.calendar.vevent_list
    assert event.uid.value == series[0]["icsUid"]
    files = [part.get_filename() or "" for part in mail.message.iter_attachments()]
    assert files == ["event.ics", *(f"event-{number}.ics" for number in range(2, 14))]
    for name, booking in zip(files, series, strict=True):
        file = mail.attachment(name) or ""
        assert file.count("BEGIN:VEVENT") == 1
        assert f"UID:{booking['icsUid']}\r\n" in file
    assert mail.text.count("2051") == 12


async def test_a_request_for_a_series_that_no_rule_says_asks_once(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    monthly = await creates_monthly(ana, office, 3)
    await office.sets(monthly, requires_confirmation=True)
    series = await guest.books(monthly, MONTHS_END)
    await office.works()
    assert mailbox.recipients == [ANA, BO]
    await guest.cancels(series[0], "ill", cancelSubsequentBookings=True)
    await office.works()
    assert mailbox.recipients == [ANA, BO] * 2


@pytest.mark.parametrize("minute", [0, 30])
async def test_a_series_across_an_hour_that_the_clock_shows_twice_is_at_the_right_instants(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox, minute: int
) -> None:
    # In Rome the hour from two to three of October 30 is there twice.
    weekly = await ana.creates_event_type(**await is_open_always(ana))
    await office.sets(weekly, recurring_event={**WEEKLY, "count": 2})
    series = await guest.books(weekly, f"2050-10-23T00:{minute:02}:00Z")
    await office.works()
    mails = [mail for mail in mailbox.received if mail.recipient == BO]
    for mail, booking in zip(mails, series, strict=True):
        assert mail.event.dtstart.value.isoformat() == booking["start"].replace(".000Z", "+00:00")
        assert mail.event.dtend.value.isoformat() == booking["end"].replace(".000Z", "+00:00")


async def test_a_confirmed_series_is_one_object_and_its_request_asks_once(
    ana: Host, weekly: dict[str, Any], guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    await office.sets(weekly, requires_confirmation=True)
    series = await guest.books(weekly)
    await office.works()
    assert mailbox.recipients == [ANA, BO]
    assert "A series of events is awaiting your approval" in mailbox.to(ANA).text
    await ana.confirms(series[2])
    await office.works()
    assert mailbox.recipients == [ANA, BO, ANA, BO]
    assert days(mailbox.last_to(BO)) == ["09-05", "09-12", "09-19", "09-26"]
