"""The wire of webhooks and their deliveries: requests (webhooks.md 2)."""

from typing import Annotated, Any, Literal, TypeAlias
from uuid import UUID

from fastapi import Path
from pydantic import BeforeValidator, Field, WithJsonSchema

from kalends.api.input.changes import NOT_SENT
from kalends.api.input.fields import (
    Boolean,
    QueryInteger,
    Rule,
    check_text,
    check_uuid,
    violation,
)
from kalends.api.input.instants import Instant, LastInstant
from kalends.api.wire import Body, Changes
from kalends.handlebars.errors import TemplateError
from kalends.outgoing import InvalidUrl, parse_url
from kalends.webhooks.deliveries import templates
from kalends.webhooks.service import CreateWebhook, Replay, UpdateWebhook
from kalends.webhooks.triggers import NOT_CAUSED_YET, Trigger
from kalends.webhooks.webhook import ListDeliveries, Status, WebhookChanges

LONGEST_SECRET = 1_024

PayloadVersion = Literal["2021-10-20"]
"""The one form that payloads have; later versions of the API let clients name it."""

PAYLOAD_VERSION: PayloadVersion = "2021-10-20"
_MOST_TRIGGERS = 100

_URL_RULE = "must be an absolute http or https URL such as https://example.com/hook"


def _check_subscriber_url(value: object) -> str:
    url = check_text(value)
    try:
        parse_url(url)
    except InvalidUrl as error:
        raise violation("isUrl", str(error)) from error
    return url


def _check_template(value: object) -> str | None:
    if value is None:
        return None
    template = check_text(value, longest=templates.MOST_CHARACTERS)
    try:
        templates.check(template)
    except TemplateError as error:
        raise violation("isTemplate", f"must be a Handlebars template: {error}") from error
    return template


def _check_trigger(value: object) -> object:
    if value in NOT_CAUSED_YET:
        raise violation("isIn", f"must not be {value}: nothing causes it yet")
    return value


def _check_secret(value: object) -> str | None:
    return None if value is None else check_text(value, longest=LONGEST_SECRET)


SubscriberUrl: TypeAlias = Annotated[
    str,
    Rule("isUrl", _URL_RULE),
    BeforeValidator(_check_subscriber_url),
    Field(json_schema_extra={"format": "uri"}),
]
Triggers: TypeAlias = Annotated[
    list[Annotated[Trigger, BeforeValidator(_check_trigger)]],
    Rule("isArray", "must be an array"),
    Field(max_length=_MOST_TRIGGERS),
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
    version: PayloadVersion = PAYLOAD_VERSION

    def to_command(self) -> CreateWebhook:
        """Return the command."""
        return CreateWebhook(
            self.subscriber_url, self.triggers, self.payload_template, self.active, self.secret
        )


class UpdateWebhookBody(Changes):
    """Changes of a webhook; null clears `payloadTemplate` and `secret`."""

    active: Boolean = NOT_SENT
    subscriber_url: SubscriberUrl = NOT_SENT
    triggers: Triggers = NOT_SENT
    payload_template: Template = NOT_SENT
    secret: Secret = NOT_SENT
    version: PayloadVersion = NOT_SENT

    def to_command(self) -> UpdateWebhook:
        """Return the command."""
        changes = WebhookChanges(
            subscriber_url=self.subscriber_url,
            triggers=self.triggers,
            payload_template=self.payload_template,
            active=self.active,
        )
        return UpdateWebhook(changes, self.secret)


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
