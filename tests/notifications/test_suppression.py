"""Who is not mailed, and why the log says so (notifications.md 6; checks 21 and 22)."""

from typing import Any

import pytest

from kalends.notifications.mail import State
from tests.notifications.conftest import Office
from tests.notifications.mailbox import Mailbox
from tests.support.client import Guest, Host

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
