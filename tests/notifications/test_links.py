"""The links in mails lead to pages that do what the mail says."""

import re

from tests.notifications.conftest import Office
from tests.notifications.mailbox import Mailbox
from tests.support.bookings import attendee
from tests.support.client import Client, Guest, Host, data
from tests.web.scene import Browser

_LINK = re.compile(r"https://kalends\.example\.com(/booking/[^\s\"<]+)")
START = "2050-09-05T08:00:00Z"


def _links(mailbox: Mailbox, recipient: str) -> list[str]:
    """Return the links in the text of somebody's latest mail."""
    return _LINK.findall([mail for mail in mailbox.received if mail.recipient == recipient][-1].text)


async def test_every_link_opens_a_page_and_the_one_to_cancel_cancels(
    ana: Host, guest: Guest, client: Client, office: Office, mailbox: Mailbox
) -> None:
    event_type = await ana.creates_event_type()
    uid = (await guest.books(event_type, START, attendee=attendee("bo")))["uid"]
    await office.works()
    browser = Browser(client)
    for recipient in ("bo@example.com", "ana@example.com"):
        links = _links(mailbox, recipient)
        assert {link.partition("?")[0] for link in links} >= {
            f"/booking/{uid}/reschedule",
            f"/booking/{uid}/cancel",
        }
        for link in links:
            page = await browser.opens(link)
            assert page.status == 200
            assert "bo@example.com" in page.text or page.form() is not None
    cancel = next(link for link in _links(mailbox, "bo@example.com") if "/cancel?" in link)
    page = await browser.sends(await browser.opens(cancel), reason="ill")
    assert "The booking was cancelled." in page.text
    assert data(await ana.client.get(f"/v2/bookings/{uid}"))["cancelledByEmail"] == "bo@example.com"


async def test_the_links_of_a_request_let_the_host_decide(
    ana: Host, guest: Guest, client: Client, office: Office, mailbox: Mailbox
) -> None:
    event_type = await ana.creates_event_type()
    await office.sets(event_type, requires_confirmation=True)
    uid = (await guest.books(event_type, START, attendee=attendee("bo")))["uid"]
    await office.works()
    browser = Browser(client)
    approve, decline = (
        next(link for link in _links(mailbox, "ana@example.com") if f"/{part}?" in link)
        for part in ("approve", "decline")
    )
    assert "Decline this booking?" in (await browser.opens(decline)).text
    page = await browser.sends(await browser.opens(approve))
    assert "You confirmed this booking." in page.text
    assert data(await ana.client.get(f"/v2/bookings/{uid}"))["status"] == "accepted"


async def test_the_links_of_a_seat_have_power_over_that_seat_only(
    ana: Host, guest: Guest, client: Client, office: Office, mailbox: Mailbox
) -> None:
    event_type = await ana.creates_event_type()
    await office.sets(event_type, seats_per_time_slot=3, seats_show_attendees=False)
    uid = (await guest.books(event_type, START, attendee=attendee("bo")))["uid"]
    await guest.books(event_type, START, attendee=attendee("cy"))
    await office.works()
    browser = Browser(client)
    cancel = next(link for link in _links(mailbox, "cy@example.com") if "/cancel?" in link)
    page = await browser.opens(cancel)
    assert "bo@example.com" not in page.response.text
    await browser.sends(page)
    left = data(await ana.client.get(f"/v2/bookings/{uid}"))
    assert [one["email"] for one in left["attendees"]] == ["bo@example.com"]
