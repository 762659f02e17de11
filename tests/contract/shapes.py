"""What a schema allows, in one form for OpenAPI 3.0 and 3.1: a list of alternatives, null aside."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from tests.contract.document import ALLOWED, Schema, named

NOT_YET = "x-kalends-not-yet"
"""Our document's extension: names of properties or alternatives of the contract that come later."""

Value: TypeAlias = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Alternative:
    """One thing that a value may be. A part that the schema leaves open is None or empty."""

    name: str
    type: str | None = None
    values: frozenset[Value] | None = None
    properties: Mapping[str, Schema] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    items: Schema | None = None
    entries: Schema | None = None
    """The schema of the values of an object whose keys are free."""
    not_yet: frozenset[str] = frozenset()
    is_merely_allowed: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """What a schema allows; no alternatives means anything."""

    alternatives: tuple[Alternative, ...]
    is_nullable: bool = False
    not_yet: frozenset[str] = frozenset()


def shape_of(schema: Schema, schemas: Mapping[str, Schema]) -> Shape:
    """Return what a schema allows; `schemas` are those that a `$ref` may name."""
    alternatives = tuple(_flatten(schema, schemas, ""))
    return Shape(
        alternatives=tuple(one for one in alternatives if one.type != "null"),
        is_nullable=any(one.type == "null" for one in alternatives),
        not_yet=_not_yet(schema, schemas),
    )


def _flatten(schema: Schema, schemas: Mapping[str, Schema], name: str) -> Iterator[Alternative]:
    if schema.get("nullable"):
        yield Alternative("null", "null")
    if "$ref" in schema:
        target = named(schema["$ref"])
        for one in _flatten(schemas[target], schemas, target):
            yield replace(one, is_merely_allowed=True) if ALLOWED in schema else one
        return
    union = schema.get("oneOf") or schema.get("anyOf")
    if union:
        for member in union:
            yield from _flatten(member, schemas, "")
        return
    if "allOf" in schema:
        yield from _merged(schema, schemas, name)
        return
    types = schema.get("type", _implied_type(schema))
    for kind in types if isinstance(types, list) else [types]:
        if kind is not None:
            yield _plain(schema, kind, name)


def _plain(schema: Schema, kind: str, name: str) -> Alternative:
    values = [schema["const"]] if "const" in schema else schema.get("enum")
    entries = schema.get("additionalProperties")
    items = schema.get("items")
    listed = f"{named(items['$ref'])}[]" if items and "$ref" in items else kind
    return Alternative(
        name=name or listed,
        type=kind,
        values=None if values is None else frozenset(values),
        properties=schema.get("properties", {}),
        required=frozenset(schema.get("required", ())),
        items=items,
        entries=entries if isinstance(entries, dict) else None,
        not_yet=frozenset(schema.get(NOT_YET, ())),
        is_merely_allowed=ALLOWED in schema,
    )


def _merged(schema: Schema, schemas: Mapping[str, Schema], name: str) -> Iterator[Alternative]:
    """Yield the single member of `allOf`, or the object that has the properties of all members."""
    members = schema["allOf"]
    if len(members) == 1:
        yield from _flatten(members[0], schemas, name)
        return
    parts = [part for member in members for part in _flatten(member, schemas, name)]
    yield replace(
        parts[0],
        properties={key: value for part in parts for key, value in part.properties.items()},
        required=frozenset[str]().union(*(part.required for part in parts)),
        not_yet=frozenset[str]().union(*(part.not_yet for part in parts)),
    )


def _implied_type(schema: Schema) -> str | None:
    if "properties" in schema or "additionalProperties" in schema:
        return "object"
    if "items" in schema:
        return "array"
    values: list[Any] = [schema["const"]] if "const" in schema else schema.get("enum", [])
    return _TYPES.get(type(values[0])) if values else None


def _not_yet(schema: Schema, schemas: Mapping[str, Schema]) -> frozenset[str]:
    """Return what is declared beside a `$ref` and in the schema that it names."""
    target = schemas[named(schema["$ref"])] if "$ref" in schema else {}
    return frozenset([*schema.get(NOT_YET, ()), *target.get(NOT_YET, ())])


_TYPES: Mapping[type, str] = {str: "string", int: "integer", float: "number", bool: "boolean"}
