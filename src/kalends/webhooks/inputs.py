"""The wire of webhooks and their deliveries (webhooks.md 2)."""

from typing import Annotated, Any, Literal, TypeAlias
from uuid import UUID

from fastapi import Path
from pydantic import BeforeValidator, Field, WithJsonSchema
from typing_extensions import TypedDict

from kalends.api.input.fields import (
    Boolean,
    QueryInteger,
    Rule,
    broken,
    check_text,
    check_uuid,
)
from kalends.api.input.instants import Instant, LastInstant
from kalends.api.output.envelope import instant, optional_instant
from kalends.api.wire import Body, Changes
from kalends.handlebars.errors import TemplateError
from kalends.outgoing import InvalidUrl, parse_url
from kalends.webhooks.deliveries import templates
from kalends.webhooks.pinging import Sent
from kalends.webhooks.service import ListDeliveries, Replay, Replayed, RevealedWebhook
from kalends.webhooks.triggers import Trigger
from kalends.webhooks.webhook import Delivery, Status

LONGEST_SECRET = 1_024
_MOST_TRIGGERS = 100

_URL_RULE = "must be an absolute http or https URL such as https://example.com/hook"


def _check_subscriber_url(value: object) -> str:
    url = check_text(value)
    try:
        parse_url(url)
    except InvalidUrl as error:
        raise broken("isUrl", str(error)) from error
    return url


def _check_template(value: object) -> str | None:
    if value is None:
        return None
    template = check_text(value, longest=templates.MOST_CHARACTERS)
    try:
        templates.check(template)
    except TemplateError as error:
        raise broken("isTemplate", f"must be a Handlebars template: {error}") from error
    return template


def _check_secret(value: object) -> str | None:
    return None if value is None else check_text(value, longest=LONGEST_SECRET)


SubscriberUrl: TypeAlias = Annotated[
    str,
    Rule("isUrl", _URL_RULE),
    BeforeValidator(_check_subscriber_url),
    Field(json_schema_extra={"format": "uri"}),
]
Triggers: TypeAlias = Annotated[
    list[Trigger], Rule("isArray", "must be an array"), Field(max_length=_MOST_TRIGGERS)
]
_NULLABLE_TEXT: dict[str, Any] = {"anyOf": [{"type": "string"}, {"type": "null"}]}
Template: TypeAlias = Annotated[str | None, BeforeValidator(_check_template), WithJsonSchema(_NULLABLE_TEXT)]
Secret: TypeAlias = Annotated[str | None, BeforeValidator(_check_secret), WithJsonSchema(_NULLABLE_TEXT)]

WebhookId: TypeAlias = Annotated[str, Path(alias="webhookId"), BeforeValidator(check_text)]
DeliveryId: TypeAlias = Annotated[
    UUID,
    Path(alias="deliveryId"),
    BeforeValidator(check_uuid),
    WithJsonSchema({"type": "string", "format": "uuid"}),
]


class CreateWebhookBody(Body):
    """A new webhook."""

    active: Boolean
    subscriber_url: SubscriberUrl
    triggers: Triggers
    payload_template: Template = None
    secret: Secret = None

    def to_columns(self) -> dict[str, Any]:
        """Return the columns to store, by name."""
        return self.model_dump()


class UpdateWebhookBody(Changes):
    """Changes of a webhook; null clears `payloadTemplate` and `secret`."""

    active: Boolean = True
    subscriber_url: SubscriberUrl = ""
    triggers: Triggers = Field(default_factory=list)
    payload_template: Template = None
    secret: Secret = None


class ListQuery(Body):
    """Which part of a list to show."""

    take: Annotated[QueryInteger, Field(ge=1, le=250)] = 250
    skip: Annotated[QueryInteger, Field(ge=0)] = 0


class DeliveriesQuery(ListQuery):
    """Which deliveries to show; `after` and `before` bound when they were made."""

    status: Status | None = None
    trigger: Trigger | Literal["PING"] | None = None
    after: Instant | None = None
    before: LastInstant | None = None

    def to_command(self) -> ListDeliveries:
        """Return the command that this query stands for."""
        return ListDeliveries(self.status, self.trigger, self.after, self.before, self.take, self.skip)


class ReplayBody(Body):
    """Which events to deliver again: those from `from` until `to`, or now."""

    since: Annotated[Instant, Field(alias="from")]
    to: LastInstant | None = None
    triggers: Triggers | None = None

    def to_command(self) -> Replay:
        """Return the command that this body stands for."""
        return Replay(self.since, self.to, None if self.triggers is None else tuple(self.triggers))


class _WebhookOutput(TypedDict):
    id: str
    payloadTemplate: str | None
    triggers: list[str]
    subscriberUrl: str
    active: bool
    secret: str | None


