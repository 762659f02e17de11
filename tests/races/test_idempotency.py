"""The same request many times at once: its work is done once, and nobody gets another answer."""

from tests.races.conftest import CONNECTIONS
from tests.races.scene import Scene, at_once, event_type
from tests.support.client import booking_of
from tests.support.connection import Connection, request_bytes

ROUNDS = 20

REPLAYED = b"idempotency-replayed: true"


async def test_of_32_equal_requests_with_one_key_one_books_and_the_others_hear_the_same(
    scene: Scene, connections: list[Connection]
) -> None:
    for number in range(ROUNDS):
        body = booking_of(scene.hour, scene.time().isoformat())
        request = request_bytes("POST", "/v2/bookings", body, key=f"book-{number}")
        answers = await at_once(connections, [request] * CONNECTIONS)
        made = [answer for answer in answers if answer.status == 201]
        assert {answer.status for answer in answers} <= {201, 409}
        assert sum(REPLAYED not in answer.head for answer in made) == 1
        last = await connections[0].send(request)
        assert REPLAYED in last.head
        assert {answer.body for answer in made} == {last.body}


async def test_one_key_for_different_requests_serves_one_of_them(
    scene: Scene, connections: list[Connection]
) -> None:
    for number in range(ROUNDS):
        requests = [
            request_bytes(
                "POST", "/v2/event-types", event_type(slug, 30), api_key=scene.api_key, key=f"make-{number}"
            )
            for slug in (f"one-{number}", f"other-{number}")
        ]
        answers = await at_once(connections, requests * 4)
        assert {answer.status for answer in answers} <= {201, 409, 422}
        assert sum(answer.status == 201 and REPLAYED not in answer.head for answer in answers) == 1
