"""Requests as programs that exist send them, and what each needs to go on (`requests.json`).

A request to an operation that is not served yet must say so; once it is served, the request must get what its
program needs.
"""

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeAlias

import httpx
import pytest

from tests.conftest import Clock
from tests.contract.served import served
from tests.support.client import Client, Guest, Host, data, refusal

_FILE = Path(__file__).with_name("requests.json")
REQUESTS: list[dict[str, Any]] = json.loads(_FILE.read_text("utf-8"))["requests"]

START = "2050-09-05T10:00:00Z"
TAKEN = "User either already has booking at this time or is not available"
TOKEN = "a1b2c3"


@dataclass(frozen=True, slots=True)
class World:
    """What a program finds: the account of its key, two event types, one of them hidden, and two bookings."""

    ana: Host
    client: Client
    clock: Clock
    event_type: Mapping[str, Any]
    hidden: Mapping[str, Any]
    bookings: tuple[Mapping[str, Any], ...]
    webhook_id: str
    values: Mapping[str, str] = field(default_factory=dict)

    async def send(self, request: Mapping[str, Any], **changed: Any) -> httpx.Response:
        """Send a request with the values of this world in place of what stands for them."""
        headers = {name: self.filled(value) for name, value in request.get("headers", {}).items()}
        body = None if "body" not in request else self.filled(request["body"])
        path = self.filled(changed.pop("path", request["path"]))
        if isinstance(body, dict):
            body |= changed
        return await self.client.request(
            request["method"], path, headers=headers, version=None, **({} if body is None else {"json": body})
        )

    def filled(self, value: Any) -> Any:
        """Return a value of a request with what stands in braces filled in."""
        if isinstance(value, dict):
            return {name: self.filled(item) for name, item in value.items()}
        if isinstance(value, list):
            return [self.filled(item) for item in value]
        if value == "{eventTypeId}":
            return self.event_type["id"]
        if not isinstance(value, str):
            return value
        return re.sub(r"{([^{}]+)}", lambda found: self.values[found[1]], value)

    async def event_type_now(self) -> dict[str, Any]:
        """Return the event type as it is now."""
        found: dict[str, Any] = data(await self.ana.client.get(f"/v2/event-types/{self.event_type['id']}"))
        return found


@pytest.fixture
async def world(ana: Host, guest: Guest, client: Client, clock: Clock) -> World:
    """Return what a program finds."""
    intro = await ana.creates_event_type("intro")
    secret = await ana.creates_event_type("secret", hidden=True)
    bookings = [
        await guest.books(intro, start)
        for start in ("2050-09-05T12:00:00Z", "2050-09-05T13:00:00Z", "2050-09-06T12:00:00Z")
    ]
    webhook = data(
        await ana.client.post(
            "/v2/webhooks",
            json={
                "subscriberUrl": "https://hooks.example.org/x",
                "triggers": ["BOOKING_CREATED"],
                "active": True,
            },
        ),
        201,
    )
    values = {
        "apiKey": str(ana.client.api_key),
        "eventTypeId": str(intro["id"]),
        "bookingUid": bookings[0]["uid"],
        "webhookId": str(webhook["id"]),
        "username": ana.username,
        "day": START[:10],
        "start": START,
        "start with +00:00": START.replace("Z", "+00:00"),
        "instant": bookings[0]["createdAt"],
        "token": TOKEN,
    }
    return World(ana, client, clock, intro, secret, tuple(bookings), str(webhook["id"]), values)


Check: TypeAlias = Callable[[World, Mapping[str, Any], httpx.Response], Awaitable[None]]


async def succeeds(_world: World, _request: Mapping[str, Any], answer: httpx.Response) -> None:
    """Check an answer of which nothing but its success is needed."""
    data(answer)


async def lists_own_event_types(world: World, _request: Mapping[str, Any], answer: httpx.Response) -> None:
    """Check that the caller's event types are there, hidden ones too."""
    found = {one["id"] for one in data(answer)}
    assert {world.event_type["id"], world.hidden["id"]} <= found
    assert all(one["title"] and one["slug"] and one["lengthInMinutes"] for one in data(answer))


async def lists_newest_first(world: World, request: Mapping[str, Any], answer: httpx.Response) -> None:
    """Check that the caller's event types are there, the newest first."""
    await lists_own_event_types(world, request, answer)
    ids = [one["id"] for one in data(answer)]
    assert ids == sorted(ids, reverse=True)


