"""Members of a query that an operation does not know are named in `X-Kalends-Ignored`."""

from urllib.parse import quote

import pytest

from kalends.api.input.ignored import LONGEST_NAME, MOST_CHARACTERS, MOST_NAMES
from tests.support.client import Client, Host, data, refusal

HEADER = "X-Kalends-Ignored"


async def ignored(host: Host, path: str) -> str | None:
    """Return the header of an answer that must be a success."""
    answer = await host.client.get(path)
    data(answer)
    value: str | None = answer.headers.get(HEADER)
    return value


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("/v2/me", None),
        ("/v2/me?", None),
        ("/v2/me?a=1", "a"),
        ("/v2/me?a=1&b=2&a=3", "a, b"),
        ("/v2/me?a", "a"),
        ("/v2/me?=1&&", None),
        ("/v2/me?a+b=1&%C3%A9=2&%2C=3&%0D%0Ax=4", "a%20b, %C3%A9, %2C, %0D%0Ax"),
        ("/v2/me?%FF=1", "%FF"),
        ("/v2/bookings?take=5&limit=5&page=2", "limit, page"),
        ("/v2/bookings?status[]=past&status[0]=upcoming", None),
        ("/v2/bookings?filter[status]=past&Status=past", "filter%5Bstatus%5D, Status"),
        ("/v2/bookings?eventTypeIDs=1", "eventTypeIDs"),
        ("/v2/event-types?username=ana&page=3", "page"),
    ],
)
async def test_the_names_are_told_once_encoded_and_in_order(ana: Host, path: str, names: str | None) -> None:
    assert await ignored(ana, path) == names


async def test_an_answer_is_the_same_with_and_without_them(ana: Host) -> None:
    await ana.creates_event_type()
    with_them = await ana.client.get("/v2/event-types?username=ana&page=7")
    assert data(with_them) == data(await ana.client.get("/v2/event-types?username=ana"))


async def test_refusals_name_them_too(ana: Host, client: Client) -> None:
    answer = await ana.client.get("/v2/bookings?take=0&limits=5")
    refusal(answer, 400)
    assert answer.headers[HEADER] == "limits"
    answer = await client.post("/v2/bookings?dryRun=true", json={})
    refusal(answer, 400)
    assert answer.headers[HEADER] == "dryRun"


async def test_there_are_at_most_twenty_names(ana: Host) -> None:
    told = await ignored(ana, "/v2/me?" + "&".join(f"n{number}=1" for number in range(30)))
    assert told == ", ".join(f"n{number}" for number in range(MOST_NAMES))


@pytest.mark.parametrize("sign", ["x", "é", "🎉"])
async def test_there_are_at_most_500_characters(ana: Host, sign: str) -> None:
    names = [f"{number:02}{sign * 40}" for number in range(15)]
    told = await ignored(ana, "/v2/me?" + "&".join(f"{quote(name)}=1" for name in names))
    assert told is not None
    assert MOST_CHARACTERS - 3 * LONGEST_NAME < len(told) <= MOST_CHARACTERS
    assert told.startswith(quote(names[0][:10]))


async def test_a_name_that_is_longer_than_all_room_is_cut(ana: Host) -> None:
    assert await ignored(ana, f"/v2/me?{'x' * 5_000}=1") == "x" * LONGEST_NAME


async def test_strict_operations_refuse_instead(client: Client) -> None:
    answer = await client.get("/v2/slots?eventTypeId=1&start=2050-09-05&end=2050-09-05&page=1")
    assert "page" in refusal(answer, 400)["message"]
    assert HEADER not in answer.headers


async def test_browsers_may_read_it(client: Client) -> None:
    answer = await client.get("/v2/me?a=1")
    assert HEADER in answer.headers["access-control-expose-headers"]
    assert answer.headers[HEADER] == "a"


async def test_the_document_has_it_where_it_may_come(client: Client) -> None:
    paths = (await client.get("/openapi.json")).json()["paths"]
    for path, method, status in (("/v2/me", "get", "200"), ("/v2/bookings", "post", "201")):
        assert HEADER in paths[path][method]["responses"][status]["headers"]
    assert "headers" not in paths["/v2/slots"]["get"]["responses"]["200"]
