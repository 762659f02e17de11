"""How slots are addressed: users of organizations, teams, and groups (slots.md 2.2 and 6.3)."""

from typing import Any

import pytest

from tests.slots.test_listing import MONDAY, listed, starts
from tests.support.client import Client, Host, data, refusal
from tests.support.teams import Rows

HOURS = [f"2050-09-05T{hour:02}:00:00.000Z" for hour in range(8, 15)]
"""When both Rome and London work, on a Monday of summer time."""


async def refused(client: Client, status: int, **parameters: Any) -> str:
    response = await client.get("/v2/slots", params={**parameters, **MONDAY})
    message: str = refusal(response, status)["message"]
    return message


async def test_an_event_type_of_a_team_is_addressed_by_id_and_by_slugs(
    ana: Host, client: Client, rows: Rows
) -> None:
    event_type = await rows.event_type(await rows.team("crew", ana), ana)
    by_id = await listed(client, eventTypeId=event_type, **MONDAY)
    assert len(by_id["2050-09-05"]) == 8
    assert await listed(client, teamSlug="crew", eventTypeSlug="panel", **MONDAY) == by_id


async def test_a_team_of_an_organization_needs_the_organizations_slug(
    ana: Host, client: Client, rows: Rows
) -> None:
    acme = await rows.organization("acme", ana)
    event_type = await rows.event_type(await rows.team("crew", ana, organization=acme), ana)
    address = {"teamSlug": "crew", "eventTypeSlug": "panel"}
    assert "organizationSlug" in await refused(client, 404, **address)
    by_id = await listed(client, eventTypeId=event_type, **MONDAY)
    assert await listed(client, **address, organizationSlug="acme", **MONDAY) == by_id != {}


async def test_teams_of_one_slug_in_and_out_of_organizations_are_told_apart(
    ana: Host, ben: Host, client: Client, rows: Rows
) -> None:
    acme, umbrella = await rows.organization("acme"), await rows.organization("umbrella")
    for organization, host in ((None, ana), (acme, ben), (umbrella, None)):
        hosts = [host] if host else []
        await rows.event_type(await rows.team("crew", organization=organization), *hosts)
    address = {"teamSlug": "crew", "eventTypeSlug": "panel", **MONDAY}
    assert (await starts(client, **address))[0] == "2050-09-05T07:00:00.000Z"
    assert (await starts(client, **address, organizationSlug="acme"))[0] == "2050-09-05T08:00:00.000Z"
    assert await listed(client, **address, organizationSlug="umbrella") == {}


async def test_a_user_is_addressed_by_the_name_in_an_organization(
    ana: Host, client: Client, rows: Rows
) -> None:
    await ana.creates_event_type("chat")
    acme = await rows.organization("acme")
    await rows.is_known(ana, acme, "a.rossi")
    own = await listed(client, username="ana", eventTypeSlug="chat", **MONDAY)
    address = {"eventTypeSlug": "chat", "organizationSlug": "acme", **MONDAY}
    assert await listed(client, username="a.rossi", **address) == own != {}
    await refused(client, 404, username="ana", eventTypeSlug="chat", organizationSlug="acme")


@pytest.mark.parametrize(
    ("address", "missing"),
    [
        ({"teamSlug": "ops", "eventTypeSlug": "panel"}, "team 'ops'"),
        ({"teamSlug": "acme", "eventTypeSlug": "panel"}, "team 'acme'"),
        ({"teamSlug": "crew", "eventTypeSlug": "chat"}, "event type 'chat'"),
        (
            {"teamSlug": "crew", "eventTypeSlug": "panel", "organizationSlug": "umbrella"},
            "organization 'umbrella'",
        ),
        ({"teamSlug": "crew", "eventTypeSlug": "panel", "organizationSlug": "crew"}, "organization 'crew'"),
        ({"teamSlug": "crew", "eventTypeSlug": "panel", "organizationSlug": "acme"}, "team 'crew'"),
        ({"teamSlug": "lab", "eventTypeSlug": "chat", "organizationSlug": "acme"}, "event type 'chat'"),
        (
            {"username": "ana", "eventTypeSlug": "chat", "organizationSlug": "umbrella"},
            "organization 'umbrella'",
        ),
        ({"username": "bob", "eventTypeSlug": "chat", "organizationSlug": "acme"}, "user 'bob'"),
        ({"username": "ana", "eventTypeSlug": "chat", "organizationSlug": "acme"}, "event type 'chat'"),
        ({"username": "bob", "eventTypeSlug": "chat"}, "user 'bob'"),
        ({"username": "ana", "eventTypeSlug": "panel"}, "event type 'panel'"),
    ],
)
async def test_what_is_missing_of_an_address_is_named(
    ana: Host, client: Client, rows: Rows, address: dict[str, str], missing: str
) -> None:
    acme = await rows.organization("acme", ana)
    await rows.event_type(await rows.team("crew", ana), ana)
    await rows.event_type(await rows.team("lab", ana, organization=acme), ana)
    assert missing in await refused(client, 404, **address)


