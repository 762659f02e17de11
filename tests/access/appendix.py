"""What the route matrix, http-core.md Appendix A, says of each operation, as a `Declaration`.

The steps come in the one order of refusals (http-core.md 9.3), which wins over the order within a row: no
credential comes before missing permissions, a weak role before a team of elsewhere. Left out is what refuses
nobody: `Plan` and `AdminApi`, which always pass; `Uid`, a rule of the path; `Perm` without a credential.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache

from kalends.auth.declaration import Declaration
from kalends.auth.principal import NO_PERMISSION, Permission
from tests.docs.notes import table_of_appendix

PUBLIC = Declaration()

_ABBREVIATIONS = {
    "S1": "Auth > Org > Roles > Plan > AdminApi",
    "S1o": "Auth > Org > Roles > Plan > AdminApi",
    "S2": "Auth > Org > Roles > TeamInOrg > Plan > AdminApi",
    "-": "",
}
_WITHOUT_EFFECT = {"", "Plan", "AdminApi", "Uid"}
_FIRST = ("Auth", "Auth?", "Session", "Org", "Roles", "PlatRole", "Perm", "TeamInOrg")
"""The steps before those that look at a single object, in their order."""

_PREFIX = "/v2"
_EVERY_VERSION = "*"


@dataclass(frozen=True, slots=True)
class Row:
    """What the matrix says of one operation in some of its versions, such as `08-13`, or `*` for all."""

    method: str
    path: str
    versions: frozenset[str]
    declaration: Declaration

    def is_about(self, version: date) -> bool:
        """Tell whether handlers of a version are meant."""
        return not self.versions.isdisjoint({_EVERY_VERSION, f"{version:%m-%d}"})


@cache
def rows() -> tuple[Row, ...]:
    """Return the matrix."""
    _, *lines = table_of_appendix("http-core.md", "A")
    return tuple(
        Row(
            method,
            _PREFIX + path.strip("`"),
            frozenset(versions.split(", ")),
            _declaration(guards, named),
        )
        for method, path, versions, guards, named, *_ in lines
    )


def find_row(method: str, path: str, version: date) -> Row | None:
    """Return the row of an operation, if it has one."""
    return next(
        (row for row in rows() if (row.method, row.path) == (method, path) and row.is_about(version)), None
    )


def find_neighbour(method: str, path: str) -> Row | None:
    """Return a row for an operation of ours that has none: of the nearest path above that has rows.

    It is the one that reads for a GET, else one that writes, else any.
    """
    while path:
        here = [row for row in rows() if row.path == path]
        alike = [row for row in here if (row.method == "GET") == (method == "GET")]
        if here:
            return (alike or here)[-1]
        path = path.rpartition("/")[0]
    return None


def _declaration(guards: str, named: str) -> Declaration:
    """Return what a row demands; `named` is a role, several such as `ADMIN/OWNER`, or a permission."""
    found = [step for part in guards.split(" > ") for step in _ABBREVIATIONS.get(part, part).split(" > ")]
    if named.startswith(("ORG_", "TEAM_")) and "Roles" not in found:
        found.append("Roles")  # a role that is named is demanded (http-core.md B10)
    steps = sorted((step for step in found if step not in _WITHOUT_EFFECT), key=_place)
    if steps == ["Perm"]:
        return PUBLIC
    permission = Permission[named] if "Perm" in steps else NO_PERMISSION
    return Declaration(tuple(steps), named or None if not permission else None, permission)


def _place(step: str) -> int:
    return _FIRST.index(step) if step in _FIRST else len(_FIRST)
