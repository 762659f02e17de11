"""Who imports whom: no circle between files, and no package that the import rules forget."""

from collections.abc import Iterator, Sequence
from configparser import ConfigParser
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp
import pytest

import kalends

_PACKAGE = Path(kalends.__file__).parent
_RULES = Path(__file__).parents[2] / ".importlinter"

# Not resources: they have no routes, services or queries of their own for the rules to tell apart.
_OTHER_FOLDERS = {
    "api",
    "cli",
    "db",
    "handlebars",
    "models",
    "operations",
    "outgoing",
    "scheduling",
    "security",
    "settings",
}

_ROLES = ("routes", "queries", "sql", "inputs", "outputs", "reads", "writes", "listing", "locks")
"""The files of a domain that are its own business."""


def test_no_file_imports_itself_by_way_of_others() -> None:
    graph = grimp.build_graph("kalends", cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        pytest.fail(" <- ".join(error.args[1]))


@pytest.mark.parametrize(
    ("contract", "option"),
    [
        ("foundations", "forbidden_modules"),
        ("roles", "containers"),
        ("domains", "source_modules"),
        ("wire", "source_modules"),
    ],
)
def test_the_import_rules_name_every_domain_and_nothing_else(contract: str, option: str) -> None:
    folders = {path.name for path in _PACKAGE.iterdir() if (path / "__init__.py").exists()}
    assert folders >= _OTHER_FOLDERS
    assert set(_packages_of(contract, option)) == folders - _OTHER_FOLDERS


def test_the_import_rules_cover_every_file_of_a_role() -> None:
    patterns = [
        pattern.split(".")
        for contract in ("domains", "wire")
        for pattern in _packages_of(contract, "forbidden_modules")
    ]
    files = [path for role in _ROLES for path in _PACKAGE.rglob(f"{role}.py")]
    modules = [path.relative_to(_PACKAGE).with_suffix("").parts for path in files]
    forgotten = [
        module
        for module in modules
        if module[0] not in _OTHER_FOLDERS and not any(_covers(pattern, module) for pattern in patterns)
    ]
    assert forgotten == []


def _covers(pattern: Sequence[str], module: Sequence[str]) -> bool:
    """Tell whether a pattern of the rules names a module, or a package that it is in."""
    return len(pattern) <= len(module) and all(
        part in ("*", own) for part, own in zip(pattern, module, strict=False)
    )


def _packages_of(contract: str, option: str) -> Iterator[str]:
    rules = ConfigParser()
    rules.read(_RULES)
    for module in rules[f"importlinter:contract:{contract}"][option].split():
        yield module.removeprefix("kalends.")
