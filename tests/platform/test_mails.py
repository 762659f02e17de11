"""Mails about bookings of managed users: whether they are sent, where to, and where their links lead."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.notifications.conftest import Office
from tests.notifications.mailbox import Mailbox
from tests.platform.test_webhooks import URIS, books
from tests.support.client import data
from tests.support.platforms import Platform, Product

ANN, BO = "ann@acme.example.com", "bo@example.com"


async def sends(acme: Platform, product: Product, **settings: Any) -> None:
    data(await acme.key.patch(product.path, json={"areEmailsEnabled": True, **settings}))


async def test_a_client_is_silent_unless_it_says_otherwise(
    product: Product, office: Office, mailbox: Mailbox
) -> None:
    booked = await books(await product.user("ann", timeZone="Europe/Rome"))
    await office.works()
    assert mailbox.received == []
    mails = await office.log(booked["uid"])
    assert {mail.state.value for mail in mails} == {"suppressed"}
    assert all("areEmailsEnabled" in str(mail.last_error or mail.reason) for mail in mails)


async def test_mails_go_to_the_address_without_the_id(
    acme: Platform, product: Product, office: Office, mailbox: Mailbox
) -> None:
    await sends(acme, product, **URIS)
    await books(await product.user("ann", timeZone="Europe/Rome"))
    await office.works()
    assert mailbox.recipients == [ANN, BO]
    for mail in mailbox.received:
        assert product.id not in str(mail.message["To"])
        assert f"ann+{product.id}@" not in mail.text
        assert mail.invitation is not None
        assert f"ann+{product.id}@" not in mail.invitation.replace("\r\n ", "")


async def test_links_lead_to_where_the_client_wants_them(
    acme: Platform, product: Product, office: Office, mailbox: Mailbox
) -> None:
    await sends(acme, product, **URIS)
    ann = await product.user("ann", timeZone="Europe/Rome")
    booked = await books(ann)
    await office.works()
    mail = mailbox.to(BO)
    [cancel] = [word for word in mail.text.split() if word.startswith("https://acme.example.com/cancel")]
    parts = urlsplit(cancel)
    assert parts.path == f"/cancel/{booked['uid']}"
    assert parse_qs(parts.query) == {
        "slug": ["intro"],
        "username": [ann.username],
        "cancel": ["true"],
        "allRemainingBookings": ["false"],
    }
    assert "Reschedule" not in mail.text
    assert "kalends.example.com/booking" not in mail.text + mail.html
    view = urlsplit(str(mail.event.url.value))
    assert view.path == f"/booking/{booked['uid']}"
    assert parse_qs(view.query)["from"] == ["mail"]


@pytest.mark.parametrize("needs_confirmation", [False, True])
async def test_without_uris_no_link_gives_power(
    acme: Platform, product: Product, office: Office, mailbox: Mailbox, needs_confirmation: bool
) -> None:
    await sends(acme, product)
    policy = {"type": "always", "blockUnconfirmedBookingsInBooker": False}
    properties: dict[str, Any] = {"confirmationPolicy": policy} if needs_confirmation else {}
    await books(await product.user("ann", timeZone="Europe/Rome"), **properties)
    await office.works()
    assert mailbox.recipients == [ANN, BO]
    for mail in mailbox.received:
        assert "token=" not in mail.text + mail.html + (mail.invitation or "")


@pytest.mark.parametrize("is_silent", [True, False])
async def test_attendees_of_a_deleted_user_are_told_if_mails_are_sent(
    acme: Platform, product: Product, office: Office, mailbox: Mailbox, is_silent: bool
) -> None:
    await sends(acme, product, areEmailsEnabled=not is_silent)
    ann = await product.user("ann", timeZone="Europe/Rome")
    await books(ann)
    await office.works()
    mailbox.received.clear()
    data(await product.secret_only.delete(f"{product.users}/{ann.id}"))
    await office.works()
    assert mailbox.recipients == ([] if is_silent else [ANN, BO])
