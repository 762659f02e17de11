"""The classes by which an operation refuses: its handler's, its guards', and those of every operation."""

import inspect
import re
from collections.abc import Iterator

from kalends.api.http.fastapi_internals import Dependant
from kalends.api.http.operation import Operation
from kalends.api.input.query import Query
from kalends.api.output.errors import DomainError, Refusals, Refusing
from kalends.api.refusals import (
    AlreadyStored,
    BodyNotJson,
    BodyTooLarge,
    DanglingReference,
    DatabaseFull,
    DatabaseUnavailable,
    IdempotencyKeyInUse,
    IdempotencyKeyReused,
    InvalidPath,
    InvalidProperties,
    InvalidValues,
    MalformedBody,
    MalformedIdempotencyKey,
    MalformedPath,
    MalformedQuery,
    MalformedVersion,
    RateLimitReached,
    UnknownApiKey,
    UnreadableBody,
    ValueOutOfRange,
    VersionMissing,
)

OF_ALL: Refusals = (
    MalformedPath,
    MalformedVersion,
    UnknownApiKey,
    RateLimitReached,
    DatabaseFull,
    DatabaseUnavailable,
)
"""The classes by which any operation may refuse."""

_OF_VALUES: Refusals = (InvalidValues, InvalidProperties, ValueOutOfRange)
_OF_QUERY: Refusals = (MalformedQuery, *_OF_VALUES)
_OF_BODY: Refusals = (MalformedBody, BodyTooLarge, UnreadableBody, *_OF_VALUES)
_OF_PATH: Refusals = (InvalidPath, ValueOutOfRange)
_OF_KEY: Refusals = (MalformedIdempotencyKey, IdempotencyKeyInUse, IdempotencyKeyReused)
_OF_CHANGES: Refusals = (AlreadyStored, DanglingReference)

_METHODS_THAT_CHANGE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_STATUS = re.compile(r"\d{3}: ")


def refusals_of(operation: Operation) -> Refusals:
    """Return every class by which an operation may refuse, each once."""
    return tuple(dict.fromkeys(_refusals_of(operation)))


def sentence_of(refusal: type[DomainError]) -> str:
    """Return when a refusal is raised, in a sentence: what its docstring says after its status."""
    paragraph, _, _ = inspect.cleandoc(refusal.__doc__ or "").partition("\n\n")
    sentence = " ".join(_STATUS.sub("", paragraph, count=1).split())
    return sentence[:1].upper() + sentence[1:]


def dependencies_of(dependant: Dependant) -> Iterator[object]:
    """Yield what stands before a handler, whatever asks for it."""
    for dependency in dependant.dependencies:
        if dependency.call is not None:
            yield dependency.call
        yield from dependencies_of(dependency)


def _refusals_of(operation: Operation) -> Iterator[type[DomainError]]:
    yield from OF_ALL
    if operation.is_version_required:
        yield VersionMissing
    if "{" in operation.path:
        yield from _OF_PATH
    if operation.method in _METHODS_THAT_CHANGE:
        # A body is read whether or not the operation has one.
        yield from _OF_BODY
        yield from _OF_CHANGES
    if operation.plan.takes_body:
        yield BodyNotJson
    if operation.plan.takes_key:
        yield from _OF_KEY
    for call in dependencies_of(operation.dependant):
        if isinstance(call, Query):
            yield from _OF_QUERY
        if isinstance(call, Refusing):
            yield from call.refusals
    yield from operation.refuses
