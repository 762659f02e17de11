"""What one request, or one user, can make large (findings 14, 15, 16 and 17)."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kalends.db.database import Database
from tests.attacks.counting import busiest_turn, counted_calls
from tests.attacks.harm import no_harm, still_harmful
from tests.attacks.rows import multiply
from tests.support.bookings import TEN, URL, WEEKLY, books
from tests.support.client import Client, Host, booking_of, data, refusal
from tests.support.teams import Rows

MOST_CALLS = 300_000
"""Calls of functions in one turn of the event loop: a tenth of a second."""

MUCH = "a" * 1_000

UNBOUNDED = "lists that strangers read have neither pages nor bounds"
REPEATED = "each record of a refusal repeats the whole list that is wrong"
COPIED = "the answers of a series are copied into each of its bookings and facts"


async def refused(client: Client, path: str, body: Any) -> tuple[int, int, int]:
    """Return the sizes of a body that is refused and of the answer, and how many records that has."""
    answer = await client.post(path, json=body)
    records = refusal(answer, 400)["details"]["errors"]
    return len(answer.request.content), len(answer.content), len(records)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v2/bookings/none/mark-absent", {"attendees": [{"email": 1, "absent": 1}] * 60}),
        (
            "/v2/schedules",
            {"name": "x", "timeZone": "UTC", "isDefault": False, "availability": [{"days": 1}] * 60},
        ),
    ],
    ids=["absences", "schedule"],
)
@still_harmful(15, REPEATED)
async def test_a_refusal_is_not_much_larger_than_what_is_refused(ana: Host, path: str, body: Any) -> None:
    sent, answered, records = await refused(ana.client, path, body)
    with no_harm():
        assert answered < 10 * sent + 20_000
        assert records <= 20


@still_harmful(16, UNBOUNDED)
async def test_a_field_has_a_bounded_number_of_options(ana: Host) -> None:
    options = [f"option {number}" for number in range(101)]
    assert await creates_with_field(ana, options[:100], slug="most") == 201
    status = await creates_with_field(ana, options)
    with no_harm():
        assert status == 400


@still_harmful(16, UNBOUNDED)
async def test_an_event_type_has_a_bounded_number_of_fields(ana: Host) -> None:
    field = {"type": "text", "label": "x", "required": False, "placeholder": ""}
    fields = [{**field, "slug": f"field-{number}"} for number in range(51)]
    data(await ana.client.post("/v2/event-types", json=event_type_body("most", fields[:50])), 201)
    status = (await ana.client.post("/v2/event-types", json=event_type_body("many", fields))).status_code
    with no_harm():
        assert status == 400


async def creates_with_field(host: Host, options: Sequence[str], slug: str = "many") -> int:
    field = {"type": "select", "slug": "pick", "label": "x", "required": False, "placeholder": ""}
    body = event_type_body(slug, [{**field, "options": list(options)}])
    return (await host.client.post("/v2/event-types", json=body)).status_code


def event_type_body(slug: str, fields: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {"title": slug, "slug": slug, "lengthInMinutes": 60, "bookingFields": list(fields)}


async def multiply_event_type(database: Database, times: int) -> None:
    """Make so many event types like the latest one."""
    latest = "id = (SELECT max(id) FROM event_types)"
    await multiply(database, "event_types", times, which=latest, slug="'copy-' || n")


@still_harmful(16, UNBOUNDED)
async def test_a_public_list_keeps_nobody_waiting(ana: Host, client: Client, database: Database) -> None:
    await creates_with_field(ana, [f"option {number}" for number in range(100)])
    await multiply_event_type(database, 40)
    with busiest_turn() as busiest:
        answer = await client.get("/v2/event-types", params={"username": ana.username})
    assert data(answer)
    with no_harm():
        assert busiest.count < MOST_CALLS


@still_harmful(16, UNBOUNDED)
async def test_a_user_has_a_bounded_number_of_event_types(ana: Host, database: Database) -> None:
    await ana.creates_event_type()
    await multiply_event_type(database, 499)
    body = {"title": "More", "slug": "more", "lengthInMinutes": 60}
    status = (await ana.client.post("/v2/event-types", json=body)).status_code
    with no_harm():
        assert status == 400


@still_harmful(14, "one request writes a booking for each occurrence, with all guests in each")
async def test_occurrences_times_guests_are_bounded(ana: Host, client: Client) -> None:
    series = {"interval": 1, "occurrences": 110, "frequency": "weekly"}
    event_type = await ana.creates_event_type(recurrence=series)
    guests = [f"guest{number}@example.com" for number in range(30)]
    answer = await client.post(URL, json=booking_of(event_type["id"], TEN, guests=guests))
    with no_harm():
        assert answer.status_code == 400


async def copies(database: Database, table: str, column: str) -> int:
    """Return in how many rows the long answer is, as it would be read."""
    async with database.connection() as connection:
        cursor = await connection.execute(f"SELECT {column} FROM {table}")
        return sum(
            MUCH in (bytes(value).decode(errors="ignore") if isinstance(value, bytes) else str(value))
            for (value,) in await cursor.fetchall()
        )


@pytest.mark.parametrize(("table", "column"), [("bookings", "responses"), ("outbox_events", "payload")])
@still_harmful(14, COPIED)
async def test_the_answers_of_a_series_are_kept_once(
    ana: Host, client: Client, database: Database, table: str, column: str
) -> None:
    event_type = await ana.creates_event_type(recurrence=WEEKLY)
    await books(client, event_type, bookingFieldsResponses={"notes": MUCH})
    found = await copies(database, table, column)
    with no_harm():
        assert found <= 1


@still_harmful(14, "the window of an event type is computed for each booking that is confirmed")
async def test_confirming_a_series_computes_its_window_once(ana: Host, client: Client) -> None:
    event_type = await ana.creates_event_type(
        recurrence=WEEKLY,
        confirmationPolicy={"type": "always", "blockUnconfirmedBookingsInBooker": False},
    )
    [first, *_] = await books(client, event_type)
    window = {"type": "businessDays", "value": 20, "rolling": True}
    data(await ana.client.patch(f"/v2/event-types/{event_type['id']}", json={"bookingWindow": window}))
    with counted_calls("scheduling/windows.py") as calls:
        data(await ana.client.post(f"{URL}/{first['uid']}/confirm"))
    with no_harm():
        assert calls.count < 2 * await calls_of_a_slots_request(client, event_type)


async def calls_of_a_slots_request(client: Client, event_type: dict[str, Any]) -> int:
    """Return how many calls it takes to compute the window once."""
    query = {"eventTypeId": event_type["id"], "start": "2050-09-05", "end": "2050-09-05"}
    with counted_calls("scheduling/windows.py") as calls:
        data(await client.get("/v2/slots", params=query))
    return calls.count


@still_harmful(17, "each start is held against each reservation")
async def test_twice_the_reservations_are_twice_the_work(ana: Host, client: Client, rows: Rows) -> None:
    event_type = await ana.creates_event_type(lengthInMinutes=1, slotInterval=1)
    query = {"eventTypeId": event_type["id"], "start": "2050-09-05", "end": "2050-09-06"}
    first = datetime(2050, 9, 5, 8, tzinfo=UTC)
    counts = []
    for half in range(2):
        for number in range(100):
            start = first + timedelta(days=half, minutes=2 * number)
            await rows.reserves(ana, event_type["id"], start, start + timedelta(minutes=1), is_binding=True)
        with counted_calls("scheduling/hosts.py") as calls:
            data(await client.get("/v2/slots", params=query))
        counts.append(calls.count)
    with no_harm():
        assert counts[1] <= 3 * counts[0]
