"""The body that a webhook's own template makes of an event (webhooks.md 7, checks 32 to 34)."""

import json
from datetime import timedelta
from typing import Any

import pytest

from kalends.handlebars.errors import TemplateError
from kalends.webhooks.deliveries.templates import (
    FORM_TYPE,
    JSON_TYPE,
    check,
    filled,
)
from tests.conftest import Clock
from tests.support.client import Host, data, refusal
from tests.support.receiver import Receiver
from tests.webhooks.conftest import Post, deliveries, subscribe

CONTEXT: dict[str, Any] = {
    "title": 'Tea & "cake" = good\n',
    "length": 30,
    "zero": 0,
    "attendees": [{"name": 'Bo "The Guest"'}],
}


@pytest.mark.parametrize(
    ("template", "body", "content_type"),
    [
        (
            '{"t":"{{title}}","who":"{{attendees.0.name}}","x":"{{missing}}"}',
            '{"t":"Tea & \\"cake\\" = good\\n","who":"Bo \\"The Guest\\"","x":""}',
            JSON_TYPE,
        ),
        ('{ "n": [1, 1.0, 2.5, true, null, "{{length}}"] }', '{"n":[1,1,2.5,true,null,"30"]}', JSON_TYPE),
        ('{"{{length}}": {}}', '{"30":{}}', JSON_TYPE),
        ("{}", "{}", JSON_TYPE),
        # A block from one text into another: filled in as a text, and read again.
        ('{"a":"{{#if zero}}1","b":"2{{/if}}"}', '{"a":""}', JSON_TYPE),
        # What is no JSON before it is filled in is none for the content type either.
        ('{"minutes": {{length}}}', '{"minutes": 30}', FORM_TYPE),
        ("0", "0", FORM_TYPE),
        ("title={{title}}&n={{length}}", "title=Tea%20%26%20%22cake%22%20%3D%20good%0A&n=30", FORM_TYPE),
        ("title={{{title}}}", 'title=Tea & "cake" = good\n', FORM_TYPE),
        ("Title: {{title}}", 'Title: Tea &amp; "cake" &#x3D; good\n', FORM_TYPE),
    ],
)
def test_a_template_becomes(template: str, body: str, content_type: str) -> None:
    check(template)
    made = filled(template, CONTEXT)
    assert (made.content.decode(), made.content_type) == (body, content_type)


@pytest.mark.parametrize(
    "template",
    ["{{missing}}", '{"a":"{{#if length}}","b":"{{title}}{{/if}}"}', "{{#each attendees}}{{/each}}"],
)
def test_what_becomes_nothing_or_no_json_fails(template: str) -> None:
    check(template)
    with pytest.raises(TemplateError):
        filled(template, CONTEXT)


@pytest.mark.parametrize("template", ['{"a":"{{#if}}"}', "{{#each}}", '{"a":"\\ud800"}'])
def test_what_can_never_be_filled_in_is_refused(template: str) -> None:
    with pytest.raises(TemplateError):
        check(template)


async def test_a_template_makes_the_body_and_the_signature_covers_it(
    ana: Host, receiver: Receiver, post: Post
) -> None:
    template = json.dumps(
        {
            "event": "{{triggerEvent}}",
            "at": "{{createdAt}}",
            "who": "{{attendees.0.name}}",
            "by": "{{organizer.name}}",
        }
    )
    await subscribe(ana, receiver, "BOOKING_CREATED", payloadTemplate=template, secret="s")
    await is_booked_by(ana, 'Bo "Quote" Guest')
    await post.delivers()
    [request] = receiver.requests
    assert request.json == {
        "event": "BOOKING_CREATED",
        "at": "2050-09-01T06:00:00.000Z",
        "who": 'Bo "Quote" Guest',
        "by": "Ana",
    }
    assert len(request.headers["x-cal-signature-256"]) == 64


async def test_a_form_template_is_sent_as_a_form(ana: Host, receiver: Receiver, post: Post) -> None:
    await subscribe(ana, receiver, "BOOKING_CREATED", payloadTemplate="title={{title}}")
    await is_booked_by(ana, "Bo Guest")
    await post.delivers()
    [request] = receiver.requests
    assert request.headers["content-type"] == FORM_TYPE
    assert request.body == b"title=Intro%20between%20Ana%20and%20Bo%20Guest"


