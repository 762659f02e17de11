"""The coverage of the contract, and the table of it in the README."""

import pytest
from tools.contract import README

from tests.contract.coverage import coverage, total, with_table
from tests.contract.deviations import contract
from tests.contract.document import Document, read_document
from tests.contract.served import served


def document(**operations: str) -> Document:
    item = {method: {"tags": [tag], "responses": {}} for method, tag in operations.items()}
    return read_document({"paths": {"/v2/me": item}})


def test_the_readme_shows_the_present_coverage() -> None:
    readme = README.read_text(encoding="utf-8")
    assert with_table(readme, coverage(contract(), served())) == readme, (
        "renew it: .venv/bin/python -m tools.contract --write-readme"
    )


def test_the_contract_has_182_operations() -> None:
    assert total(coverage(contract(), contract())) == "182 of 182"


def test_operations_are_counted_by_tag() -> None:
    rows = coverage(document(get="Me", patch="Me", delete="Users"), document(get="Profile"))
    assert [str(row) for row in rows] == ["Me 1 of 2", "Users 0 of 1"]


def test_the_table_names_what_is_missing() -> None:
    rows = coverage(document(get="Me", patch="Me", delete="Users"), document(get="Me"))
    readme = with_table("# Title\n<!-- coverage:start -->\nold\n<!-- coverage:end -->\nend\n", rows)
    assert readme.splitlines() == [
        "# Title",
        "<!-- coverage:start -->",
        "1 of 3 operations.",
        "",
        "| Tag | Served | Missing |",
        "|---|---|---|",
        "| Me | 1 of 2 | `PATCH /v2/me` |",
        "| Users | 0 of 1 | all |",
        "<!-- coverage:end -->",
        "end",
    ]


def test_a_readme_without_the_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="coverage:start"):
        with_table("# Title\n", ())
