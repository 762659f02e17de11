"""From facts to deliveries: which webhooks are told of one, and in which words."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from kalends.db.database import UnitOfWork
from kalends.handlebars.budget import MOST_STEPS
from kalends.handlebars.errors import TemplateError
from kalends.outbox.fact import StoredFact
from kalends.webhooks import queries
from kalends.webhooks.deliveries import templates
from kalends.webhooks.deliveries.shares import WORKER, Share
from kalends.webhooks.deliveries.templates import Body
from kalends.webhooks.occasion import occasion_of
from kalends.webhooks.triggers import Announcement, Told, announcement_of, enveloped, template_context
from kalends.webhooks.webhook import NewDelivery, Scope, Webhook

_CLOCKS_DIFFER = timedelta(minutes=1)
"""By how much a worker's clock may be behind the database's without deliveries having to wait for it."""

_WRITTEN_AT_ONCE = 262_144
"""Bytes of bodies from which on deliveries are written down before more are made."""

_MOST_COST = 500_000
"""What the templates of one owner may cost for one fact before the next one is not filled in any more."""

_TOO_MUCH = "the templates of webhooks before this one have taken all that may be taken for one event"


@dataclass(frozen=True, slots=True)
class Follower:
    """The consumer of facts for webhooks.

    `site` is the address of the booking pages, `share` where templates are filled in.
    """

    site: str
    share: Share = WORKER

    async def __call__(self, work: UnitOfWork, facts: Sequence[StoredFact]) -> None:
        """Write down the deliveries that follow from facts."""
        told = [
            (fact, announcement) for fact in facts if (announcement := announcement_of(fact.kind)) is not None
        ]
        subscribed = await queries.list_subscribed(
            work.connection,
            {occasion_of(fact, found) for fact, found in told},
        )
        if subscribed:
            # Before the first of these facts, so that the order of what is due is that of what happened.
            due_at = min(fact.created_at for fact, _ in told) - _CLOCKS_DIFFER
            occasions = [(fact, subscribed.get(occasion_of(fact, found), ())) for fact, found in told]
            await self.write_down(work, occasions, due_at=due_at)

    async def write_down(
        self,
        work: UnitOfWork,
        occasions: Sequence[tuple[StoredFact, Sequence[Webhook]]],
        *,
        due_at: datetime,
    ) -> int:
        """Write down what webhooks are to be told of facts, a few bodies at a time; return how many."""
        count = 0
        async for made in self.made(occasions):
            await queries.insert_deliveries(work, made, due_at=due_at)
            count += len(made)
        return count

    async def made(
        self, occasions: Sequence[tuple[StoredFact, Sequence[Webhook]]]
    ) -> AsyncIterator[list[NewDelivery]]:
        """Yield what webhooks are to be told of facts, a few bodies at a time."""
        size = 0
        waiting: list[NewDelivery] = []
        for fact, webhooks in occasions:
            async for delivery in self.deliveries(fact, webhooks):
                waiting.append(delivery)
                size += len(delivery.body or b"")
                if size >= _WRITTEN_AT_ONCE:
                    yield waiting
                    size, waiting = 0, []
        if waiting:
            yield waiting

    async def deliveries(self, stored: StoredFact, webhooks: Sequence[Webhook]) -> AsyncIterator[NewDelivery]:
        """Return what each webhook is to be told of a fact."""
        announcement = announcement_of(stored.kind)
        if announcement is None or not webhooks:
            return
        told = announcement.told(stored.payload, self.site)
        if told is None:
            return
        spent = Counter[Scope]()
        for webhook in webhooks:
            template = webhook.payload_template if announcement.has_envelope else None
            if not template:
                body = _plain_body(announcement, told)
                yield _delivery(announcement, stored, webhook, body)
                continue
            if spent[webhook.scope] > _MOST_COST:
                yield _delivery(announcement, stored, webhook, None, _TOO_MUCH)
                continue
            context = template_context(announcement.trigger, told.at, told.payload)
            try:
                body = await self.share.make(webhook.scope, partial(templates.filled, template, context))
            except TemplateError as error:
                spent[webhook.scope] += MOST_STEPS
                yield _delivery(announcement, stored, webhook, None, str(error))
            else:
                spent[webhook.scope] += body.cost
                yield _delivery(announcement, stored, webhook, body)


def _plain_body(announcement: Announcement, told: Told) -> Body:
    if not announcement.has_envelope:
        return templates.plain({"triggerEvent": announcement.trigger, **told.payload})
    return templates.plain(enveloped(announcement.trigger, told.at, told.payload))


def _delivery(
    announcement: Announcement,
    stored: StoredFact,
    webhook: Webhook,
    body: Body | None,
    error: str | None = None,
) -> NewDelivery:
    return NewDelivery(
        webhook.id,
        stored.id,
        announcement.trigger,
        stored.ordering_key,
        None if body is None else body.content,
        None if body is None else body.content_type,
        error,
    )
