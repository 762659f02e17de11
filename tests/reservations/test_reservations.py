"""`/v2/slots/reservations` (slots.md 3, 12 and 13)."""

import base64
from datetime import timedelta
from typing import Any

import pytest

from tests.conftest import Clock
from tests.support.bookings import RESERVATIONS, TEN
from tests.support.client import Client, Guest, Host, booking_of, data, refusal


async def listed_hours(client: Client, event_type_id: int) -> list[str]:
    parameters: dict[str, Any] = {"eventTypeId": event_type_id, "start": "2050-09-05", "end": "2050-09-05"}
    days = data(await client.get("/v2/slots", params=parameters))
    return [slot["start"][11:13] for slot in days.get("2050-09-05", [])]


async def test_anybody_keeps_a_slot_for_five_minutes(ana: Host, guest: Guest, client: Client) -> None:
    event_type = await ana.creates_event_type()
    reservation = await guest.reserves(event_type)
    assert reservation | {"reservationUid": ""} == {
        "eventTypeId": event_type["id"],
        "slotStart": TEN,
        "slotEnd": "2050-09-05T11:00:00.000Z",
        "slotDuration": 60,
        "reservationUid": "",
        "reservationDuration": 5,
        "reservationUntil": "2050-09-01T06:05:00.000Z",
        "binding": False,
    }
    assert "10" not in await listed_hours(client, event_type["id"])
    await client.delete(f"{RESERVATIONS}/{reservation['reservationUid']}")
    assert "10" in await listed_hours(client, event_type["id"])


async def test_a_reservation_hides_the_time_in_all_event_types_of_the_host(
    ana: Host, guest: Guest, client: Client
) -> None:
    event_type = await ana.creates_event_type()
    other = await ana.creates_event_type("other")
    await guest.reserves(event_type)
    assert "10" not in await listed_hours(client, other["id"])


async def test_an_expired_reservation_hides_nothing(
    ana: Host, guest: Guest, client: Client, clock: Clock
) -> None:
    event_type = await ana.creates_event_type()
    reservation = await guest.reserves(event_type)
    clock.advance(timedelta(minutes=5))
    assert "10" in await listed_hours(client, event_type["id"])
    assert data(await client.get(f"{RESERVATIONS}/{reservation['reservationUid']}")) is not None
    await guest.reserves(event_type)


async def test_a_chosen_duration_needs_the_owner(ana: Host, ben: Host, client: Client) -> None:
    event_type = await ana.creates_event_type()
    body = {"eventTypeId": event_type["id"], "slotStart": TEN, "reservationDuration": 10}
    refusal(await client.post(RESERVATIONS, json=body), 401)
    refusal(await ben.client.post(RESERVATIONS, json=body), 403)
    reservation = data(await ana.client.post(RESERVATIONS, json=body), 201)
    assert reservation["reservationUntil"] == "2050-09-01T06:10:00.000Z"
    assert reservation["reservationDuration"] == 10


async def test_a_duration_of_nothing_needs_nobody_and_expires_at_once(
    ana: Host, guest: Guest, client: Client
) -> None:
    event_type = await ana.creates_event_type()
    await guest.reserves(event_type, reservationDuration=0)
    assert "10" in await listed_hours(client, event_type["id"])


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer cal_" + "0" * 32},
        {"Authorization": "Bearer something"},
        {"x-cal-client-id": "c123"},
        {"x-cal-secret-key": "s"},
    ],
)
async def test_a_credential_that_is_not_good_is_refused_before_the_body(
    client: Client, headers: dict[str, str]
) -> None:
    refusal(await client.post(RESERVATIONS, json={}, headers=headers), 401)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"eventTypeId": "1"}, "eventTypeId"),
        ({"slotStart": "tomorrow"}, "slotStart"),
        ({"slotStart": None}, "slotStart"),
        ({"slotDuration": 0}, "slotDuration"),
        ({"slotDuration": "60"}, "slotDuration"),
        ({"reservationDuration": -1}, "reservationDuration"),
        ({"binding": "yes"}, "binding"),
    ],
)
async def test_a_bad_property_is_refused_by_name(
    ana: Host, client: Client, change: dict[str, Any], named: str
) -> None:
    event_type = await ana.creates_event_type()
    body = {"eventTypeId": event_type["id"], "slotStart": TEN, **change}
    error = refusal(await client.post(RESERVATIONS, json=body), 400)
    assert [record["property"] for record in error["details"]["errors"]] == [named]


