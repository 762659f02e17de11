"""What our OpenAPI document says otherwise than the contract, for the operations that both have.

A request of ours must take whatever the contract's does, and an answer of ours must be one of the
contract's: so we may accept `null` in addition, not return it, and always return what is optional there.
Where the contract says `number`, `integer` is fine; an `object` without properties stands for any object.
Names of schemas do not matter. An enumeration has the same values on both sides, but one alternative of
several may be told from the others by a single one of them.

A body that the contract splits into several objects may be one object of ours that takes them all.

What our document lists under `x-kalends-not-yet` is declared: names of properties, and of alternatives of
the contract. A declared property of an answer may be there in a simpler form; a required one must be.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from tests.contract.document import ALLOWED, Document, Operation, Parameter, Schema
from tests.contract.shapes import Alternative, Value, shape_of


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A place where the documents differ; one that our document declares itself is `declared`."""

    operation: str
    place: str
    problem: str
    is_declared: bool = False

    def __str__(self) -> str:
        return f"{self.operation}, {self.place}: {self.problem}"


@dataclass(frozen=True, slots=True)
class _Difference:
    place: str
    problem: str
    is_declared: bool = False


def compare(contract: Document, ours: Document) -> tuple[Finding, ...]:
    """Return what differs in the operations of `contract` that `ours` has too."""
    served = {operation.key: operation for operation in ours.operations}
    findings = (
        Finding(str(operation), difference.place, difference.problem, difference.is_declared)
        for operation in contract.operations
        if operation.key in served
        for difference in _operation(operation, served[operation.key], contract, ours)
    )
    return tuple(sorted(set(findings)))


def _operation(
    expected: Operation, actual: Operation, contract: Document, ours: Document
) -> Iterator[_Difference]:
    requests = _Schemas(contract.schemas, ours.schemas, is_request=True)
    answers = _Schemas(contract.schemas, ours.schemas, is_request=False)
    yield from _parameters(expected, actual, requests)
    yield from _bodies(expected.request, actual.request, "request body $", requests)
    for status, schema in expected.responses.items():
        place = f"response {status}"
        if status not in actual.responses:
            yield _Difference(place, "is missing")
        elif schema is not None:
            yield from _bodies(schema, actual.responses[status], f"{place} $", answers)


def _parameters(expected: Operation, actual: Operation, schemas: "_Schemas") -> Iterator[_Difference]:
    theirs = {parameter.key: parameter for parameter in expected.parameters}
    ours = {parameter.key: parameter for parameter in actual.parameters}
    for key, parameter in theirs.items():
        place = f"{parameter.place} {parameter.name}"
        if key in ours:
            yield from _parameter(parameter, ours[key], place, schemas)
        elif not parameter.is_merely_allowed:
            yield _Difference(place, "is missing")
    for key in ours.keys() - theirs.keys():
        yield _Difference(f"{ours[key].place} {ours[key].name}", "is not in the contract")


def _parameter(
    expected: Parameter, actual: Parameter, place: str, schemas: "_Schemas"
) -> Iterator[_Difference]:
    if expected.is_required != actual.is_required:
        yield _Difference(place, _requirement(is_required=actual.is_required))
    default = expected.schema.get("default")
    if default is not None and actual.schema.get("default") != default:
        yield _Difference(place, f"has the default {actual.schema.get('default')!r}, not {default!r}")
    yield from schemas.compare(expected.schema, actual.schema, place)


def _bodies(
    expected: Schema | None, actual: Schema | None, place: str, schemas: "_Schemas"
) -> Iterator[_Difference]:
    if expected is None and actual is not None:
        yield _Difference(place, "is not in the contract")
    elif expected is not None and actual is None:
        yield _Difference(place, "is missing")
    elif expected is not None and actual is not None:
        yield from schemas.compare(expected, actual, place)


