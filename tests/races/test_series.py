"""A series is booked as a whole or not at all, whatever happens to its times meanwhile."""

from datetime import timedelta

from tests.races.scene import (
    OCCURRENCES,
    Scene,
    at_once,
    cancelling,
    creating,
    data_of,
    guest,
    rescheduling,
)
from tests.support.connection import Connection

ROUNDS = 10

HOUR = timedelta(hours=1)
WEEK = timedelta(weeks=1)


async def test_of_series_that_overlap_one_is_booked(scene: Scene, connections: list[Connection]) -> None:
    for _ in range(ROUNDS):
        start = scene.weeks()
        weekly = scene.event_types["weekly"]
        requests = [
            creating(weekly, start + number * WEEK + number * HOUR / 4, attendee=guest(number))
            for number in range(OCCURRENCES)
        ]
        answers = await at_once(connections, requests * 2)
        won = [data_of(answer, 201) for answer in answers if answer.status == 201]
        assert [len(series) for series in won] == [OCCURRENCES]
        assert {answer.status for answer in answers} == {201, 400}


async def test_a_time_goes_to_a_series_or_to_a_single_booking(
    scene: Scene, connections: list[Connection]
) -> None:
    for _ in range(ROUNDS):
        start = scene.weeks()
        single = creating(scene.hour, start + 2 * WEEK + HOUR / 2, attendee=guest(1))
        series = creating(scene.event_types["weekly"], start, attendee=guest(0))
        answers = await at_once(connections, [series, single])
        assert sorted(answer.status for answer in answers) == [201, 400]


async def test_an_occurrence_moves_while_its_series_is_cancelled(
    scene: Scene, connections: list[Connection]
) -> None:
    for _ in range(ROUNDS):
        start = scene.weeks()
        made = data_of(
            await connections[0].send(creating(scene.event_types["weekly"], start, attendee=guest(0))), 201
        )
        series_uid = made[0]["recurringBookingUid"]
        requests = [
            cancelling(series_uid),
            rescheduling(made[1]["uid"], start + WEEK + HOUR),
            cancelling(made[2]["uid"], cancelSubsequentBookings=True),
        ]
        whole, moved, later = await at_once(connections, requests)
        data_of(whole)
        data_of(later)
        assert moved.status in {201, 400}, moved.body
        left = data_of(await connections[0].get(f"/v2/bookings/{series_uid}"))
        live = [one["uid"] for one in left if one["status"] == "accepted"]
        # What moved after the cancellation of all is a booking that the cancellation did not know.
        assert live in ([], [moved.json()["data"]["uid"]] if moved.status == 201 else [])