async def lists_event_types_of_a_user(
    world: World, request: Mapping[str, Any], answer: httpx.Response
) -> None:
    """Check that a slash before the query changes nothing."""
    plain = await world.send({**request, "path": request["path"].replace("/?", "?")})
    assert data(answer) == data(plain)
    assert world.event_type["id"] in {one["id"] for one in data(answer)}


async def lists_bookings(world: World, _request: Mapping[str, Any], answer: httpx.Response) -> None:
    """Check that the bookings are there."""
    assert {one["uid"] for one in data(answer)} == {one["uid"] for one in world.bookings}


async def lists_one_booking(world: World, _request: Mapping[str, Any], answer: httpx.Response) -> None:
    """Check that one booking is there alone."""
    assert [one["uid"] for one in data(answer)] == [world.bookings[0]["uid"]]


async def lists_all_on_one_page(world: World, request: Mapping[str, Any], answer: httpx.Response) -> None:
    """Check a page that holds everything."""
    await lists_bookings(world, request, answer)
    pagination = answer.json()["pagination"]
    assert (pagination["hasMore"], pagination["nextCursor"]) == (False, None)


async def lists_two_and_goes_on(world: World, request: Mapping[str, Any], answer: httpx.Response) -> None:
    """Check two pages."""
    pagination = answer.json()["pagination"]
    assert (len(data(answer)), pagination["hasMore"]) == (2, True)
    following = await world.send(request, path=f"{request['path']}&cursor={pagination['nextCursor']}")
    uids = [one["uid"] for page in (answer, following) for one in data(page)]
    assert sorted(uids) == sorted(one["uid"] for one in world.bookings)
    assert following.json()["pagination"]["hasMore"] is False


async def lists_every_change_once(world: World, request: Mapping[str, Any], answer: httpx.Response) -> None:
    """Check that pages of one hold each change once."""
    await lists_bookings(world, request, answer)
    path, cursor, uids = request["path"].replace("limit=100", "limit=1"), "", []
    while True:
        page = await world.send(request, path=f"{path}{cursor}")
        uids += [one["uid"] for one in data(page)]
        pagination = page.json()["pagination"]
        if not pagination["hasMore"]:
            break
        cursor = f"&cursor={pagination['nextCursor']}"
    assert uids == [one["uid"] for one in data(answer)]


async def has_slots_with_ends(world: World, _request: Mapping[str, Any], answer: httpx.Response) -> None:
    """Check slots by day, each with its start and end."""
    [slots] = data(answer).values()
    assert slots
    assert all(set(slot) >= {"start", "end"} for slot in slots)


async def has_slots(_world: World, _request: Mapping[str, Any], answer: httpx.Response) -> None:
    """Check that there are slots."""
    assert [slot["start"] for slots in data(answer).values() for slot in slots]


async def names_the_caller(world: World, _request: Mapping[str, Any], answer: httpx.Response) -> None:
    """Check that there is a name to print."""
    assert isinstance(data(answer)["name"], str)
    assert data(answer)["id"] == world.ana.id


async def makes_a_hidden_one(world: World, _request: Mapping[str, Any], answer: httpx.Response) -> None:
    """Check that an event type is hidden."""
    made = data(answer, 201)
    again = data(await world.ana.client.get(f"/v2/event-types/{made['id']}"))
    assert (made["hidden"], again["hidden"], again["slug"]) == (True, True, f"tea-{TOKEN}")


async def asks_nothing_more(world: World, _request: Mapping[str, Any], answer: httpx.Response) -> None:
    """Check that no question of the event type's own is left."""
    data(answer)
    assert all(one["isDefault"] for one in (await world.event_type_now())["bookingFields"])


async def has_no_place(world: World, _request: Mapping[str, Any], answer: httpx.Response) -> None:
    """Check that an event type has neither place nor redirect."""
    data(answer)
    now = await world.event_type_now()
    assert now["locations"] == []
    assert not now.get("successRedirectUrl")


async def keeps_what_bookers_may(world: World, request: Mapping[str, Any], answer: httpx.Response) -> None:
    """Check that settings are kept, shown, and in force."""
    data(answer)
    now = await world.event_type_now()
    for name, value in request["body"].items():
        assert now[name] == now[name] | value, name
    uid = world.bookings[0]["uid"]
    refused = await world.client.post(f"/v2/bookings/{uid}/cancel", json={})
    assert 400 <= refused.status_code < 500


async def is_absent_after_the_start(world: World, request: Mapping[str, Any], answer: httpx.Response) -> None:
    """Check that absences are refused before the start and kept after it."""
    refusal(answer, 400)
    world.clock.advance(timedelta(days=10))
    assert data(await world.send(request))["absentHost"] is True


