"""Our OpenAPI document keeps the contract."""

from tools.contract import report

from tests.contract.comparison import compare
from tests.contract.deviations import contract
from tests.contract.document import read_document
from tests.contract.served import served


def test_nothing_differs_from_the_contract_but_what_is_declared() -> None:
    undeclared = [str(finding) for finding in compare(contract(), served()) if not finding.is_declared]
    assert undeclared == [], "\n".join(undeclared)


def test_the_report_ends_well_when_only_declared_gaps_differ() -> None:
    lines, is_kept = report(contract(), contract())
    assert is_kept
    assert lines[-1] == "Total 182 of 182"


def test_the_report_lists_what_differs_by_operation() -> None:
    ours = read_document({"paths": {"/v2/me": {"get": {"tags": ["Me"], "responses": {}}}}})
    lines, is_kept = report(contract(), ours)
    assert not is_kept
    assert lines[-4:] == [
        "\nDiffers",
        "  GET /v2/me",
        "    header Authorization: is missing",
        "    response 200: is missing",
    ]
