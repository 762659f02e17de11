"""Webhooks of users and event types, made, shown, changed and deleted (webhooks.md checks 1 to 14)."""

import asyncio
from typing import Any, get_args

import pytest

from kalends.db.database import Database
from kalends.webhooks.triggers import NOT_CAUSED_YET, Trigger
from tests.support.client import Host, broken_properties, data, refusal

URL = "https://r.example.org/a"


def body(url: str = URL, **properties: Any) -> dict[str, Any]:
    return {"active": True, "subscriberUrl": url, "triggers": ["BOOKING_CREATED"], **properties}


async def made(host: Host, path: str = "/v2/webhooks", **properties: Any) -> dict[str, Any]:
    created: dict[str, Any] = data(await host.client.post(path, json=body(**properties)), 201)
    return created


async def of_event_type(host: Host, slug: str = "intro") -> str:
    event_type = await host.creates_event_type(slug)
    return f"/v2/event-types/{event_type['id']}/webhooks"


async def test_a_webhook_is_shown_as_it_was_made(ana: Host) -> None:
    webhook = await made(ana)
    assert isinstance(webhook.pop("id"), str)
    assert webhook == {
        "payloadTemplate": None,
        "triggers": ["BOOKING_CREATED"],
        "subscriberUrl": URL,
        "active": True,
        "secret": None,
        "userId": ana.id,
    }


async def test_a_user_has_one_webhook_a_url(ana: Host, ben: Host) -> None:
    await made(ana)
    assert refusal(await ana.client.post("/v2/webhooks", json=body()), 409)["code"] == "ConflictException"
    await made(ana, url=URL + "/")
    await made(ben)


