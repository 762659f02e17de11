"""Event types of teams by the API: what is made, shown, changed and deleted, and by whom."""

from typing import Any

import pytest

from kalends.memberships.membership import Role
from tests.event_types.of_teams.crew import Crew, body_of, hosts_of, make_crew
from tests.support.client import broken_properties, data, refusal
from tests.support.organizations import People


async def test_a_collective_one_shows_bare_hosts(crew: Crew) -> None:
    shown = await crew.creates(crew.mia, crew.noor, kind="collective")
    assert shown["hosts"] == [
        {"userId": host.id, "name": name, "avatarUrl": None, "weight": None, "scheduleId": None}
        for host, name in ((crew.mia, "Mia"), (crew.noor, "Noor"))
    ]
    assert shown["ownerId"] is None
    assert shown["team"] == {"id": crew.team_id}
    assert shown["teamId"] == crew.team_id
    assert shown["schedulingType"] == "collective"
    assert "users" not in shown
    assert [field["slug"] for field in shown["bookingFields"]][:3] == ["name", "email", "attendeePhoneNumber"]


@pytest.mark.parametrize("priority", ["lowest", "low", "medium", "high", "highest"])
async def test_a_round_robin_shows_how_its_hosts_take_turns(plain_crew: Crew, priority: str) -> None:
    host = {"userId": plain_crew.noor.id, "mandatory": True, "priority": priority, "weight": 250}
    shown = await plain_crew.creates(hosts=[host])
    bare = {"name": "Noor", "avatarUrl": None, "scheduleId": None}
    assert shown["hosts"] == [{**host, **bare}]


async def test_hosts_are_shown_in_the_order_in_which_they_were_sent(crew: Crew) -> None:
    shown = await crew.creates(crew.noor, crew.mia)
    assert hosts_of(shown) == [crew.noor.id, crew.mia.id]
    changed = await crew.changes(shown, hosts=[{"userId": crew.mia.id}, {"userId": crew.noor.id}])
    assert hosts_of(changed) == [crew.mia.id, crew.noor.id]


async def test_the_internal_spellings_of_kinds_are_taken(plain_crew: Crew) -> None:
    shown = await plain_crew.creates(kind="ROUND_ROBIN")
    assert shown["schedulingType"] == "roundRobin"
    answer = await plain_crew.mia.client.post(plain_crew.url, json=body_of("sometimes", "other"))
    assert "schedulingType" in refusal(answer, 400)["message"] + str(refusal(answer, 400)["details"])


@pytest.mark.parametrize(
    ("broken", "status", "told"),
    [
        ({"hosts": [{"userId": 424242}]}, 404, "424242"),
        ({"hosts": [{"userId": "lee"}]}, 403, "accepted"),
        ({"hosts": [{"userId": "mia"}, {"userId": "mia"}]}, 400, "twice"),
        ({"hosts": [{"userId": "mia", "scheduleId": 424242}]}, 404, "424242"),
        ({"scheduleId": 424242}, 404, "scheduleId"),
        ({"locations": [{"type": "integration", "integration": "zoom"}]}, 400, "locations"),
        ({"emailSettings": {"disableStandardEmails": {}}}, 400, "emailSettings"),
        ({"hosts": [{"userId": "mia", "weight": 0}]}, 400, "weight"),
        ({"hosts": [{"userId": "mia", "weight": 1001}]}, 400, "weight"),
    ],
    ids=str,
)
async def test_what_is_refused_leaves_nothing_behind(
    crew: Crew, broken: dict[str, Any], status: int, told: str
) -> None:
    named = {"mia": crew.mia.id, "lee": crew.lee.id}
    if "hosts" in broken:
        hosts = [{**host, "userId": named.get(host["userId"], host["userId"])} for host in broken["hosts"]]
        broken = {"hosts": hosts}
    answer = await crew.mia.client.post(crew.url, json={**body_of(), **broken})
    error = refusal(answer, status)
    assert told in error["message"] + str(error["details"])
    await crew.creates()


async def test_a_change_that_is_refused_changes_nothing(crew: Crew) -> None:
    made = await crew.creates(crew.mia)
    url = f"{crew.url}/{made['id']}"
    for broken, status in (
        ({"emailSettings": {"disableEmailsToHosts": True}}, 400),
        ({"hosts": [{"userId": crew.lee.id}]}, 403),
        ({"hosts": [{"userId": 424242}]}, 404),
        ({"bookingFields": [{"type": "color", "slug": "x", "label": "X", "required": True}]}, 400),
    ):
        refusal(await crew.mia.client.patch(url, json={"title": "New", **broken}), status)
    assert data(await crew.mia.client.get(url)) == made


