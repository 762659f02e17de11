"""What the OpenAPI document says of refusals, bounds and changes."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI

ENVELOPE = {"$ref": "#/components/schemas/ErrorEnvelope"}


def operations(api: FastAPI) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the operations of the document with their methods and paths."""
    for path, item in api.openapi()["paths"].items():
        for method, operation in item.items():
            yield f"{method.upper()} {path}", operation


def statuses(api: FastAPI, name: str) -> set[str]:
    """Return the failures that an operation describes."""
    return {status for status in dict(operations(api))[name]["responses"] if status >= "400"}


def test_every_failure_is_described_as_the_envelope(api: FastAPI) -> None:
    described = [
        response["content"]["application/json"]["schema"]
        for _, operation in operations(api)
        for status, response in operation["responses"].items()
        if status >= "400"
    ]
    assert described
    assert all(schema == ENVELOPE for schema in described)


def test_the_failures_of_the_framework_are_nowhere(api: FastAPI) -> None:
    assert "ValidationError" not in str(api.openapi())


def test_every_operation_may_refuse_for_a_malformed_request_a_bad_key_and_a_limit(api: FastAPI) -> None:
    for name, _ in operations(api):
        assert {"400", "401", "429", "500", "503"} <= statuses(api, name)


def test_the_other_failures_are_those_that_the_operation_declares(api: FastAPI) -> None:
    always = {"400", "401", "429", "500", "503"}
    assert statuses(api, "GET /health") == always
    assert statuses(api, "GET /v2/schedules") == always | {"403", "498"}
    assert statuses(api, "GET /v2/schedules/{scheduleId}") == always | {"403", "404", "498"}
    assert statuses(api, "PATCH /v2/me") == always | {"403", "404", "409", "413", "415", "498"}


def test_a_refusal_for_the_limit_describes_when_to_come_back(api: FastAPI) -> None:
    assert all("Retry-After" in operation["responses"]["429"]["headers"] for _, operation in operations(api))


def test_bounds_of_numbers_have_the_names_of_json_schema(api: FastAPI) -> None:
    parameters = dict(operations(api))["GET /v2/bookings"]["parameters"]
    take = next(parameter for parameter in parameters if parameter["name"] == "take")
    assert (take["schema"]["minimum"], take["schema"]["maximum"]) == (1, 250)


def test_changes_have_no_defaults_that_a_client_might_send(api: FastAPI) -> None:
    schemas = api.openapi()["components"]["schemas"]
    for name in ("UpdateMe", "UpdateScheduleBody"):
        assert all("default" not in described for described in schemas[name]["properties"].values())


def test_the_document_is_made_once(api: FastAPI) -> None:
    assert api.openapi() is api.openapi()
