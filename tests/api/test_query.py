"""How query strings are read, and what paging accepts."""

from typing import Any

import pytest

from kalends.api.input.query import comma_list, parse_query
from kalends.api.output.errors import BadRequest
from tests.support.client import Client, Host, booking_of, broken_properties, data, refusal


@pytest.mark.parametrize(
    ("query", "parsed"),
    [
        (b"", {}),
        (b"a=1", {"a": "1"}),
        (b"a=1&b=2", {"a": "1", "b": "2"}),
        (b"a=1&a=2&a=3", {"a": ["1", "2", "3"]}),
        (b"a[]=1", {"a": ["1"]}),
        (b"a[]=1&a[]=2", {"a": ["1", "2"]}),
        (b"a[0]=1&a[1]=2", {"a": ["1", "2"]}),
        (b"a%5B%5D=1&a=2", {"a": ["1", "2"]}),
        (b"a=1&a[]=2", {"a": ["1", "2"]}),
        (b"a[b]=1&a[c]=2", {"a": {"b": "1", "c": "2"}}),
        (b"a[21]=1", {"a": {"21": "1"}}),
        (b"a=", {"a": ""}),
        (b"a", {"a": ""}),
        (b"a=1+2%2B3", {"a": "1 2+3"}),
        (b"a=1,2", {"a": "1,2"}),
        (b"a=%E2%82%AC", {"a": "€"}),
        (b"a=%ZZ", {"a": "%ZZ"}),
        (b"a[b]=1&a=2", {"a": [{"b": "1"}, "2"]}),
        (b"a=1&a[b]=2", {"a": "1", "a[b]": "2"}),
        (b"&&a=1&", {"a": "1"}),
    ],
)
def test_a_query_string_is_read(query: bytes, parsed: dict[str, Any]) -> None:
    assert parse_query(query) == parsed


@pytest.mark.parametrize("query", [b"a=%FF", b"a=\xff", b"%C3=1", b"a=%ED%A0%80"])
def test_a_query_that_is_not_utf_8_is_refused(query: bytes) -> None:
    with pytest.raises(BadRequest, match="UTF-8"):
        parse_query(query)


def test_at_most_a_thousand_parameters_are_read() -> None:
    assert len(parse_query(b"&".join(b"a%d=1" % number for number in range(1_000)))) == 1_000
    with pytest.raises(BadRequest, match="1000"):
        parse_query(b"&".join([b"a=1"] * 1_001))


@pytest.mark.parametrize(
    ("value", "items"), [("a, b ,c", ["a", "b", "c"]), ("", [""]), (["a,b"], ["a,b"]), ("a", ["a"])]
)
def test_a_comma_list_is_split_unless_it_is_a_list_already(value: object, items: list[str]) -> None:
    assert comma_list(value) == items


@pytest.mark.parametrize("query", ["a=%FF", "&".join(["a=1"] * 1_001)])
async def test_an_unreadable_query_is_refused_over_http(client: Client, query: str) -> None:
    assert refusal(await client.get(f"/v2/slots?{query}"), 400)["code"] == "BadRequestException"


@pytest.mark.parametrize(
    "query",
    [
        "take=0",
        "take=251",
        "take=abc",
        "take=",
        "take=1&take=2",
        "take[a]=1",
        "take=%00",
        "take=99999999999999999999",
        "skip=-1",
        "skip=",
        "skip=99999999999",
        "sortStart=up",
    ],
)
async def test_paging_out_of_bounds_is_refused_by_name(ana: Host, query: str) -> None:
    error = refusal(await ana.client.get(f"/v2/bookings?{query}"), 400)
    assert broken_properties(error) == {query.partition("=")[0].partition("[")[0]}


@pytest.mark.parametrize(
    "query", ["take=10abc", "take=250", "take=1.9", "take=+5", "skip=0", "take= 7", "x=1"]
)
async def test_paging_reads_the_integer_that_a_value_begins_with(ana: Host, query: str) -> None:
    assert data(await ana.client.get(f"/v2/bookings?{query}")) == []


async def test_take_and_skip_cut_a_page(ana: Host, client: Client) -> None:
    event_type = await ana.creates_event_type()
    for hour in (8, 10, 12):
        body = booking_of(event_type["id"], f"2050-09-05T{hour:02}:00:00Z")
        data(await client.post("/v2/bookings", json=body), 201)
    listed = data(await ana.client.get("/v2/bookings?sortStart=asc"))
    page = data(await ana.client.get("/v2/bookings?sortStart=asc&take=1.9&skip=1"))
    assert [booking["uid"] for booking in page] == [listed[1]["uid"]]


async def test_a_plus_in_a_query_is_a_space(ana: Host, client: Client) -> None:
    query = "/v2/slots?eventTypeId=1&start=2050-09-05&end=2050-09-06T00:00:00+02:00"
    assert "end" in refusal(await client.get(query), 400)["message"]


async def test_unknown_parameters_are_ignored_where_they_are_not_refused(ana: Host) -> None:
    assert data(await ana.client.get("/v2/me?foo=1&take=0"))["id"] == ana.id
    assert len(data(await ana.client.get("/v2/schedules?take=0"))) == 1


async def test_lists_without_an_order_of_their_own_go_by_id(ana: Host) -> None:
    for name in ("b", "a", "c"):
        await ana.creates_schedule(name=name)
    ids = [schedule["id"] for schedule in data(await ana.client.get("/v2/schedules"))]
    assert ids == sorted(ids)