class UserWebhookOutput(_WebhookOutput):
    """A webhook of a user."""

    userId: int | None


class EventTypeWebhookOutput(_WebhookOutput):
    """A webhook of an event type."""

    eventTypeId: Annotated[int | None, WithJsonSchema({"type": "integer"})]


class TeamWebhookOutput(_WebhookOutput):
    """A webhook of an organization, which `teamId` is the id of."""

    teamId: Annotated[int | None, WithJsonSchema({"type": "integer"})]


class WholeWebhookOutput(UserWebhookOutput):
    """A webhook with every column, and how it does: these last three are additions to the contract."""

    teamId: int | None
    eventTypeId: int | None
    oAuthClientId: str | None
    createdAt: str
    appId: str | None
    platform: bool
    time: int | None
    timeUnit: str | None
    failingSince: str | None
    disabledReason: str | None


class AttemptOutput(TypedDict):
    """One request to the subscriber: `error` is null after a 2xx, `answer` how the body began."""

    number: int
    startedAt: str
    durationMs: int
    statusCode: int | None
    error: str | None
    errorDetail: str | None
    answer: str | None


class DeliveryOutput(TypedDict):
    """An event on its way to a webhook; `messageId` is the header `webhook-id` of all its attempts."""

    id: str
    messageId: str
    trigger: str
    status: Status
    createdAt: str
    completedAt: str | None
    nextAttemptAt: str | None
    attempts: list[AttemptOutput]


class PingOutput(TypedDict):
    """What came of a ping."""

    ok: bool
    statusCode: int | None
    durationMs: int
    error: str | None
    errorDetail: str | None
    answer: str | None


class ReplayOutput(TypedDict):
    """How many deliveries begin anew; `next` is where to go on from, null when that was all."""

    queued: int
    next: str | None


def user_webhook_output(revealed: RevealedWebhook) -> UserWebhookOutput:
    """Show a webhook of a user."""
    return {**_webhook(revealed), "userId": revealed.webhook.user_id}


def event_type_webhook_output(revealed: RevealedWebhook) -> EventTypeWebhookOutput:
    """Show a webhook of an event type."""
    return {**_webhook(revealed), "eventTypeId": revealed.webhook.event_type_id}


def team_webhook_output(revealed: RevealedWebhook) -> TeamWebhookOutput:
    """Show a webhook of an organization."""
    return {**_webhook(revealed), "teamId": revealed.webhook.team_id}


def whole_webhook_output(revealed: RevealedWebhook) -> WholeWebhookOutput:
    """Show a webhook with every column."""
    webhook = revealed.webhook
    return {
        **user_webhook_output(revealed),
        "teamId": webhook.team_id,
        "eventTypeId": webhook.event_type_id,
        "oAuthClientId": webhook.oauth_client_id,
        "createdAt": instant(webhook.created_at),
        "appId": None,
        "platform": webhook.is_platform,
        "time": None,
        "timeUnit": None,
        "failingSince": optional_instant(webhook.failing_since),
        "disabledReason": webhook.disabled_reason,
    }


def delivery(stored: Delivery) -> DeliveryOutput:
    """Show a delivery."""
    return {
        "id": str(stored.id),
        "messageId": stored.message_id,
        "trigger": stored.trigger,
        "status": stored.status,
        "createdAt": instant(stored.created_at),
        "completedAt": optional_instant(stored.completed_at),
        "nextAttemptAt": instant(stored.next_attempt_at) if stored.status == "pending" else None,
        "attempts": [
            {
                "number": attempt.number,
                "startedAt": instant(attempt.started_at),
                "durationMs": attempt.duration_ms,
                "statusCode": attempt.status_code,
                "error": attempt.error,
                "errorDetail": attempt.error_detail,
                "answer": attempt.answer,
            }
            for attempt in stored.attempts
        ],
    }


def ping(sent: Sent) -> PingOutput:
    """Show what came of a ping."""
    return {
        "ok": sent.error is None,
        "statusCode": sent.status_code,
        "durationMs": sent.duration_ms,
        "error": sent.error,
        "errorDetail": sent.error_detail,
        "answer": sent.answer,
    }


def replay(replayed: Replayed) -> ReplayOutput:
    """Show what a replay has begun."""
    return {"queued": replayed.queued, "next": optional_instant(replayed.next)}


def _webhook(revealed: RevealedWebhook) -> _WebhookOutput:
    webhook = revealed.webhook
    return {
        "id": webhook.id,
        "payloadTemplate": webhook.payload_template,
        "triggers": list(webhook.triggers),
        "subscriberUrl": webhook.subscriber_url,
        "active": webhook.active,
        "secret": revealed.secret,
    }
