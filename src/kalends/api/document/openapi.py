"""What our operations add to the OpenAPI document that FastAPI derives from them."""

from collections.abc import Iterable, Iterator, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from starlette.types import ASGIApp

from kalends.api.document.refusals import dependencies_of, refusals_of, sentence_of
from kalends.api.http.operation import Operation
from kalends.api.idempotency import PARAMETER as IDEMPOTENCY_KEY
from kalends.api.input.ignored import HEADER as IGNORED
from kalends.api.input.ignored import MOST_CHARACTERS, MOST_NAMES
from kalends.api.input.query import Query
from kalends.api.output.errors import Refusals


class DocumentedApi(FastAPI):
    """An application behind `api.edge`, whose document shows our failures in place of FastAPI's own."""

    def build_middleware_stack(self) -> ASGIApp:
        """Return the router alone; the edge does the work of FastAPI's own layers."""
        return self.router

    def openapi(self) -> dict[str, Any]:
        """Return the document, which is made at the first call."""
        if self.openapi_schema is None:
            for versions in _by_path(route for route in self.routes if isinstance(route, Operation)):
                newest = versions[-1]
                for superseded in versions[:-1]:
                    superseded.include_in_schema = False
                newest.document_answer()
                _describe(newest, [one.version.isoformat() for one in versions])
            document = super().openapi()
            schemas = document.setdefault("components", {}).setdefault("schemas", {})
            schemas["ErrorEnvelope"] = _ERROR_ENVELOPE
            for name in ("HTTPValidationError", "ValidationError"):
                schemas.pop(name, None)
            for operation in _operations(document):
                if _is_of_fastapi(operation["responses"].get("422", {})):
                    del operation["responses"]["422"]
            for route in self.routes:
                if isinstance(route, Operation) and route.include_in_schema and route.plan.ignores_unknown:
                    _document_ignored(document, route)
            _name_bounds(document)
        return self.openapi_schema or {}


class Documented:
    """Mixed into a dependency that stands for request headers of the document."""

    parameters: tuple[dict[str, Any], ...] = ()


def _by_path(operations: Iterable[Operation]) -> Iterator[list[Operation]]:
    """Yield the versions of each operation, oldest first: the document has one, and newer ones have more."""
    grouped: dict[tuple[str, str], list[Operation]] = {}
    for operation in operations:
        grouped.setdefault((operation.method, operation.path_format), []).append(operation)
    for versions in grouped.values():
        yield sorted(versions, key=lambda operation: operation.version)


def _describe(operation: Operation, versions: Sequence[str]) -> None:
    """Add version header, credential headers, query parameters and failures to an operation's description.

    `versions` are those of the operation; clients are offered the oldest, which is what existing ones send.
    """
    parameters: list[dict[str, Any]] = []
    if operation.is_version_required:
        parameters.append(
            {
                "name": "cal-api-version",
                "in": "header",
                "required": True,
                "description": f"The date of the API version; there is {', '.join(versions)}.",
                "schema": {"type": "string", "default": versions[0]},
            }
        )
    if operation.plan.takes_key:
        parameters.append(IDEMPOTENCY_KEY)
    for call in dependencies_of(operation.dependant):
        if isinstance(call, Documented):
            parameters.extend(call.parameters)
        if isinstance(call, Query):
            parameters.extend(_query_parameters(call))
    # Several guards of one operation may ask for the same header; the outermost, the first, knows best.
    by_name = {(parameter["in"], parameter["name"]): parameter for parameter in reversed(parameters)}
    if by_name:
        operation.openapi_extra = {"parameters": list(reversed(by_name.values()))}
    refusals = refusals_of(operation)
    statuses = {HTTPStatus.INTERNAL_SERVER_ERROR, *(refusal.status for refusal in refusals)}
    operation.responses = {status: _failure(status, refusals) for status in sorted(statuses)}


