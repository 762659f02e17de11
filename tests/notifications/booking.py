"""What bookers and hosts do, through the API."""

from typing import Any

from tests.support.client import Client, Host, booking_of, data

TEN = "2050-09-05T10:00:00Z"
URL = "/v2/bookings"


async def books(client: Client, event_type: dict[str, Any], start: str = TEN, **properties: Any) -> Any:
    """Book an event type, as Bo."""
    body = booking_of(event_type["id"], start, **properties)
    return data(await client.post(URL, json=body), 201)


async def reschedules(client: Client, booking: dict[str, Any], start: str, **properties: Any) -> Any:
    """Move a booking, or a seat of it."""
    body = {"start": start, **properties}
    return data(await client.post(f"{URL}/{booking['uid']}/reschedule", json=body), 201)


async def cancels(
    client: Client, booking: dict[str, Any], reason: str | None = None, **properties: Any
) -> Any:
    """Cancel a booking, or a seat of it."""
    body = {"cancellationReason": reason, **properties} if reason is not None else properties
    return data(await client.post(f"{URL}/{booking['uid']}/cancel", json=body))


async def confirms(host: Host, booking: dict[str, Any]) -> Any:
    """Confirm a booking."""
    return data(await host.client.post(f"{URL}/{booking['uid']}/confirm"))


async def declines(host: Host, booking: dict[str, Any], reason: str) -> Any:
    """Decline a booking."""
    return data(await host.client.post(f"{URL}/{booking['uid']}/decline", json={"reason": reason}))
