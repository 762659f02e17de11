"""`/v2/event-types`: whose they are, and who may do what (event-types.md 1, 2, 12, 14, 15)."""

import pytest

from kalends.db.database import Database
from tests.support.client import Client, Host, booking_of, broken_properties, data, make_host, refusal

URL = "/v2/event-types"
INTRO = {"lengthInMinutes": 45, "title": "Intro", "slug": "intro"}


async def test_a_new_event_type_shows_its_defaults(ana: Host) -> None:
    created = data(await ana.client.post(URL, json=INTRO), 201)
    assert created["ownerId"] == ana.id
    assert created["description"] == ""
    assert created["minimumBookingNotice"] == 120
    assert created["offsetStart"] == 0
    assert created["slotInterval"] is None
    assert created["scheduleId"] is None
    assert created["locations"] == [{"type": "integration", "integration": "cal-video"}]
    fields = [field["slug"] for field in created["bookingFields"]]
    assert fields == ["name", "email", "location", "title", "notes", "guests", "rescheduleReason"]
    for off in ("seats", "bookingWindow", "confirmationPolicy"):
        assert created[off] == {"disabled": True}
    assert "bookingLimitsCount" not in created
    assert [user["username"] for user in created["users"]] == ["ana"]


async def test_what_is_sent_is_stored_and_read_back(ana: Host) -> None:
    schedule = await ana.creates_schedule()
    sent = {
        **INTRO,
        "description": "A first talk",
        "slotInterval": 15,
        "minimumBookingNotice": 0,
        "beforeEventBuffer": 5,
        "afterEventBuffer": 10,
        "scheduleId": schedule["id"],
        "offsetStart": 5,
    }
    created = data(await ana.client.post(URL, json=sent), 201)
    assert {name: created[name] for name in sent} == sent
    assert data(await ana.client.get(f"{URL}/{created['id']}")) == created


async def test_a_slug_is_taken_once_per_owner(ana: Host, ben: Host) -> None:
    data(await ana.client.post(URL, json=INTRO), 201)
    error = refusal(await ana.client.post(URL, json=INTRO), 400)
    assert "slug" in error["message"]
    assert error["code"] == "BadRequestException"
    data(await ben.client.post(URL, json=INTRO), 201)


async def test_unknown_properties_are_dropped(ana: Host) -> None:
    created = data(await ana.client.post(URL, json={**INTRO, "foo": 1}), 201)
    assert "foo" not in created
    listed = data(await ana.client.get(URL, params={"username": "ana", "eventSlug": "intro"}))
    assert len(listed) == 1


async def test_a_required_property_that_is_missing_is_named(ana: Host) -> None:
    error = refusal(await ana.client.post(URL, json={"title": "T", "slug": "s", "length": 45}), 400)
    assert broken_properties(error) == {"lengthInMinutes"}
    (record,) = error["details"]["errors"]
    assert "value" not in record
    assert list(record["constraints"]) == ["isInt"]


async def test_somebody_elses_schedule_is_404(ana: Host, ben: Host) -> None:
    schedule = await ben.creates_schedule()
    refusal(await ana.client.post(URL, json={**INTRO, "scheduleId": schedule["id"]}), 404)


async def test_anybody_lists_the_event_types_of_a_user_without_hidden_fields(
    ana: Host, client: Client
) -> None:
    created = await ana.creates_event_type()
    listed = data(await client.get(URL, params={"username": "ana"}))
    assert [one["slug"] for one in listed] == [
        "thirty-minutes",
        "sixty-minutes",
        "thirty-minutes-video",
        "sixty-minutes-video",
        "intro",
    ]
    assert "title" not in [field["slug"] for field in listed[-1]["bookingFields"]]
    own = data(await ana.client.get(f"{URL}/{created['id']}"))
    assert "title" in [field["slug"] for field in own["bookingFields"]]


async def test_default_event_types_have_the_locations_of_the_note(ana: Host, client: Client) -> None:
    listed = data(await client.get(URL, params={"username": "ana"}))
    assert [len(one["locations"]) for one in listed] == [0, 0, 1, 1]


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"eventSlug": "intro"},
        {"username": ""},
        {"username": "nobody"},
        {"username": "ana", "eventSlug": "nothing"},
        {"username": "ana", "orgSlug": "acme"},
        {"username": "ana", "orgId": "7"},
    ],
)
async def test_a_list_that_names_nobody_is_empty(ana: Host, client: Client, query: dict[str, str]) -> None:
    await ana.creates_event_type()
    assert data(await client.get(URL, params=query)) == []