@pytest.mark.parametrize("is_inner", [False, True])
async def test_a_form_may_ask_for_a_phone_number_alone_in_organizations(
    is_inner: bool, people: People
) -> None:
    crew = await make_crew(people, in_organization=is_inner)
    phone = {
        "type": "phone",
        "slug": "attendeePhoneNumber",
        "label": "Tel",
        "required": True,
        "hidden": False,
    }
    email = {"type": "email", "required": False, "hidden": True}
    answer = await crew.mia.client.post(crew.url, json={**body_of(), "bookingFields": [email, phone]})
    if is_inner:
        slugs = [field["slug"] for field in data(answer, 201)["bookingFields"]]
        assert slugs[slugs.index("location") + 1] == "attendeePhoneNumber"
    else:
        assert "checkIsEmailUserAccessible" in refusal(answer, 400)["message"]
    neither = {**body_of(slug="neither"), "bookingFields": [email]}
    refusal(await crew.mia.client.post(crew.url, json=neither), 400)


async def test_a_phone_call_is_refused_in_this_order(crew: Crew) -> None:
    made = await crew.creates()
    own = await crew.mia.creates_event_type()
    call = {"yourPhoneNumber": "+390612345678", "numberToCall": "+390612345679", "calApiKey": "cal_x"}
    url = f"{crew.url}/{made['id']}/create-phone-call"
    refusal(await crew.anybody.post(url, json={}), 401)
    refusal(await crew.noor.client.post(url, json={}), 403)
    foreign = f"{crew.url}/{own['id']}/create-phone-call"
    for wrong in (url, foreign):
        broken = {**call, "numberToCall": "030123"}
        assert broken_properties(refusal(await crew.mia.client.post(wrong, json=broken), 400)) == {
            "numberToCall"
        }
    refusal(await crew.mia.client.post(foreign, json=call), 404)
    assert "not configured" in refusal(await crew.mia.client.post(url, json=call), 400)["message"]


async def test_what_is_done_is_written_down(inner_crew: Crew, people: People) -> None:
    made = await inner_crew.creates(inner_crew.mia)
    await inner_crew.changes(made, title="New", minimumBookingNotice=5)
    data(await inner_crew.mia.client.delete(f"{inner_crew.url}/{made['id']}"))
    assert inner_crew.organization_id is not None
    admin = await people.member("admin", inner_crew.organization_id, Role.ADMIN)
    url = f"/v2/organizations/{inner_crew.organization_id}/audit-log"
    deleted, updated, created = data(await admin.client.get(url, params={"subjectType": "event-type"}))
    assert [one["action"] for one in (created, updated, deleted)] == [
        "event-type.created",
        "event-type.updated",
        "event-type.deleted",
    ]
    assert created["after"]["hosts"][0]["userId"] == inner_crew.mia.id
    assert updated["before"]["title"] == "Panel"
    assert updated["after"] == {"title": "New", "changed": ["minimumBookingNotice"]}


async def test_slots_are_found_by_the_slugs_of_team_and_event_type(crew: Crew) -> None:
    await crew.noor.creates_schedule(isDefault=True)
    await crew.creates(crew.noor, minimumBookingNotice=0)
    query = {"teamSlug": "crew", "eventTypeSlug": "panel", "start": "2050-09-05", "end": "2050-09-05"}
    if crew.organization_id is not None:
        query["organizationSlug"] = "firm"
    assert len(data(await crew.anybody.get("/v2/slots", params=query))["2050-09-05"]) == 8


async def test_a_schedule_must_be_the_hosts_own(crew: Crew) -> None:
    schedule = await crew.mia.creates_schedule()
    wrong = {"userId": crew.noor.id, "scheduleId": schedule["id"]}
    refusal(await crew.mia.client.post(crew.url, json={**body_of(), "hosts": [wrong]}), 403)
    shown = await crew.creates(hosts=[{"userId": crew.mia.id, "scheduleId": schedule["id"]}])
    assert shown["hosts"][0]["scheduleId"] == schedule["id"]


async def test_the_schedule_of_all_is_a_members(crew: Crew) -> None:
    schedule = await crew.noor.creates_schedule()
    assert (await crew.creates(scheduleId=schedule["id"]))["scheduleId"] == schedule["id"]
    pending = await crew.lee.creates_schedule()
    refusal(await crew.mia.client.post(crew.url, json={**body_of(), "scheduleId": pending["id"]}), 404)


