"""The table of deviations itself."""

import re

import pytest

from tests.contract.deviations import DEVIATIONS
from tests.contract.document import contract_json
from tests.contract.patches import Allow, Drop, Relax, Replace, corrected
from tests.docs.notes import ROOT, references_in

_PAGE = re.compile(r"\bdocs/[a-z-]+\.md")


def test_each_deviation_changes_the_contract_that_it_corrects() -> None:
    document = corrected(contract_json(), [])
    for deviation in DEVIATIONS:
        changed = corrected(document, [deviation])
        assert changed != document, deviation
        document = changed


def test_each_deviation_names_a_note_or_a_page_of_the_documentation_as_its_reason() -> None:
    assert [
        deviation
        for deviation in DEVIATIONS
        if not references_in(deviation.why)
        and not any((ROOT / page).is_file() for page in _PAGE.findall(deviation.why))
    ] == []


def test_a_deviation_that_points_nowhere_is_refused() -> None:
    with pytest.raises(LookupError):
        corrected({"schemas": {}}, [Drop("schemas Missing properties id", "no note")])


def test_a_dropped_property_is_not_required_any_more() -> None:
    document = {"schemas": {"A": {"properties": {"id": {}, "old": {}}, "required": ["id", "old"]}}}
    assert corrected(document, [Drop("schemas A properties old", "why")]) == {
        "schemas": {"A": {"properties": {"id": {}}, "required": ["id"]}}
    }


def test_a_dropped_parameter_is_found_by_its_name() -> None:
    document = {"parameters": [{"name": "a"}, {"name": "b"}]}
    assert corrected(document, [Drop("parameters b", "why")]) == {"parameters": [{"name": "a"}]}


def test_a_relaxed_property_stays_and_is_optional() -> None:
    document = {"schemas": {"A": {"properties": {"id": {}}, "required": ["id"]}}}
    assert corrected(document, [Relax("schemas A", ("id",), "why")])["schemas"]["A"] == {
        "properties": {"id": {}},
        "required": [],
    }


def test_what_is_allowed_is_added_with_a_mark() -> None:
    document = {"properties": {}, "oneOf": [{"type": "string"}]}
    allowed = {"type": "number"}
    assert corrected(document, [Allow("properties id", allowed, "why"), Allow("oneOf", allowed, "why")]) == {
        "properties": {"id": {"type": "number", "x-allowed": True}},
        "oneOf": [{"type": "string"}, {"type": "number", "x-allowed": True}],
    }


def test_the_published_document_is_left_as_it_is() -> None:
    document = {"schemas": {"A": {"type": "string"}}}
    corrected(document, [Replace("schemas A", {"type": "number"}, "why")])
    assert document == {"schemas": {"A": {"type": "string"}}}


def test_an_enumeration_of_an_array_belongs_to_its_items() -> None:
    days = {"type": "array", "enum": ["Monday"], "items": {"type": "string", "enum": ["Monday"]}}
    assert corrected({"days": days}, [])["days"] == {
        "type": "array",
        "items": {"type": "string", "enum": ["Monday"]},
    }


def test_an_object_whose_default_is_a_boolean_is_one() -> None:
    assert corrected({"isDefault": {"type": "object", "default": False}}, []) == {
        "isDefault": {"type": "boolean", "default": False}
    }