async def test_an_organization_id_that_is_no_number_is_refused(client: Client) -> None:
    error = refusal(await client.get(URL, params={"username": "ana", "orgId": "abc"}), 400)
    assert "orgId" in error["message"]


async def test_a_group_is_one_event_type_of_those_who_exist(ana: Host, ben: Host, client: Client) -> None:
    (group,) = data(await client.get(URL, params={"usernames": "ben, ana,nobody"}))
    assert group["id"] == group["ownerId"] == 0
    assert group["slug"] == "dynamic"
    assert group["lengthInMinutesOptions"] == [15, 30, 45, 60, 90]
    assert [user["username"] for user in group["users"]] == ["ben", "ana"]
    assert group["bookingFields"] == []
    (nobody,) = data(await client.get(URL, params={"usernames": "nobody"}))
    assert nobody["users"] == []


async def test_a_change_keeps_what_was_not_sent(ana: Host) -> None:
    created = await ana.creates_event_type(beforeEventBuffer=5, description="Hello", slotInterval=15)
    changed = data(await ana.client.patch(f"{URL}/{created['id']}", json={"title": "New"}))
    assert changed == {**created, "title": "New"}
    cleared = {"description": None, "slotInterval": None}
    changed = data(await ana.client.patch(f"{URL}/{created['id']}", json=cleared))
    assert (changed["description"], changed["slotInterval"]) == ("", None)
    assert changed["beforeEventBuffer"] == 5


async def test_a_change_to_a_taken_slug_is_refused(ana: Host) -> None:
    first = await ana.creates_event_type("first")
    await ana.creates_event_type("second")
    url = f"{URL}/{first['id']}"
    error = refusal(await ana.client.patch(url, json={"slug": "second"}), 400)
    assert "slug" in error["message"]
    assert error["code"] == "TRPCError"
    data(await ana.client.patch(url, json={"slug": "first"}))


async def test_a_foreign_or_unknown_event_type_is_404_but_403_to_delete(ana: Host, ben: Host) -> None:
    created = await ana.creates_event_type()
    for url in (f"{URL}/{created['id']}", f"{URL}/999999", f"{URL}/99999999999999"):
        refusal(await ben.client.get(url), 404)
        refusal(await ben.client.patch(url, json={}), 404)
    refusal(await ben.client.delete(f"{URL}/{created['id']}"), 403)
    refusal(await ben.client.delete(f"{URL}/999999"), 404)
    refusal(await ana.client.patch(f"{URL}/abc", json={}), 400)


async def test_a_refusal_repeats_no_unknown_id(ana: Host) -> None:
    url = f"{URL}/{10**22}"
    for answer in (
        await ana.client.get(url),
        await ana.client.patch(url, json={}),
        await ana.client.delete(url),
        await ana.client.get(f"{url}/webhooks"),
    ):
        message = refusal(answer, 404)["message"]
        assert "event type" in message
        assert not any(character.isdigit() for character in message)


async def test_a_deleted_event_type_leaves_its_bookings(ana: Host, client: Client) -> None:
    created = await ana.creates_event_type()
    body = booking_of(created["id"], "2050-09-05T10:00:00Z")
    booking = data(await client.post("/v2/bookings", json=body), 201)
    deleted = data(await ana.client.delete(f"{URL}/{created['id']}"))
    assert deleted == {"id": created["id"], "lengthInMinutes": 60, "slug": "intro", "title": "Intro"}
    refusal(await ana.client.get(f"{URL}/{created['id']}"), 404)
    left = data(await client.get(f"/v2/bookings/{booking['uid']}"))
    assert left["eventType"] is None
    assert left["eventTypeId"] is None


async def test_a_deleted_event_type_takes_its_reservations_along(ana: Host, client: Client) -> None:
    created = await ana.creates_event_type()
    body = {"eventTypeId": created["id"], "slotStart": "2050-09-05T10:00:00Z"}
    reservation = data(await client.post("/v2/slots/reservations", json=body), 201)
    url = f"/v2/slots/reservations/{reservation['reservationUid']}"
    assert data(await client.get(url)) is not None
    data(await ana.client.delete(f"{URL}/{created['id']}"))
    assert data(await client.get(url)) is None


async def test_a_bare_account_has_neither_schedule_nor_event_types(
    client: Client, database: Database
) -> None:
    bare = await make_host(client, database, "bare", time_zone="Asia/Tokyo", is_bare=True)
    assert data(await bare.client.get("/v2/schedules")) == []
    assert data(await client.get(URL, params={"username": "bare"})) == []
