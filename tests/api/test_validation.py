"""What a refused body says of each property: its rule, its value, and the object that holds it."""

from typing import Any

import pytest

from tests.support.client import Client, Host, booking_of, data, refusal

SCHEDULE = {"name": "Desk", "timeZone": "Europe/Rome", "isDefault": False}


async def refused_me(host: Host, **properties: Any) -> dict[str, Any]:
    """Return the refusal of a change of the account."""
    return refusal(await host.client.patch("/v2/me", json=properties), 400)


async def refused_schedule(host: Host, **properties: Any) -> dict[str, Any]:
    """Return the refusal of a new schedule."""
    return refusal(await host.client.post("/v2/schedules", json={**SCHEDULE, **properties}), 400)


def records(error: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the records of a refusal by their properties."""
    return {record["property"]: record for record in error["details"]["errors"]}


async def test_a_wrong_value_is_shown_with_its_rule_and_its_object(ana: Host) -> None:
    error = await refused_me(ana, timeFormat=13)
    (record,) = error["details"]["errors"]
    assert record == {
        "target": {"timeFormat": 13},
        "value": 13,
        "property": "timeFormat",
        "children": [],
        "constraints": {"isIn": record["constraints"]["isIn"]},
    }
    assert record["constraints"]["isIn"].startswith("timeFormat must be one of the following values: 12")


async def test_the_message_names_the_property_and_what_is_accepted(ana: Host) -> None:
    error = await refused_me(ana, timeFormat=13)
    assert error["code"] == "BadRequestException"
    assert error["message"] == "timeFormat must be one of the following values: 12 or 24"


async def test_all_wrong_properties_are_reported_together_and_unknown_ones_are_not(ana: Host) -> None:
    error = await refused_me(ana, timeFormat=13, weekStart="Funday", bio=5, foo=1)
    assert set(records(error)) == {"timeFormat", "weekStart", "bio"}
    assert set(records(error)["weekStart"]["constraints"]) == {"isIn"}
    assert set(records(error)["bio"]["constraints"]) == {"isString"}
    assert records(error)["bio"]["target"] == {"timeFormat": 13, "weekStart": "Funday", "bio": 5}
    assert all(name in error["message"] for name in ("timeFormat", "weekStart", "bio"))


async def test_unknown_properties_are_dropped_in_silence(ana: Host) -> None:
    before = data(await ana.client.get("/v2/me"))
    assert data(await ana.client.patch("/v2/me", json={"foo": 1, "username": "eve", "id": 7})) == before


async def test_a_missing_property_breaks_the_rule_of_its_type_and_has_no_value(ana: Host) -> None:
    error = refusal(await ana.client.post("/v2/schedules", json={}), 400)
    found = records(error)
    assert {name: set(record["constraints"]) for name, record in found.items()} == {
        "name": {"isString"},
        "timeZone": {"isTimeZone"},
        "isDefault": {"isBoolean"},
    }
    assert all("value" not in record for record in found.values())
    assert all(record["target"] == {} for record in found.values())


async def test_a_null_is_shown_as_the_value(ana: Host) -> None:
    record = records(await refused_me(ana, email=None))["email"]
    assert record["value"] is None
    assert set(record["constraints"]) == {"isString"}


async def test_a_mistake_inside_an_array_of_objects_is_found_below_its_index(ana: Host) -> None:
    good = {"days": ["Monday"], "startTime": "09:00", "endTime": "17:00"}
    wrong = {"days": ["Monday"], "startTime": "9:00", "endTime": "17:00"}
    error = await refused_schedule(ana, availability=[good, wrong])
    (outer,) = error["details"]["errors"]
    assert outer["property"] == "availability"
    assert outer["value"] == [good, wrong]
    assert "constraints" not in outer
    (item,) = outer["children"]
    assert (item["property"], item["value"], item["target"]) == ("1", wrong, [good, wrong])
    assert "constraints" not in item
    (leaf,) = item["children"]
    assert (leaf["property"], leaf["value"], leaf["target"]) == ("startTime", "9:00", wrong)
    assert leaf["children"] == []
    assert leaf["constraints"] == {
        "matches": "startTime must be a time from 00:00 to 23:59 in the format HH:MM"
    }
    assert error["message"].startswith("availability.1.startTime must be a time")


async def test_several_mistakes_of_one_object_are_beside_each_other(ana: Host) -> None:
    error = await refused_schedule(ana, availability=[{"startTime": "25:00"}], timeZone="Moon/Base")
    assert set(records(error)) == {"availability", "timeZone"}
    (item,) = records(error)["availability"]["children"]
    assert {leaf["property"]: set(leaf["constraints"]) for leaf in item["children"]} == {
        "days": {"isArray"},
        "startTime": {"matches"},
        "endTime": {"matches"},
    }


async def test_the_values_of_an_array_break_a_rule_of_the_array(ana: Host) -> None:
    row = {"days": ["monday", "Friday", 5], "startTime": "09:00", "endTime": "17:00"}
    error = await refused_schedule(ana, availability=[row])
    (leaf,) = records(error)["availability"]["children"][0]["children"]
    assert (leaf["property"], leaf["value"], leaf["children"]) == ("days", row["days"], [])
    assert leaf["constraints"]["isIn"].startswith("each value in days must be one of the following values")
    assert "availability.0.days.0 " in error["message"]
    assert "availability.0.days.2 " in error["message"]


async def test_items_that_are_no_objects_are_refused(ana: Host) -> None:
    record = records(await refused_schedule(ana, overrides=["2031-02-17"]))["overrides"]
    assert record["constraints"] == {"isObject": "each value in overrides must be an object"}
    assert record["children"] == []


async def test_a_target_has_only_the_properties_that_its_object_knows(ana: Host) -> None:
    row = {"days": ["Monday"], "startTime": "9:00", "endTime": "17:00"}
    error = await refused_schedule(ana, availability=[{**row, "foo": 1}], bar=2)
    (outer,) = error["details"]["errors"]
    assert outer["target"] == {**SCHEDULE, "availability": [row]}
    assert outer["children"][0]["children"][0]["target"] == row


async def test_a_body_that_is_no_object_is_refused_as_a_whole(ana: Host) -> None:
    error = refusal(await ana.client.patch("/v2/me", json=[{"timeFormat": 24}]), 400)
    (record,) = error["details"]["errors"]
    assert record["property"] == "body"
    assert record["constraints"] == {"isObject": "body must be an object"}


@pytest.mark.parametrize(
    ("property_name", "value", "rule"),
    [
        ("availability", {}, "isArray"),
        ("availability", "Monday", "isArray"),
        ("availability", [{"days": [], "startTime": "09:00", "endTime": "17:00"}] * 501, "arrayMaxSize"),
        ("isDefault", "true", "isBoolean"),
        ("isDefault", 1, "isBoolean"),
        ("name", 1, "isString"),
        ("name", ["x"], "isString"),
        ("name", "a\0b", "isString"),
        ("name", "x" * 5_001, "maxLength"),
        ("timeZone", "Moon/Base", "isTimeZone"),
        ("timeZone", 1, "isTimeZone"),
        ("timeZone", "", "isTimeZone"),
        ("timeZone", " Europe/Rome ", "isTimeZone"),
        ("timeZone", "Europe/Rome\n", "isTimeZone"),
        ("timeZone", "../../etc/passwd", "isTimeZone"),
    ],
)
async def test_json_values_are_not_converted(ana: Host, property_name: str, value: object, rule: str) -> None:
    error = await refused_schedule(ana, **{property_name: value})
    assert set(records(error)[property_name]["constraints"]) == {rule}
    assert len(data(await ana.client.get("/v2/schedules"))) == 1


@pytest.mark.parametrize("value", ["30", 0, -1, 1.5, True, 10**10, 10**400, [1], {}, 36_501])
async def test_a_number_must_be_whole_and_within_its_bounds(ana: Host, value: object) -> None:
    answer = await ana.client.post("/v2/api-keys/refresh", json={"apiKeyDaysValid": value})
    assert set(records(refusal(answer, 400))) == {"apiKeyDaysValid"}


async def test_a_float_without_a_fraction_is_whole(ana: Host) -> None:
    schedule = await ana.creates_schedule()
    body = {"timeFormat": 24.0, "defaultScheduleId": float(schedule["id"])}
    changed = data(await ana.client.patch("/v2/me", json=body))
    assert (changed["timeFormat"], changed["defaultScheduleId"]) == (24, schedule["id"])


@pytest.mark.parametrize(
    "value", ["\x00", "\x7f\x1b[31m", "\u202e", "'; DROP TABLE users; --", "%s%n", "{0}", "ß" * 99]
)
async def test_odd_text_is_echoed_as_it_was_sent(ana: Host, value: str) -> None:
    record = records(await refused_me(ana, weekStart=value))["weekStart"]
    assert record["value"] == value


async def test_texts_have_characters_and_arrays_elements(ana: Host) -> None:
    body = {"title": "Intro", "lengthInMinutes": 30, "slug": "s" * 501}
    error = refusal(await ana.client.post("/v2/event-types", json=body), 400)
    told = "slug must be shorter than or equal to 500 characters"
    assert error["message"] == told
    assert records(error)["slug"]["constraints"] == {"maxLength": told}
    locations = [{"type": "address", "address": "", "public": True}]
    body |= {"slug": "intro", "locations": locations}
    error = refusal(await ana.client.post("/v2/event-types", json=body), 400)
    assert error["message"] == "locations.0.address must not be empty"
    row = {"days": ["Monday"] * 71, "startTime": "09:00", "endTime": "17:00"}
    error = await refused_schedule(ana, availability=[row])
    assert error["message"] == "availability.0.days must contain at most 70 elements"


@pytest.mark.parametrize(
    ("path", "parameters", "told"),
    [
        ("/v2/slots", {"usernames": "a", "organizationSlug": "x"}, "usernames must contain at least 2 el"),
        ("/v2/slots", {"usernames": ["a"] * 101, "organizationSlug": "x"}, "usernames must contain at most"),
        ("/v2/event-types", {"usernames": ",".join(["ana"] * 101)}, "usernames must contain at most 100 el"),
    ],
)
async def test_a_list_written_with_commas_has_elements(
    client: Client, path: str, parameters: dict[str, Any], told: str
) -> None:
    range_ = {"start": "2050-09-05", "end": "2050-09-05"} if path == "/v2/slots" else {}
    response = await client.get(path, params={**parameters, **range_})
    assert refusal(response, 400)["message"].startswith(told)


async def test_accepted_booleans_are_written_as_in_json(ana: Host, client: Client) -> None:
    event_type = await ana.creates_event_type()
    body = booking_of(event_type["id"], "2050-09-05T10:00:00Z", instant=False)
    error = refusal(await client.post("/v2/bookings", json=body), 400)
    assert error["message"] == "instant must be one of the following values: true"


async def test_operations_that_refuse_unknown_properties_explain_themselves_in_one_sentence(
    ana: Host, client: Client
) -> None:
    event_type = await ana.creates_event_type()
    body = {
        "eventTypeId": event_type["id"],
        "start": "2050-09-31T10:00:00Z",
        "attendee": {"name": 1, "email": "bo@example.com", "timeZone": "Europe/Rome", "foo": 1},
    }
    error = refusal(await client.post("/v2/bookings", json=body), 400)
    assert error["details"] == {"message": error["message"], "error": "Bad Request", "statusCode": 400}
    for part in ("start must be", "attendee.name must be a string", "attendee.foo is not a property"):
        assert part in error["message"]
