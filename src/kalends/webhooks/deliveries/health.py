"""Webhooks that do nothing but fail: after some days they are switched off, and their owners told."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from kalends.db.database import UnitOfWork
from kalends.outbox import service as outbox
from kalends.outbox.fact import Fact
from kalends.webhooks import queries
from kalends.webhooks.deliveries.queue import DELIVERIES
from kalends.webhooks.webhook import WebhookChanges

PATIENCE = timedelta(days=5)
"""How long a webhook may fail without one success before it is switched off."""

DISABLED = "webhook.disabled"
"""The kind of the fact that a webhook was switched off; its payload is a `WebhookDisabled`."""


@dataclass(frozen=True, slots=True)
class WebhookDisabled:
    """A webhook that the server has switched off, and why; stored, so fields are only added, with defaults.

    Texts of release 0.1.0 have no `version`, and are alike.
    """

    webhook_id: str
    subscriber_url: str
    failing_since: datetime
    disabled_at: datetime
    reason: str
    version: int = 1


def decode(payload: bytes) -> WebhookDisabled:
    """Return the fact that a stored text tells."""
    return msgspec.json.decode(payload, type=WebhookDisabled)


async def note(
    work: UnitOfWork, *, succeeded: Collection[str], failed: Collection[str], now: datetime
) -> None:
    """Note which webhooks took a delivery and which did not; switch off those that have failed for long."""
    failing = await queries.note_health(work, succeeded=list(succeeded), failed=list(failed), now=now)
    for webhook in failing:
        if now - webhook.since < PATIENCE:
            continue
        reason = (
            f"Every delivery since {webhook.since:%Y-%m-%d %H:%M} UTC has failed; "
            "switch the webhook on again once its receiver works."
        )
        off = WebhookChanges(active=False, disabled_reason=reason, failing_since=None)
        await queries.update_webhook(work, webhook.id, off)
        await outbox.drop_lane(work, DELIVERIES, webhook.id, now=now)
        told = WebhookDisabled(webhook.id, webhook.subscriber_url, webhook.since, now, reason)
        await outbox.record(
            work,
            [
                Fact(
                    kind=DISABLED,
                    subject=None,
                    event_type_id=webhook.event_type_id,
                    user_id=webhook.user_id,
                    ordering_key=webhook.id,
                    payload=msgspec.json.encode(told),
                )
            ],
        )
