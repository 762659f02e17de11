"""Answers of the server against the contract: every 2xx body has the shape that it promises.

Stricter than the contract's own words in one way: an object has no properties but those that its schema
lists. What the wire rightly has in addition is in `tests.contract.deviations`.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from tests.contract.deviations import contract
from tests.contract.document import Operation, Schema

_ALIASES = (("/api/v2/", "/v2/"), ("/v2/ee/", "/v2/"), ("/v2/orgs/", "/v2/organizations/"))
_MOST_PROBLEMS = 10


def assert_matches_contract(method: str, path: str, status: int, body: object) -> None:
    """Check a successful answer; other answers and operations that are not in the contract are let pass.

    Raises:
        AssertionError: the contract has another success status, or the body is not of its shape. The
            message names the operation, where in the body, and what is wrong there.
    """
    operation = _operation_at(method.upper(), path)
    if operation is None or not 200 <= status < 300:
        return
    expected = ", ".join(map(str, operation.responses))
    assert status in operation.responses, f"{operation} answers {status}, the contract says {expected}"
    validator = _validator(operation.method, operation.path, status)
    problems = [] if validator is None else list(_problems(validator.iter_errors(body)))
    listed = "".join(f"\n  {problem}" for problem in problems[:_MOST_PROBLEMS])
    assert not problems, f"{operation} answers {status} with a body that the contract excludes:{listed}"


def _operation_at(method: str, path: str) -> Operation | None:
    path = path.partition("?")[0]
    for alias, prefix in _ALIASES:
        if path.startswith(alias):
            path = prefix + path.removeprefix(alias)
    segments = path.strip("/").split("/")
    return next((one for one in _by_literal_segments(method) if _is_at(one, segments)), None)


@cache
def _by_literal_segments(method: str) -> tuple[Operation, ...]:
    """Return the operations so that `/v2/schedules/default` comes before `/v2/schedules/{scheduleId}`."""
    operations = [operation for operation in contract().operations if operation.method == method]
    return tuple(
        sorted(operations, key=lambda one: [segment.startswith("{") for segment in one.path.split("/")])
    )


def _is_at(operation: Operation, segments: list[str]) -> bool:
    template = operation.path.strip("/").split("/")
    return len(template) == len(segments) and all(
        part.startswith("{") or part.lower() == segment.lower()
        for part, segment in zip(template, segments, strict=True)
    )


@cache
def _validator(method: str, path: str, status: int) -> Draft202012Validator | None:
    operation = next(one for one in contract().operations if (one.method, one.path) == (method, path))
    schema = operation.responses[status]
    if schema is None:
        return None
    return Draft202012Validator({**_strict(schema), "components": {"schemas": _strict_schemas()}})


@cache
def _strict_schemas() -> Mapping[str, Schema]:
    return {name: _strict(schema) for name, schema in contract().schemas.items()}


def _strict(schema: Schema) -> Schema:
    """Translate OpenAPI 3.0 into JSON Schema, and close every object whose properties are listed.

    `oneOf` becomes `anyOf`: several forms of the contract differ in nothing, so a value that fits one
    fits all.
    """
    strict: dict[str, Any] = {key: schema[key] for key in _PLAIN_KEYWORDS if key in schema}
    if "items" in schema:
        strict["items"] = _strict(schema["items"])
    if "allOf" in schema:
        strict["allOf"] = [_strict(member) for member in schema["allOf"]]
    if "oneOf" in schema:
        strict["anyOf"] = [_strict(member) for member in schema["oneOf"]]
    if schema.get("properties"):
        strict["properties"] = {name: _strict(inner) for name, inner in schema["properties"].items()}
        strict["additionalProperties"] = False
    if "additionalProperties" in schema:
        strict["additionalProperties"] = _strict(schema["additionalProperties"])
    return {"anyOf": [strict, {"type": "null"}]} if schema.get("nullable") else strict


_PLAIN_KEYWORDS = ("$ref", "type", "enum", "required", "pattern", "minimum", "maximum", "minLength")


def _problems(errors: Iterable[ValidationError]) -> Iterator[str]:
    for error in errors:
        for leaf in _leaves(error):
            message = leaf.message if len(leaf.message) < 300 else f"{leaf.message[:300]}…"
            yield f"{leaf.json_path.removeprefix('$.')}: {message}"


def _leaves(error: ValidationError) -> Iterator[ValidationError]:
    """Yield the errors of the alternative that the value comes closest to."""
    if not error.context:
        yield error
        return
    branches: dict[int, list[ValidationError]] = {}
    for inner in error.context:
        branches.setdefault(int(inner.schema_path[0]), []).append(inner)
    for inner in min(branches.values(), key=_distance):
        yield from _leaves(inner)


def _distance(branch: list[ValidationError]) -> tuple[bool, int]:
    is_of_another_type = any(error.validator == "type" and not error.path for error in branch)
    return is_of_another_type, len(branch)
