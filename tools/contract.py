"""Compare the server's OpenAPI document with the contract: `python -m tools.contract [--write-readme]`.

Prints the coverage of each tag, what our document declares as not yet supported, and what differs. Exits
with 1 when something differs that neither our document nor `tests.contract.deviations` accounts for.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.contract.comparison import Finding, compare
from tests.contract.coverage import TagCoverage, coverage, total, with_table
from tests.contract.deviations import contract
from tests.contract.document import Document
from tests.contract.served import served

README = Path(__file__).parent.parent / "README.md"


def main(arguments: list[str]) -> int:
    """Print the report, or renew the README's table; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.contract", description="Check the contract.")
    parser.add_argument("--write-readme", action="store_true", help="renew the README's coverage table")
    if parser.parse_args(arguments).write_readme:
        try:
            readme = with_table(README.read_text(encoding="utf-8"), coverage(contract(), served()))
        except ValueError as error:
            parser.error(str(error))
        README.write_text(readme, encoding="utf-8")
        return 0
    lines, is_kept = report(contract(), served())
    sys.stdout.write("\n".join(lines) + "\n")
    return 0 if is_kept else 1


def report(expected: Document, ours: Document) -> tuple[list[str], bool]:
    """Return the report's lines, and whether the contract is kept."""
    findings = compare(expected, ours)
    undeclared = [finding for finding in findings if not finding.is_declared]
    lines = [
        *_coverage_lines(coverage(expected, ours)),
        *_section("Not yet", (finding for finding in findings if finding.is_declared)),
        *_section("Differs", undeclared),
    ]
    return lines, not undeclared


def _coverage_lines(tags: Iterable[TagCoverage]) -> Iterator[str]:
    rows = tuple(tags)
    yield from map(str, rows)
    yield f"Total {total(rows)}"


def _section(title: str, findings: Iterable[Finding]) -> Iterator[str]:
    by_operation: dict[str, list[str]] = defaultdict(list)
    for finding in findings:
        by_operation[finding.operation].append(f"    {finding.place}: {finding.problem}")
    if by_operation:
        yield f"\n{title}"
    for operation, places in by_operation.items():
        yield f"  {operation}"
        yield from places


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