async def test_meetings_ignore_the_template(ana: Host, receiver: Receiver, post: Post, clock: Clock) -> None:
    await subscribe(ana, receiver, "MEETING_ENDED", payloadTemplate="title={{title}}")
    booking = await is_booked_by(ana, "Bo Guest")
    clock.advance(timedelta(days=5))
    await post.delivers()
    [request] = receiver.requests
    assert request.json["triggerEvent"] == "MEETING_ENDED"
    assert request.json["uid"] == booking["uid"]
    assert "payload" not in request.json


async def test_a_template_that_fails_is_logged_and_can_be_mended(
    ana: Host, receiver: Receiver, post: Post
) -> None:
    webhook = await subscribe(ana, receiver, "BOOKING_CREATED", payloadTemplate="{{missing}}")
    await is_booked_by(ana, "Bo Guest")
    await post.delivers()
    assert receiver.requests == []
    [logged] = await deliveries(ana, webhook)
    assert logged["status"] == "failed"
    assert [(one["error"], one["errorDetail"]) for one in logged["attempts"]] == [
        ("render", "the template became an empty text")
    ]
    retry = f"/v2/webhooks/{webhook['id']}/deliveries/{logged['id']}/retry"
    assert data(await ana.client.post(retry))["status"] == "failed"
    data(await ana.client.patch(f"/v2/webhooks/{webhook['id']}", json={"payloadTemplate": "t={{title}}"}))
    assert data(await ana.client.post(retry))["status"] == "pending"
    await post.delivers()
    assert [request.id for request in receiver.requests] == [logged["messageId"]]
    [logged] = await deliveries(ana, webhook)
    assert [one["number"] for one in logged["attempts"]] == [1, 2, 3]


@pytest.mark.parametrize(
    ("template", "why"),
    [
        ("{{#each @root}}{{#each @root}}{{#each @root}}{{a.b.c.d}}{{/each}}{{/each}}{{/each}}", "steps"),
        ("{{#each @root}}{{#each @root}}" + "Z" * 5_000 + "{{/each}}{{/each}}", "characters"),
        (json.dumps(["{{#each @root}}{{#each @root}}" + "Z" * 500 + "{{/each}}{{/each}}"] * 9), "characters"),
        (json.dumps(["{{#each @root}}" + "\x01" * 900 + "{{/each}}"] * 9), "bytes"),
    ],
)
async def test_a_body_that_takes_too_much_fails_and_the_others_arrive(
    ana: Host, receiver: Receiver, post: Post, template: str, why: str
) -> None:
    greedy = await subscribe(ana, receiver, "BOOKING_CREATED", payloadTemplate=template)
    url = f"{receiver.url}/other"
    await subscribe(ana, receiver, "BOOKING_CREATED", subscriberUrl=url, payloadTemplate="t={{title}}")
    await is_booked_by(ana, "Bo Guest")
    await post.delivers()
    [logged] = await deliveries(ana, greedy)
    assert logged["status"] == "failed"
    assert [one["error"] for one in logged["attempts"]] == ["render"]
    assert why in logged["attempts"][0]["errorDetail"]
    assert len(receiver.requests) == 1


@pytest.mark.parametrize(
    ("template", "why"),
    [
        ("{{a}}" * 1_001, "more than 1000 tags"),
        ("{{#if a " + "b=1 " * 10 + "}}{{/if}}", "more than 20 words"),
    ],
)
async def test_a_template_with_too_many_parts_is_refused(
    ana: Host, receiver: Receiver, template: str, why: str
) -> None:
    body = {
        "active": True,
        "subscriberUrl": receiver.url,
        "triggers": ["BOOKING_CREATED"],
        "payloadTemplate": template,
    }
    error = refusal(await ana.client.post("/v2/webhooks", json=body), 400)
    assert why in str(error["details"])


async def is_booked_by(host: Host, name: str) -> Any:
    attendee = {"name": name, "email": "bo@example.com", "timeZone": "Europe/Rome"}
    return await host.books(await host.creates_event_type(), attendee=attendee)


def test_a_template_is_json_only_if_it_is_that_already() -> None:
    assert json.loads(filled('["{{title}}"]', CONTEXT).content) == [CONTEXT["title"]]
