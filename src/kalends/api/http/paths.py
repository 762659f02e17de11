"""Which operations a method and path have."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from kalends.api.http.operation import Operation
from kalends.api.refusals import MalformedPath

_PARAMETER = re.compile(r"{(\w+)}")
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class _Pattern:
    regex: re.Pattern[str]
    versions: tuple[Operation, ...]


class AmbiguousPath(ValueError):
    """Two operations that the same request could mean; the message names them."""


class RoutingTable:
    """All operations, indexed once: literal paths by a dictionary, the others by one pattern each.

    A literal segment goes before a parameter. A path that exists with other methods only is not found.

    Raises:
        AmbiguousPath: two operations cannot be told apart.
    """

    def __init__(self, operations: Iterable[Operation]) -> None:
        grouped: dict[tuple[str, str], list[Operation]] = defaultdict(list)
        for operation in operations:
            others = grouped[operation.method, _PARAMETER.sub("{}", operation.path).lower()]
            for other in others:
                _check_apart(operation, other)
            others.append(operation)
        self._literal: dict[tuple[str, str], tuple[Operation, ...]] = {}
        self._patterns: dict[tuple[str, int], list[_Pattern]] = defaultdict(list)
        for (method, path), versions in sorted(grouped.items(), key=lambda item: _specificity(item[0][1])):
            newest_first = tuple(sorted(versions, key=lambda operation: operation.version, reverse=True))
            if "{" in path:
                regex = _pattern_of(newest_first[0].path)
                self._patterns[method, path.count("/")].append(_Pattern(regex, newest_first))
            else:
                self._literal[method, path] = newest_first

    def find(self, method: str, raw_path: str) -> tuple[Sequence[Operation], dict[str, str]] | None:
        """Return the versions that serve a path, newest first, and its decoded parameters.

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
                return pattern.versions, {name: _decode(value) for name, value in match.groupdict().items()}
        return None


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