async def test_a_length_is_refused_where_there_is_only_one(ana: Host, client: Client) -> None:
    event_type = await ana.creates_event_type()
    body = {"eventTypeId": event_type["id"], "slotStart": TEN, "slotDuration": 60}
    assert "slotDuration" in refusal(await client.post(RESERVATIONS, json=body), 400)["message"]


async def test_one_of_several_lengths_may_be_chosen(ana: Host, guest: Guest, client: Client) -> None:
    event_type = await ana.creates_event_type(lengthInMinutesOptions=[30, 60, 120])
    assert (await guest.reserves(event_type, "2050-09-05T08:00:00.000Z"))["slotDuration"] == 60
    reservation = await guest.reserves(event_type, slotDuration=120)
    assert (reservation["slotDuration"], reservation["slotEnd"]) == (120, "2050-09-05T12:00:00.000Z")
    assert await listed_hours(client, event_type["id"]) == ["07", "09", "12", "13", "14"]
    body = {"eventTypeId": event_type["id"], "slotStart": TEN, "slotDuration": 45}
    assert "30, 60, 120" in refusal(await client.post(RESERVATIONS, json=body), 400)["message"]
    renewed = data(
        await client.patch(
            f"{RESERVATIONS}/{reservation['reservationUid']}", json={**body, "slotDuration": None}
        )
    )
    assert renewed["slotDuration"] == 120


async def test_a_listed_slot_of_another_length_is_reserved_by_its_uid_if_that_length_is_one(
    ana: Host, client: Client
) -> None:
    event_type = await ana.creates_event_type(lengthInMinutesOptions=[30, 60])
    parameters = {"eventTypeId": event_type["id"], "start": TEN, "end": "2050-09-05T10:30:00Z"}
    listed = await client.get("/v2/slots", params={**parameters, "duration": 30, "slotUids": "true"})
    (slot,) = data(listed)["2050-09-05"]
    await ana.client.patch(f"/v2/event-types/{event_type['id']}", json={"lengthInMinutesOptions": [45, 60]})
    refused = refusal(await client.post(RESERVATIONS, json={"slotUid": slot["slotUid"]}), 400)
    assert "slotUid" in refused["message"]
    await ana.client.patch(f"/v2/event-types/{event_type['id']}", json={"lengthInMinutesOptions": [30, 60]})
    reservation = data(await client.post(RESERVATIONS, json={"slotUid": slot["slotUid"]}), 201)
    assert reservation["slotDuration"] == 30


async def test_a_duration_over_the_longest_is_refused(ana: Host) -> None:
    event_type = await ana.creates_event_type()
    body = {"eventTypeId": event_type["id"], "slotStart": TEN, "reservationDuration": 1441}
    assert "1440" in refusal(await ana.client.post(RESERVATIONS, json=body), 400)["message"]


async def test_an_unknown_event_type_is_404(client: Client) -> None:
    refusal(await client.post(RESERVATIONS, json={"eventTypeId": 999, "slotStart": TEN}), 404)


async def test_what_is_taken_is_422_with_the_reason(ana: Host, guest: Guest, client: Client) -> None:
    event_type = await ana.creates_event_type(afterEventBuffer=30)
    other = await ana.creates_event_type("other")
    await client.post("/v2/bookings", json=booking_of(event_type["id"], "2050-09-05T08:00:00Z"))

    async def reasons(event_type_id: int, start: str) -> Any:
        body = {"eventTypeId": event_type_id, "slotStart": start}
        return refusal(await client.post(RESERVATIONS, json=body), 422)["details"]["reasons"]

    assert await reasons(other["id"], "2050-09-05T08:30:00Z") == ["booking"]
    assert await reasons(other["id"], "2050-09-05T09:00:00Z") == ["buffer"]
    await guest.reserves(event_type)
    assert await reasons(event_type["id"], TEN) == ["reserved"]
    assert await reasons(other["id"], "2050-09-05T10:30:00Z") == ["reserved"]


async def test_a_cancelled_booking_does_not_stand_against_a_reservation(
    ana: Host, guest: Guest, client: Client
) -> None:
    event_type = await ana.creates_event_type()
    booking = await guest.books(event_type, TEN)
    await client.post(f"/v2/bookings/{booking['uid']}/cancel", json={})
    await guest.reserves(event_type)


async def test_a_reservation_is_read_by_its_uid_and_unknown_ones_are_null(
    ana: Host, guest: Guest, client: Client
) -> None:
    event_type = await ana.creates_event_type()
    reservation = await guest.reserves(event_type)
    read = data(await client.get(f"{RESERVATIONS}/{reservation['reservationUid']}"))
    assert "reservationDuration" not in read
    assert read["slotStart"] == TEN
    for unknown in ("e84be5a3-4696-49e3-acc7-b2f3999c3b94", "nothing"):
        assert data(await client.get(f"{RESERVATIONS}/{unknown}")) is None
        assert (await client.delete(f"{RESERVATIONS}/{unknown}")).json() == {"status": "success"}


