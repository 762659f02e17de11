"""The comparison of OpenAPI documents: the contract against changed copies of itself and small documents."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.comparison import compare
from tests.contract.deviations import contract, corrected_json
from tests.contract.document import Document, Schema, read_document

Json = dict[str, Any]
Change = Callable[[Json], object]


def changed_contract(change: Change, under: str) -> Document:
    """Return the operations whose path begins with `under`, after a change of the contract."""
    document = copy.deepcopy(dict(corrected_json()))
    change(document)
    document["paths"] = {path: item for path, item in document["paths"].items() if path.startswith(under)}
    return read_document(document)


def differences_after(change: Change, under: str = "/v2/me") -> list[str]:
    return [str(finding) for finding in compare(contract(), changed_contract(change, under))]


def differences_of_answers(theirs: Schema, ours: Schema) -> list[str]:
    return _differences("get", lambda schema: {"responses": {"200": _content(schema)}}, theirs, ours)


def differences_of_bodies(theirs: Schema, ours: Schema) -> list[str]:
    return _differences(
        "post", lambda schema: {"requestBody": _content(schema), "responses": {}}, theirs, ours
    )


def differences_of_queries(theirs: list[Json], ours: list[Json]) -> list[str]:
    return _differences("get", lambda listed: {"parameters": listed, "responses": {}}, theirs, ours)


def _differences(method: str, operation: Callable[[Any], Json], theirs: object, ours: object) -> list[str]:
    read = [read_document({"paths": {"/v2/x": {method: operation(one)}}}) for one in (theirs, ours)]
    return [f"{finding.place}: {finding.problem}" for finding in compare(*read)]


def _content(schema: Schema) -> Json:
    return {"content": {"application/json": {"schema": schema}}}


def test_the_contract_does_not_differ_from_itself() -> None:
    assert differences_after(lambda document: None, under="/v2/") == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            lambda document: document["schemas"]["MeOrgOutput"]["properties"].pop("isPlatform"),
            "response 200 $.data.organization.isPlatform: is missing",
        ),
        (
            lambda document: document["schemas"]["MeOrgOutput"]["properties"].update(id={"type": "string"}),
            "response 200 $.data.organization.id: is of type string, not number",
        ),
        (
            lambda document: document["schemas"]["MeOutput"]["required"].remove("email"),
            "response 200 $.data.email: is optional, required in the contract",
        ),
        (
            lambda document: document["schemas"]["MeOutput"]["properties"].update(age={"type": "number"}),
            "response 200 $.data.age: is not in the contract",
        ),
    ],
)
def test_a_change_of_a_shared_schema_is_found_where_the_schema_is_used(change: Change, expected: str) -> None:
    assert differences_after(change) == [f"GET /v2/me, {expected}", f"PATCH /v2/me, {expected}"]


def test_an_operation_that_is_not_served_is_no_difference() -> None:
    assert differences_after(lambda document: document["paths"]["/v2/me"].pop("patch")) == []


def test_names_of_path_parameters_are_compared_too() -> None:
    def rename(document: Json) -> None:
        item = document["paths"].pop("/v2/bookings/{bookingUid}")
        document["paths"]["/v2/bookings/{uid}"] = {"get": item["get"]}

    assert differences_after(rename, under="/v2/bookings") == [
        "GET /v2/bookings/{bookingUid}, path bookingUid: is missing",
        "GET /v2/bookings/{bookingUid}, path uid: is not in the contract",
    ]


def test_a_default_is_compared_where_the_contract_states_one() -> None:
    theirs = {
        "name": "cal-api-version",
        "in": "header",
        "schema": {"type": "string", "default": "2024-06-11"},
    }
    ours = {"name": "Cal-Api-Version", "in": "header", "schema": {"type": "string"}}
    assert differences_of_queries([theirs], [ours]) == [
        "header cal-api-version: has the default None, not '2024-06-11'"
    ]


def test_the_requirement_of_a_parameter_is_compared() -> None:
    theirs = {"name": "start", "in": "query", "required": True, "schema": {}}
    assert differences_of_queries([theirs], [{**theirs, "required": False}]) == [
        "query start: is optional, required in the contract"
    ]


def test_a_parameter_that_is_merely_allowed_may_be_missing() -> None:
    allowed = {"name": "format", "in": "query", "schema": {}, "x-allowed": True}
    assert differences_of_queries([allowed], []) == []


def test_both_ways_to_write_null_are_the_same() -> None:
    theirs = {"type": "number", "nullable": True}
    assert differences_of_answers(theirs, {"anyOf": [{"type": "integer"}, {"type": "null"}]}) == []


def test_an_answer_may_not_add_null() -> None:
    ours = {"anyOf": [{"type": "string"}, {"type": "null"}]}
    assert differences_of_answers({"type": "string"}, ours) == [
        "response 200 $: may be null, which the contract excludes"
    ]


def test_a_request_may_take_null_in_addition() -> None:
    assert differences_of_bodies({"type": "string"}, {"anyOf": [{"type": "string"}, {"type": "null"}]}) == []


def test_a_request_may_not_refuse_null() -> None:
    assert differences_of_bodies({"type": "string", "nullable": True}, {"type": "string"}) == [
        "request body $: does not take null"
    ]


def test_an_enumeration_has_the_same_values() -> None:
    theirs = {"type": "string", "enum": ["asc", "desc"]}
    assert differences_of_bodies(theirs, {"type": "string", "const": "asc"}) == [
        "request body $: is one of asc, not one of asc, desc"
    ]


def test_an_object_without_properties_stands_for_any_object() -> None:
    ours = {"type": "object", "properties": {"type": {"const": "always"}}, "required": ["type"]}
    assert differences_of_answers({"type": "object"}, ours) == []


def test_all_of_one_is_that_one() -> None:
    ours = {"type": "object", "properties": {"id": {"type": "integer"}}}
    theirs = {"allOf": [{"type": "object", "properties": {"id": {"type": "number"}}}]}
    assert differences_of_answers(theirs, ours) == []


def test_an_alternative_may_be_told_apart_by_a_single_value() -> None:
    kinds = {"type": "string", "enum": ["phone", "link"]}
    theirs = {
        "oneOf": [
            {"type": "object", "properties": {"type": kinds, "phone": {"type": "string"}}},
            {"type": "object", "properties": {"type": kinds, "link": {"type": "string"}}},
        ]
    }
    ours = {
        "anyOf": [
            {"type": "object", "properties": {"type": {"const": "link"}, "link": {"type": "string"}}},
            {"type": "object", "properties": {"type": {"const": "phone"}, "phone": {"type": "string"}}},
        ]
    }
    assert differences_of_answers(theirs, ours) == []


def test_an_alternative_that_is_missing_is_named() -> None:
    theirs = {"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
    assert differences_of_bodies(theirs, {"type": "string"}) == [
        "request body $: lacks the alternative array"
    ]


def test_an_alternative_too_many_is_named() -> None:
    ours = {"anyOf": [{"type": "string"}, {"type": "boolean"}]}
    assert differences_of_bodies({"type": "string"}, ours) == [
        "request body $: has the alternative boolean, which is not in the contract"
    ]


def test_a_property_that_our_document_declares_as_not_yet_is_found_as_declared() -> None:
    def leave_out(document: Json) -> None:
        schema = document["schemas"]["UpdateManagedUserInput"]
        del schema["properties"]["bio"]
        schema["x-kalends-not-yet"] = ["bio"]

    findings = compare(contract(), changed_contract(leave_out, "/v2/me"))
    assert [(str(finding), finding.is_declared) for finding in findings] == [
        ("PATCH /v2/me, request body $.bio: not yet", True)
    ]


def test_an_answer_may_not_leave_out_a_required_property_by_declaring_it() -> None:
    theirs = {"type": "object", "properties": {"uid": {"type": "string"}}, "required": ["uid"]}
    ours = {"type": "object", "properties": {}, "x-kalends-not-yet": ["uid"]}
    assert differences_of_answers(theirs, ours) == ["response 200 $.uid: is missing"]


def test_a_declared_property_of_an_answer_may_be_simpler() -> None:
    theirs = {"type": "object", "properties": {"seats": {"oneOf": [{"type": "object"}, {"type": "number"}]}}}
    ours = {"type": "object", "properties": {"seats": {"type": "number"}}, "x-kalends-not-yet": ["seats"]}
    assert differences_of_answers(theirs, ours) == ["response 200 $.seats: not yet"]


def test_an_answer_may_always_have_what_is_optional_in_the_contract() -> None:
    theirs = {"type": "object", "properties": {"seats": {"type": "number"}}}
    assert differences_of_answers(theirs, {**theirs, "required": ["seats"]}) == []


def test_a_request_may_not_demand_what_is_optional_in_the_contract() -> None:
    theirs = {"type": "object", "properties": {"seats": {"type": "number"}}}
    assert differences_of_bodies(theirs, {**theirs, "required": ["seats"]}) == [
        "request body $.seats: is required, optional in the contract"
    ]


def test_a_body_may_be_one_object_where_the_contract_has_several() -> None:
    reason, seat = {"reason": {"type": "string"}}, {"seatUid": {"type": "string"}}
    theirs = {
        "oneOf": [
            {"type": "object", "properties": reason},
            {"type": "object", "properties": seat, "required": ["seatUid"]},
        ]
    }
    assert differences_of_bodies(theirs, {"type": "object", "properties": {**reason, **seat}}) == []


def test_the_differences_of_an_alternative_are_named_when_it_is_meant_to_be_the_same() -> None:
    person = {"name": {"type": "string"}, "email": {"type": "string"}}
    theirs = {"oneOf": [{"type": "object", "properties": person}, {"type": "string"}]}
    ours = {
        "anyOf": [{"type": "object", "properties": {**person, "age": {"type": "number"}}}, {"type": "string"}]
    }
    assert differences_of_answers(theirs, ours) == ["response 200 $.age: is not in the contract"]


def test_an_alternative_may_be_declared_as_not_yet_by_its_name() -> None:
    def leave_out(document: Json) -> None:
        body = document["paths"]["/v2/bookings"]["post"]["requestBody"]["content"]["application/json"]
        body["schema"] = {
            "anyOf": body["schema"]["oneOf"][:1],
            "x-kalends-not-yet": [
                "CreateInstantBookingInput_2024_08_13",
                "CreateRecurringBookingInput_2024_08_13",
            ],
        }

    assert differences_after(leave_out, under="/v2/bookings") == [
        "POST /v2/bookings, request body $: CreateInstantBookingInput_2024_08_13 not yet",
        "POST /v2/bookings, request body $: CreateRecurringBookingInput_2024_08_13 not yet",
    ]


def test_schemas_that_refer_to_themselves_are_compared_once() -> None:
    document = {
        "paths": {"/v2/x": {"get": {"responses": {"200": _content({"$ref": "#/components/schemas/Tree"})}}}},
        "components": {
            "schemas": {
                "Tree": {
                    "type": "object",
                    "properties": {
                        "children": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}}
                    },
                }
            }
        },
    }
    assert compare(read_document(document), read_document(document)) == ()
