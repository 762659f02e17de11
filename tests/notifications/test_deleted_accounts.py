"""Who had booked an account is told by mail when it is deleted, though its bookings are gone by then."""

from tests.conftest import Clock
from tests.notifications.conftest import Office
from tests.notifications.mailbox import Mailbox
from tests.support.client import Guest, Host
from tests.support.organizations import People

ANA, BO = "ana@example.com", "bo@example.com"
WEEKLY = {"freq": 2, "interval": 1, "count": 3}


async def test_host_and_attendee_are_told_and_their_calendars_too(
    ana: Host, guest: Guest, people: People, office: Office, mailbox: Mailbox, clock: Clock
) -> None:
    booking = await guest.books(await ana.creates_event_type())
    await office.works()
    mailbox.received.clear()
    await people.deletes(ana, now=clock.now)
    await office.works()
    assert mailbox.recipients == [ANA, BO]
    mail = mailbox.to(BO)
    assert "The account of the host was deleted." in mail.text
    assert mail.calendar.method.value == "CANCEL"
    assert mail.event.uid.value == booking["icsUid"]


async def test_a_series_goes_from_the_calendar_as_a_whole(
    ana: Host, guest: Guest, people: People, office: Office, mailbox: Mailbox, clock: Clock
) -> None:
    event_type = await ana.creates_event_type()
    await office.sets(event_type, recurring_event=WEEKLY)
    series = await guest.books(event_type)
    await office.works()
    invited = int(mailbox.to(BO).event.sequence.value)
    mailbox.received.clear()
    assert await people.deletes(ana, now=clock.now) == 3
    await office.works()
    assert mailbox.recipients == [ANA, BO]
    mail = mailbox.to(BO)
    assert mail.calendar.method.value == "CANCEL"
    assert mail.event.uid.value == series[0]["icsUid"]
    assert not hasattr(mail.event, "recurrence_id")
    assert int(mail.event.sequence.value) > invited