async def test_a_host_who_stays_keeps_weight_and_schedule(crew: Crew) -> None:
    schedule = await crew.noor.creates_schedule()
    host = {"userId": crew.noor.id, "priority": "high", "weight": 300, "scheduleId": schedule["id"]}
    made = await crew.creates(hosts=[host])
    kept = await crew.changes(made, hosts=[{"userId": crew.noor.id}, {"userId": crew.mia.id}])
    assert [(one["weight"], one["scheduleId"]) for one in kept["hosts"]] == [
        (300, schedule["id"]),
        (100, None),
    ]
    assert kept["hosts"][0]["priority"] == "medium"
    back = await crew.changes(made, hosts=[{"userId": crew.noor.id, "weight": None, "scheduleId": None}])
    assert [(one["weight"], one["scheduleId"]) for one in back["hosts"]] == [(100, None)]


async def test_hosts_stay_unless_they_are_sent(crew: Crew) -> None:
    made = await crew.creates(crew.mia, crew.noor)
    assert hosts_of(await crew.changes(made, title="New")) == [crew.mia.id, crew.noor.id]
    assert hosts_of(await crew.changes(made, hosts=None)) == [crew.mia.id, crew.noor.id]
    assert hosts_of(await crew.changes(made, hosts=[])) == []


async def test_all_members_are_those_who_have_accepted(crew: Crew) -> None:
    made = await crew.creates(assignAllTeamMembers=True)
    assert made["assignAllTeamMembers"] is True
    assert hosts_of(made) == [crew.mia.id, crew.noor.id]
    off = await crew.changes(made, assignAllTeamMembers=False)
    assert off["assignAllTeamMembers"] is False
    assert hosts_of(off) == [crew.mia.id, crew.noor.id]


async def test_a_slug_is_the_teams_once(crew: Crew) -> None:
    made = await crew.creates()
    assert refusal(await crew.mia.client.post(crew.url, json=body_of()), 400)["code"] == "BadRequestException"
    other = await crew.creates(slug="other")
    assert (await crew.changes(made, slug="panel"))["slug"] == "panel"
    refusal(await crew.mia.client.patch(f"{crew.url}/{other['id']}", json={"slug": "panel"}), 400)


async def test_an_unknown_one_is_refused(crew: Crew) -> None:
    own = await crew.mia.creates_event_type()
    for wrong in (424242, own["id"]):
        url = f"{crew.url}/{wrong}"
        refusal(await crew.mia.client.get(url), 404)
        refusal(await crew.mia.client.patch(url, json={"title": "New"}), 400)
        refusal(await crew.mia.client.delete(url), 404)
    refusal(await crew.mia.client.get(f"{crew.url}/x"), 400)


async def test_a_deleted_one_is_gone(crew: Crew) -> None:
    made = await crew.creates(crew.mia)
    url = f"{crew.url}/{made['id']}"
    assert data(await crew.mia.client.get(url)) == made
    assert data(await crew.mia.client.delete(url)) == {"id": made["id"], "title": "Panel"}
    refusal(await crew.mia.client.get(url), 404)


async def test_only_who_rules_the_team_may(crew: Crew) -> None:
    made = await crew.creates(crew.mia)
    for host in (crew.noor, crew.lee):
        refusal(await host.client.post(crew.url, json=body_of("collective", "mine")), 403)
        for method, body in (("GET", None), ("PATCH", {"title": "Mine"}), ("DELETE", None)):
            refusal(await host.client.request(method, f"{crew.url}/{made['id']}", json=body), 403)
    refusal(await crew.anybody.post(crew.url, json=body_of()), 401)


async def test_the_kind_stays(crew: Crew) -> None:
    made = await crew.creates()
    refusal(
        await crew.mia.client.patch(f"{crew.url}/{made['id']}", json={"schedulingType": "collective"}), 400
    )
    assert (await crew.changes(made, schedulingType="roundRobin"))["schedulingType"] == "roundRobin"


async def test_what_is_read_can_be_written_back(crew: Crew) -> None:
    made = await crew.creates(crew.mia, crew.noor, locations=[{"type": "organizersDefaultApp"}])
    assert made["locations"] == [{"type": "organizersDefaultApp"}]
    assert made["rescheduleWithSameRoundRobinHost"] is False
    sent = {**made, "rescheduleWithSameRoundRobinHost": True}
    changed = data(await crew.mia.client.patch(f"{crew.url}/{made['id']}", json=sent))
    # In a form of its own the phone number comes after the place.
    form = made["bookingFields"]
    assert sorted(changed["bookingFields"], key=str) == sorted(form, key=str)
    assert changed == {**sent, "bookingFields": changed["bookingFields"]}
