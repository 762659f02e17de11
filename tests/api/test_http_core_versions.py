"""Which version of an operation answers (http-core.md K4): the newest not newer than the date asked for."""

from datetime import date

import pytest

from kalends.api.http.answers import data_answer
from kalends.api.http.operation import Operation, Router
from kalends.api.http.paths import AmbiguousPath, RoutingTable
from kalends.api.http.versions import choose_version
from kalends.api.output.errors import BadRequest
from tests.support.client import Client, Host, booking_of, data, refusal

SERVED = ("2024-06-11", "2024-06-14", "2024-08-13", "2024-09-04", "2030-01-01", "2020-01-01")


async def answer() -> None:
    """Stand for a handler."""


def versions(*dates: str, is_required: bool = False) -> list[Operation]:
    operations = [Operation("GET", "/v2/sample", answer, data_answer(answer, status=200)) for _ in dates]
    for operation, text in zip(operations, dates, strict=True):
        operation.version = date.fromisoformat(text)
        operation.is_version_required = is_required
    return operations


@pytest.mark.parametrize(
    ("asked", "chosen"),
    [
        ("2024-09-05", "2024-09-04"),
        ("2024-09-04", "2024-09-04"),
        ("2024-09-03", "2024-06-11"),
        ("2024-06-11", "2024-06-11"),
        ("2020-01-01", "2024-04-15"),
        (None, "2024-04-15"),
    ],
)
def test_the_newest_version_that_is_not_newer_than_the_date_answers(asked: str | None, chosen: str) -> None:
    operations = versions("2024-09-04", "2024-06-11", "2024-04-15")
    found = choose_version(operations, date.fromisoformat(asked) if asked else None)
    assert found.version.isoformat() == chosen


def test_a_missing_date_is_refused_with_the_versions_there_are() -> None:
    operations = versions("2024-09-04", "2024-06-11", is_required=True)
    with pytest.raises(BadRequest, match=r"cal-api-version.*2024-06-11, 2024-09-04"):
        choose_version(operations, None)


def sample_router(path: str, version: date) -> Router:
    """Return one operation of a path and version."""
    router = Router("/v2/samples", "Test", version=version)
    router.get(path)(answer)
    return router


def test_two_operations_of_one_path_and_version_are_refused_at_start() -> None:
    routers = [sample_router(path, date(2024, 8, 13)) for path in ("/{uid}", "/{sampleUid}")]
    with pytest.raises(AmbiguousPath, match=r"GET /v2/samples/{sampleUid} .* 2024-08-13"):
        RoutingTable(operation for router in routers for operation in router.operations)


def test_versions_of_one_path_that_name_its_parameters_differently_are_refused_at_start() -> None:
    routers = [sample_router("/{uid}", date(2024, 4, 15)), sample_router("/{id}", date(2024, 8, 13))]
    with pytest.raises(AmbiguousPath, match=r"GET /v2/samples/{id} .* /v2/samples/{uid}"):
        RoutingTable(operation for router in routers for operation in router.operations)


async def test_event_types_answer_alike_for_every_date(ana: Host, client: Client) -> None:
    await ana.creates_event_type()
    answers = [
        data(await client.get("/v2/event-types?username=ana", headers={"cal-api-version": version}))
        for version in SERVED
    ]
    assert answers[0] != []
    assert all(one == answers[0] for one in answers)


async def test_slots_and_schedules_answer_alike_for_every_date(ana: Host) -> None:
    event_type = await ana.creates_event_type()
    slots = f"/v2/slots?eventTypeId={event_type['id']}&start=2050-09-05&end=2050-09-05"
    for path in (slots, "/v2/schedules"):
        answers = [
            data(await ana.client.get(path, headers={"cal-api-version": version})) for version in SERVED
        ]
        assert all(one == answers[0] for one in answers)


async def test_operations_without_versions_take_any_date_and_none(ana: Host) -> None:
    answers = [
        data(await ana.client.get("/v2/me", headers=headers))
        for headers in ({}, {"cal-api-version": "2024-08-13"}, {"cal-api-version": ""})
    ]
    assert answers[0] == answers[1] == answers[2]


@pytest.mark.parametrize("path", ["/v2/bookings", "/v2/event-types", "/v2/schedules", "/v2/slots"])
async def test_a_versioned_operation_needs_the_header(ana: Host, path: str) -> None:
    error = refusal(await ana.client.request("GET", path, version=None), 400)
    assert error["code"] == "BadRequestException"
    assert "cal-api-version" in error["message"]
    assert "2024-0" in error["message"]


@pytest.mark.parametrize(
    "version", ["latest", "2024-13-01", "2024-02-30", "20240813", "2024-8-13", "٢٠٢٤-٠٨-١٣"]
)
@pytest.mark.parametrize("path", ["/v2/me", "/v2/schedules"])
async def test_a_version_that_is_no_date_is_refused(ana: Host, path: str, version: str) -> None:
    sent = {b"cal-api-version": version.encode()}
    answer = await ana.client.request("GET", path, version=None, headers=sent)
    assert "cal-api-version" in refusal(answer, 400)["message"]


async def test_a_version_that_is_sent_twice_is_refused(ana: Host) -> None:
    headers = [
        ("cal-api-version", "2024-06-11"),
        ("cal-api-version", "2024-06-14"),
        ("Authorization", f"Bearer {ana.client.api_key}"),
    ]
    request = ana.client.build_request("GET", "/v2/schedules", headers=headers)
    refusal(await ana.client.send(request), 400)


async def test_the_version_is_judged_before_the_credential(client: Client) -> None:
    refusal(await client.request("GET", "/v2/schedules", version=None), 400)
    refusal(await client.get("/v2/schedules"), 401)


async def test_an_unknown_booking_is_the_same_refusal_for_every_date(client: Client) -> None:
    answers = [
        refusal(await client.get("/v2/bookings/nope", headers={"cal-api-version": version}), 404)
        for version in SERVED
    ]
    assert all(one == answers[0] for one in answers)


async def test_a_booking_is_made_under_a_later_date(ana: Host, client: Client) -> None:
    event_type = await ana.creates_event_type()
    body = booking_of(event_type["id"], "2050-09-05T10:00:00Z")
    answer = await client.post("/v2/bookings", json=body, headers={"cal-api-version": "2024-09-04"})
    assert data(answer, 201)["status"] == "accepted"
