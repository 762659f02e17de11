"""The way from nothing to a booking, as the README walks it."""

from tests.support.client import Client, Guest, Host, booking_of, data, refusal


async def test_a_guest_books_moves_and_cancels_a_time_nobody_else_gets(
    ana: Host, guest: Guest, client: Client
) -> None:
    schedule = await ana.creates_schedule(isDefault=True)
    event_type = await ana.creates_event_type(scheduleId=schedule["id"])
    address = {"eventTypeId": event_type["id"], "start": "2050-09-05", "end": "2050-09-05"}

    offered = data(await client.get("/v2/slots", params=address))
    assert [slot["start"][11:16] for slot in offered["2050-09-05"]] == [
        f"{hour:02}:00" for hour in range(7, 15)
    ]

    booked = await guest.books(event_type, "2050-09-05T10:00:00Z")
    assert booked["status"] == "accepted"
    assert booked["hosts"][0]["username"] == "ana"

    refused = await client.post("/v2/bookings", json=booking_of(event_type["id"], "2050-09-05T10:30:00Z"))
    assert refusal(refused, 400)["details"]["reasons"] == ["booking"]

    moved = data(
        await client.post(f"/v2/bookings/{booked['uid']}/reschedule", json={"start": "2050-09-05T10:30:00Z"}),
        201,
    )
    assert moved["rescheduledFromUid"] == booked["uid"]
    assert data(await client.get(f"/v2/bookings/{booked['uid']}"))["status"] == "cancelled"

    cancelled = data(
        await client.post(f"/v2/bookings/{moved['uid']}/cancel", json={"cancellationReason": "ill"})
    )
    assert cancelled["status"] == "cancelled"
    assert cancelled["cancellationReason"] == "ill"
    assert data(await client.get("/v2/slots", params=address)) == offered
