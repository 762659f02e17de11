"""Refusals are classes: each says what it is, and nothing is recognised by its text."""

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest

import kalends
from kalends.api.document.refusals import refusals_of, sentence_of
from kalends.api.http.operation import Operation
from kalends.api.output import errors
from kalends.api.output.errors import DomainError
from kalends.app import Api

ROOT = Path(__file__).parents[2]
SOURCES = Path(kalends.__file__).parent

BASES = frozenset(
    kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, DomainError)
)
"""The classes of a status, which stand for no refusal of their own."""

_NAMES_OF_BASES = frozenset(kind.__name__ for kind in BASES)

TEXTS = frozenset({"message", "args", "hint"})
"""The attributes of an exception that hold its text."""

ERRORS = re.compile(r"(.*_)?(error|exception|problem|refusal|refused|failure)")
"""What an exception is called."""

SEARCHES = frozenset({"startswith", "endswith", "find", "index", "match", "search", "fullmatch", "count"})


def comparisons_of_text(source: str) -> Iterator[int]:
    """Yield the lines that tell a refusal by its text."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Compare(left, operators, others):
                is_identity = all(isinstance(one, ast.Is | ast.IsNot) for one in operators)
                compared = [] if is_identity else [left, *others]
            case ast.Call(ast.Attribute(text, name), arguments) if name in SEARCHES:
                compared = [text, *arguments]
            case ast.Match(subject):
                compared = [subject]
            case _:
                continue
        if any(_is_text_of_error(one) for one in compared):
            yield node.lineno


def _is_text_of_error(node: ast.expr) -> bool:
    match node:
        case ast.Attribute(error, attribute) if attribute in TEXTS:
            return _is_error(error)
        case ast.Call(ast.Name("str" | "repr"), [error]):
            return _is_error(error)
        case ast.Call(ast.Attribute(text)) | ast.Subscript(text):
            return _is_text_of_error(text)
    return False


def _is_error(node: ast.expr) -> bool:
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    return ERRORS.fullmatch(name) is not None


def refusals() -> list[type[DomainError]]:
    """Return the classes of all refusals of the house; those with an underscore only share code."""
    for module in walk_packages(kalends.__path__, "kalends."):
        if module.name.rpartition(".")[2] in ("refusals", "service", "visit", "problems", "encryption"):
            import_module(module.name)
    found = set(_below(DomainError)) - BASES
    return sorted(
        (kind for kind in found if not kind.__name__.startswith("_")), key=lambda kind: kind.__name__
    )


def _below(kind: type[DomainError]) -> Iterator[type[DomainError]]:
    for below in kind.__subclasses__():
        yield below
        yield from _below(below)


def bare_statuses(source: str) -> Iterator[int]:
    """Yield the lines that refuse by the class of a status, in place of one of their own."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(ast.Name(name)) | ast.Raise(ast.Name(name)) if name in _NAMES_OF_BASES:
                yield node.lineno


@pytest.mark.parametrize("line", ["raise NotFound", "raise NotFound('no')", "error = Conflict('no')"])
def test_a_bare_status_is_found(line: str) -> None:
    assert list(bare_statuses(line))


def test_every_refusal_has_a_class_of_its_own() -> None:
    bare = [
        f"{path.relative_to(SOURCES)}:{line}"
        for path in sorted(SOURCES.rglob("*.py"))
        for line in bare_statuses(path.read_text())
    ]
    assert bare == []


def test_no_operation_declares_a_bare_status(api: Api) -> None:
    assert not [
        f"{operation.method} {operation.path}"
        for operation in api.routes
        if isinstance(operation, Operation) and BASES & set(refusals_of(operation))
    ]


@pytest.mark.parametrize(
    "line",
    [
        "if refusal.message == 'taken': pass",
        "if 'taken' in str(error): pass",
        "if sign in refusal.message.lower(): pass",
        "found = error.args[0].startswith('taken')",
        "re.search('taken', str(error))",
    ],
)
def test_a_comparison_of_text_is_found(line: str) -> None:
    assert list(comparisons_of_text(line)) == [1]


@pytest.mark.parametrize(
    "line", ["if mail.message is None: pass", "log(str(error))", "if refusal.code == 'X': pass"]
)
def test_what_compares_no_text_is_not_found(line: str) -> None:
    assert list(comparisons_of_text(line)) == []


def test_no_refusal_is_recognised_by_its_text() -> None:
    compared = [
        f"{path.relative_to(SOURCES)}:{line}"
        for path in sorted(SOURCES.rglob("*.py"))
        for line in comparisons_of_text(path.read_text())
    ]
    assert compared == []


@pytest.mark.parametrize("refusal", refusals(), ids=lambda kind: kind.__name__)
def test_a_refusal_says_its_status_and_when_it_is_raised(refusal: type[DomainError]) -> None:
    assert (refusal.__doc__ or "").startswith(f"{refusal.status}: ")
    assert sentence_of(refusal).endswith(".")


def test_no_two_refusals_have_one_name() -> None:
    names = [kind.__name__ for kind in refusals()]
    assert len(names) == len(set(names))
