"""The wire of webhooks and their deliveries: answers (webhooks.md 2)."""

from typing import Annotated

from pydantic import WithJsonSchema
from typing_extensions import TypedDict

from kalends.api.output.envelope import instant, optional_instant
from kalends.webhooks.pinging import Sent
from kalends.webhooks.service import ReplayOutcome, RevealedWebhook
from kalends.webhooks.webhook import Delivery, Status


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


class OAuthClientWebhookOutput(_WebhookOutput):
    """A webhook of an OAuth client."""

    oAuthClientId: Annotated[str | None, WithJsonSchema({"type": "string"})]


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
    return {**_webhook_output(revealed), "userId": revealed.webhook.user_id}


def client_webhook_output(revealed: RevealedWebhook) -> OAuthClientWebhookOutput:
    """Show a webhook of an OAuth client."""
    return {**_webhook_output(revealed), "oAuthClientId": revealed.webhook.oauth_client_id}


def event_type_webhook_output(revealed: RevealedWebhook) -> EventTypeWebhookOutput:
    """Show a webhook of an event type."""
    return {**_webhook_output(revealed), "eventTypeId": revealed.webhook.event_type_id}


def team_webhook_output(revealed: RevealedWebhook) -> TeamWebhookOutput:
    """Show a webhook of an organization."""
    return {**_webhook_output(revealed), "teamId": revealed.webhook.team_id}


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


def delivery_output(delivery: Delivery) -> DeliveryOutput:
    """Show a delivery."""
    return {
        "id": str(delivery.id),
        "messageId": delivery.message_id,
        "trigger": delivery.trigger,
        "status": delivery.status,
        "createdAt": instant(delivery.created_at),
        "completedAt": optional_instant(delivery.completed_at),
        "nextAttemptAt": instant(delivery.next_attempt_at) if delivery.status == "pending" else None,
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
            for attempt in delivery.attempts
        ],
    }


def ping_output(sent: Sent) -> PingOutput:
    """Show what came of a ping."""
    return {
        "ok": sent.error is None,
        "statusCode": sent.status_code,
        "durationMs": sent.duration_ms,
        "error": sent.error,
        "errorDetail": sent.error_detail,
        "answer": sent.answer,
    }


def replay_output(replayed: ReplayOutcome) -> ReplayOutput:
    """Show what a replay has begun."""
    return {"queued": replayed.queued, "next": optional_instant(replayed.next)}


def _webhook_output(revealed: RevealedWebhook) -> _WebhookOutput:
    webhook = revealed.webhook
    return {
        "id": webhook.id,
        "payloadTemplate": webhook.payload_template,
        "triggers": list(webhook.triggers),
        "subscriberUrl": webhook.subscriber_url,
        "active": webhook.active,
        "secret": revealed.secret,
    }
