"""What people are told about a booking, by which mail, and in whose words (notifications note, 15)."""

from typing import Any

from tests.notifications.conftest import Office
from tests.notifications.mailbox import Mailbox
from tests.support.client import Client, Host, booking_of, data

TEN = "2050-09-05T10:00:00Z"


async def books(client: Client, event_type: dict[str, Any], start: str = TEN, **properties: Any) -> Any:
    """Book an event type, as Bo."""
    return data(
        await client.post("/v2/bookings", json=booking_of(event_type["id"], start, **properties)), 201
    )


async def test_host_booker_and_guests_each_get_an_own_invitation(
    ana: Host, client: Client, office: Office, mailbox: Mailbox
) -> None:
    booking = await books(client, await ana.creates_event_type(), guests=["cy@example.com"])
    await office.works()
    assert sorted(mailbox.recipients) == ["ana@example.com", "bo@example.com", "cy@example.com"]
    for mail in mailbox.received:
        assert mail.message["To"].addresses[0].addr_spec == mail.recipient
        assert mail.calendar.method.value == "REQUEST"
        assert mail.event.uid.value == booking["icsUid"]
        assert mail.event.sequence.value == "0"
        assert mail.event.status.value == "CONFIRMED"
        assert mail.attachment("event.ics") is not None
