"""Whatever a body says, it is answered in the contract's shape or refused, and never fails the server."""

import json
from collections.abc import Iterator
from copy import deepcopy
from datetime import date, timedelta
from itertools import count
from typing import Any

from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as tries
from hypothesis import strategies as chance

from kalends.db.database import Database
from tests.support.bookings import BLOCKING, SEATS, URL, WEEKLY, facts
from tests.support.client import Client, Guest, Host, refusal

ODD: list[Any] = [
    *(None, True, False, 0, -1, 1.5, -0.0, 2**31, 2**63, -(10**40), 10**400, 1.7e308, 5e-324),
    *(
        "",
        " ",
        "\0",
        "a\0b",
        "\ud800",
        "😀",
        "\u202eevil",
        "\r\nBcc: x@example.com",
        "x" * 5_000,
        "x" * 5_001,
    ),
    *(
        "{name}",
        "{0.__class__}",
        "%s",
        "١٢",
        "null",
        "[]",
        "2050-02-30",
        "2050-09-05",
        "0999-01-01T00:00:00Z",
    ),
    *("Europe/../etc", "+39 333 123 4567", "a@b.co", "@" * 300, ".".join("a" * 2_000), "javascript://x/%0a"),
    *(
        [],
        {},
        [None],
        [[]],
        [{}],
        {"a": 1},
        {"": ""},
        {"\0": 1},
        {"value": 1},
        ["a@b.co"] * 101,
        {"type": {}},
    ),
]
for _ in range(20):
    ODD[-1] = [deepcopy(ODD[-1])]

FORM = [
    {"type": "splitName", "lastNameRequired": False},
    {"type": "email", "required": True},
    *(
        {"type": kind, "slug": kind, "label": kind, "required": False}
        for kind in ("text", "number", "address", "textarea", "url", "phone", "multiemail", "boolean")
    ),
    *(
        {"type": kind, "slug": kind, "label": kind, "required": False, "options": ["red", "blue"]}
        for kind in ("select", "multiselect", "radio", "checkbox")
    ),
]
EVENT_TYPES: dict[str, dict[str, Any]] = {
    "form": {
        "bookingFields": FORM,
        "lengthInMinutesOptions": [15, 60],
        "customName": "{Scheduler last name}",
    },
    "weekly": {"recurrence": WEEKLY},
    "class": {"seats": SEATS},
    "ask": {"confirmationPolicy": BLOCKING},
}
BODIES: dict[str, dict[str, Any]] = {
    "create": {
        "start": "2050-09-05T10:00:00Z",
        "attendee": {
            "name": "Bo Guest",
            "email": "bo@example.com",
            "timeZone": "Europe/Rome",
            "phoneNumber": "+393331234567",
            "language": "it",
        },
        "eventTypeId": 1,
        "guests": ["g@example.com"],
        "location": {"type": "integration", "integration": "cal-video"},
        "meetingUrl": "https://example.com",
        "metadata": {"crm": "42"},
        "bookingFieldsResponses": {
            "notes": "tea",
            "title": "talk",
            "text": "x",
            "number": "5",
            "url": "https://example.com",
            "phone": "+393331234567",
            "multiemail": ["a@example.com"],
            "boolean": True,
            "select": "red",
            "multiselect": ["red"],
            "checkbox": ["blue"],
            "smsReminderNumber": "+393331234567",
            "x": {"y": [1]},
        },
        "reservationUid": "3b0c7b9e-5d4b-4a57-9f0e-2b6a1f3c9a11",
    },
    "reschedule": {"start": "2050-09-06T10:00:00Z", "rescheduledBy": "bo@example.com"},
    "cancel": {"cancellationReason": "ill", "cancelSubsequentBookings": False},
    "decline": {"reason": "no time"},
    "mark-absent": {"host": True, "attendees": [{"email": "bo@example.com", "absent": True}]},
}
NEW_NAMES = (
    "seatUid",
    "reschedulingReason",
    "lengthInMinutes",
    "recurrenceCount",
    "instant",
    "username",
    "x",
)

