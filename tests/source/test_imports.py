"""Who imports whom: no circle between files, and no package that the import rules forget."""

from collections.abc import Iterator
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


def test_no_file_imports_itself_by_way_of_others() -> None:
    graph = grimp.build_graph("kalends", cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        pytest.fail(" <- ".join(error.args[1]))


def test_the_import_rules_name_every_package() -> None:
    folders = {path.name for path in _PACKAGE.iterdir() if (path / "__init__.py").exists()}
    assert set(_packages_of("roles", "containers")) | _OTHER_FOLDERS >= folders


def _packages_of(contract: str, option: str) -> Iterator[str]:
    rules = ConfigParser()
    rules.read(_RULES)
    for module in rules[f"importlinter:contract:{contract}"][option].split():
        yield module.removeprefix("kalends.")
