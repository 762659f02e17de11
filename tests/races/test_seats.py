"""Many want seats of one time: there is one booking, never over-full, and nobody is lost on the way."""

from datetime import timedelta
from typing import Any

from tests.races.scene import (
    SEATS,
    Scene,
    at_once,
    cancelling,
    creating,
    data_of,
    guest,
    only_winner,
    rescheduling,
)
from tests.support.connection import Answer, Connection

ROUNDS = 10
RACERS = 16

HOUR = timedelta(hours=1)


async def test_the_first_seats_of_a_time_share_one_booking(
    scene: Scene, connections: list[Connection]
) -> None:
    for _ in range(ROUNDS):
        start = scene.time()
        requests = [creating(scene.room, start, attendee=guest(number)) for number in range(RACERS)]
        answers = await at_once(connections, requests)
        seated = _seated(answers)
        assert len(seated) == SEATS
        assert len({booking["uid"] for booking in seated}) == 1
        assert len({booking["seatUid"] for booking in seated}) == SEATS


async def test_the_last_seat_is_given_away_once(scene: Scene, connections: list[Connection]) -> None:
    for _ in range(ROUNDS):
        start = scene.time()
        for number in range(SEATS - 1):
            data_of(await connections[0].send(creating(scene.room, start, attendee=guest(number))), 201)
        requests = [
            creating(scene.room, start, attendee=guest(number)) for number in range(SEATS, SEATS + RACERS)
        ]
        only_winner(await at_once(connections, requests), losers=409)


async def test_one_attendee_gets_one_seat(scene: Scene, connections: list[Connection]) -> None:
    for _ in range(ROUNDS):
        request = creating(scene.room, scene.time(), attendee=guest(1))
        only_winner(await at_once(connections, [request] * RACERS), losers=409)


async def test_the_last_seat_goes_to_who_moves_there_or_to_who_books_it(
    scene: Scene, connections: list[Connection]
) -> None:
    for _ in range(ROUNDS):
        start = scene.time()
        for number in range(SEATS - 1):
            data_of(await connections[0].send(creating(scene.room, start, attendee=guest(number))), 201)
        elsewhere = creating(scene.room, start + HOUR, attendee=guest(8))
        left = data_of(await connections[0].send(elsewhere), 201)
        requests = [
            rescheduling(left["uid"], start, seatUid=left["seatUid"]),
            creating(scene.room, start, attendee=guest(9)),
        ]
        moved, _ = await at_once(connections, requests)
        only_winner([moved, _], losers=409)
        stays = data_of(await connections[0].get(f"/v2/bookings/{left['uid']}"))
        assert stays["status"] == ("cancelled" if moved.status == 201 else "accepted")


async def test_attendees_who_want_to_swap_their_times_find_a_seat_there(
    scene: Scene, connections: list[Connection]
) -> None:
    for _ in range(ROUNDS):
        start = scene.time()
        requests = [
            creating(scene.room, at, attendee=guest(number)) for number, at in ((1, start), (2, start + HOUR))
        ]
        one, other = (data_of(answer, 201) for answer in await at_once(connections, requests))
        swaps = [
            rescheduling(one["uid"], start + HOUR, seatUid=one["seatUid"]),
            rescheduling(other["uid"], start, seatUid=other["seatUid"]),
        ]
        for answer in await at_once(connections, swaps):
            data_of(answer, 201)


async def test_the_last_attendee_leaves_while_another_joins(
    scene: Scene, connections: list[Connection]
) -> None:
    for _ in range(ROUNDS):
        start = scene.time()
        left = data_of(await connections[0].send(creating(scene.room, start, attendee=guest(1))), 201)
        requests = [
            cancelling(left["uid"], seatUid=left["seatUid"]),
            creating(scene.room, start, attendee=guest(2)),
        ]
        cancelled, created = await at_once(connections, requests)
        data_of(cancelled)
        joined = data_of(created, 201)
        shown = data_of(await connections[0].get(f"/v2/bookings/{joined['uid']}?seatUid={joined['seatUid']}"))
        assert shown["status"] == "accepted"
        assert [one["email"] for one in shown["attendees"]] == ["guest2@example.com"]


async def test_one_seat_is_given_up_once(scene: Scene, connections: list[Connection]) -> None:
    for _ in range(ROUNDS):
        start = scene.time()
        first, _ = [
            data_of(await connections[0].send(creating(scene.room, start, attendee=guest(number))), 201)
            for number in (1, 2)
        ]
        request = cancelling(first["uid"], seatUid=first["seatUid"])
        answers = await at_once(connections, [request] * 4)
        assert sorted(answer.status for answer in answers) == [200, 400, 400, 400]


async def test_a_seated_time_or_an_ordinary_booking_never_both(
    scene: Scene, connections: list[Connection]
) -> None:
    for _ in range(ROUNDS):
        start = scene.time()
        seats = [creating(scene.room, start, attendee=guest(number)) for number in range(SEATS)]
        ordinary = [creating(scene.hour, start + HOUR / 2)] * SEATS
        answers = await at_once(connections, [*seats, *ordinary])
        won = [answer.status == 201 for answer in answers]
        assert won[:SEATS] == [True] * SEATS or sum(won[SEATS:]) == 1
        assert not (any(won[:SEATS]) and any(won[SEATS:]))


async def test_a_host_moves_all_seats_while_others_join(scene: Scene, connections: list[Connection]) -> None:
    for _ in range(ROUNDS):
        start = scene.time()
        moved = data_of(await connections[0].send(creating(scene.room, start, attendee=guest(1))), 201)
        requests = [
            rescheduling(moved["uid"], start + HOUR, api_key=scene.api_key),
            *(creating(scene.room, start, attendee=guest(number)) for number in (2, 3)),
            *(creating(scene.room, start + HOUR, attendee=guest(number)) for number in (4, 5)),
        ]
        host, *_ = await at_once(connections, requests)
        assert host.status in {201, 409}, host.body


def _seated(answers: list[Answer]) -> list[dict[str, Any]]:
    """Return what was booked; everybody else must have been told that the seats are taken."""
    assert {answer.status for answer in answers} <= {201, 409}, [answer.body for answer in answers]
    return [data_of(answer, 201) for answer in answers if answer.status == 201]