async def test_a_reservation_moves_and_is_renewed(
    ana: Host, guest: Guest, client: Client, clock: Clock
) -> None:
    event_type = await ana.creates_event_type()
    uid = (await guest.reserves(event_type))["reservationUid"]
    clock.advance(timedelta(minutes=3))
    body = {"eventTypeId": event_type["id"], "slotStart": "2050-09-05T13:00:00Z"}
    moved = data(await client.patch(f"{RESERVATIONS}/{uid}", json=body))
    assert moved["reservationUid"] == uid
    assert moved["reservationUntil"] == "2050-09-01T06:08:00.000Z"
    assert await listed_hours(client, event_type["id"]) == ["07", "08", "09", "10", "11", "12", "14"]


async def test_a_renewal_does_not_collide_with_itself_but_with_others(
    ana: Host, guest: Guest, client: Client
) -> None:
    event_type = await ana.creates_event_type()
    first = (await guest.reserves(event_type))["reservationUid"]
    await guest.reserves(event_type, "2050-09-05T12:00:00Z")
    same = {"eventTypeId": event_type["id"], "slotStart": "2050-09-05T10:30:00Z"}
    data(await client.patch(f"{RESERVATIONS}/{first}", json=same))
    taken = {"eventTypeId": event_type["id"], "slotStart": "2050-09-05T11:30:00Z"}
    refusal(await client.patch(f"{RESERVATIONS}/{first}", json=taken), 422)
    assert data(await client.get(f"{RESERVATIONS}/{first}"))["slotStart"] == "2050-09-05T10:30:00.000Z"


async def test_a_renewal_for_longer_than_the_default_needs_the_owner(
    ana: Host, ben: Host, guest: Guest, client: Client
) -> None:
    event_type = await ana.creates_event_type()
    uid = (await guest.reserves(event_type))["reservationUid"]
    body = {"eventTypeId": event_type["id"], "slotStart": TEN, "reservationDuration": 60}
    refusal(await client.patch(f"{RESERVATIONS}/{uid}", json=body), 401)
    refusal(await ben.client.patch(f"{RESERVATIONS}/{uid}", json=body), 403)
    assert data(await ana.client.patch(f"{RESERVATIONS}/{uid}", json=body))["reservationDuration"] == 60
    data(await client.patch(f"{RESERVATIONS}/{uid}", json={**body, "reservationDuration": 5}))


async def test_an_unknown_reservation_cannot_be_moved(ana: Host, client: Client) -> None:
    event_type = await ana.creates_event_type()
    body = {"eventTypeId": event_type["id"], "slotStart": TEN}
    refusal(await client.patch(f"{RESERVATIONS}/e84be5a3-4696-49e3-acc7-b2f3999c3b94", json=body), 404)
    refusal(await client.patch(f"{RESERVATIONS}/nothing", json=body), 404)


async def test_a_listed_slot_is_reserved_by_its_uid(ana: Host, client: Client) -> None:
    event_type = await ana.creates_event_type()
    parameters = {"eventTypeId": event_type["id"], "start": "2050-09-05", "end": "2050-09-05"}
    days = data(await client.get("/v2/slots", params={**parameters, "slotUids": "true"}))
    slot = days["2050-09-05"][3]
    reservation = data(await client.post(RESERVATIONS, json={"slotUid": slot["slotUid"]}), 201)
    assert reservation["slotStart"] == slot["start"]


@pytest.mark.parametrize(
    "named",
    [
        "1.99999999999999999.30",
        f"1.{'9' * 31}.30",
        f"1.{'9' * 5_000}.30",
        "1.-99999999999999.30",
        "1.-30610224001.30",
        "1.221845392001.30",
        "2147483648.2545984000.30",
        f"{'9' * 31}.2545984000.30",
        "1.2545984000.2147483648",
        "0.2545984000.30",
        "1.2545984000.0",
        "1.2545984000.-30",
        "1.2545984000. 30",
        "1.2545984_000.30",
        "1.2545984000",
        "1.2545984000.30.0",
        "one.2545984000.30",
        "01.2545984000.30",
    ],
)
async def test_what_only_looks_like_a_slot_uid_is_refused_by_its_name(client: Client, named: str) -> None:
    uid = base64.urlsafe_b64encode(named.encode()).decode().rstrip("=")[:5_000]
    for method, url in (
        ("POST", RESERVATIONS),
        ("PATCH", f"{RESERVATIONS}/e84be5a3-4696-49e3-acc7-b2f3999c3b94"),
    ):
        error = refusal(await client.request(method, url, json={"slotUid": uid}), 400)
        assert error["message"] == "slotUid must be the slotUid of a listed slot"
        (record,) = error["details"]["errors"]
        assert (record["property"], record["value"]) == ("slotUid", uid)
        assert set(record["constraints"]) == {"isSlotUid"}


