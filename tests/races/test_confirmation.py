"""A host decides once about a request, and never gives a time away that somebody has."""

from collections import Counter
from datetime import timedelta

from tests.races.scene import (
    OCCURRENCES,
    Scene,
    at_once,
    cancelling,
    creating,
    data_of,
    deciding,
    guest,
    only_winner,
    rescheduling,
)
from tests.support.connection import Connection

ROUNDS = 10

HOUR = timedelta(hours=1)


async def test_a_time_goes_to_a_request_or_to_a_new_booking_never_to_both(
    scene: Scene, connections: list[Connection]
) -> None:
    for _ in range(ROUNDS):
        start = scene.time()
        uid = data_of(await connections[0].send(creating(scene.event_types["ask"], start)), 201)["uid"]
        requests = [
            deciding(uid, "confirm", scene.api_key),
            creating(scene.hour, start + HOUR / 2, attendee=guest(1)),
        ]
        confirmed, created = await at_once(connections, requests)
        assert (confirmed.status, created.status) in {(200, 400), (400, 201)}
        shown = data_of(await connections[0].get(f"/v2/bookings/{uid}"))
        assert shown["status"] == ("accepted" if confirmed.status == 200 else "pending")


async def test_of_requests_for_one_time_one_is_confirmed(scene: Scene, connections: list[Connection]) -> None:
    for _ in range(ROUNDS):
        start = scene.time()
        asking = [creating(scene.event_types["ask"], start, attendee=guest(number)) for number in range(4)]
        uids = [data_of(answer, 201)["uid"] for answer in await at_once(connections, asking)]
        answers = await at_once(connections, [deciding(uid, "confirm", scene.api_key) for uid in uids])
        assert sorted(answer.status for answer in answers) == [200, 400, 400, 400]


async def test_of_requests_that_hold_one_time_one_is_made(
    scene: Scene, connections: list[Connection]
) -> None:
    for _ in range(ROUNDS):
        start = scene.time()
        asking = [creating(scene.event_types["hold"], start, attendee=guest(number)) for number in range(8)]
        asking.append(creating(scene.half_hour, start, attendee=guest(9)))
        only_winner(await at_once(connections, asking), losers=400, reasons={"booking"})


async def test_a_request_is_decided_about_once(scene: Scene, connections: list[Connection]) -> None:
    for _ in range(ROUNDS):
        uid = data_of(await connections[0].send(creating(scene.event_types["hold"], scene.time())), 201)[
            "uid"
        ]
        requests = [deciding(uid, decision, scene.api_key) for decision in ("confirm", "decline")]
        answers = await at_once(connections, requests * 4)
        assert Counter(answer.status for answer in answers) == {200: 1, 400: 7}
        decision = next(index % 2 for index, answer in enumerate(answers) if answer.status == 200)
        shown = data_of(await connections[0].get(f"/v2/bookings/{uid}"))
        assert shown["status"] == ("accepted", "rejected")[decision]


async def test_a_request_is_withdrawn_moved_or_confirmed(scene: Scene, connections: list[Connection]) -> None:
    for _ in range(ROUNDS):
        start = scene.time()
        uid = data_of(await connections[0].send(creating(scene.event_types["ask"], start)), 201)["uid"]
        requests = [
            deciding(uid, "confirm", scene.api_key),
            cancelling(uid),
            rescheduling(uid, start + HOUR),
        ]
        confirmed, cancelled, moved = await at_once(connections, requests)
        data_of(cancelled)
        assert confirmed.status in {200, 400}, confirmed.body
        assert moved.status in {201, 400}, moved.body
        shown = data_of(await connections[0].get(f"/v2/bookings/{uid}"))
        assert shown["status"] == "cancelled"
        if moved.status == 201:
            assert data_of(moved, 201)["status"] == "pending"


async def test_a_series_that_waits_is_confirmed_as_a_whole_or_loses_a_time(
    scene: Scene, connections: list[Connection]
) -> None:
    for _ in range(ROUNDS):
        start = scene.weeks()
        asked = data_of(
            await connections[0].send(creating(scene.event_types["ask-weekly"], start, attendee=guest(0))),
            201,
        )
        requests = [
            deciding(asked[0]["uid"], "confirm", scene.api_key),
            deciding(asked[1]["uid"], "confirm", scene.api_key),
            creating(scene.hour, start + timedelta(weeks=2), attendee=guest(1)),
        ]
        *confirmed, created = await at_once(connections, requests)
        shown = data_of(await connections[0].get(f"/v2/bookings/{asked[0]['recurringBookingUid']}"))
        statuses = Counter(one["status"] for one in shown)
        if created.status == 201:
            assert {answer.status for answer in confirmed} == {400}
            assert statuses == {"pending": OCCURRENCES}
        else:
            assert sorted(answer.status for answer in confirmed) == [200, 400]
            assert statuses == {"accepted": OCCURRENCES}