async def test_of_two_equal_requests_at_once_one_is_refused(ana: Host) -> None:
    answers = await asyncio.gather(*(ana.client.post("/v2/webhooks", json=body()) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [201, *[409] * 7]


@pytest.mark.parametrize(
    ("properties", "broken"),
    [
        ({"triggers": "BOOKING_CREATED"}, "triggers"),
        ({"triggers": ["BOOKING_CONFIRMED"]}, "triggers"),
        ({"triggers": ["ROUTING_FORM_FALLBACK_HIT"]}, "triggers"),
        ({"triggers": [{}]}, "triggers"),
        ({"version": "2026-01-01"}, "version"),
        ({"triggers": None}, "triggers"),
        ({"active": "true"}, "active"),
        ({"active": 1}, "active"),
        ({"active": None}, "active"),
        ({"subscriberUrl": None}, "subscriberUrl"),
        ({"subscriberUrl": "r.example.org/a"}, "subscriberUrl"),
        ({"subscriberUrl": "ftp://r.example.org/a"}, "subscriberUrl"),
        ({"subscriberUrl": "javascript:alert(1)"}, "subscriberUrl"),
        ({"subscriberUrl": "https://"}, "subscriberUrl"),
        ({"subscriberUrl": "https://me:secret@r.example.org/"}, "subscriberUrl"),
        ({"subscriberUrl": "https://r.example.org:99999/"}, "subscriberUrl"),
        ({"subscriberUrl": "https://r.example.org/a b"}, "subscriberUrl"),
        ({"subscriberUrl": "https://r.example.org/" + "a" * 2_048}, "subscriberUrl"),
        ({"payloadTemplate": "{{#if}}"}, "payloadTemplate"),
        ({"payloadTemplate": '{"a":"{{#each attendees}}"}'}, "payloadTemplate"),
        ({"payloadTemplate": "{{shout title}}"}, "payloadTemplate"),
        ({"payloadTemplate": "a" * 65_537}, "payloadTemplate"),
        ({"payloadTemplate": 5}, "payloadTemplate"),
        ({"secret": "s" * 1_025}, "secret"),
        ({"secret": 5}, "secret"),
    ],
)
async def test_what_breaks_a_rule_is_refused_by_name(
    ana: Host, properties: dict[str, Any], broken: str
) -> None:
    error = refusal(await ana.client.post("/v2/webhooks", json=body() | properties), 400)
    assert broken_properties(error) == {broken}
    webhook = await made(ana)
    changed = await ana.client.patch(f"/v2/webhooks/{webhook['id']}", json=properties)
    assert broken_properties(refusal(changed, 400)) == {broken}


@pytest.mark.parametrize("trigger", NOT_CAUSED_YET)
async def test_a_trigger_that_nothing_causes_is_refused_by_its_name(ana: Host, trigger: str) -> None:
    sent = body(triggers=["BOOKING_CREATED", trigger])
    assert trigger in str(refusal(await ana.client.post("/v2/webhooks", json=sent), 400)["details"])


async def test_every_trigger_of_the_contract_is_taken(ana: Host) -> None:
    triggers = list(get_args(Trigger))
    assert len(triggers) == 18
    assert (await made(ana, triggers=triggers, version="2021-10-20"))["triggers"] == triggers


@pytest.mark.parametrize("missing", ["active", "subscriberUrl", "triggers"])
async def test_what_is_required_must_be_sent(ana: Host, missing: str) -> None:
    sent = {name: value for name, value in body().items() if name != missing}
    assert broken_properties(refusal(await ana.client.post("/v2/webhooks", json=sent), 400)) == {missing}


async def test_no_trigger_and_repeated_triggers_are_taken_and_kept_in_order(ana: Host) -> None:
    assert (await made(ana, triggers=[]))["triggers"] == []
    twice = ["MEETING_ENDED", "BOOKING_CREATED", "MEETING_ENDED"]
    assert (await made(ana, url=URL + "2", triggers=twice))["triggers"] == twice


async def test_unknown_properties_are_dropped(ana: Host, ben: Host) -> None:
    extra: dict[str, Any] = {
        "userId": ben.id,
        "platform": True,
        "time": 9,
        "timeUnit": "DAY",
        "version": "2021-10-20",
    }
    webhook = await made(ana, **extra)
    whole = data(await ana.client.get(f"/v2/webhooks/{webhook['id']}"))
    assert whole["userId"] == ana.id
    assert whole["platform"] is False
    assert whole["time"] is None


async def test_a_change_leaves_alone_what_is_not_sent(ana: Host) -> None:
    webhook = await made(ana, secret="s3cret", payloadTemplate="a={{title}}")
    path = f"/v2/webhooks/{webhook['id']}"
    assert data(await ana.client.patch(path, json={})) == webhook
    assert data(await ana.client.patch(path, json={"active": False})) == {**webhook, "active": False}
    cleared = data(await ana.client.patch(path, json={"secret": None, "payloadTemplate": None}))
    assert cleared == {**webhook, "active": False, "secret": None, "payloadTemplate": None}


async def test_a_change_to_the_url_of_another_webhook_collides(ana: Host) -> None:
    await made(ana)
    other = await made(ana, url=URL + "2")
    changed = await ana.client.patch(f"/v2/webhooks/{other['id']}", json={"subscriberUrl": URL})
    assert refusal(changed, 409)["code"] == "CONFLICT"
    same = await ana.client.patch(f"/v2/webhooks/{other['id']}", json={"subscriberUrl": URL + "2"})
    assert same.status_code == 200


async def test_the_single_one_shows_every_column(ana: Host) -> None:
    webhook = await made(ana)
    whole = data(await ana.client.get(f"/v2/webhooks/{webhook['id']}"))
    assert whole.pop("createdAt").endswith("Z")
    assert whole == {
        **webhook,
        "teamId": None,
        "eventTypeId": None,
        "oAuthClientId": None,
        "appId": None,
        "platform": False,
        "time": None,
        "timeUnit": None,
        "failingSince": None,
        "disabledReason": None,
    }
    assert data(await ana.client.get("/v2/webhooks")) == [webhook]


async def test_a_webhook_is_its_owners_alone(ana: Host, ben: Host) -> None:
    webhook = await made(ana)
    of_type = await made(ana, await of_event_type(ana))
    for client, webhook_id, status in (
        (ana, "nope", 404),
        (ben, webhook["id"], 403),
        (ana, of_type["id"], 403),
    ):
        path = f"/v2/webhooks/{webhook_id}"
        refusal(await client.client.get(path), status)
        refusal(await client.client.patch(path, json={"active": "neither"}), status)
        refusal(await client.client.delete(path), status)
        refusal(await client.client.get(f"{path}/deliveries"), status)
        refusal(await client.client.post(f"{path}/ping"), status)
        refusal(await client.client.post(f"{path}/replay", json={}), status)


async def test_a_system_admin_has_everybodys_webhooks(ana: Host, ben: Host, database: Database) -> None:
    webhook = await made(ana)
    of_type = await made(ana, await of_event_type(ana))
    async with database.transaction() as work:
        await work.connection.execute("UPDATE users SET is_system_admin = true WHERE id = %s", (ben.id,))
    assert data(await ben.client.get(f"/v2/webhooks/{webhook['id']}"))["userId"] == ana.id
    assert data(await ben.client.patch(f"/v2/webhooks/{of_type['id']}", json={}))["userId"] is None
    assert data(await ben.client.delete(f"/v2/webhooks/{of_type['id']}"))["id"] == of_type["id"]


async def test_lists_are_cut_into_pages_in_the_order_of_making(ana: Host) -> None:
    ids = [(await made(ana, url=f"{URL}/{number}"))["id"] for number in range(3)]
    assert [one["id"] for one in data(await ana.client.get("/v2/webhooks"))] == ids
    page = data(await ana.client.get("/v2/webhooks", params={"take": "1", "skip": "1"}))
    assert [one["id"] for one in page] == ids[1:2]
    assert len(data(await ana.client.get("/v2/webhooks", params={"take": "2abc"}))) == 2
    for query in ("take=0", "take=251", "skip=-1", "take=abc", "take="):
        refusal(await ana.client.get(f"/v2/webhooks?{query}"), 400)


async def test_a_deleted_webhook_is_returned_once(ana: Host) -> None:
    webhook = await made(ana, secret="s3cret")
    assert data(await ana.client.delete(f"/v2/webhooks/{webhook['id']}")) == webhook
    refusal(await ana.client.delete(f"/v2/webhooks/{webhook['id']}"), 404)


async def test_webhooks_of_event_types(ana: Host) -> None:
    intro, other = await of_event_type(ana), await of_event_type(ana, "other")
    webhook = await made(ana, intro)
    assert webhook["eventTypeId"] == int(intro.split("/")[3])
    assert "userId" not in webhook
    await made(ana, other)
    assert refusal(await ana.client.post(intro, json=body()), 409)["code"] == "ConflictException"
    assert data(await ana.client.get(intro)) == [webhook]
    path = f"{intro}/{webhook['id']}"
    assert data(await ana.client.get(path)) == webhook
    assert data(await ana.client.patch(path, json={"active": False})) == {**webhook, "active": False}
    assert data(await ana.client.delete(path)) == {**webhook, "active": False}
    refusal(await ana.client.get(path), 404)


async def test_a_webhook_of_an_event_type_cannot_take_the_url_of_another(ana: Host) -> None:
    intro = await of_event_type(ana)
    await made(ana, intro)
    other = await made(ana, intro, url=URL + "2")
    changed = await ana.client.patch(f"{intro}/{other['id']}", json={"subscriberUrl": URL})
    assert refusal(changed, 409)["code"] == "CONFLICT"


async def test_webhooks_of_event_types_are_for_the_owner_of_the_event_type(ana: Host, ben: Host) -> None:
    intro, other = await of_event_type(ana), await of_event_type(ana, "other")
    own = await made(ana)
    of_other = await made(ana, other)
    for answer, status in (
        (await ben.client.get(intro), 403),
        (await ben.client.post(intro, json={}), 403),
        (await ben.client.delete(intro), 403),
        (await ana.client.get("/v2/event-types/999999/webhooks"), 404),
        (await ana.client.post("/v2/event-types/999999/webhooks", json={}), 404),
        (await ana.client.get("/v2/event-types/first/webhooks"), 400),
        (await ana.client.get(f"{intro}/{own['id']}"), 400),
        (await ana.client.get(f"{intro}/{of_other['id']}"), 403),
        (await ana.client.get(f"{intro}/nope"), 404),
        (await ana.client.patch(f"{intro}/{of_other['id']}", json={"active": 1}), 403),
        (await ana.client.get(f"{intro}/{of_other['id']}/deliveries"), 403),
    ):
        refusal(answer, status)


async def test_all_webhooks_of_an_event_type_are_deleted_at_once(ana: Host) -> None:
    intro = await of_event_type(ana)
    await made(ana, intro)
    await made(ana, intro, url=URL + "2")
    await made(ana)
    assert data(await ana.client.delete(intro)) == "2 webhooks deleted"
    assert data(await ana.client.delete(intro)) == "0 webhooks deleted"
    assert len(data(await ana.client.get("/v2/webhooks"))) == 1


async def test_secrets_are_stored_encrypted_and_shown_in_clear(ana: Host, database: Database) -> None:
    webhook = await made(ana, secret="a long s3cret")
    assert webhook["secret"] == "a long s3cret"
    assert (await made(ana, url=URL + "2", secret=""))["secret"] == ""
    async with database.connection() as connection:
        cursor = await connection.execute("SELECT secret FROM webhooks WHERE id = %s", (webhook["id"],))
        row = await cursor.fetchone()
    assert row is not None
    assert b"s3cret" not in row[0]
