"""A limit of bookings or minutes a day holds however many want to be the last."""

from collections import Counter
from datetime import timedelta

import pytest

from tests.races.scene import DAILY, Scene, at_once, creating, data_of, guest, rescheduling
from tests.support.connection import Connection

ROUNDS = 10
RACERS = 12

HOUR = timedelta(hours=1)


@pytest.mark.parametrize("slug", ["daily", "daily-minutes"])
async def test_a_day_takes_as_many_as_its_limit_says(
    scene: Scene, connections: list[Connection], slug: str
) -> None:
    for _ in range(ROUNDS):
        morning = scene.day()
        requests = [
            creating(scene.event_types[slug], morning + number * HOUR, attendee=guest(number))
            for number in range(RACERS)
        ]
        answers = await at_once(connections, requests)
        assert Counter(answer.status for answer in answers) == {201: DAILY, 403: RACERS - DAILY}


async def test_a_booker_gets_as_many_as_their_limit_says(scene: Scene, connections: list[Connection]) -> None:
    for number in range(ROUNDS):
        booker = guest(1_000 + number)
        starts = [scene.time() for _ in range(RACERS)]
        requests = [creating(scene.event_types["few"], start, attendee=booker) for start in starts]
        answers = await at_once(connections, requests)
        assert Counter(answer.status for answer in answers) == {201: DAILY, 400: RACERS - DAILY}


async def test_the_last_of_a_day_is_who_moves_there_or_who_books_it(
    scene: Scene, connections: list[Connection]
) -> None:
    for _ in range(ROUNDS):
        daily, morning, other_day = scene.event_types["daily"], scene.day(), scene.day()
        for number in range(DAILY - 1):
            request = creating(daily, morning + number * HOUR, attendee=guest(number))
            data_of(await connections[0].send(request), 201)
        moved = data_of(await connections[0].send(creating(daily, other_day)), 201)
        requests = [
            rescheduling(moved["uid"], morning + 8 * HOUR),
            creating(daily, morning + 9 * HOUR, attendee=guest(9)),
        ]
        answers = await at_once(connections, requests)
        assert sorted(answer.status for answer in answers) == [201, 403]


async def test_a_booking_that_moves_within_its_day_does_not_count_twice(
    scene: Scene, connections: list[Connection]
) -> None:
    for _ in range(ROUNDS):
        daily, morning = scene.event_types["daily"], scene.day()
        requests = [
            creating(daily, morning + number * HOUR, attendee=guest(number)) for number in range(DAILY)
        ]
        uids = [data_of(answer, 201)["uid"] for answer in await at_once(connections, requests)]
        moves = [rescheduling(uid, morning + (number + 8) * HOUR) for number, uid in enumerate(uids)]
        for answer in await at_once(connections, moves):
            data_of(answer, 201)
