"""What happens to the database of a release before it is written down: a bit of everything, in two weeks.

What is done in the first week is followed up, as by a worker that runs. What is done in the second waits when
the scene ends: facts for their consumers, deliveries and mails for being sent. So the next release finds
whatever this one may leave behind. Nothing depends on today's date.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from tests.support.client import booking_of, data, make_host
from tests.support.organizations import People
from tests.support.platforms import make_platform
from tests.support.releases import SUBSCRIBER, WRITTEN_UNTIL, api_key_of
from tests.support.teams import Rows

from kalends.api.http.credentials import digest
from kalends.bookings.facts.fact import FactKind
from kalends.settings import Settings
from kalends.webhooks.deliveries.health import DISABLED
from tools.release_dump.event_types import EVENT_TYPES
from tools.release_dump.rows import FORGET_MESSAGES, ROWS
from tools.release_dump.scene import STEP, Scene, running

_FIRST_MONDAY = datetime(2050, 9, 5, tzinfo=UTC)
_WEEK = timedelta(weeks=1)

_TRIGGERS = [
    "BOOKING_CREATED",
    "BOOKING_REQUESTED",
    "BOOKING_RESCHEDULED",
    "BOOKING_CANCELLED",
    "BOOKING_REJECTED",
    "BOOKING_NO_SHOW_UPDATED",
    "MEETING_STARTED",
    "MEETING_ENDED",
]


class SomethingIsMissing(Exception):
    """The scene has not left what it should have."""


async def play(settings: Settings) -> None:
    """Let everything happen, on an empty and migrated database.

    Raises:
        SomethingIsMissing: not every kind of fact, or not every status, is there.
    """
    async with running(settings) as scene:
        await _users(scene)
        await _schedules(scene)
        for slug, properties in EVENT_TYPES.items():
            scene.event_types[slug] = await scene.hosts["ana"].creates_event_type(slug, **properties)
        await _teams(scene)
        await _platform(scene)
        await _webhooks(scene)
        await _week(scene, _FIRST_MONDAY, is_followed=True)
        await _change_webhooks(scene)
        await _oddities(scene)
        await _week(scene, _FIRST_MONDAY + _WEEK, is_followed=False)
        await _last_hour(scene)
        for statement in ROWS:
            await scene.executes(statement)
        await scene.executes(FORGET_MESSAGES)
        await scene.moves_to_clock()
        await _name_keys_and_subscribers(scene)
        await _check(scene)


async def _users(scene: Scene) -> None:
    zones = {"ana": "Europe/Rome", "ben": "Europe/London", "cleo": "America/New_York", "dana": "Asia/Tokyo"}
    for username, zone in (zones | {"root": "UTC"}).items():
        scene.hosts[username] = await make_host(
            scene.client, scene.database, username, time_zone=zone, is_bare=username == "root"
        )
    ana, ben = scene.hosts["ana"], scene.hosts["ben"]
    changes = {
        "bio": "Talks",
        "avatarUrl": "https://example.com/ana.png",
        "timeFormat": 24,
        "weekStart": "Monday",
        "locale": "it",
        "metadata": {"crm": "17"},
    }
    data(await ana.client.patch("/v2/me", json=changes))
    refreshed = data(await ben.client.post("/v2/api-keys/refresh", json={"apiKeyDaysValid": 365}))
    ben.client.api_key = refreshed["apiKey"]
    limited = api_key_of("limited")
    await scene.executes(
        "INSERT INTO api_keys (user_id, note, hashed_key, expires_at) VALUES (%s, 'limited', %s, %s)",
        *(ana.id, digest(limited), WRITTEN_UNTIL + timedelta(days=3_650)),
    )
    await scene.executes(
        """
        INSERT INTO api_key_rate_limits (api_key_id, name, window_ms, "limit", block_ms)
        SELECT id, 'burst', 60000, 1000000, 60000 FROM api_keys WHERE note = 'limited'
        """
    )
    # Each limit of a key has counters of its own.
    data(await scene.client.get("/v2/me", headers={"Authorization": f"Bearer {limited}"}))


async def _schedules(scene: Scene) -> None:
    weekly = [{"days": ["Monday", "Saturday"], "startTime": "10:00", "endTime": "14:00"}]
    overrides = [{"date": "2050-10-03", "startTime": "12:00", "endTime": "13:00"}]
    await scene.hosts["ana"].creates_schedule(name="Studio", availability=weekly, overrides=overrides)
    rows = Rows(scene.database)
    await rows.schedule(scene.hosts["ben"], None, [([1, 2, 3], time(9), time(12))])
    await rows.is_away(scene.hosts["ben"], date(2050, 10, 3), date(2050, 10, 7))
    await rows.travels(scene.hosts["cleo"], "Asia/Kolkata", WRITTEN_UNTIL, WRITTEN_UNTIL + _WEEK)


async def _teams(scene: Scene) -> None:
    ana, ben, cleo = (scene.hosts[name] for name in ("ana", "ben", "cleo"))
    rows = Rows(scene.database)
    acme = await rows.organization("acme", ana, ben)
    crew = await rows.team("crew", ana, ben, organization=acme)
    await rows.joins(cleo, crew, accepted=False)
    await rows.team("apart", cleo)
    panel = await rows.event_type(crew, ana, fixed=[ben])
    await rows.event_type(crew, ana, ben, slug="together", kind="collective")
    await rows.event_type(crew, slug="managed", kind="managed")
    start = datetime(2050, 10, 10, 9, tzinfo=UTC)
    await rows.is_booked(ben, panel, start, start + STEP, after=timedelta(minutes=10))
    await scene.executes("UPDATE memberships SET role = 'OWNER' WHERE user_id = %s", ana.id)


async def _platform(scene: Scene) -> None:
    """Let a platform have a client with a user, ask somebody for consent, and manage an organization."""
    platform = await make_platform(People(scene.client, scene.database), "clinic")
    back = "https://clinic.example.com/callback"
    product = await platform.product("Clinic", redirectUris=[back], areDefaultEventTypesEnabled=True)
    doctor = await product.user("doctor", timeZone="Europe/Rome")
    data(await product.refreshes(doctor.refresh_token))
    form = {"redirectUri": back, "state": "17", "email": scene.hosts["ana"].email}
    asked = await scene.client.post(f"/v2/oauth/{product.id}/authorize/link", data=form)
    asked.raise_for_status()
    managed = f"/v2/organizations/{platform.id}/organizations"
    data(await platform.key.post(managed, json={"name": "Ward"}), 201)


async def _webhooks(scene: Scene) -> None:
    subscribers: dict[str, dict[str, Any]] = {
        "/ok": {"secret": "a shared secret", "triggers": _TRIGGERS},
        "/failing": {"triggers": ["BOOKING_CREATED"]},
        "/gone": {"triggers": ["BOOKING_CANCELLED"]},
        "/template": {"triggers": ["BOOKING_REJECTED"], "payloadTemplate": '{"title": "{{title}}"}'},
        "/empty": {"triggers": ["BOOKING_REQUESTED"], "payloadTemplate": "{{#if nothing}}x{{/if}}"},
        "/off": {"triggers": _TRIGGERS, "active": False},
    }
    for path, properties in subscribers.items():
        await _subscribes(scene, "/v2/webhooks", path, **properties)


async def _subscribes(scene: Scene, url: str, path: str, **properties: Any) -> Any:
    body = {"active": True, "subscriberUrl": f"{scene.receiver.url}{path}", **properties}
    return data(await scene.hosts["ana"].client.post(url, json=body), 201)


async def _change_webhooks(scene: Scene) -> None:
    """Change a secret, and leave deliveries of which some are to be tried again and some never."""
    client = scene.hosts["ana"].client
    listed = {one["subscriberUrl"]: one["id"] for one in data(await client.get("/v2/webhooks"))}
    ok = f"/v2/webhooks/{listed[f'{scene.receiver.url}/ok']}"
    data(await client.patch(ok, json={"secret": "another secret"}))
    url = f"/v2/event-types/{scene.event_types['bounded']['id']}/webhooks"
    await _subscribes(scene, url, "/late?waiting", triggers=["BOOKING_CREATED"])
    await _subscribes(scene, url, "/late?for-long", triggers=["BOOKING_CREATED"])
    cut = await _subscribes(scene, url, "/late?cut", triggers=["BOOKING_CREATED"])
    booked = await scene.books("bounded", datetime(2050, 9, 20, 7, 5, tzinfo=UTC))
    await scene.follows_up()
    data(await client.patch(f"{url}/{cut['id']}", json={"active": False}))
    await scene.does("cancel", booked, "ana", cancellationReason="ill")


async def _week(scene: Scene, monday: datetime, *, is_followed: bool) -> None:
    """Let everything happen to bookings of a week, and the week pass."""
    tuesday, wednesday, thursday, friday = (monday + timedelta(days=days) for days in range(1, 5))
    # Of the second week's series, beside the first one's.
    number = (monday - _FIRST_MONDAY) // _WEEK

    def at(day: datetime, hour: int) -> datetime:
        return day + timedelta(hours=hour)

    key = {"Idempotency-Key": f"week {number}"}
    body = booking_of(scene.event_types["intro"]["id"], at(friday, 8).isoformat())
    data(await scene.client.post("/v2/bookings", json=body, headers=key), 201)
    await scene.books(
        "intro",
        at(monday, 7),
        guests=["guest@example.com"],
        location={"type": "attendeePhone", "phone": "+4930901820"},
        metadata={"crm": "5"},
        bookingFieldsResponses={"topic": "Ships", "size": "L", "days": ["Mo"], "terms": True, "notes": "Hi"},
    )
    moved = await scene.books("intro", at(monday, 8), "cy")
    await scene.does("reschedule", moved, start=at(monday, 9).isoformat(), reschedulingReason="late")
    await scene.does("cancel", await scene.books("intro", at(monday, 10), "di"), cancellationReason="ill")
    await scene.does(
        "cancel", await scene.books("intro", at(monday, 11)), "ana", cancellationReason="fully booked"
    )
    await scene.does("confirm", await scene.books("asked", at(tuesday, 7)), "ana")
    await scene.does("decline", await scene.books("asked", at(tuesday, 8)), "ana", reason="no")
    # Nobody answers it.
    await scene.books("asked", at(monday, 12 if number else -65), "flo")
    series = await scene.books("weekly", at(wednesday, 7 + number))
    await scene.does("cancel", series, "ana", cancellationReason="on leave", cancelSubsequentBookings=True)
    await scene.books("weekly", at(wednesday, 10 + number))
    seated = await scene.books("class", at(thursday, 7), guests=["guest@example.com"])
    leaving = await scene.books("class", at(thursday, 7), "di")
    moving = await scene.books("class", at(thursday, 7), "ed", metadata={"crm": "6"})
    await scene.does("cancel", seated, seatUid=leaving["seatUid"])
    await scene.does("reschedule", seated, start=at(thursday, 8).isoformat(), seatUid=moving["seatUid"])
    if is_followed:
        await scene.follows_up()
    await scene.passes(at(monday, 5 * 24 + 6), is_followed=is_followed)
    absent = {"attendees": [{"email": "bo@example.com", "absent": True}]}
    await scene.does("mark-absent", seated, "ana", host=True, **absent)
    if is_followed:
        await scene.follows_up()


async def _oddities(scene: Scene) -> None:
    """Leave a booking without an event type, mails that wait for a server, and facts that nobody takes up."""
    ana = scene.hosts["ana"]
    scene.event_types["gone"] = await ana.creates_event_type("gone")
    await scene.books("gone", datetime(2050, 9, 21, 7, tzinfo=UTC))
    data(await ana.client.delete(f"/v2/event-types/{scene.event_types['gone']['id']}"))
    await scene.mailbox.stop()
    await scene.follows_up()
    # One more failure after days of them switches a webhook off.
    await scene.executes(
        "UPDATE webhooks SET failing_since = failing_since - interval '6 days' WHERE subscriber_url LIKE %s",
        "%for-long",
    )
    await scene.advances()
    await scene.sends()


async def _last_hour(scene: Scene) -> None:
    """Leave a request, and two slots that their host keeps for a day."""
    await scene.books("asked", datetime(2050, 9, 22, 7, tzinfo=UTC))
    start = datetime(2050, 9, 26, 7, tzinfo=UTC)
    for slug, is_binding in (("intro", True), ("class", False)):
        start += STEP
        body = {
            "eventTypeId": scene.event_types[slug]["id"],
            "slotStart": start.isoformat(),
            "reservationDuration": 1_440,
            "binding": is_binding,
        }
        data(await scene.hosts["ana"].client.post("/v2/slots/reservations", json=body), 201)


async def _name_keys_and_subscribers(scene: Scene) -> None:
    """Give keys that are known, and one address to all subscribers: those of this run were left to chance."""
    for username, host in scene.hosts.items():
        await scene.executes(
            "UPDATE api_keys SET hashed_key = %s WHERE user_id = %s AND note IS DISTINCT FROM 'limited'",
            *(digest(api_key_of(username)), host.id),
        )
    await scene.executes(
        "UPDATE webhooks SET subscriber_url = replace(subscriber_url, %s, %s)", scene.receiver.url, SUBSCRIBER
    )


async def _check(scene: Scene) -> None:
    """Raise if a kind or a status is nowhere."""
    kinds: set[str | None] = {DISABLED, *(kind.value for kind in FactKind)}
    expectations: dict[str, set[str | None]] = {
        "SELECT kind FROM outbox_events WHERE handled_at IS NULL": kinds,
        "SELECT kind FROM outbox_events WHERE handled_at IS NOT NULL": kinds,
        "SELECT status FROM bookings": {"accepted", "pending", "cancelled", "rejected", "awaiting_host"},
        "SELECT state FROM jobs WHERE kind = 'webhooks'": {"waiting", "done", "failed", "dropped"},
        "SELECT error FROM webhook_attempts": {None, "http_status", "protocol", "render"},
        "SELECT state FROM jobs WHERE kind = 'mails'": {"waiting", "leased", "done", "failed", "dropped"},
        "SELECT state FROM jobs WHERE kind = 'failures'": {"waiting", "set_aside"},
        "SELECT scheduling_type FROM event_types": {None, "collective", "roundRobin", "managed"},
    }
    for query, expected in expectations.items():
        missing = expected - set(await scene.column(query))
        if missing:
            raise SomethingIsMissing(f"{query}: no {', '.join(map(str, missing))}")
    if scene.clock() != WRITTEN_UNTIL:
        raise SomethingIsMissing(f"the scene ended at {scene.clock()}, not at {WRITTEN_UNTIL}")
