"""What holds for every request: paths, methods, the two envelopes, and the common headers."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI

from kalends.api.http.operation import Router
from kalends.api.input.fields import EventTypeId
from kalends.settings import Settings
from tests.conftest import Clock
from tests.support.client import Client, Host, booking_of, data, refusal
from tests.support.mounted import mounted
from tests.support.refusals import WatchedEdge

SECURITY_HEADERS = {
    "access-control-allow-origin": "*",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "origin-agent-cluster": "?1",
    "referrer-policy": "no-referrer",
    "strict-transport-security": "max-age=15552000; includeSubDomains",
    "x-content-type-options": "nosniff",
    "x-dns-prefetch-control": "off",
    "x-download-options": "noopen",
    "x-frame-options": "SAMEORIGIN",
    "x-permitted-cross-domain-policies": "none",
    "x-xss-protection": "0",
}


async def raw_get(app: FastAPI, raw_path: bytes) -> tuple[int, bytes]:
    """Send a path as it is: httpx would mend it."""
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b""}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/",
        "raw_path": raw_path,
        "query_string": b"",
        "headers": [],
        "client": ("192.0.2.1", 50_000),
    }
    await WatchedEdge(app)(scope, receive, send)
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:])


@pytest.fixture
async def broken_client(settings: Settings, clock: Clock) -> AsyncIterator[Client]:
    """Return a client of a server with operations that have bugs."""
    router = Router("/v2/broken", "Broken")

    @router.get("")
    async def fail() -> None:
        raise RuntimeError("the secret of the house")

    limiting = {"rate_limit_enabled": True, "rate_limit_storage": "memory"}
    async with mounted(settings.model_copy(update=limiting), clock, router) as client:
        yield client


async def test_health_answers_a_bare_ok_without_the_prefix(client: Client) -> None:
    answer = await client.get("/health")
    assert (answer.status_code, answer.text) == (200, "OK")
    assert answer.headers["content-type"].startswith("text/html")
    assert refusal(await client.get("/v2/health"), 404)["code"] == "NotFoundException"


async def test_readiness_asks_the_database(client: Client) -> None:
    answer = await client.get("/health/ready")
    assert (answer.status_code, answer.json()) == (200, {"status": "success"})


@pytest.mark.parametrize(
    "path", ["/v2/me", "/api/v2/me", "/v2/ee/me", "/api/v2/ee/me", "/v2/me/", "/V2/ME", "/v2/Me?x=1"]
)
async def test_an_operation_has_several_spellings(ana: Host, path: str) -> None:
    assert data(await ana.client.get(path))["id"] == ana.id


@pytest.mark.parametrize("before", ["/v2", "/api/v2", "/v2/ee", "/api/v2/ee"])
@pytest.mark.parametrize("rest", ["", "/", "/7/attributes?take=1", "?take=1", "/7/orgs/8", "/7/reccuring"])
async def test_organizations_have_a_short_name_that_goes_with_every_other_alias(
    client: Client, before: str, rest: str
) -> None:
    answer = await client.get(f"{before}/orgs{rest}")
    assert f"GET {before}/orgs{rest}" in refusal(answer, 404)["message"]
    assert answer.json()["path"] == f"/v2/organizations{rest}".replace("reccuring", "recurring")


@pytest.mark.parametrize(
    "path", ["/v2/orgsx/7", "/v2/Orgs/7", "/v2/me/orgs/7", "/orgs/7", "/v2/organizations/7"]
)
async def test_only_the_whole_first_segment_is_the_short_name_of_organizations(
    client: Client, path: str
) -> None:
    answer = await client.get(path)
    refusal(answer, 404)
    assert answer.json()["path"] == path


async def test_an_operation_of_organizations_is_served_under_the_short_name(
    settings: Settings, clock: Clock
) -> None:
    router = Router("/v2/organizations/{eventTypeId}", "Test")

    @router.get("/sample")
    async def show(number: EventTypeId) -> int:
        return number

    async with mounted(settings, clock, router) as client:
        for before in ("/v2/organizations", "/v2/orgs", "/api/v2/ee/orgs"):
            assert data(await client.get(f"{before}/7/sample")) == 7


async def test_a_literal_segment_goes_before_a_parameter_whichever_is_declared_first(
    settings: Settings, clock: Clock
) -> None:
    router = Router("/v2/samples/{eventTypeId}", "Test")

    @router.get("/{uid}")
    async def show(number: EventTypeId) -> str:
        return f"one of {number}"

    @router.get("/default")
    async def show_default(number: EventTypeId) -> str:
        return f"default of {number}"

    async with mounted(settings, clock, router) as client:
        assert data(await client.get("/v2/samples/7/Default")) == "default of 7"
        assert data(await client.get("/v2/samples/7/other")) == "one of 7"


@pytest.mark.parametrize("path", ["/API/v2/me", "/v2/EE/me", "/api/me", "/v2/api/v2/me", "/me"])
async def test_aliases_are_replaced_at_the_beginning_and_in_lower_case_only(ana: Host, path: str) -> None:
    refusal(await ana.client.get(path), 404)


@pytest.mark.parametrize("literal", ["schedules", "SCHEDULES", "Schedules"])
async def test_literal_parts_ignore_capitals_beside_parameters(ana: Host, literal: str) -> None:
    schedule = await ana.creates_schedule()
    path = f"/v2/{literal}/{schedule['id']}/"
    answer = await ana.client.request("GET", path, version="2024-06-11")
    assert data(answer)["id"] == schedule["id"]


async def test_parameters_keep_their_capitals_and_are_decoded(client: Client) -> None:
    error = refusal(await client.get("/v2/bookings/No%20Such%2FThing"), 404)
    assert "No Such/Thing" in error["message"]


async def test_a_literal_path_goes_before_one_with_a_parameter(ana: Host) -> None:
    assert data(await ana.client.get("/v2/schedules/default"))["isDefault"] is True


@pytest.mark.parametrize(
    "raw_path",
    [b"/v2/bookings/%FF", b"/v2/bookings/%ZZ", b"/v2/bookings/a%", b"/nope%F", b"/v2/bookings/%ED%A0%80"],
)
async def test_a_malformed_escape_in_the_path_is_refused(
    api: FastAPI, client: Client, raw_path: bytes
) -> None:
    status, body = await raw_get(api, raw_path)
    assert status == 400
    assert b'"code":"BadRequestException"' in body


async def test_a_nul_character_in_the_path_is_refused(client: Client) -> None:
    refusal(await client.get("/v2/bookings/a%00b"), 400)


async def test_bytes_beyond_ascii_in_the_path_are_answered(api: FastAPI, client: Client) -> None:
    status, _ = await raw_get(api, b"/v2/bookings/\xc3\xa9\xff")
    assert status in (400, 404)


async def test_the_error_names_the_path_after_the_aliases_and_the_message_the_one_that_was_sent(
    client: Client,
) -> None:
    answer = await client.get("/api/v2/nope?x=1")
    assert answer.json()["path"] == "/v2/nope?x=1"
    assert "GET /api/v2/nope?x=1" in refusal(answer, 404)["message"]


async def test_the_misspelt_recurring_is_mended_once(client: Client) -> None:
    answer = await client.post("/v2/bookings/reccuring/reccuring", json={})
    assert answer.json()["path"] == "/v2/bookings/recurring/reccuring"


@pytest.mark.parametrize(
    ("method", "path"),
    [("PUT", "/v2/me"), ("DELETE", "/v2/me"), ("POST", "/v2/me"), ("PATCH", "/health"), ("GET", "/v2")],
)
async def test_a_method_that_a_path_lacks_is_not_found(client: Client, method: str, path: str) -> None:
    error = refusal(await client.request(method, path), 404)
    assert error["code"] == "NotFoundException"
    assert f"{method} {path}" in error["message"]
    assert error["details"] == {"message": error["message"], "error": "Not Found", "statusCode": 404}


async def test_an_unknown_route_is_not_found_whatever_credential_and_version_come_with_it(
    client: Client,
) -> None:
    sent = {"Authorization": "Bearer cal_" + 32 * "0", "cal-api-version": "latest"}
    refusal(await client.get("/v2/nope", headers=sent), 404)


@pytest.mark.parametrize("path", ["/v2/me", "/v2/schedules", "/v2/schedules/default", "/health"])
async def test_head_works_where_get_does(ana: Host, path: str) -> None:
    got = await ana.client.get(path)
    # `Client` reads the JSON of every success, and this one has no body.
    headed = await ana.client.send(ana.client.build_request("HEAD", path, headers=got.request.headers))
    assert (headed.status_code, headed.content) == (200, b"")
    assert headed.headers["content-length"] == got.headers["content-length"]


async def test_head_of_an_unknown_path_is_not_found(client: Client) -> None:
    assert (await client.head("/v2/nope")).status_code == 404


@pytest.mark.parametrize("path", ["/v2/me", "/v2/anything/at/all", "/", "/v2/bookings/%FF"])
async def test_every_preflight_is_answered_alike(client: Client, path: str) -> None:
    answer = await client.options(path, headers={"Origin": "https://acme.test"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["content-length"] == "0"
    assert answer.headers["access-control-max-age"] == "86400"
    assert answer.headers["access-control-allow-methods"] == "GET,PATCH,DELETE,HEAD,POST,PUT,OPTIONS"
    assert answer.headers["access-control-allow-headers"] == (
        "x-cal-client-id,x-cal-secret-key,x-cal-platform-embed,cal-api-version,Idempotency-Key,"
        "Accept,Authorization,Content-Type,Origin"
    )


async def test_success_is_compact_json_in_its_envelope(ana: Host) -> None:
    answer = await ana.client.get("/v2/me")
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.text.startswith('{"status":"success","data":{"id":')


async def test_posts_create_with_201_and_the_others_answer_200(ana: Host) -> None:
    schedule = await ana.creates_schedule()
    assert (await ana.client.patch(f"/v2/schedules/{schedule['id']}", json={})).status_code == 200
    assert (await ana.client.delete(f"/v2/schedules/{schedule['id']}")).status_code == 200


async def test_a_refusal_has_one_envelope(client: Client) -> None:
    answer = await client.get("/v2/me")
    error = refusal(answer, 401)
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.json()["timestamp"].endswith("Z")
    assert len(answer.json()["timestamp"]) == len("2050-09-01T06:00:00.000Z")
    assert answer.json()["path"] == "/v2/me"
    assert error["code"] == "UnauthorizedException"
    assert error["details"] == {"message": error["message"], "error": "Unauthorized", "statusCode": 401}


async def test_a_bug_is_answered_in_the_envelope_without_its_cause(broken_client: Client) -> None:
    answer = await broken_client.get("/api/v2/broken?x=1")
    error = refusal(answer, 500)
    assert error["code"] == "INTERNAL_SERVER_ERROR"
    assert answer.json()["path"] == "/v2/broken?x=1"
    assert "secret" not in answer.text


async def test_a_bug_is_answered_with_all_the_common_headers(broken_client: Client) -> None:
    answer = await broken_client.get("/v2/broken")
    assert answer.status_code == 500
    assert {name: answer.headers[name] for name in SECURITY_HEADERS} == SECURITY_HEADERS
    assert UUID(answer.headers["x-request-id"]).version == 4
    assert answer.headers["x-ratelimit-limit"] == "120"


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/health", b"", 200),
        ("OPTIONS", "/v2/me", b"", 204),
        ("PATCH", "/v2/me", b'{"timeFormat":', 400),
        ("GET", "/v2/me", b"", 401),
        ("GET", "/v2/nope", b"", 404),
        ("PATCH", "/v2/me", b"[" + b" " * 150_000 + b"]", 413),
    ],
)
async def test_every_answer_has_the_common_headers(
    client: Client, method: str, path: str, body: bytes, status: int
) -> None:
    answer = await client.request(method, path, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == status
    assert {name: answer.headers[name] for name in SECURITY_HEADERS} == SECURITY_HEADERS
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert "X-Request-Id" in answer.headers["access-control-expose-headers"]
    assert "Retry-After" in answer.headers["access-control-expose-headers"]
    assert "x-powered-by" not in answer.headers
    assert UUID(answer.headers["x-request-id"]).version == 4


async def test_a_request_is_named_afresh_whatever_it_calls_itself(client: Client) -> None:
    sent = {"X-Request-Id": "7b0c7b9e-5d4b-4a57-9f0e-2b6a1f3c9a11"}
    named = {(await client.get("/health", headers=sent)).headers["x-request-id"] for _ in range(2)}
    assert len(named) == 2
    assert sent["X-Request-Id"] not in named


async def test_a_refused_command_stores_nothing(ana: Host) -> None:
    schedule = await ana.creates_schedule()
    refused = await ana.client.patch(
        f"/v2/schedules/{schedule['id']}", json={"name": "Other", "timeZone": "Moon/Base"}
    )
    refusal(refused, 400)
    assert data(await ana.client.get(f"/v2/schedules/{schedule['id']}")) == schedule


@pytest.mark.parametrize("path", ["/v2/schedules/abc", "/v2/schedules/1.5", "/v2/event-types/0x1"])
async def test_an_id_that_is_no_number_is_refused_by_name(ana: Host, path: str) -> None:
    error = refusal(await ana.client.get(path), 400)
    assert error["code"] == "BadRequestException"
    assert "Id must be an integer" in error["message"]


@pytest.mark.parametrize("number", ["99999999999", "-1", "0", "9" * 40])
@pytest.mark.parametrize("resource", ["schedules", "event-types"])
async def test_an_id_that_cannot_exist_is_not_found(ana: Host, resource: str, number: str) -> None:
    refusal(await ana.client.get(f"/v2/{resource}/{number}"), 404)


async def test_a_caller_without_a_credential_hears_of_that_before_any_mistake_of_the_body(
    client: Client,
) -> None:
    refusal(await client.patch("/v2/me", json={"timeFormat": 13}), 401)
    refusal(await client.get("/v2/schedules/abc"), 401)


async def test_unknown_properties_are_refused_by_name_where_bookings_and_slots_ask_for_it(
    ana: Host, client: Client
) -> None:
    event_type = await ana.creates_event_type()
    body = booking_of(event_type["id"], "2050-09-05T10:00:00Z", foo=1)
    error = refusal(await client.post("/v2/bookings", json=body), 400)
    assert "foo" in error["message"]
    assert error["details"] == {"message": error["message"], "error": "Bad Request", "statusCode": 400}
    assert data(await ana.client.get("/v2/bookings")) == []

    query = {"eventTypeId": event_type["id"], "start": "2050-09-05", "end": "2050-09-06", "foo": "1"}
    error = refusal(await client.get("/v2/slots", params=query), 400)
    assert "foo" in error["message"]
    assert "errors" not in error["details"]