@dataclass(frozen=True, slots=True)
class _Schemas:
    """The comparison of schemas on one side of the wire. `open_pairs` are the names being compared."""

    theirs: Mapping[str, Schema]
    ours: Mapping[str, Schema]
    is_request: bool
    open_pairs: frozenset[tuple[str, str]] = frozenset()

    def compare(
        self, expected: Schema, actual: Schema, place: str, *, may_mark: bool = False
    ) -> Iterator[_Difference]:
        """Yield what differs between two schemas and in what they refer to.

        With `may_mark`, a single value may stand where the contract has several, or any.
        """
        theirs, ours = shape_of(expected, self.theirs), shape_of(actual, self.ours)
        wanted = [one for one in theirs.alternatives if one.name not in ours.not_yet]
        for one in theirs.alternatives:
            if one not in wanted:
                yield _Difference(place, f"{one.name} not yet", is_declared=True)
        if not wanted:
            return
        if self.is_request and theirs.is_nullable and not ours.is_nullable:
            yield _Difference(place, "does not take null")
        if not self.is_request and ours.is_nullable and not theirs.is_nullable:
            yield _Difference(place, "may be null, which the contract excludes")
        if self.is_request and len(ours.alternatives) == 1:
            wanted = _as_one_object(wanted)
        if not ours.alternatives:
            yield _Difference(place, f"has no type, not {wanted[0].type}")
        elif len(wanted) == len(ours.alternatives) == 1:
            yield from self._one(wanted[0], ours.alternatives[0], place, may_mark=may_mark)
        else:
            yield from self._union(wanted, ours.alternatives, place)

    def _union(
        self, theirs: Sequence[Alternative], ours: Sequence[Alternative], place: str
    ) -> Iterator[_Difference]:
        alone = list(ours)
        unmatched = []
        for expected in theirs:
            alike = [one for one in ours if not self._differences(expected, one, place)]
            alone = [one for one in alone if one not in alike]
            if not alike:
                unmatched.append(expected)
        for expected in unmatched:
            counterpart = next((one for one in alone if _resemble(expected, one)), None)
            if counterpart is not None:
                alone.remove(counterpart)
                yield from self._differences(expected, counterpart, place)
            elif not expected.is_merely_allowed:
                yield _Difference(place, f"lacks the alternative {expected.name}")
        for actual in alone:
            yield _Difference(place, f"has the alternative {actual.name}, which is not in the contract")

    def _differences(self, expected: Alternative, actual: Alternative, place: str) -> list[_Difference]:
        return list(self._one(expected, actual, place, may_mark=True))

    def _one(
        self, expected: Alternative, actual: Alternative, place: str, *, may_mark: bool
    ) -> Iterator[_Difference]:
        pair = expected.name, actual.name
        if pair in self.open_pairs:
            return
        if actual.type != expected.type and (expected.type, actual.type) != ("number", "integer"):
            yield _Difference(place, f"is of type {actual.type}, not {expected.type}")
            return
        if actual.values != expected.values and not (may_mark and _is_mark(actual.values, expected.values)):
            yield _Difference(place, f"is {_enumeration(actual.values)}, not {_enumeration(expected.values)}")
        within = replace(self, open_pairs=self.open_pairs | {pair}) if expected.name in self.theirs else self
        if expected.properties:
            yield from within._properties(expected, actual, place, may_mark=may_mark)
        if expected.items is not None:
            yield from within.compare(expected.items, actual.items or {}, f"{place}[]", may_mark=may_mark)
        if expected.entries is not None:
            yield from within.compare(expected.entries, actual.entries or {}, f"{place}.*")

    def _properties(
        self, expected: Alternative, actual: Alternative, place: str, *, may_mark: bool
    ) -> Iterator[_Difference]:
        for name, schema in expected.properties.items():
            inner = f"{place}.{name}"
            is_required, is_there = name in expected.required, name in actual.properties
            if name in actual.not_yet and (is_there or self.is_request or not is_required):
                yield _Difference(inner, "not yet", is_declared=True)
            elif is_there:
                promises_more = not self.is_request and not is_required
                if is_required != (name in actual.required) and not promises_more:
                    yield _Difference(inner, _requirement(is_required=not is_required))
                yield from self.compare(schema, actual.properties[name], inner, may_mark=may_mark)
            elif ALLOWED not in schema:
                yield _Difference(inner, "is missing")
        for name in actual.properties.keys() - expected.properties.keys():
            yield _Difference(f"{place}.{name}", "is not in the contract")


def _as_one_object(alternatives: list[Alternative]) -> list[Alternative]:
    """Return the object that takes what any of several objects takes; other alternatives as they are."""
    if not all(one.properties for one in alternatives):
        return alternatives
    return [
        replace(
            alternatives[0],
            properties={name: schema for one in alternatives for name, schema in one.properties.items()},
            required=frozenset.intersection(*(one.required for one in alternatives)),
        )
    ]


def _resemble(one: Alternative, other: Alternative) -> bool:
    """Tell whether two alternatives are meant to be the same: of one type, sharing most properties."""
    shared = one.properties.keys() & other.properties.keys()
    all_names = one.properties.keys() | other.properties.keys()
    return one.type == other.type and 2 * len(shared) >= len(all_names)


def _is_mark(actual: frozenset[Value] | None, expected: frozenset[Value] | None) -> bool:
    return actual is not None and len(actual) == 1 and (expected is None or actual <= expected)


def _requirement(*, is_required: bool) -> str:
    return "is required, optional in the contract" if is_required else "is optional, required in the contract"


def _enumeration(values: frozenset[Value] | None) -> str:
    return "any value" if values is None else "one of " + ", ".join(sorted(map(str, values)))
