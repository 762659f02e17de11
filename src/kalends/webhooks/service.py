"""The rules of webhooks (webhooks.md 2 and 3)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from kalends.api.input.changes import UNSET, Unset
from kalends.api.refusals import BoundReached
from kalends.audit.entry import Author, Snapshot, Subject
from kalends.audit.ledger import Ledger
from kalends.db.database import Connection, Database, UnitOfWork
from kalends.event_types import service as event_types
from kalends.event_types.address import IdAddress
from kalends.event_types.of_teams import service as event_types_of_teams
from kalends.outbox import service as outbox
from kalends.outbox.fact import StoredFact
from kalends.security.encryption import Keyring
from kalends.webhooks import queries
from kalends.webhooks.deliveries.following import Follower
from kalends.webhooks.deliveries.queue import DELIVERIES
from kalends.webhooks.refusals import (
    EventForgotten,
    EventTypeOfSomebodyElse,
    ReplayEndsBeforeStart,
    SubscriberUrlTaken,
    UnknownDelivery,
    UnknownWebhook,
    WebhookInactive,
)
from kalends.webhooks.triggers import ANNOUNCEMENTS
from kalends.webhooks.webhook import (
    KEPT_SECRET,
    Delivery,
    ListDeliveries,
    NewWebhook,
    Scope,
    Webhook,
    WebhookChanges,
)

MOST_REPLAYED = 1_000
"""Most events of one replay."""

_REPLAYED_AT_ONCE = 50
"""Events of a replay that are read and written together."""


@dataclass(frozen=True, slots=True)
class RevealedWebhook:
    """A webhook with its secret in clear, as its owner gets it."""

    webhook: Webhook
    secret: str | None


@dataclass(frozen=True, slots=True)
class CreateWebhook:
    """A webhook that is asked for, with its secret in clear."""

    subscriber_url: str
    triggers: Sequence[str]
    payload_template: str | None
    active: bool
    secret: str | None


@dataclass(frozen=True, slots=True)
class UpdateWebhook:
    """What is to change of a webhook, and its new secret in clear."""

    changes: WebhookChanges
    secret: str | Unset | None


@dataclass(frozen=True, slots=True)
class Replay:
    """Which events to deliver again; `triggers` None: all that the webhook subscribes to."""

    since: datetime
    until: datetime | None
    triggers: Sequence[str] | None


@dataclass(frozen=True, slots=True)
class ReplayOutcome:
    """How many deliveries begin anew, and where to go on from if that was not all."""

    queued: int
    next: datetime | None


async def event_type_scope(connection: Connection, user_id: int, event_type_id: int) -> Scope:
    """Return the scope of the webhooks of an event type of a user.

    Raises:
        UnknownEventType: there is no such event type.
        EventTypeOfSomebodyElse: it belongs to another user, or to a team.
    """
    event_type = await event_types.get(connection, IdAddress(event_type_id))
    if not event_type.is_owned_by(user_id):
        raise EventTypeOfSomebodyElse(event_type_id)
    return Scope(event_type_id=event_type_id)


async def team_event_type_scope(connection: Connection, team_id: int, event_type_id: int) -> Scope:
    """Return the scope of the webhooks of an event type of a team.

    Raises:
        EventTypeNotInTeam: the team has no such event type.
    """
    await event_types_of_teams.get(connection, team_id, event_type_id)
    return Scope(event_type_id=event_type_id)


async def find(connection: Connection, webhook_id: str) -> Webhook | None:
    """Return a webhook of any scope."""
    return await queries.find_webhook(connection, webhook_id)


async def get(connection: Connection, webhook_id: str) -> Webhook:
    """Return a webhook of any scope.

    Raises:
        UnknownWebhook: there is no such webhook.
    """
    webhook = await find(connection, webhook_id)
    if webhook is None:
        raise UnknownWebhook(webhook_id)
    return webhook


def reveal(keys: Keyring, webhook: Webhook) -> RevealedWebhook:
    """Return a webhook with its secret in clear.

    Raises:
        KeyMissing: the secret was encrypted with a key that this server does not have.
    """
    return RevealedWebhook(webhook, None if webhook.secret is None else keys.decrypt(webhook.secret))


async def list_in(connection: Connection, scope: Scope, *, take: int, skip: int) -> list[Webhook]:
    """Return webhooks of a scope, the oldest first."""
    return await queries.list_webhooks(connection, scope, take=take, skip=skip)


async def create(
    work: UnitOfWork,
    keys: Keyring,
    scope: Scope,
    command: CreateWebhook,
    *,
    most: int,
    author: Author,
) -> Webhook:
    """Make a webhook; one of an organization stands in its log, by the name of `author`.

    Raises:
        BoundReached: the scope has `most` already.
        SubscriberUrlTaken: the scope has one with this URL.
        psycopg.errors.UniqueViolation: another request made one at the same time.
    """
    if await queries.url_is_taken(work.connection, scope, command.subscriber_url):
        raise SubscriberUrlTaken
    new = NewWebhook(
        command.subscriber_url,
        command.triggers,
        command.payload_template,
        command.active,
        _encrypted(keys, command.secret),
    )
    webhook_id, before = await queries.insert_webhook(work, scope, new)
    if before >= most:
        raise BoundReached("subscriberUrl", most, "webhooks here; delete one first")
    made = await get(work.connection, webhook_id)
    if (ledger := _ledger(made, author)) is not None:
        await ledger.record_created(work, _subject(made), made.snapshot)
    return made


async def update(
    work: UnitOfWork,
    keys: Keyring,
    webhook_id: str,
    command: UpdateWebhook,
    *,
    now: datetime,
    author: Author,
) -> Webhook:
    """Change a webhook; what the command does not say stays.

    A changed secret leaves the one before to sign beside it for a day. A webhook that is deactivated gets
    nothing more; one that is activated begins with a clean slate.

    Raises:
        UnknownWebhook: it was deleted meanwhile.
        psycopg.errors.UniqueViolation: the scope has another one with this URL.
    """
    await queries.lock_webhook(work, webhook_id)
    webhook = await get(work.connection, webhook_id)
    changes = command.changes
    has_other_secret = False
    if command.secret is not UNSET:
        changes = replace(changes, secret=_encrypted(keys, command.secret))
        has_other_secret = command.secret != reveal(keys, webhook).secret
        if has_other_secret:
            until = now + KEPT_SECRET
            changes = replace(changes, previous_secret=webhook.secret, previous_secret_until=until)
    if changes.active is not UNSET and changes.active != webhook.active:
        changes = replace(changes, failing_since=None, disabled_reason=None)
    if changes.said:
        await queries.update_webhook(work, webhook_id, changes)
    if changes.active is False:
        await outbox.drop_lane(work, DELIVERIES, webhook_id, now=now)
    changed = await get(work.connection, webhook_id)
    if (ledger := _ledger(changed, author)) is not None:
        told = _told_of_change(webhook, changed, has_other_secret=has_other_secret)
        await ledger.record_updated(work, _subject(changed), webhook.snapshot, told)
    return changed


async def delete(work: UnitOfWork, webhook_id: str, *, author: Author) -> Webhook:
    """Delete a webhook and return it; what was to be delivered to it is not.

    Raises:
        NotFound: it was deleted meanwhile.
    """
    await queries.lock_webhook(work, webhook_id)
    webhook = await get(work.connection, webhook_id)
    await queries.delete_webhook(work, webhook_id)
    if (ledger := _ledger(webhook, author)) is not None:
        await ledger.record_deleted(work, _subject(webhook), webhook.snapshot)
    return webhook


async def delete_all(work: UnitOfWork, scope: Scope) -> int:
    """Delete the webhooks of a scope; return how many there were."""
    return await queries.delete_webhooks(work, scope)


async def list_deliveries(
    connection: Connection, webhook: Webhook, command: ListDeliveries
) -> list[Delivery]:
    """Return what was and is to be delivered to a webhook, the latest first."""
    return await queries.list_deliveries(connection, webhook.id, command)


async def retry(
    database: Database, follower: Follower, webhook: Webhook, delivery_id: UUID, *, now: datetime
) -> Delivery:
    """Deliver again, at once; if that fails too, the schedule of repeats begins anew.

    One that is being attempted just now is left to that. One whose body could not be made is made anew, for
    which no connection is held.

    Raises:
        UnknownDelivery: the webhook has no such delivery.
        EventForgotten: it has no body, and its event is forgotten.
        WebhookInactive: the webhook is not active.
    """
    _require_active(webhook)
    async with database.pipelined_transaction() as work:
        locked = await queries.lock_job(work, webhook.id, delivery_id)
        delivery = await _delivery(work.connection, webhook, delivery_id)
        if delivery.status == "pending" and delivery.next_attempt_at <= now + DELIVERIES.lease:
            return delivery
        job_id, has_body = locked or (None, False)
        if job_id is not None and has_body:
            await outbox.restart_job(work, job_id, now=now)
            return await _delivery(work.connection, webhook, delivery_id)
        facts = await queries.list_facts_of(work.connection, [delivery.event_id])
    if not facts:
        raise EventForgotten
    await _make_and_queue(database, follower, webhook, facts, now=now)
    async with database.connection() as connection:
        return await _delivery(connection, webhook, delivery_id)


async def _make_and_queue(
    database: Database, follower: Follower, webhook: Webhook, facts: Sequence[StoredFact], *, now: datetime
) -> int:
    """Make what a webhook is to be told of facts, and queue it a few at a time; return how many.

    No connection is held meanwhile: making it may have to wait for the templates of others.
    """
    queued = 0
    async for made in follower.made([(fact, [webhook]) for fact in facts]):
        async with database.pipelined_transaction() as work:
            await queries.insert_deliveries(work, made, due_at=now)
        queued += len(made)
    return queued


async def replay(
    database: Database, follower: Follower, webhook: Webhook, command: Replay, *, now: datetime
) -> ReplayOutcome:
    """Deliver again what happened since a moment, also what the webhook was never told of.

    What was delivered before keeps its id, so that a receiver knows it again. It is done in pieces, each in a
    transaction of its own, and no connection is held meanwhile; one that is broken off can be repeated.

    Raises:
        WebhookInactive: the webhook is not active.
        ReplayEndsBeforeStart: `since` is not before `until`.
    """
    _require_active(webhook)
    if command.until is not None and command.until <= command.since:
        raise ReplayEndsBeforeStart
    wanted = set(webhook.triggers if command.triggers is None else command.triggers) & set(webhook.triggers)
    kinds = [kind for kind, found in ANNOUNCEMENTS.items() if found.trigger in wanted]
    async with database.connection() as connection:
        found = await queries.list_facts(
            connection,
            webhook.scope,
            kinds,
            since=command.since,
            until=command.until,
            limit=MOST_REPLAYED + 1,
        )
    ids = [event_id for event_id, _ in found[:MOST_REPLAYED]]
    queued = 0
    for first in range(0, len(ids), _REPLAYED_AT_ONCE):
        async with database.connection() as connection:
            facts = await queries.list_facts_of(connection, ids[first : first + _REPLAYED_AT_ONCE])
        queued += await _make_and_queue(database, follower, webhook, facts, now=now)
    return ReplayOutcome(queued, found[MOST_REPLAYED][1] if len(found) > MOST_REPLAYED else None)


async def forget_before(work: UnitOfWork, moment: datetime, *, limit: int) -> int:
    """Delete up to `limit` deliveries that are older and no longer under way; return how many."""
    return await queries.forget_before(work, moment, limit)


async def _delivery(connection: Connection, webhook: Webhook, delivery_id: UUID) -> Delivery:
    delivery = await queries.find_delivery(connection, webhook.id, delivery_id)
    if delivery is None:
        raise UnknownDelivery(delivery_id)
    return delivery


def _ledger(webhook: Webhook, author: Author) -> Ledger | None:
    return None if webhook.team_id is None else Ledger(author, webhook.team_id)


def _subject(webhook: Webhook) -> Subject:
    return Subject("webhook", webhook.id)


def _told_of_change(before: Webhook, after: Webhook, *, has_other_secret: bool) -> Snapshot:
    """Return what is told of a changed webhook; `replaced` names what is another and looks the same."""
    was, is_now = before.snapshot, after.snapshot
    is_other = {
        "subscriberUrl": before.subscriber_url != after.subscriber_url,
        "payloadTemplate": before.payload_template != after.payload_template,
        "secret": has_other_secret,
    }
    replaced = [name for name, differs in is_other.items() if differs and was[name] == is_now[name]]
    return {**is_now, "replaced": replaced} if replaced else is_now


def _require_active(webhook: Webhook) -> None:
    if not webhook.active:
        raise WebhookInactive


def _encrypted(keys: Keyring, secret: str | None) -> bytes | None:
    return None if secret is None else keys.encrypt(secret)
