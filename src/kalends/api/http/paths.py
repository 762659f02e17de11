"""Which operations a method and path have, and which the contract has there."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import unquote_to_bytes

from kalends.api.contract.operations import ContractOperation
from kalends.api.http.operation import Operation
from kalends.api.refusals import MalformedPath

_PARAMETER = re.compile(r"{(\w+)}")
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


Found: TypeAlias = Sequence[Operation] | ContractOperation
"""The versions that serve a path, newest first; or what the contract has there, which is not served."""


@dataclass(frozen=True, slots=True)
class _Pattern:
    regex: re.Pattern[str]
    found: Found


class AmbiguousPath(ValueError):
    """Two operations that the same request could mean; the message names them."""


class RoutingTable:
    """All operations, indexed once: literal paths by a dictionary, the others by one pattern each.

    A literal segment goes before a parameter, also where the contract has it and it is not served. A path
    that exists with other methods only is not found.

    Raises:
        AmbiguousPath: two operations cannot be told apart.
    """

    def __init__(self, operations: Iterable[Operation], contract: Iterable[ContractOperation] = ()) -> None:
        grouped: dict[tuple[str, str], list[Operation]] = defaultdict(list)
        for operation in operations:
            others = grouped[_key(operation)]
            for other in others:
                _check_apart(operation, other)
            others.append(operation)
        entries: dict[tuple[str, str], Found] = {
            key: tuple(sorted(versions, key=lambda operation: operation.version, reverse=True))
            for key, versions in grouped.items()
        }
        for documented in contract:
            entries.setdefault(_key(documented), documented)
        self._literal: dict[tuple[str, str], Found] = {}
        self._patterns: dict[tuple[str, int], list[_Pattern]] = defaultdict(list)
        for (method, path), found in sorted(entries.items(), key=lambda entry: _specificity(entry[0][1])):
            if "{" in path:
                named = found.path if isinstance(found, ContractOperation) else found[0].path
                self._patterns[method, path.count("/")].append(_Pattern(_pattern_of(named), found))
            else:
                self._literal[method, path] = found

    def find(self, method: str, raw_path: str) -> tuple[Found, dict[str, str]] | None:
        """Return what is at a path, and its decoded parameters.

        Raises:
            MalformedPath: the path has a malformed percent-escape, or one that stands for a NUL character.
        """
        path = raw_path.rstrip("/") or "/"
        method = "GET" if method == "HEAD" else method
        _decode(path)
        literal = self._literal.get((method, path.lower()))
        if literal is not None:
            return literal, {}
        for pattern in self._patterns.get((method, path.count("/")), ()):
            match = pattern.regex.fullmatch(path)
            if match is not None:
                return pattern.found, {name: _decode(value) for name, value in match.groupdict().items()}
        return None


def _key(operation: Operation | ContractOperation) -> tuple[str, str]:
    return operation.method, _PARAMETER.sub("{}", operation.path).lower()


def _check_apart(operation: Operation, other: Operation) -> None:
    name = f"{operation.method} {operation.path}"
    if operation.version == other.version:
        raise AmbiguousPath(f"{name} is there twice in version {operation.version}.")
    if _PARAMETER.findall(operation.path) != _PARAMETER.findall(other.path):
        raise AmbiguousPath(f"{name} names its parameters in one version otherwise than {other.path}.")


def _specificity(path: str) -> list[bool]:
    return [segment.startswith("{") for segment in path.split("/")]


def _pattern_of(path: str) -> re.Pattern[str]:
    parts = _PARAMETER.split(path)
    pattern = "".join(
        f"(?P<{part}>[^/]+)" if index % 2 else re.escape(part) for index, part in enumerate(parts)
    )
    return re.compile(pattern, re.IGNORECASE)


def _decode(text: str) -> str:
    if "%" not in text:
        return text
    if _BAD_ESCAPE.search(text):
        raise MalformedPath("The path has a malformed percent-escape.")
    try:
        decoded = unquote_to_bytes(text).decode()
    except UnicodeDecodeError as error:
        raise MalformedPath("The path has a percent-escape that is not UTF-8.") from error
    if "\0" in decoded:
        raise MalformedPath("The path has a NUL character.")
    return decoded
