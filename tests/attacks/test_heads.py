"""Heads of requests that make work before anything is known of who sends them (findings 2, 8 and 19)."""

import pytest

from tests.attacks.counting import counted_calls
from tests.support.client import Client, refusal


def quoted(size: int) -> str:
    """Return a content type of about so many characters, with a semicolon for nearly each."""
    return f'application/json; a="{";" * size}"'


async def calls_for(client: Client, content_type: str) -> int:
    """Return how many functions are called to answer a POST to nowhere."""
    with counted_calls() as calls:
        await client.post("/nowhere", content=b"{}", headers={"Content-Type": content_type})
    return calls.count


async def test_a_long_content_type_takes_no_more_steps_than_a_short_one(client: Client) -> None:
    await calls_for(client, quoted(100))
    short, long = [await calls_for(client, quoted(size)) for size in (100, 10_000)]
    assert long < short + 100


@pytest.mark.parametrize(("length", "status"), [(256, 404), (257, 415)])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_a_content_type_of_more_than_256_bytes_is_refused(
    client: Client, method: str, length: int, status: int
) -> None:
    content_type = quoted(0).ljust(length, "x")
    answer = await client.request(method, "/nowhere", content=b"{}", headers={"Content-Type": content_type})
    error = refusal(answer, status)
    assert ("Content-Type" in error["message"]) is (status == 415)


async def test_the_form_of_a_page_is_read_by_the_same_rule(client: Client) -> None:
    answer = await client.post("/booking/x/cancel", content=b"a=b", headers={"Content-Type": quoted(10_000)})
    assert answer.status_code == 415
