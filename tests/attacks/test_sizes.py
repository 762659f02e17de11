"""What one request, or one user, can make large (findings 14, 15, 16 and 17)."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kalends.api.http.edge import Edge
from kalends.app import Api
from kalends.db.database import Database
from kalends.outbox import service as outbox
from kalends.runtime import make_runtime
from kalends.settings import Settings
from tests.attacks.counting import busiest_turn, counted_calls
from tests.attacks.harm import no_harm
from tests.attacks.rows import multiply
from tests.conftest import Clock
from tests.support.bookings import TEN, URL, WEEKLY
from tests.support.callers import Callers
from tests.support.client import Client, Guest, Host, booking_of, data, refusal
from tests.support.refusals import WatchedEdge
from tests.support.teams import Rows

MOST_CALLS = 300_000
"""Calls of functions in one turn of the event loop: a tenth of a second."""

MUCH = "a" * 1_000


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
async def test_a_refusal_is_not_much_larger_than_what_is_refused(ana: Host, path: str, body: Any) -> None:
    sent, answered, records = await refused(ana.client, path, body)
    assert answered < 10 * sent + 20_000
    assert records <= 20


async def test_a_field_has_a_bounded_number_of_options(ana: Host) -> None:
    options = [f"option {number}" for number in range(101)]
    assert await creates_with_field(ana, options[:100], slug="most") == 201
    status = await creates_with_field(ana, options)
    assert status == 400


async def test_an_event_type_has_a_bounded_number_of_fields(ana: Host) -> None:
    field = {"type": "text", "label": "x", "required": False, "placeholder": ""}
    fields = [{**field, "slug": f"field-{number}"} for number in range(51)]
    data(await ana.client.post("/v2/event-types", json=event_type_body("most", fields[:50])), 201)
    status = (await ana.client.post("/v2/event-types", json=event_type_body("many", fields))).status_code
    assert status == 400


async def creates_with_field(host: Host, options: Sequence[str], slug: str = "many") -> int:
    field = {"type": "select", "slug": "pick", "label": "x", "required": False, "placeholder": ""}
    body = event_type_body(slug, [{**field, "options": list(options)}])
    return (await host.client.post("/v2/event-types", json=body)).status_code


def event_type_body(slug: str, fields: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {"title": slug, "slug": slug, "lengthInMinutes": 60, "bookingFields": list(fields)}


async def test_a_list_of_long_event_types_goes_on_with_skip(
    ana: Host, settings: Settings, database: Database
) -> None:
    await creates_with_field(ana, [f"option {number}" for number in range(100)])
    await multiply_event_type(database, 40)
    small = settings.model_copy(update={"event_types_listed_bytes": 100_000})
    app = Api(make_runtime(small))
    slugs: list[str] = []
    async with app.router.lifespan_context(app):
        callers = Callers(Edge(app))
        sizes = []
        while True:
            path = f"/v2/event-types?username={ana.username}&skip={len(slugs)}"
            page = data(await callers.get(path, cal_api_version="2024-06-14"))
            sizes.append(len(page))
            slugs += [one["slug"] for one in page]
            if not page:
                break
    assert 2 < len(sizes) < 20
    assert len(slugs) == len(set(slugs)) > 40


async def test_pages_of_event_types_count_what_their_reader_sees(
    ana: Host, client: Client, rows: Rows
) -> None:
    hidden = await ana.creates_event_type()
    await ana.creates_event_type(slug="seen")
    await rows.sets("event_types", hidden["id"], hidden=True)
    seen = await listed(client, ana)
    pages = [await listed(client, ana, take=1, skip=skip) for skip in range(len(seen) + 1)]
    assert pages == [*([slug] for slug in seen), []]
    assert len(await listed(ana.client, ana)) == len(seen) + 1


async def listed(client: Client, owner: Host, **query: int) -> list[str]:
    """Return the slugs of the event types that a client sees."""
    answer = await client.get("/v2/event-types", params={"username": owner.username, **query})
    return [one["slug"] for one in data(answer)]


async def multiply_event_type(database: Database, times: int) -> None:
    """Make so many event types like the latest one."""
    latest = "id = (SELECT max(id) FROM event_types)"
    await multiply(database, "event_types", times, which=latest, slug="'copy-' || n")


async def test_a_public_list_keeps_nobody_waiting(ana: Host, api: Api, database: Database) -> None:
    await creates_with_field(ana, [f"option {number}" for number in range(100)])
    await multiply_event_type(database, 40)
    # Without the checks of answers that other clients make, which take more than the server does.
    callers = Callers(Edge(api))
    path = f"/v2/event-types?username={ana.username}"
    with busiest_turn() as busiest:
        answer = await callers.get(path, cal_api_version="2024-06-14")
    assert len(data(answer)) > 40
    assert busiest.count < MOST_CALLS


async def test_a_user_has_a_bounded_number_of_event_types(ana: Host, database: Database) -> None:
    await ana.creates_event_type()
    await multiply_event_type(database, 499)
    body = {"title": "More", "slug": "more", "lengthInMinutes": 60}
    status = (await ana.client.post("/v2/event-types", json=body)).status_code
    assert status == 400
    async with database.connection() as connection:
        # What others manage does not count: here, each of the last ten is managed by another event type.
        await connection.execute(
            """
            UPDATE event_types SET parent_id = id - 100
             WHERE id > (SELECT max(id) - 10 FROM event_types)
            """
        )
    data(await ana.client.post("/v2/event-types", json=body), 201)


async def test_occurrences_times_guests_are_bounded(ana: Host, client: Client) -> None:
    series = {"interval": 1, "occurrences": 110, "frequency": "weekly"}
    event_type = await ana.creates_event_type(recurrence=series)
    guests = [f"guest{number}@example.com" for number in range(30)]
    answer = await client.post(URL, json=booking_of(event_type["id"], TEN, guests=guests))
    assert answer.status_code == 400


async def test_occurrences_times_answers_are_bounded(ana: Host, settings: Settings, clock: Clock) -> None:
    series = {"interval": 1, "occurrences": 12, "frequency": "weekly"}
    event_type = await ana.creates_event_type(recurrence=series)
    body = booking_of(event_type["id"], TEN, bookingFieldsResponses={"notes": MUCH})
    app = Api(make_runtime(settings.model_copy(update={"series_answers_bytes": 10_000}), clock=clock))
    async with app.router.lifespan_context(app):
        callers = Callers(WatchedEdge(app))
        error = refusal(await callers.post(URL, body), 400)
        assert error["message"].startswith("bookingFieldsResponses: at most 10000 bytes of answers")
        data(await callers.post(URL, {**body, "recurrenceCount": 2}), 201)


async def copies(database: Database, table: str, column: str) -> int:
    """Return in how many rows the long answer is, as it would be read."""
    async with database.connection() as connection:
        cursor = await connection.execute(f"SELECT {column} FROM {table}")
        return sum(
            MUCH in (bytes(value).decode(errors="ignore") if isinstance(value, bytes) else str(value))
            for (value,) in await cursor.fetchall()
        )


@pytest.mark.parametrize(("table", "column"), [("bookings", "responses"), ("outbox_events", "payload")])
async def test_the_answers_of_a_series_are_kept_once(
    ana: Host, guest: Guest, database: Database, table: str, column: str
) -> None:
    event_type = await ana.creates_event_type(recurrence=WEEKLY)
    await guest.books(event_type, bookingFieldsResponses={"notes": MUCH})
    found = await copies(database, table, column)
    with no_harm():
        assert found <= 1


async def test_what_facts_have_alike_goes_with_the_last_of_them(
    ana: Host, guest: Guest, database: Database
) -> None:
    await guest.books(await ana.creates_event_type(recurrence=WEEKLY))
    kept = []
    async with database.transaction() as work:
        await work.connection.execute("UPDATE outbox_events SET handled_at = now()")
        deleted = 1
        while deleted:
            deleted = await outbox.forget_before(work, datetime.now(UTC) + timedelta(days=1), limit=1)
            cursor = await work.connection.execute("SELECT count(*) FROM outbox_shared")
            kept += await cursor.fetchall()
    assert kept[0] == (1,)
    assert kept[-1] == (0,)


async def test_confirming_a_series_computes_its_window_once(ana: Host, guest: Guest, client: Client) -> None:
    event_type = await ana.creates_event_type(
        recurrence=WEEKLY,
        confirmationPolicy={"type": "always", "blockUnconfirmedBookingsInBooker": False},
    )
    [first, *_] = await guest.books(event_type)
    window = {"type": "businessDays", "value": 20, "rolling": True}
    data(await ana.client.patch(f"/v2/event-types/{event_type['id']}", json={"bookingWindow": window}))
    with counted_calls("scheduling/windows.py") as calls:
        await ana.confirms(first)
    assert calls.count < 2 * await calls_of_a_slots_request(client, event_type)


async def calls_of_a_slots_request(client: Client, event_type: dict[str, Any]) -> int:
    """Return how many calls it takes to compute the window once."""
    query = {"eventTypeId": event_type["id"], "start": "2050-09-05", "end": "2050-09-05"}
    with counted_calls("scheduling/windows.py") as calls:
        data(await client.get("/v2/slots", params=query))
    return calls.count


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
    assert counts[1] <= 3 * counts[0]


async def test_booking_a_series_computes_its_window_once(ana: Host, guest: Guest, client: Client) -> None:
    window = {"type": "businessDays", "value": 30, "rolling": True}
    event_type = await ana.creates_event_type(recurrence=WEEKLY, bookingWindow=window)
    with counted_calls("scheduling/windows.py") as calls:
        await guest.books(event_type)
    assert calls.count < 3 * await calls_of_a_slots_request(client, event_type)


async def test_no_slug_is_made_of_what_is_too_long_to_have_been_stored(ana: Host, client: Client) -> None:
    # Marks out of their order take long to be put in order: the square of their number.
    event_type = await ana.creates_event_type()
    longest = event_type["slug"] + "!" * (500 - len(event_type["slug"]))
    for slug, found in ((longest, [event_type["slug"]]), (longest + "!", [])):
        query = {"username": ana.username, "eventSlug": slug}
        assert [one["slug"] for one in data(await client.get("/v2/event-types", params=query))] == found
