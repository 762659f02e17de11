"""The properties that requests of later versions of the API may have, and which of them we take."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.contract.document import Document, Schema
from tests.contract.shapes import shape_of

LATER_INPUTS_FILE = Path(__file__).with_name("inputs-2026-08.json")
"""The named properties of every request body of 2026-08 by operation, as `bodies` reads its document."""

_DEEPEST = 6
"""Levels of properties; a body that holds itself has no end."""


def later_inputs() -> Mapping[str, list[str]]:
    """Return the properties of the request bodies of 2026-08 by operation."""
    inputs: dict[str, list[str]] = json.loads(LATER_INPUTS_FILE.read_text(encoding="utf-8"))
    return inputs


def bodies(document: Document) -> dict[str, set[str]]:
    """Return the properties of each operation's request body, with dots between levels.

    `*` stands for whatever an object of any properties has.
    """
    return {
        f"{operation.key[0]} {operation.key[1]}": set(_properties(operation.request, document.schemas, ()))
        for operation in document.operations
        if operation.request is not None
    }


def is_taken(name: str, taken: set[str]) -> bool:
    """Tell whether a property is one of those taken, or is in an object whose properties are free."""
    levels = name.split(".")
    wholes = (".".join([*levels[:count], "*"]) for count in range(len(levels)))
    return name in taken or any(whole in taken for whole in wholes)


def _properties(schema: Schema, schemas: Mapping[str, Schema], above: tuple[str, ...]) -> Iterator[str]:
    if len(above) > _DEEPEST:
        return
    for one in shape_of(schema, schemas).alternatives:
        if one.type == "object" and not one.properties:
            yield ".".join([*above, "*"])
        for name, inner in one.properties.items():
            yield ".".join([*above, name])
            yield from _properties(inner, schemas, (*above, name))
        if one.items is not None:
            yield from _properties(one.items, schemas, above)
