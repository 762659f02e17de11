"""A series of bookings is one calendar object (notifications.md 12; checks 13 and 14)."""

from datetime import datetime
from typing import Any

import pytest

from tests.notifications.booking import books, cancels, confirms, reschedules
from tests.notifications.conftest import Office
from tests.notifications.mailbox import Mailbox, Received
from tests.support.client import Client, Host, data

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
    weekly: dict[str, Any], client: Client, office: Office, mailbox: Mailbox
) -> None:
    series = await books(client, weekly)
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
    weekly: dict[str, Any], client: Client, office: Office, mailbox: Mailbox
) -> None:
    await books(client, weekly, "2050-10-17T10:00:00Z")
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
    weekly: dict[str, Any], client: Client, office: Office, mailbox: Mailbox
) -> None:
    series = await books(client, weekly)
    await office.works()
    await cancels(client, series[2], "ill")
    await office.works()
    mail = mailbox.last_to(BO)
    assert mail.calendar.method.value == "CANCEL"
    assert mail.event.uid.value == series[0]["icsUid"]
    assert mail.event.recurrence_id.value.isoformat() == "2050-09-19T12:00:00+02:00"
    assert int(mail.event.sequence.value) > 0
    assert "September 19" in mail.text
    assert "September 12" not in mail.text


async def test_a_moved_occurrence_names_the_date_it_was_first_to_be_however_often_it_moves(
    weekly: dict[str, Any], client: Client, office: Office, mailbox: Mailbox
) -> None:
    series = await books(client, weekly)
    await office.works()
    once = await reschedules(client, series[1], "2050-09-13T09:00:00Z")
    await office.works()
    await reschedules(client, once, "2050-09-14T09:00:00Z")
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
    weekly: dict[str, Any], client: Client, office: Office, mailbox: Mailbox
) -> None:
    series = await books(client, weekly)
    await office.works()
    await cancels(client, series[0], "ill")
    await reschedules(client, series[1], "2050-09-13T09:00:00Z")
    await office.works()
    await cancels(client, series[2], "away", cancelSubsequentBookings=True)
    await office.works()
    mail = mailbox.last_to(BO)
    assert mail.subject.startswith("Cancelled: Intro")
    assert "Your events have been cancelled" in mail.text
    assert mail.calendar.method.value == "REQUEST"
    whole, moved = mail.calendar.vevent_list
    assert "UNTIL=20500912T100000Z" in whole.rrule.value
    assert [f"{date:%m-%d}" for date in whole.exdate.value] == ["09-05"]
    assert moved.recurrence_id.value.isoformat() == "2050-09-12T12:00:00+02:00"
    assert moved.dtstart.value.isoformat() == "2050-09-13T11:00:00+02:00"
    assert days(mail) == ["09-12"]


async def test_a_cancelled_series_leaves_the_calendars_as_a_whole(
    weekly: dict[str, Any], client: Client, office: Office, mailbox: Mailbox
) -> None:
    series = await books(client, weekly)
    await office.works()
    body = {"cancellationReason": "ill"}
    data(await client.post(f"/v2/bookings/{series[0]['recurringBookingUid']}/cancel", json=body))
    await office.works()
    mail = mailbox.last_to(BO)
    assert mail.calendar.method.value == "CANCEL"
    assert mail.event.uid.value == series[0]["icsUid"]
    assert "recurrence-id" not in mail.event.contents
    assert len([one for one in mailbox.received if one.recipient == BO]) == 2


async def test_dates_that_no_rule_yields_are_listed(
    ana: Host, client: Client, office: Office, mailbox: Mailbox
) -> None:
    monthly = await ana.creates_event_type()
    await office.sets(monthly, recurring_event={"freq": 1, "interval": 1, "count": 3})
    await books(client, monthly, "2051-01-31T10:00:00Z")
    await office.works()
    mail = mailbox.to(BO)
    assert "rrule" not in mail.event.contents
    assert days(mail) == ["01-31", "02-28", "03-31"]


async def test_a_confirmed_series_is_one_object_and_its_request_asks_once(
    ana: Host, weekly: dict[str, Any], client: Client, office: Office, mailbox: Mailbox
) -> None:
    await office.sets(weekly, requires_confirmation=True)
    series = await books(client, weekly)
    await office.works()
    assert mailbox.recipients == [ANA, BO]
    assert "A series of events is awaiting your approval" in mailbox.to(ANA).text
    await confirms(ana, series[2])
    await office.works()
    assert mailbox.recipients == [ANA, BO, ANA, BO]
    assert days(mailbox.last_to(BO)) == ["09-05", "09-12", "09-19", "09-26"]