def _document_ignored(document: dict[str, Any], operation: Operation) -> None:
    described = document["paths"][operation.path_format][operation.method.lower()]
    described["responses"][str(operation.answer.status)].setdefault("headers", {})[IGNORED] = _IGNORED_HEADER


def _failure(status: int, refusals: Refusals) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorEnvelope"}}}
    lines = [f"- `{one.code}`: {sentence_of(one)}" for one in refusals if one.status == status]
    description = "\n".join([_FAILURES[status], "", *lines]) if lines else _FAILURES[status]
    described: dict[str, Any] = {"description": description, "content": content}
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        wait = {"description": "Seconds until the limit is free again.", "schema": {"type": "integer"}}
        described["headers"] = {"Retry-After": wait}
    if status == HTTPStatus.UNAUTHORIZED:
        challenge = {"description": "Which credential is asked for.", "schema": {"type": "string"}}
        described["headers"] = {"WWW-Authenticate": challenge}
    return described


def _is_of_fastapi(response: dict[str, Any]) -> bool:
    return "HTTPValidationError" in str(response)


def _operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for item in document["paths"].values():
        yield from item.values()


def _name_bounds(value: object) -> None:
    """Give bounds of numbers the names of JSON Schema, where Pydantic left them its own."""
    if isinstance(value, dict):
        for ours, theirs in _BOUNDS.items():
            if isinstance(value.get(ours), int | float):
                value[theirs] = value.pop(ours)
        for item in value.values():
            _name_bounds(item)
    elif isinstance(value, list):
        for item in value:
            _name_bounds(item)


def _query_parameters(query: "Query[Any]") -> Iterator[dict[str, Any]]:
    schema = query.model.model_json_schema(ref_template="#/components/schemas/{model}")
    required = set(schema.get("required", ()))
    for name, described in schema["properties"].items():
        described.pop("title", None)
        parameter: dict[str, Any] = {"name": name, "in": "query", "required": name in required}
        if "description" in described:
            parameter["description"] = described.pop("description")
        yield {**parameter, "schema": described}


_BOUNDS = {"ge": "minimum", "le": "maximum"}

_FAILURES = {
    400: "The request is malformed, or a value breaks a rule; the message says where, and what is accepted.",
    401: "There is no credential where one is needed, or it is not good.",
    403: "The credential is good, and does not give this right.",
    404: "There is nothing with this id, or nothing that the caller may see.",
    409: "The request collides with what is stored.",
    413: "The body is too large.",
    415: "The body has a charset or a compression that is not read.",
    422: "The request is well-formed, and the present state does not allow it.",
    429: "The rate limit is used up.",
    498: "The access token has expired; refresh it.",
    500: "The server failed.",
    503: "The database is busy or cannot be reached.",
}

_IGNORED_HEADER = {
    "description": (
        "Members of the query that this operation does not know and that had no effect, percent-encoded and "
        f"separated by commas: at most {MOST_NAMES} names and {MOST_CHARACTERS} characters. Absent if there "
        "are none."
    ),
    "schema": {"type": "string"},
}

_ERROR_ENVELOPE: dict[str, Any] = {
    "title": "ErrorEnvelope",
    "description": "The body of every refusal and failure.",
    "type": "object",
    "required": ["status", "timestamp", "path", "error"],
    "additionalProperties": False,
    "properties": {
        "status": {"type": "string", "enum": ["error"]},
        "timestamp": {"type": "string", "format": "date-time"},
        "path": {"type": "string", "description": "The path and query that were asked for."},
        "error": {
            "type": "object",
            "required": ["code", "message"],
            "additionalProperties": False,
            "properties": {
                "code": {"type": "string", "example": "BadRequestException"},
                "message": {"type": "string"},
                "details": {
                    "description": "More for programs; `errors` lists the properties that break rules.",
                    "anyOf": [{"type": "object"}, {"type": "string"}],
                },
            },
        },
    },
}
