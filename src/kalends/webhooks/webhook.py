"""Webhooks and deliveries, as stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias
from urllib.parse import urlsplit
from uuid import UUID

from kalends.api.input.changes import UNSET, ChangesOf, Unset

Status: TypeAlias = Literal["pending", "succeeded", "failed", "cancelled"]
"""Where a delivery stands: on its way, taken, given up, or no longer wanted."""

KEPT_SECRET = timedelta(days=1)
"""How long the secret before the present one signs beside it."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose events a webhook is told of; exactly one is set. `team_id` is that of an organization."""

    user_id: int | None = None
    event_type_id: int | None = None
    team_id: int | None = None
    oauth_client_id: str | None = None


@dataclass(frozen=True, slots=True)
class Webhook:
    """A subscription. Secrets are encrypted; `disabled_reason` is why the server itself deactivated it."""

    id: str
    user_id: int | None
    event_type_id: int | None
    team_id: int | None
    oauth_client_id: str | None
    is_platform: bool
    subscriber_url: str
    triggers: Sequence[str]
    payload_template: str | None
    active: bool
    secret: bytes | None
    previous_secret: bytes | None
    previous_secret_until: datetime | None
    failing_since: datetime | None
    disabled_reason: str | None
    created_at: datetime

    @property
    def scope(self) -> Scope:
        """Whose events it is told of."""
        return Scope(self.user_id, self.event_type_id, self.team_id, self.oauth_client_id)

    @property
    def snapshot(self) -> dict[str, Any]:
        """What the audit log tells of it: no secret, and of the URL what is none."""
        return {
            "subscriberUrl": _without_secrets(self.subscriber_url),
            "triggers": list(self.triggers),
            "active": self.active,
            "payloadTemplate": self.payload_template is not None,
            "secret": self.secret is not None,
        }


@dataclass(frozen=True, slots=True)
class NewWebhook:
    """A webhook that is to be stored; its secret is encrypted."""

    subscriber_url: str
    triggers: Sequence[str]
    payload_template: str | None
    active: bool
    secret: bytes | None


@dataclass(frozen=True, slots=True)
class WebhookChanges(ChangesOf[Webhook]):
    """What is to change of a webhook; its secrets are encrypted."""

    subscriber_url: str | Unset = UNSET
    triggers: Sequence[str] | Unset = UNSET
    payload_template: str | Unset | None = UNSET
    active: bool | Unset = UNSET
    secret: bytes | Unset | None = UNSET
    previous_secret: bytes | Unset | None = UNSET
    previous_secret_until: datetime | Unset | None = UNSET
    failing_since: datetime | Unset | None = UNSET
    disabled_reason: str | Unset | None = UNSET


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """An event for one webhook. `body` None: it could not be made, for the reason `error`."""

    webhook_id: str
    event_id: int
    trigger: str
    ordering_key: str
    body: bytes | None
    content_type: str | None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """How one attempt went. `error` is a kind: dns, blocked_address, connect, tls, timeout, protocol,
    http_status or render; None after a 2xx."""

    number: int
    started_at: datetime
    duration_ms: int
    status_code: int | None
    error: str | None
    error_detail: str | None
    answer: str | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """An event on its way to one webhook, with the attempts so far."""

    id: UUID
    event_id: int
    trigger: str
    status: Status
    created_at: datetime
    completed_at: datetime | None
    next_attempt_at: datetime
    attempts: Sequence[Attempt]

    @property
    def message_id(self) -> str:
        """The `webhook-id` of all its attempts."""
        return message_id(self.id)


@dataclass(frozen=True, slots=True)
class FailingWebhook:
    """A webhook that has not succeeded since `since`; `user_id` is its owner, or its event type's."""

    id: str
    user_id: int | None
    event_type_id: int | None
    subscriber_url: str
    since: datetime


def _without_secrets(url: str) -> str:
    """Return a URL without user, password, query and fragment."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def message_id(delivery_id: UUID) -> str:
    """Return the name by which receivers know a delivery."""
    return f"msg_{delivery_id.hex}"


@dataclass(frozen=True, slots=True)
class ListDeliveries:
    """Which deliveries of a webhook to list."""

    status: Status | None
    trigger: str | None
    since: datetime | None
    until: datetime | None
    take: int
    skip: int