@pytest.mark.parametrize("uid", ["made-up", "", "MS4yN", "ñ", "a" * 6_000, 5, {"a": 1}])
async def test_what_is_no_slot_uid_is_refused_by_its_name(client: Client, uid: Any) -> None:
    error = refusal(await client.post(RESERVATIONS, json={"slotUid": uid}), 400)
    assert [record["property"] for record in error["details"]["errors"]] == ["slotUid"]


async def test_a_slot_uid_of_the_first_or_last_instant_names_a_slot(client: Client) -> None:
    for start in (-30610224000, 221845392000):
        uid = base64.urlsafe_b64encode(f"2147483647.{start}.30".encode()).decode().rstrip("=")
        refusal(await client.post(RESERVATIONS, json={"slotUid": uid}), 404)


async def test_an_ordinary_reservation_refuses_no_booking(ana: Host, guest: Guest) -> None:
    event_type = await ana.creates_event_type()
    await guest.reserves(event_type)
    await guest.books(event_type, TEN)


async def test_a_binding_reservation_refuses_every_booking_but_the_one_that_names_it(
    ana: Host, guest: Guest, client: Client
) -> None:
    event_type = await ana.creates_event_type()
    uid = (await guest.reserves(event_type, binding=True))["reservationUid"]
    stranger = await client.post("/v2/bookings", json=booking_of(event_type["id"], TEN))
    assert refusal(stranger, 400)["details"]["reasons"] == ["reserved"]
    named = booking_of(event_type["id"], TEN, reservationUid=uid)
    data(await client.post("/v2/bookings", json=named), 201)
    assert data(await client.get(f"{RESERVATIONS}/{uid}")) is None


async def test_a_refused_booking_leaves_the_reservation_it_names(ana: Host, client: Client) -> None:
    event_type = await ana.creates_event_type()
    made = await ana.reserves(event_type, "2050-09-05T15:00:00Z", binding=True)
    uid = made["reservationUid"]
    named = booking_of(event_type["id"], "2050-09-05T15:00:00Z", reservationUid=uid)
    refusal(await client.post("/v2/bookings", json=named), 400)
    assert data(await client.get(f"{RESERVATIONS}/{uid}")) is not None


async def test_an_expired_binding_reservation_refuses_nobody(ana: Host, guest: Guest, clock: Clock) -> None:
    event_type = await ana.creates_event_type()
    uid = (await guest.reserves(event_type, binding=True))["reservationUid"]
    clock.advance(timedelta(minutes=5))
    await guest.books(event_type, TEN, reservationUid=uid)


async def test_naming_an_ordinary_reservation_uses_it_up(ana: Host, guest: Guest, client: Client) -> None:
    event_type = await ana.creates_event_type()
    uid = (await guest.reserves(event_type))["reservationUid"]
    await guest.books(event_type, TEN, reservationUid=uid)
    assert data(await client.get(f"{RESERVATIONS}/{uid}")) is None


async def test_a_reservation_of_another_time_is_not_used_up(ana: Host, guest: Guest, client: Client) -> None:
    event_type = await ana.creates_event_type()
    uid = (await guest.reserves(event_type))["reservationUid"]
    other = booking_of(event_type["id"], "2050-09-05T12:00:00Z", reservationUid=uid)
    data(await client.post("/v2/bookings", json=other), 201)
    assert data(await client.get(f"{RESERVATIONS}/{uid}")) is not None


async def test_the_buffers_around_a_binding_reservation_are_kept_free(
    ana: Host, guest: Guest, client: Client
) -> None:
    event_type = await ana.creates_event_type(afterEventBuffer=30)
    await guest.reserves(event_type, binding=True)
    assert await listed_hours(client, event_type["id"]) == ["07", "08", "12", "13", "14"]
    early = await client.post("/v2/bookings", json=booking_of(event_type["id"], "2050-09-05T08:45:00Z"))
    assert refusal(early, 400)["details"]["reasons"] == ["reserved"]