weeks = count()

Path = tuple[str | int, ...]


def paths_in(value: Any, at: Path = ()) -> Iterator[Path]:
    """Yield where in a body there is a value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*at, key)
        yield from paths_in(item, (*at, key))


@chance.composite
def odd_bodies(draw: chance.DrawFn, action: str) -> dict[str, Any]:
    """Draw a body of which some values are others, or gone."""
    body = deepcopy(BODIES[action])
    for _ in range(draw(chance.integers(1, 3))):
        places = [*paths_in(body), *((name,) for name in NEW_NAMES)]
        *above, last = draw(chance.sampled_from(places))
        inner: Any = body
        for key in above:
            inner = inner[key]
        if draw(chance.integers(0, 9)) == 0 and isinstance(inner, dict):
            inner.pop(last, None)
        else:
            inner[last] = deepcopy(draw(chance.sampled_from(ODD)))
    return body


REQUESTS = chance.lists(
    chance.sampled_from(list(BODIES)).flatmap(
        lambda action: chance.tuples(
            chance.just(action), odd_bodies(action), chance.sampled_from(list(EVENT_TYPES))
        )
    ),
    min_size=30,
    max_size=30,
)
QUIETLY = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]


async def send(client: Client, url: str, body: dict[str, Any]) -> Any:
    """Send a body as it is, and return what is shown; None: it was refused."""
    content = json.dumps(body).encode()
    answer = await client.post(url, content=content, headers={"Content-Type": "application/json"})
    if answer.is_success:
        return answer.json()["data"]
    assert answer.status_code in (400, 401, 403, 404, 409), (url, body, answer.text)
    assert refusal(answer, answer.status_code)["message"]
    return None


@given(requests=REQUESTS)
@tries(
    max_examples=10,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=QUIETLY,
)
async def test_no_body_fails_the_server(
    requests: list[tuple[str, dict[str, Any], str]],
    ana: Host,
    guest: Guest,
    client: Client,
    database: Database,
) -> None:
    event_types = await made_event_types(ana)
    monday = date(2050, 9, 5) + timedelta(days=7 * next(weeks))
    uids = {
        slug: uid_of(await guest.books(event_type, f"{monday}T{hour:02}:00:00Z", recurrenceCount=1))
        for hour, (slug, event_type) in enumerate(event_types.items(), start=8)
    }
    for number, (action, body, slug) in enumerate(requests):
        if action == "create":
            if body.get("eventTypeId") == 1:
                body["eventTypeId"] = event_types[slug]["id"]
            if body.get("start") == BODIES["create"]["start"]:
                body["start"] = f"{monday + timedelta(days=1 + number % 4)}T{8 + number % 6:02}:00:00Z"
            shown = await send(client, URL, body)
            if shown is not None:
                uids[slug] = uid_of(shown)
        else:
            by_host = action in ("decline", "mark-absent")
            await send(ana.client if by_host else client, f"{URL}/{uids[slug]}/{action}", body)
    # What was written down can be read by those who act on it.
    assert await facts(database)


def uid_of(shown: Any) -> str:
    """Return the uid of a booking, or of the first of a series."""
    uid: str = (shown[0] if isinstance(shown, list) else shown)["uid"]
    return uid


async def made_event_types(host: Host) -> dict[str, dict[str, Any]]:
    """Return an event type of each kind by its slug, made unless an earlier try has made it."""
    listed = (await host.client.get("/v2/event-types", params={"username": host.username})).json()["data"]
    found = {event_type["slug"]: event_type for event_type in listed}
    for slug, properties in EVENT_TYPES.items():
        if slug not in found:
            found[slug] = await host.creates_event_type(slug, **properties)
    return {slug: found[slug] for slug in EVENT_TYPES}
