"""Many clients and two server processes want the same time: it is given away exactly once."""

from datetime import timedelta

import pytest

from tests.races.conftest import CONNECTIONS
from tests.races.scene import (
    Scene,
    at_once,
    cancelling,
    creating,
    data_of,
    event_type,
    make_event_type,
    only_winner,
    rescheduling,
    reserving,
)
from tests.support.connection import Connection, connected, request_bytes

CLIENTS = 64
FEW_ROUNDS = 20

HOUR = timedelta(hours=1)
QUARTER = timedelta(minutes=15)


@pytest.mark.parametrize("rounds", [200, pytest.param(10_000, marks=pytest.mark.full)])
async def test_of_64_clients_who_book_one_slot_exactly_one_gets_it(scene: Scene, rounds: int) -> None:
    async with connected(scene.port, CLIENTS) as connections:
        for _ in range(rounds):
            request = creating(scene.hour, scene.time())
            answers = await at_once(connections, [request] * CLIENTS)
            only_winner(answers, losers=400, reasons={"booking"})


async def test_of_overlapping_slots_of_two_event_types_one_is_booked(
    scene: Scene, connections: list[Connection]
) -> None:
    for _ in range(FEW_ROUNDS):
        start = scene.time()
        wanted = [
            creating(scene.hour, start),
            creating(scene.half_hour, start + QUARTER),
            creating(scene.hour, start - QUARTER),
            creating(scene.half_hour, start + QUARTER),
        ]
        answers = await at_once(connections, wanted * 8)
        only_winner(answers, losers=400, reasons={"booking"})


async def test_a_time_goes_to_a_reschedule_or_to_a_new_booking_never_to_both(
    scene: Scene, connections: list[Connection]
) -> None:
    for _ in range(FEW_ROUNDS):
        start = scene.time()
        moved = data_of(await connections[0].send(creating(scene.hour, start)), 201)
        wanted = [rescheduling(moved["uid"], start + HOUR), creating(scene.hour, start + HOUR)]
        answers = await at_once(connections, wanted * 4)
        winner = only_winner(answers, losers=400)
        left = data_of(await connections[0].get(f"/v2/bookings/{moved['uid']}"))
        has_moved = winner.get("rescheduledFromUid") == moved["uid"]
        assert left["status"] == ("cancelled" if has_moved else "accepted")


async def test_of_many_reschedules_of_one_booking_one_moves_it(
    scene: Scene, connections: list[Connection]
) -> None:
    for _ in range(FEW_ROUNDS):
        start = scene.time()
        uid = data_of(await connections[0].send(creating(scene.half_hour, start)), 201)["uid"]
        wanted = [rescheduling(uid, start + number * QUARTER) for number in range(1, 5)]
        answers = await at_once(connections, wanted * 4)
        assert only_winner(answers, losers=400)["rescheduledFromUid"] == uid


async def test_bookings_that_want_to_swap_their_times_refuse_each_other(
    scene: Scene, connections: list[Connection]
) -> None:
    for _ in range(FEW_ROUNDS):
        start = scene.time()
        requests = [creating(scene.hour, start), creating(scene.hour, start + HOUR)]
        first, second = (data_of(answer, 201)["uid"] for answer in await at_once(connections, requests))
        wanted = [rescheduling(first, start + HOUR), rescheduling(second, start)]
        answers = await at_once(connections, wanted * 4)
        assert {answer.status for answer in answers} == {400}


async def test_a_booking_that_many_cancel_is_cancelled_once(
    scene: Scene, connections: list[Connection]
) -> None:
    for _ in range(FEW_ROUNDS):
        start = scene.time()
        uid = data_of(await connections[0].send(creating(scene.hour, start)), 201)["uid"]
        answers = await at_once(connections, [cancelling(uid)] * 8)
        seen = [data_of(answer) for answer in answers]
        assert {(one["status"], one["updatedAt"]) for one in seen} == {("cancelled", seen[0]["updatedAt"])}
        data_of(await connections[0].send(creating(scene.hour, start)), 201)


async def test_a_booking_is_cancelled_or_moved_first_and_its_old_time_is_free_then(
    scene: Scene, connections: list[Connection]
) -> None:
    for _ in range(FEW_ROUNDS):
        start = scene.time()
        uid = data_of(await connections[0].send(creating(scene.hour, start)), 201)["uid"]
        answers = await at_once(connections, [cancelling(uid), rescheduling(uid, start + HOUR)] * 4)
        cancelled, moved = answers[::2], answers[1::2]
        assert {answer.status for answer in cancelled} == {200}
        assert sorted(answer.status for answer in moved) in ([400] * 4, [201] + [400] * 3)
        data_of(await connections[0].send(creating(scene.hour, start)), 201)


async def test_of_32_binding_reservations_of_one_slot_exactly_one_is_made(
    scene: Scene, connections: list[Connection]
) -> None:
    for _ in range(FEW_ROUNDS):
        request = reserving(scene.hour, scene.time())
        answers = await at_once(connections, [request] * CONNECTIONS)
        only_winner(answers, losers=422, reasons={"reserved"})


async def test_a_slot_is_bound_or_booked_never_both(scene: Scene, connections: list[Connection]) -> None:
    for _ in range(FEW_ROUNDS):
        start = scene.time()
        answers = await at_once(connections, [reserving(scene.hour, start), creating(scene.hour, start)] * 8)
        assert [answer.status for answer in answers].count(201) == 1
        assert {answer.status for answer in answers} == {201, 400, 422}


async def test_of_many_bookings_that_name_one_reservation_one_uses_it(
    scene: Scene, connections: list[Connection]
) -> None:
    for _ in range(FEW_ROUNDS):
        start = scene.time()
        held = data_of(await connections[0].send(reserving(scene.hour, start)), 201)["reservationUid"]
        request = creating(scene.hour, start, reservationUid=held)
        answers = await at_once(connections, [request] * 16)
        only_winner(answers, losers=400, reasons={"booking"})


async def test_the_deletion_of_an_event_type_and_a_reschedule_do_not_wait_for_each_other(
    scene: Scene, connections: list[Connection]
) -> None:
    for number in range(FEW_ROUNDS):
        made = await _short_lived(scene, connections[0], f"moved-{number}")
        uid = data_of(await connections[0].send(creating(made, scene.time())), 201)["uid"]
        wanted = [rescheduling(uid, scene.time()), _deleting(scene, made), creating(made, scene.time())]
        moved, deleted, created = await at_once(connections, wanted)
        assert deleted.status == 200, deleted.body
        assert {moved.status, created.status} <= {201, 400, 404}, (moved.body, created.body)


async def test_the_deletion_of_an_event_type_and_the_use_of_a_reservation_do_not_wait_for_each_other(
    scene: Scene, connections: list[Connection]
) -> None:
    for number in range(FEW_ROUNDS):
        made = await _short_lived(scene, connections[0], f"kept-{number}")
        start = scene.time()
        held = data_of(await connections[0].send(reserving(made, start)), 201)["reservationUid"]
        wanted = [creating(made, start, reservationUid=held), _deleting(scene, made)]
        created, deleted = await at_once(connections, wanted)
        assert deleted.status == 200, deleted.body
        assert created.status in {201, 400, 404}, created.body


async def _short_lived(scene: Scene, connection: Connection, slug: str) -> int:
    return await make_event_type(connection, scene.api_key, event_type(slug, 30))


def _deleting(scene: Scene, event_type_id: int) -> bytes:
    return request_bytes("DELETE", f"/v2/event-types/{event_type_id}", api_key=scene.api_key)
