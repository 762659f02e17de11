"""Corrections of the contract: how a mistake of the published document is written down and mended.

A correction says where it applies as a path of keys, separated by spaces: `schemas MeOutput properties id`
or `paths /v2/slots get parameters slotFormat schema`. In a list of parameters the key is a name.
"""

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from tests.contract.document import ALLOWED, Schema

_TIME_OF_DAY = r"^([01]\d|2[0-3]):([0-5]\d)$"


@dataclass(frozen=True, slots=True)
class Replace:
    """What stands at `at` is on the wire what `schema` says. What is not there yet is added."""

    at: str
    schema: Any
    why: str


@dataclass(frozen=True, slots=True)
class Drop:
    """A property or a parameter that the document lists and the wire does not have."""

    at: str
    why: str


@dataclass(frozen=True, slots=True)
class Relax:
    """Properties of the object at `at` that the document requires and the wire does not."""

    at: str
    properties: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Allow:
    """A property, or a member of the list at `at`, that our wire may have in addition."""

    at: str
    schema: Schema
    why: str


Deviation: TypeAlias = Replace | Drop | Relax | Allow


def corrected(document: Mapping[str, Any], deviations: Iterable[Deviation]) -> dict[str, Any]:
    """Return a copy of a contract document with its generator's mistakes and the `deviations` mended.

    Raises:
        LookupError: a deviation points to what is not there.
    """
    mended: dict[str, Any] = _without_generator_mistakes(document)
    for deviation in deviations:
        _apply(mended, deviation)
    return mended


def _apply(document: dict[str, Any], deviation: Deviation) -> None:
    *way, last = deviation.at.split(" ")
    holder = document
    for key in way:
        holder = _step(holder, key)
    match deviation:
        case Replace(schema=schema):
            holder[last] = copy.deepcopy(schema)
        case Drop():
            _drop(holder, last, document, way)
        case Relax(properties=properties):
            required = holder[last]["required"]
            for name in properties:
                required.remove(name)
        case Allow(schema=schema):
            if isinstance(holder.get(last), list):
                holder[last].append({**schema, ALLOWED: True})
            else:
                holder[last] = {**schema, ALLOWED: True}


def _step(holder: Any, key: str) -> Any:
    if isinstance(holder, list):
        return next(item for item in holder if item["name"] == key)
    return holder[key]


def _drop(holder: Any, last: str, document: dict[str, Any], way: list[str]) -> None:
    if isinstance(holder, list):
        holder.remove(_step(holder, last))
        return
    del holder[last]
    owner: Any = document
    for key in way[:-1]:
        owner = _step(owner, key)
    if last in owner.get("required", ()):
        owner["required"].remove(last)


def _without_generator_mistakes(node: Any) -> Any:
    """Mend what the generator of the contract got wrong in every place alike.

    An `enum` beside `type: array` describes the items; a name of a constant stands for the pattern of a
    time of day (schedules.md 2); an `object` whose default is a boolean is one.
    """
    if isinstance(node, list):
        return [_without_generator_mistakes(item) for item in node]
    if not isinstance(node, dict):
        return node
    mended = {key: _without_generator_mistakes(value) for key, value in node.items()}
    if mended.get("type") == "array" and "items" in mended:
        mended.pop("enum", None)
    if mended.get("pattern") == "TIME_FORMAT_HH_MM":
        mended["pattern"] = _TIME_OF_DAY
    if mended.get("type") == "object" and isinstance(mended.get("default"), bool):
        mended["type"] = "boolean"
    return mended
