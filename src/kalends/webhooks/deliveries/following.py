"""From facts to deliveries: which webhooks are told of one, and in which words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from kalends.bookings.facts.stored import decode
from kalends.db.database import UnitOfWork
from kalends.handlebars.errors import TemplateError
from kalends.outbox.fact import StoredFact
from kalends.webhooks import queries
from kalends.webhooks.deliveries import templates
from kalends.webhooks.deliveries.templates import Body
from kalends.webhooks.triggers import Announcement, announcement_of, enveloped, template_context
from kalends.webhooks.webhook import NewDelivery, Webhook

_CLOCKS_DIFFER = timedelta(minutes=1)
"""By how much a worker's clock may be behind the database's without deliveries having to wait for it."""


@dataclass(frozen=True, slots=True)
class Follower:
    """The consumer of facts for webhooks. `site` is the address of the booking pages."""

    site: str

    async def __call__(self, work: UnitOfWork, facts: Sequence[StoredFact]) -> None:
        """Write down the deliveries that follow from facts."""
        told = [
            (fact, announcement) for fact in facts if (announcement := announcement_of(fact.kind)) is not None
        ]
        subscribed = await queries.list_subscribed(
            work.connection,
            {(found.trigger, fact.user_id, fact.event_type_id) for fact, found in told},
        )
        deliveries = [
            delivery
            for fact, found in told
            if (webhooks := subscribed.get((found.trigger, fact.user_id, fact.event_type_id)))
            for delivery in self.deliveries(found, fact, webhooks)
        ]
        if deliveries:
            # Before the first of these facts, so that the order of what is due is that of what happened.
            due_at = min(fact.created_at for fact, _ in told) - _CLOCKS_DIFFER
            await queries.insert_deliveries(work, deliveries, due_at=due_at)

    def deliveries(
        self, announcement: Announcement, stored: StoredFact, subscribed: Sequence[Webhook]
    ) -> list[NewDelivery]:
        """Return what each webhook is to be told of a fact."""
        fact = decode(stored.payload)
        payload = announcement.payload(fact, self.site)
        if payload is None:
            return []
        return [_delivery(announcement, stored, webhook, payload, fact.occurred_at) for webhook in subscribed]


def body_of(
    trigger: str, template: str | None, payload: Mapping[str, Any], *, at: datetime, has_envelope: bool = True
) -> Body:
    """Return the body of a trigger.

    Raises:
        TemplateError: the webhook's own template cannot be filled in.
    """
    if not has_envelope:
        return templates.plain({"triggerEvent": trigger, **payload})
    if template:
        return templates.filled(template, template_context(trigger, at, payload))
    return templates.plain(enveloped(trigger, at, payload))


def _delivery(
    announcement: Announcement,
    stored: StoredFact,
    webhook: Webhook,
    payload: Mapping[str, Any],
    occurred_at: datetime,
) -> NewDelivery:
    trigger = announcement.trigger
    try:
        body = body_of(
            trigger,
            webhook.payload_template,
            payload,
            at=occurred_at,
            has_envelope=announcement.has_envelope,
        )
    except TemplateError as error:
        return NewDelivery(webhook.id, stored.id, trigger, stored.ordering_key, None, None, str(error))
    return NewDelivery(webhook.id, stored.id, trigger, stored.ordering_key, body.content, body.content_type)
