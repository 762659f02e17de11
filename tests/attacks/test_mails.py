"""Headers and bodies that strangers write into mails (finding 5)."""

from email.header import decode_header, make_header
from email.parser import BytesParser
from email.policy import compat32
from typing import Any

import pytest

from tests.attacks.harm import no_harm
from tests.notifications.conftest import Office
from tests.notifications.mailbox import Mailbox
from tests.support.bookings import attendee
from tests.support.client import Guest, Host, data

NAME = (
    "=?utf-8?q?Bo=0d=0aReply-To=3Aevil@evil.example=0d=0aContent-Type=3Atext/html"
    "=0d=0a=0d=0a=3Ch1=3EPay=3C/h1=3E=3C=21--?="
)
BO = "bo@example.com"


def injected(mailbox: Mailbox) -> list[str]:
    """Return what of the attack is in the mails as they were sent."""
    found = []
    for mail in mailbox.received:
        found += [name for name, value in mail.message.items() if "evil" in str(value)]
        found += [mail.message.get_content_type()] if not mail.message.is_multipart() else []
    return found


async def test_the_name_of_an_attendee_becomes_no_header(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    await guest.books(await ana.creates_event_type(), attendee={**attendee("bo"), "name": NAME})
    await office.works()
    assert set(mailbox.recipients) == {BO, ana.email}
    with no_harm():
        assert injected(mailbox) == []


async def test_the_name_of_a_host_becomes_no_header(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    data(await ana.client.patch("/v2/me", json={"name": NAME}))
    await guest.books(await ana.creates_event_type())
    await office.works()
    assert set(mailbox.recipients) == {BO, ana.email}
    with no_harm():
        assert injected(mailbox) == []


@pytest.mark.parametrize("text", ["=?utf-8?q?You_have_won?=", "=?utf-8?b?WW91IGhhdmUgd29u?="])
async def test_a_subject_is_shown_as_it_was_written(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox, text: str
) -> None:
    # So long that the date, which has a dash of its own, is cut off.
    name = f"{text} {'x' * 300}"
    await guest.books(await ana.creates_event_type(), attendee={**attendee("bo"), "name": name})
    await office.works()
    subjects = [str(make_header(decode_header(raw))) for raw in raw_subjects(mailbox)]
    assert len(subjects) == 2
    with no_harm():
        assert not [subject for subject in subjects if "You have won" in subject]


def raw_subjects(mailbox: Mailbox) -> list[str]:
    """Return the subjects as they were sent."""
    parser = BytesParser(policy=compat32)
    parsed: list[Any] = [parser.parsebytes(mail.message.as_bytes()) for mail in mailbox.received]
    return [message["Subject"] for message in parsed]
