"""Reminders, of meetings and of requests that wait (notifications.md 10; checks 30 and 31)."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from kalends.notifications.mail import State
from tests.conftest import Clock
from tests.notifications.conftest import Office
from tests.notifications.mailbox import Mailbox
from tests.support.client import Guest, Host

ANA, BO, CY = "ana@example.com", "bo@example.com", "cy@example.com"


@pytest.fixture
async def asking(ana: Host, office: Office) -> dict[str, Any]:
    """Return an event type whose bookings wait for their host."""
    event_type = await ana.creates_event_type()
    await office.sets(event_type, requires_confirmation=True)
    return event_type


async def test_those_who_attend_are_reminded_an_hour_before(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox, clock: Clock
) -> None:
    await guest.books(await ana.creates_event_type(), guests=[CY])
    await office.works()
    mailbox.received.clear()
    clock.now = datetime.fromisoformat("2050-09-05T08:59:00Z")
    await office.works()
    assert mailbox.received == []
    clock.now = datetime.fromisoformat("2050-09-05T09:00:00Z")
    await office.works()
    assert mailbox.recipients == [BO, CY]
    mail = mailbox.to(BO)
    assert mail.subject.startswith("Reminder: Intro")
    assert mail.invitation is None
    assert "/cancel?token=" in mail.text
    await office.works()
    assert len(mailbox.received) == 2


async def test_nobody_is_reminded_of_a_meeting_made_twenty_minutes_ahead(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox, clock: Clock
) -> None:
    clock.now = datetime.fromisoformat("2050-09-05T09:40:00Z")
    await guest.books(await ana.creates_event_type())
    await office.works()
    clock.advance(timedelta(minutes=10))
    await office.works()
    assert mailbox.recipients == [ANA, BO]


async def test_nobody_is_reminded_of_a_meeting_that_was_cancelled(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox, clock: Clock
) -> None:
    await guest.cancels(await guest.books(await ana.creates_event_type()), "ill")
    clock.now = datetime.fromisoformat("2050-09-05T09:00:00Z")
    await office.works()
    assert not [mail for mail in mailbox.received if mail.subject.startswith("Reminder")]


async def test_a_reminder_that_comes_too_late_is_not_sent(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox, clock: Clock
) -> None:
    await guest.books(await ana.creates_event_type())
    await office.works()
    clock.now = datetime.fromisoformat("2050-09-05T09:00:00Z")
    await office.notes()
    clock.now = datetime.fromisoformat("2050-09-05T10:00:00Z")
    await office.sends()
    assert mailbox.recipients == [ANA, BO]
    assert (await office.log())[-1].state is State.SUPPRESSED


async def test_a_host_is_reminded_of_a_request_once_after_each_interval(
    asking: dict[str, Any], guest: Guest, office: Office, mailbox: Mailbox, clock: Clock
) -> None:
    await requested(guest, asking, office, mailbox)
    for hours, mails in ((2, 0), (3, 1), (4, 1), (24, 2), (30, 2), (48, 3), (60, 3)):
        clock.now = datetime.fromisoformat("2050-09-01T06:00:00Z") + timedelta(hours=hours)
        await office.works()
        assert mailbox.recipients == [ANA] * mails
    assert mailbox.received[0].subject.startswith("Still awaiting your approval: Intro")
    assert "/approve?token=" in mailbox.received[0].text


async def test_a_worker_that_was_away_reminds_once_of_all_it_has_missed(
    asking: dict[str, Any], guest: Guest, office: Office, mailbox: Mailbox, clock: Clock
) -> None:
    await requested(guest, asking, office, mailbox)
    clock.advance(timedelta(hours=25))
    await office.works()
    assert mailbox.recipients == [ANA]


async def test_a_series_that_waits_is_one_reminder(
    asking: dict[str, Any], guest: Guest, office: Office, mailbox: Mailbox, clock: Clock
) -> None:
    await office.sets(asking, recurring_event={"freq": 2, "interval": 1, "count": 3})
    await requested(guest, asking, office, mailbox)
    clock.advance(timedelta(hours=3))
    await office.works()
    assert mailbox.recipients == [ANA]


async def test_nobody_is_reminded_of_a_request_that_was_confirmed(
    ana: Host, asking: dict[str, Any], guest: Guest, office: Office, mailbox: Mailbox, clock: Clock
) -> None:
    booking = await requested(guest, asking, office, mailbox)
    await ana.confirms(booking)
    clock.advance(timedelta(hours=3))
    await office.works()
    assert mailbox.recipients == [ANA, BO]
    assert mailbox.to(ANA).subject.startswith("New event")


async def requested(guest: Guest, event_type: dict[str, Any], office: Office, mailbox: Mailbox) -> Any:
    """Ask for a booking, whose first mails have been sent; the database dates it by its own clock."""
    booking = await guest.books(event_type)
    await office.works()
    async with office.database.transaction() as work:
        await work.connection.execute("UPDATE bookings SET created_at = %s", (office.clock(),))
        for kind, hours in (("3h", 3), ("24h", 24), ("48h", 48)):
            await work.connection.execute(
                """
                INSERT INTO timers (subject_kind, subject_id, kind, due_at)
                SELECT 'booking', id, %s, %s FROM bookings ON CONFLICT DO NOTHING
                """,
                (f"approval_reminder.{kind}", office.clock() + timedelta(hours=hours)),
            )
    mailbox.received.clear()
    return booking