async def test_a_group_is_offered_what_all_of_it_have_in_common(
    ana: Host, ben: Host, client: Client, rows: Rows
) -> None:
    await rows.organization("acme", ana, ben)
    group = {"usernames": "ana,ben", "organizationSlug": "acme", **MONDAY}
    assert await starts(client, **group, duration=60) == HOURS
    halves = await listed(client, **group, format="range")
    assert len(halves["2050-09-05"]) == 14
    assert halves["2050-09-05"][1] == {
        "start": "2050-09-05T08:30:00.000Z",
        "end": "2050-09-05T09:00:00.000Z",
    }


@pytest.mark.parametrize("usernames", ["ben,ana", "ana , ben,ana", ["ana", "ben"], "ana,nobody,ben"])
async def test_order_repetition_and_unknown_names_of_a_group_do_not_matter(
    ana: Host, ben: Host, client: Client, rows: Rows, usernames: str | list[str]
) -> None:
    await rows.organization("acme", ana, ben)
    asked = {"usernames": usernames, "organizationSlug": "acme", "duration": 60, **MONDAY}
    assert await starts(client, **asked) == HOURS


async def test_a_username_beside_those_of_a_group_is_ignored(
    ana: Host, ben: Host, client: Client, rows: Rows
) -> None:
    await rows.organization("acme", ana, ben)
    asked = {"usernames": "ana,ben", "organizationSlug": "acme", "duration": 60, "username": "x", **MONDAY}
    assert await starts(client, **asked) == HOURS


async def test_a_group_is_of_one_organization(ana: Host, ben: Host, client: Client, rows: Rows) -> None:
    await rows.organization("acme", ana)
    await rows.organization("umbrella", ben)
    asked = {"usernames": "ana,ben", "duration": 60, **MONDAY}
    assert len(await starts(client, **asked, organizationSlug="acme")) == 8
    assert await listed(client, **asked, organizationSlug="nowhere") == {}
    assert await listed(client, usernames="x,y", organizationSlug="acme", **MONDAY) == {}


async def test_names_of_profiles_go_before_names_of_accounts(
    ana: Host, ben: Host, client: Client, rows: Rows
) -> None:
    acme = await rows.organization("acme", ben)
    await rows.joins(ana, acme)
    asked = {"organizationSlug": "acme", "duration": 60, **MONDAY}
    by_account = await starts(client, **asked, usernames="ana,nobody")
    assert by_account[0] == "2050-09-05T07:00:00.000Z"
    assert (await starts(client, **asked, usernames="ana,ben"))[0] == "2050-09-05T08:00:00.000Z"
    await rows.is_known(ana, acme, "a.rossi")
    assert await starts(client, **asked, usernames="a.rossi,ben") == HOURS


async def test_an_invited_person_is_not_found_by_the_name_of_the_account(
    ana: Host, client: Client, rows: Rows
) -> None:
    acme = await rows.organization("acme")
    await rows.joins(ana, acme, accepted=False)
    assert await listed(client, usernames="ana,ben", organizationSlug="acme", **MONDAY) == {}


