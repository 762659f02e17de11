"""Who is not mailed, and why the log says so (notifications.md 6; checks 21 and 22)."""

from typing import Any

import pytest

from kalends.notifications.mail import State
from kalends.notifications.restraint import TOO_MANY, UNANNOUNCED
from tests.notifications.conftest import Office
from tests.notifications.mailbox import Mailbox
from tests.support.client import Actor, Client, Guest, Host, data

ANA, BO, CY = "ana@example.com", "bo@example.com", "cy@example.com"


@pytest.mark.parametrize(("audience", "told"), [("attendee", [ANA, ANA]), ("host", [BO, CY, BO, CY])])
async def test_an_event_type_can_mail_one_side_only(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox, audience: str, told: list[str]
) -> None:
    event_type = await ana.creates_event_type()
    await office.sets(event_type, metadata={"disableStandardEmails": {"all": {audience: True}}})
    booking = await guest.books(event_type, guests=[CY])
    await office.works()
    await guest.cancels(booking, "ill")
    await office.works()
    assert mailbox.recipients == told
    reasons = {mail.reason for mail in await office.log() if mail.state is State.SUPPRESSED}
    assert reasons == {f"the event type sends no mails to its {audience}s (disableStandardEmails)"}


async def test_flags_for_confirmations_mean_nothing_without_a_workflow(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    flags = {"disableStandardEmails": {"confirmation": {"attendee": True, "host": True}}}
    event_type = await ana.creates_event_type()
    await office.sets(event_type, metadata=flags)
    await guest.books(event_type)
    await office.works()
    assert mailbox.recipients == [ANA, BO]


@pytest.mark.parametrize("metadata", [{"disableStandardEmails": None}, {"disableStandardEmails": {"all": 1}}])
async def test_flags_of_another_form_suppress_nothing(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox, metadata: dict[str, Any]
) -> None:
    event_type = await ana.creates_event_type()
    await office.sets(event_type, metadata=metadata)
    await guest.books(event_type)
    await office.works()
    assert mailbox.recipients == [ANA, BO]


async def test_an_address_made_of_a_phone_number_gets_nothing_and_is_shown_to_nobody(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    attendee = {"name": "Bo Guest", "email": "4915112345678@sms.cal.com", "timeZone": "Europe/Rome"}
    await guest.books(await ana.creates_event_type(), attendee=attendee)
    await office.works()
    assert mailbox.recipients == [ANA]
    mail = mailbox.to(ANA)
    assert "sms.cal.com" not in mail.text + mail.html + (mail.invitation or "")
    assert "Reply-To" not in mail.message
    [suppressed] = [mail for mail in await office.log() if mail.state is State.SUPPRESSED]
    assert suppressed.reason == "the address stands for a phone number"


async def test_mails_can_be_switched_off_and_are_noted_nevertheless(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    office.configures(mail_enabled=False)
    await guest.books(await ana.creates_event_type())
    await office.works()
    assert mailbox.received == []
    assert {mail.reason for mail in await office.log()} == {"mails are switched off (KALENDS_MAIL_ENABLED)"}


async def books_at(actor: Actor, event_type: dict[str, Any], hour: int) -> Any:
    return await actor.books(event_type, start=f"2050-09-05T{hour:02}:00:00Z")


async def suppressed(office: Office) -> list[tuple[str, str]]:
    """Return the mails that were not sent: which, and why not."""
    return [(mail.template, mail.reason or "") for mail in await office.log() if mail.reason is not None]


async def test_strangers_have_an_address_told_of_so_many_bookings_an_hour(
    ana: Host, guest: Guest, client: Client, office: Office, mailbox: Mailbox
) -> None:
    office.configures(rate_limit_enabled=True, recipient_mails_an_hour=2)
    event_type = await ana.creates_event_type()
    first, _, third = [await books_at(guest, event_type, hour) for hour in (10, 11, 12)]
    await office.works()
    assert mailbox.recipients.count(BO) == 2
    assert mailbox.recipients.count(ANA) == 3
    await books_at(guest, event_type, 13)
    await guest.cancels(first, "ill")
    await guest.cancels(third, "ill")
    await office.works()
    assert await suppressed(office) == [
        ("attendee.scheduled", TOO_MANY),
        ("attendee.scheduled", TOO_MANY),
        ("attendee.cancelled", UNANNOUNCED),
    ]
    assert mailbox.recipients.count(BO) == 3
    metrics = (await client.get("/metrics")).text
    assert 'kalends_mails_suppressed_total{reason="too_many"} 3.0' in metrics


async def test_what_was_told_before_the_last_hour_counts_for_nothing(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    office.configures(rate_limit_enabled=True, recipient_mails_an_hour=1)
    event_type = await ana.creates_event_type()
    await books_at(guest, event_type, 10)
    await office.works()
    async with office.database.transaction() as work:
        await work.connection.execute("UPDATE mails SET created_at = created_at - interval '61 minutes'")
    await books_at(guest, event_type, 11)
    await office.works()
    assert mailbox.recipients.count(BO) == 2


async def test_a_host_has_any_address_told_as_often_as_they_book(
    ana: Host, office: Office, mailbox: Mailbox
) -> None:
    office.configures(rate_limit_enabled=True, recipient_mails_an_hour=1)
    event_type = await ana.creates_event_type()
    for hour in (10, 11):
        await books_at(ana, event_type, hour)
    await office.works()
    assert mailbox.recipients.count(BO) == 2


async def test_the_address_of_an_account_is_told_of_everything(
    ana: Host, ben: Host, guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    office.configures(rate_limit_enabled=True, recipient_mails_an_hour=1)
    event_type = await ana.creates_event_type()
    attendee = {"name": "Ben", "email": ben.email, "timeZone": "Europe/Rome"}
    for hour in (10, 11):
        await guest.books(event_type, start=f"2050-09-05T{hour}:00:00Z", attendee=attendee)
    await office.works()
    assert mailbox.recipients.count(ben.email) == 2


async def test_a_host_who_confirms_an_unannounced_request_has_it_announced(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    office.configures(rate_limit_enabled=True, recipient_mails_an_hour=1)
    confirmation = {"type": "always", "blockUnconfirmedBookingsInBooker": False}
    event_type = await ana.creates_event_type(confirmationPolicy=confirmation)
    await books_at(guest, event_type, 10)
    second = await books_at(guest, event_type, 11)
    await office.works()
    data(await ana.client.post(f"/v2/bookings/{second['uid']}/confirm", json={}))
    await office.works()
    await guest.cancels(second, "ill")
    await office.works()
    assert await suppressed(office) == [("attendee.requested", TOO_MANY)]
    assert mailbox.recipients.count(BO) == 3
