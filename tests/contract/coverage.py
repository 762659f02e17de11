"""How much of the contract we serve, tag by tag, and the table of it in the README."""

from collections.abc import Iterable
from dataclasses import dataclass

from tests.contract.document import Document, Operation

_START = "<!-- coverage:start -->"
_END = "<!-- coverage:end -->"


@dataclass(frozen=True, slots=True)
class TagCoverage:
    """The operations of one tag of the contract."""

    tag: str
    served: tuple[Operation, ...]
    missing: tuple[Operation, ...]

    @property
    def total(self) -> int:
        """How many operations the contract has under this tag."""
        return len(self.served) + len(self.missing)

    def __str__(self) -> str:
        return f"{self.tag} {len(self.served)} of {self.total}"


def coverage(contract: Document, ours: Document) -> tuple[TagCoverage, ...]:
    """Return the coverage of each tag, in the contract's order."""
    keys = {operation.key for operation in ours.operations}
    by_tag: dict[str, list[Operation]] = {}
    for operation in contract.operations:
        by_tag.setdefault(operation.tag, []).append(operation)
    return tuple(
        TagCoverage(
            tag,
            served=tuple(operation for operation in operations if operation.key in keys),
            missing=tuple(operation for operation in operations if operation.key not in keys),
        )
        for tag, operations in by_tag.items()
    )


def total(tags: Iterable[TagCoverage]) -> str:
    """Return the sum, such as `24 of 182`."""
    rows = tuple(tags)
    return f"{sum(len(row.served) for row in rows)} of {sum(row.total for row in rows)}"


def with_table(readme: str, tags: Iterable[TagCoverage]) -> str:
    """Return a README whose part between the coverage marks is the table of `tags`.

    Raises:
        ValueError: a mark is missing.
    """
    before, rest = _cut(readme, _START)
    _, after = _cut(rest, _END)
    return f"{before}{_START}\n{_table(tuple(tags))}\n{_END}{after}"


def _cut(text: str, mark: str) -> tuple[str, str]:
    before, found, after = text.partition(mark)
    if not found:
        raise ValueError(f"the README has no {mark}")
    return before, after


def _table(tags: tuple[TagCoverage, ...]) -> str:
    rows = "\n".join(f"| {row.tag} | {len(row.served)} of {row.total} | {_missing(row)} |" for row in tags)
    return f"{total(tags)} operations.\n\n| Tag | Served | Missing |\n|---|---|---|\n{rows}"


def _missing(row: TagCoverage) -> str:
    if not row.served:
        return "all"
    return ", ".join(f"`{operation}`" for operation in row.missing)