async def test_who_takes_no_part_in_groups_makes_a_group_unauthorized(
    ana: Host, ben: Host, client: Client, rows: Rows
) -> None:
    await rows.organization("acme", ana, ben)
    await rows.sets("users", ben.id, allow_dynamic_booking=False)
    group = {"usernames": "ana,ben", "organizationSlug": "acme"}
    await refused(client, 401, **group)
    await refused(client, 401, **{**group, "usernames": "ben,nobody"})
    assert await listed(client, **{**group, "usernames": "ana,nobody"}, **MONDAY) != {}
    asked = (("/v2/slots", MONDAY), ("/v2/slots/explain", {"at": "2050-09-05T10:00:00Z"}))
    for path, when in asked:
        error = refusal(await client.get(path, params={**group, **when}), 401)
        assert error["code"] == "TRPCError"


async def test_a_group_needs_two_hours_of_notice(ana: Host, ben: Host, client: Client, rows: Rows) -> None:
    await rows.organization("acme", ana, ben)
    asked = {"usernames": "ana,ben", "organizationSlug": "acme", "start": "2050-09-01", "end": "2050-09-01"}
    # It is six o'clock in UTC.
    assert (await starts(client, **asked))[0] == "2050-09-01T08:00:00.000Z"
    found = data(
        await client.get(
            "/v2/slots/explain",
            params={
                "usernames": "ana,ben",
                "organizationSlug": "acme",
                "at": "2050-09-01T07:30:00Z",
            },
        )
    )
    assert found["reasons"] == ["minimum_notice", "outside_working_hours"]


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2050-09-09", "2050-09-05"),
        ("2050-09-09", "1000-01-02"),
        ("2050-09-09T10:00:00Z", "2050-09-09T09:59:59Z"),
        ("2050-09-09T10:00:00Z", "2050-09-09T11:00:00+02:00"),
        ("2050-09-10T00:00:00Z", "2050-09-09T00:00:00Z"),
    ],
)
async def test_a_reversed_range_is_refused_whoever_is_asked_about(
    ana: Host, client: Client, rows: Rows, start: str, end: str
) -> None:
    event_type = await rows.event_type(await rows.team("crew", ana), ana)
    for address in (
        {"eventTypeId": event_type},
        {"eventTypeId": "999"},
        {"teamSlug": "crew", "eventTypeSlug": "x"},
        {"usernames": "ana,ben", "organizationSlug": "acme"},
    ):
        answer = await client.get("/v2/slots", params={**address, "start": start, "end": end})
        assert refusal(answer, 400)["message"] == "end must not be before start"


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2050-09-09", "2050-09-09"),
        ("2050-09-09T10:00:00Z", "2050-09-09"),
        ("2050-09-09T10:00:00Z", "2050-09-09T00:00:00Z"),
        ("2050-09-09T10:00:00Z", "2050-09-09T10:00:00Z"),
    ],
)
async def test_a_range_may_end_on_the_day_or_at_the_instant_at_which_it_begins(
    ana: Host, client: Client, rows: Rows, start: str, end: str
) -> None:
    event_type = await rows.event_type(await rows.team("crew", ana), ana)
    data(await client.get("/v2/slots", params={"eventTypeId": event_type, "start": start, "end": end}))


@pytest.mark.parametrize(
    "address",
    [
        {},
        {"username": "ana"},
        {"eventTypeSlug": "intro"},
        {"teamSlug": "crew"},
        {"organizationSlug": "acme"},
        {"username": "ana", "organizationSlug": "acme"},
        {"eventTypeId": ""},
        {"usernames": ""},
        {"username": "", "eventTypeSlug": "intro"},
        {"username": "ana", "eventTypeSlug": ""},
        {"teamSlug": "", "eventTypeSlug": "intro", "organizationSlug": ""},
    ],
)
async def test_slots_of_no_event_type_are_refused_with_what_names_one(
    client: Client, address: dict[str, str]
) -> None:
    week = {"start": "2050-09-05", "end": "2050-09-09"}
    assert refusal(await client.get("/v2/slots", params={**address, **week}), 400)["message"] == (
        "eventTypeId, or username and eventTypeSlug, or teamSlug and eventTypeSlug, "
        "or usernames and organizationSlug is required"
    )
    refusal(await client.get("/v2/slots/explain", params={**address, "date": "2050-09-05"}), 400)
