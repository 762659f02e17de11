"""OpenAPI documents as the contract checks read them: operations and named schemas."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

Schema: TypeAlias = dict[str, Any]

ALLOWED = "x-allowed"
"""Marks, in a corrected contract, what our document may have and need not have."""

CONTRACT_FILE = Path(__file__).with_name("contract-2025-04-29.json")

_METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of an operation; `place` is `path`, `query` or `header`.

    One that is merely allowed may be missing in our document.
    """

    name: str
    place: str
    is_required: bool
    schema: Schema
    is_merely_allowed: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from the operation's other parameters; header names have no case."""
        return self.place, self.name.lower() if self.place == "header" else self.name


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation. A request or response that has no schema is None."""

    method: str
    path: str
    tag: str
    parameters: tuple[Parameter, ...]
    request: Schema | None
    responses: Mapping[int, Schema | None]

    @property
    def key(self) -> tuple[str, str]:
        """What the same operation has in every document: names of path parameters do not count."""
        return self.method, re.sub(r"{\w+}", "{}", self.path)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class Document:
    """The operations of an API and the schemas that they refer to."""

    operations: tuple[Operation, ...]
    schemas: Mapping[str, Schema]


@cache
def contract_json() -> Mapping[str, Any]:
    """Return the contract as it was published: `paths`, and `schemas` at the top."""
    document: dict[str, Any] = json.loads(CONTRACT_FILE.read_text(encoding="utf-8"))
    return document


def read_document(document: Mapping[str, Any]) -> Document:
    """Read an OpenAPI document, or the contract, whose schemas are not under `components`."""
    operations = (
        _read_operation(method, path, item[method])
        for path, item in document["paths"].items()
        for method in _METHODS
        if method in item
    )
    return Document(tuple(operations), document.get("components", document).get("schemas", {}))


def named(reference: str) -> str:
    """Return the name of the schema that a `$ref` points to."""
    return reference.rpartition("/")[2]


def _read_operation(method: str, path: str, operation: Mapping[str, Any]) -> Operation:
    return Operation(
        method=method.upper(),
        path=path,
        tag=operation.get("tags", [""])[0],
        parameters=tuple(_read_parameters(path, operation.get("parameters", ()))),
        request=_json_schema_of(operation.get("requestBody", {})),
        responses={
            int(status): _json_schema_of(response)
            for status, response in operation["responses"].items()
            if status.isdecimal()
        },
    )


def _read_parameters(path: str, listed: Iterable[Mapping[str, Any]]) -> Iterator[Parameter]:
    """Read the parameters; those of the path are what its template says, whatever is listed."""
    in_path = dict.fromkeys(re.findall(r"{(\w+)}", path), Schema())
    for parameter in listed:
        name, place, schema = parameter["name"], parameter["in"], parameter.get("schema", {})
        if place != "path":
            is_required = parameter.get("required", False)
            yield Parameter(name, place, is_required, schema, parameter.get(ALLOWED, False))
        elif name in in_path:
            in_path[name] = schema
    for name, schema in in_path.items():
        yield Parameter(name, "path", is_required=True, schema=schema)


def _json_schema_of(body: Mapping[str, Any]) -> Schema | None:
    schema: Schema | None = body.get("content", {}).get("application/json", {}).get("schema")
    return schema