async def lists_webhooks(world: World, _request: Mapping[str, Any], answer: httpx.Response) -> None:
    """Check that webhooks have what a list of them shows."""
    [webhook] = data(answer)
    assert str(webhook["id"]) == world.webhook_id
    assert {"id", "subscriberUrl", "triggers", "active"} <= set(webhook)


async def makes_a_webhook(_world: World, request: Mapping[str, Any], answer: httpx.Response) -> None:
    """Check that a webhook has an id."""
    assert data(answer, 201)["id"]
    assert data(answer, 201)["triggers"] == request["body"]["triggers"]


async def deletes_the_webhook(world: World, _request: Mapping[str, Any], answer: httpx.Response) -> None:
    """Check that a webhook is gone."""
    data(answer)
    assert data(await world.ana.client.get("/v2/webhooks")) == []


async def books_once(world: World, request: Mapping[str, Any], answer: httpx.Response) -> None:
    """Check that a time is booked, and then refused in the words that programs know."""
    assert data(answer, 201)["start"] == "2050-09-05T10:00:00.000Z"
    assert TAKEN in refusal(await world.send(request), 400)["message"]


async def books_with_metadata(_world: World, _request: Mapping[str, Any], answer: httpx.Response) -> None:
    """Check that metadata keep numbers and booleans."""
    assert data(answer, 201)["metadata"] == {"attempt": 1, "vip": True}


async def says_what_an_attendee_needs(
    _world: World, _request: Mapping[str, Any], answer: httpx.Response
) -> None:
    """Check what a missing attendee is told."""
    message = refusal(answer, 400)["message"]
    assert all(name in message for name in ("name", "timeZone", "email"))


CHECKS: Mapping[str, Check] = {
    "200; the caller's own event types, hidden ones included": lists_own_event_types,
    "200; data is an array": lists_bookings,
    "200; data by day, each with start and end": has_slots_with_ends,
    "200; name is a text to print": names_the_caller,
    "200; own event types, newest first": lists_newest_first,
    "200; that booking alone": lists_one_booking,
    "201; hidden is true in the answer and in GET": makes_a_hidden_one,
    "200; no question of one's own is left": asks_nothing_more,
    "200; data array, pagination.hasMore false, pagination.nextCursor null when all fit": (
        lists_all_on_one_page
    ),
    "200; the event type has no place and no redirect": has_no_place,
    "200; kept, shown, and in force": keeps_what_bookers_may,
    "400 before the start, 200 after it": is_absent_after_the_start,
    "200; own event types": lists_own_event_types,
    "200; two bookings, pagination {hasMore: true, nextCursor: text}; the next page by cursor=": (
        lists_two_and_goes_on
    ),
    "200; every booking changed since, each once over all pages": lists_every_change_once,
    "200": succeeds,
    "200 proves the credential": succeeds,
    "200; the list to choose from": lists_own_event_types,
    "200; array, each with id, subscriberUrl, triggers, active": lists_webhooks,
    "201; id": makes_a_webhook,
    "200; own event types as options": lists_own_event_types,
    "200; the slash at the end does not matter": lists_event_types_of_a_user,
    (
        "201; for a taken time 400 whose message contains: User either already has booking at this time "
        "or is not available"
    ): books_once,
    "201; metadata keeps the number and the boolean": books_with_metadata,
    "400; says what an attendee needs: name, timeZone, email": says_what_an_attendee_needs,
}
"""What each expectation of the file means."""


def is_served(method: str, path: str) -> bool:
    """Tell whether the server has an operation for a request."""
    segments = path.partition("?")[0].rstrip("/").split("/")
    patterns = [key[1].split("/") for operation in served().operations if (key := operation.key)[0] == method]
    return any(
        len(pattern) == len(segments)
        and all(part == "{}" or part == segment for part, segment in zip(pattern, segments, strict=True))
        for pattern in patterns
    )


@pytest.mark.parametrize(
    "request_",
    REQUESTS,
    ids=[f"{number}-{one['client']}-{one['method']}" for number, one in enumerate(REQUESTS)],
)
async def test_each_program_gets_what_it_needs(world: World, request_: dict[str, Any]) -> None:
    answer = await world.send(request_)
    if not is_served(request_["method"], request_["path"]):
        assert refusal(answer, 404)["code"] == "NOT_IMPLEMENTED"
        return
    check = CHECKS[request_["expects"]]
    if request_["method"] == "DELETE":
        check = deletes_the_webhook
    await check(world, request_, answer)


def test_every_expectation_is_one_of_a_request() -> None:
    assert {request["expects"] for request in REQUESTS} == set(CHECKS)
