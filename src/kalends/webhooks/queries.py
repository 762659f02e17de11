"""SQL of webhooks and of the log of their deliveries; it reads facts, event types, teams and memberships."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from psycopg import sql

from kalends.db.database import Connection, UnitOfWork
from kalends.db.rows import Columns, NamedRow, first_row, named_row, named_rows, only_row
from kalends.db.statements import assignments
from kalends.memberships.main_organization import MAIN_ORGANIZATION
from kalends.outbox.fact import StoredFact
from kalends.outbox.jobs.job import State
from kalends.outbox.jobs.statements import PENDING
from kalends.outbox.statements import payload_of
from kalends.webhooks.deliveries.queue import DELIVERIES
from kalends.webhooks.occasion import Occasion
from kalends.webhooks.webhook import (
    Attempt,
    Delivery,
    FailingWebhook,
    ListDeliveries,
    NewDelivery,
    NewWebhook,
    Scope,
    Status,
    Webhook,
    WebhookChanges,
)

_WEBHOOK = Columns(Webhook, "w")
_FACT = Columns(StoredFact, "f", without=("payload",))
FACTS = f"SELECT {_FACT.selected}, {payload_of('f')} AS payload FROM outbox_events f"

_IN_SCOPE = """
    (w.user_id = %(user_id)s OR w.event_type_id = %(event_type_id)s OR w.team_id = %(team_id)s
     OR w.oauth_client_id = %(oauth_client_id)s)
"""
_OWN_FACTS = "user_id = %(user_id)s OR event_type_id = %(event_type_id)s"

_STATES: Mapping[Status, list[State]] = {
    "pending": ["ready", "waiting", "held", "leased"],
    "succeeded": ["done"],
    "failed": ["failed", "set_aside"],
    "cancelled": ["dropped"],
}
"""The states of jobs that clients know by one word."""

_STATUSES: Mapping[State, Status] = {state: status for status, states in _STATES.items() for state in states}

_IN_JOB = {"completed_at": "ended_at", "next_attempt_at": "due_at"}
_OF_JOB = Columns(
    Delivery,
    "j",
    stored_as=_IN_JOB,
    without=("id", "event_id", "trigger", "status", "created_at", "attempts"),
)
_OF_DELIVERY = Columns(Delivery, "d", without=("status", "attempts", *_IN_JOB))
_ATTEMPT = Columns(Attempt, "a")
_DELIVERY = f"""
    SELECT {_OF_DELIVERY.selected}, {_OF_JOB.selected}, j.state,
           (SELECT json_agg(made ORDER BY made.number)
              FROM (SELECT {_ATTEMPT.selected} FROM webhook_attempts a
                     WHERE a.delivery_id = d.id) made) AS made
      FROM webhook_deliveries d JOIN jobs j ON j.id = d.job_id
"""


async def find_webhook(connection: Connection, webhook_id: str) -> Webhook | None:
    """Return a webhook of any scope."""
    row = await named_row(
        connection, f"SELECT {_WEBHOOK.selected} FROM webhooks w WHERE id = %s", (webhook_id,)
    )
    return None if row is None else _WEBHOOK.read(row)


async def list_webhooks(connection: Connection, scope: Scope, *, take: int, skip: int) -> list[Webhook]:
    """Return webhooks of a scope in the order of their making."""
    rows = await named_rows(
        connection,
        f"""
        SELECT {_WEBHOOK.selected} FROM webhooks w WHERE {_IN_SCOPE}
         ORDER BY created_at, id LIMIT %(take)s OFFSET %(skip)s
        """,
        {**_values(scope), "take": take, "skip": skip},
    )
    return [_WEBHOOK.read(row) for row in rows]


_FACTS_OF_ORGANIZATION = f"""
    user_id IN (
        SELECT u.id FROM memberships member JOIN users u ON u.id = member.user_id
         WHERE member.team_id = %(team_id)s AND member.accepted
           AND %(team_id)s = (SELECT id FROM ({MAIN_ORGANIZATION}) main))
    OR event_type_id IN (
        SELECT e.id FROM event_types e JOIN teams t ON t.id = e.team_id
         WHERE %(team_id)s IN (t.id, t.parent_id))
    OR organization_id = %(team_id)s
"""

FACTS_OF_CLIENT = """
    EXISTS (SELECT FROM users managed
             WHERE managed.id = user_id AND managed.oauth_client_id = %(oauth_client_id)s)
    OR event_type_id IN (
        SELECT e.id FROM event_types e JOIN teams t ON t.id = e.team_id
         WHERE t.created_by_oauth_client_id = %(oauth_client_id)s)
"""


async def list_subscribed(
    connection: Connection, occasions: Collection[Occasion]
) -> dict[Occasion, list[Webhook]]:
    """Return the active webhooks that are told of each occasion; those without any are left out.

    An organization is told of what happens to its members, those whose main organization it is, to the event
    types of its teams, and of what it did itself. An OAuth client is told of what happens to event types
    of its users, to those of teams that it made, and to others where its user is the host.
    """
    if not occasions:
        return {}
    listed = list(occasions)
    rows = await named_rows(
        connection,
        f"""
        SELECT o.place, {_WEBHOOK.selected}
          FROM unnest(%s::text[], %s::int[], %s::int[], %s::int[]) WITH ORDINALITY
               AS o (trigger, user_id, event_type_id, organization_id, place)
          -- the organization of the user
          LEFT JOIN users u ON u.id = o.user_id
          LEFT JOIN LATERAL ({MAIN_ORGANIZATION}) main ON true
          -- the team of the event type, and the organization that this is in
          LEFT JOIN event_types e ON e.id = o.event_type_id
          LEFT JOIN teams t ON t.id = e.team_id
          -- the client of the event type's owner, else of its team, else of the host
          LEFT JOIN users owner ON owner.id = e.user_id
          JOIN webhooks w ON (w.user_id = o.user_id OR w.event_type_id = o.event_type_id
                              OR w.team_id IN (main.id, t.id, t.parent_id, o.organization_id)
                              OR w.oauth_client_id = CASE
                                   WHEN e.user_id IS NOT NULL THEN owner.oauth_client_id
                                   ELSE coalesce(t.created_by_oauth_client_id, u.oauth_client_id) END)
                         AND w.active AND o.trigger = ANY(w.triggers)
         ORDER BY w.created_at, w.id
        """,
        (
            [occasion.trigger for occasion in listed],
            [occasion.user_id for occasion in listed],
            [occasion.event_type_id for occasion in listed],
            [occasion.organization_id for occasion in listed],
        ),
    )
    subscribed: dict[Occasion, list[Webhook]] = defaultdict(list)
    for row in rows:
        subscribed[listed[row.place - 1]].append(_WEBHOOK.read(row))
    return subscribed


async def url_is_taken(connection: Connection, scope: Scope, url: str) -> bool:
    """Tell whether a scope has a webhook with this URL."""
    row = await first_row(
        connection,
        f"SELECT FROM webhooks w WHERE {_IN_SCOPE} AND subscriber_url = %(url)s",
        {**_values(scope), "url": url},
    )
    return row is not None


async def insert_webhook(work: UnitOfWork, scope: Scope, new: NewWebhook) -> tuple[str, int]:
    """Store a webhook; return its id, and how many the scope had before.

    Raises:
        psycopg.errors.UniqueViolation: the scope has one with this URL.
    """
    webhook_id, before = await only_row(
        work.connection,
        f"""
        INSERT INTO webhooks (user_id, event_type_id, team_id, oauth_client_id, subscriber_url, triggers,
                              payload_template, active, secret)
        VALUES (%(user_id)s, %(event_type_id)s, %(team_id)s, %(oauth_client_id)s, %(subscriber_url)s,
                %(triggers)s, %(payload_template)s, %(active)s, %(secret)s)
        RETURNING id, (SELECT count(*) FROM webhooks w WHERE {_IN_SCOPE})
        """,
        {
            **_values(scope),
            "subscriber_url": new.subscriber_url,
            "triggers": list(new.triggers),
            "payload_template": new.payload_template,
            "active": new.active,
            "secret": new.secret,
        },
    )
    return str(webhook_id), int(before)


async def lock_webhook(work: UnitOfWork, webhook_id: str) -> None:
    """Lock a webhook against other commands until this one ends."""
    await work.connection.execute("SELECT FROM webhooks WHERE id = %s FOR UPDATE", (webhook_id,))


async def update_webhook(work: UnitOfWork, webhook_id: str, changes: WebhookChanges) -> None:
    """Write what is to change.

    Raises:
        psycopg.errors.UniqueViolation: the scope has another one with this URL.
    """
    said = changes.said
    statement = sql.SQL("UPDATE webhooks SET {}, updated_at = now() WHERE id = %(webhook_id)s")
    await work.connection.execute(statement.format(assignments(said)), {**said, "webhook_id": webhook_id})


async def delete_webhook(work: UnitOfWork, webhook_id: str) -> None:
    """Delete a webhook, and with it what was to be delivered to it."""
    await work.connection.execute("DELETE FROM webhooks WHERE id = %s", (webhook_id,))


async def delete_webhooks(work: UnitOfWork, scope: Scope) -> int:
    """Delete all webhooks of a scope; return how many there were."""
    cursor = await work.connection.execute(
        f"DELETE FROM webhooks w WHERE {_IN_SCOPE} RETURNING w.id", _values(scope)
    )
    return len(await cursor.fetchall())


async def note_health(
    work: UnitOfWork, *, succeeded: Sequence[str], failed: Sequence[str], now: datetime
) -> list[FailingWebhook]:
    """Note which webhooks work; return the active ones that fail, with the time since when they do."""
    cursor = await work.connection.execute(
        """
        WITH changed AS (
            SELECT id FROM webhooks
             WHERE (id = ANY(%(succeeded)s) AND failing_since IS NOT NULL)
                OR (id = ANY(%(failed)s) AND failing_since IS NULL)
             ORDER BY id FOR NO KEY UPDATE
        ), noted AS (
            UPDATE webhooks w
               SET failing_since = CASE WHEN w.id = ANY(%(succeeded)s) THEN NULL
                                        ELSE %(now)s::timestamptz END
              FROM changed WHERE w.id = changed.id
        )
        SELECT w.id, coalesce(w.user_id, e.user_id), w.event_type_id, w.subscriber_url, w.failing_since
          FROM webhooks w LEFT JOIN event_types e ON e.id = w.event_type_id
         WHERE w.id = ANY(%(failed)s) AND w.active AND w.failing_since IS NOT NULL
        """,
        {"succeeded": list(succeeded), "failed": list(failed), "now": now},
    )
    return [FailingWebhook(*row) for row in await cursor.fetchall()]


async def insert_deliveries(work: UnitOfWork, deliveries: Sequence[NewDelivery], *, due_at: datetime) -> None:
    """Store deliveries with their jobs, those that have failed before they could begin as failed.

    One that is there already and has ended begins anew, under its own id and with its own body if it still
    has one. What is for webhooks that are gone is left out.
    """
    await work.connection.execute(
        f"""
        WITH n AS MATERIALIZED (
            SELECT n.*, nextval('jobs_id_seq') AS job_id,
                   coalesce('user ' || w.user_id, 'team ' || w.team_id, 'user ' || e.user_id,
                            'team ' || e.team_id, 'client ' || w.oauth_client_id, 'webhook ' || w.id)
                       AS owner
              FROM unnest(%(webhook_ids)s::text[], %(event_ids)s::bigint[], %(triggers)s::text[],
                          %(ordering_keys)s::text[], %(bodies)b::bytea[], %(content_types)s::text[],
                          %(errors)s::text[])
                   AS n (webhook_id, event_id, trigger, ordering_key, body, content_type, error)
             CROSS JOIN LATERAL (SELECT * FROM webhooks WHERE id = n.webhook_id OFFSET 0) AS w
              LEFT JOIN LATERAL (SELECT * FROM event_types WHERE id = w.event_type_id OFFSET 0) AS e ON true
        ), stored AS (
            INSERT INTO webhook_deliveries AS d (webhook_id, event_id, trigger, body, content_type, job_id)
            SELECT webhook_id, event_id, trigger, body, content_type, job_id FROM n
                ON CONFLICT (webhook_id, event_id, trigger) DO UPDATE
               SET body = coalesce(d.body, excluded.body),
                   content_type = coalesce(d.content_type, excluded.content_type)
            RETURNING d.id, d.webhook_id, d.event_id, d.trigger, d.job_id
        ), queued AS (
            INSERT INTO jobs AS j (
                id, kind, version, owner, lane, order_key, position, state, attempts, due_at, ended_at)
            SELECT stored.job_id, %(kind)s, %(version)s, n.owner, n.webhook_id, n.ordering_key, n.event_id,
                   CASE WHEN n.error IS NULL THEN 'ready' ELSE 'failed' END,
                   CASE WHEN n.error IS NULL THEN 0 ELSE 1 END,
                   %(due_at)s, CASE WHEN n.error IS NULL THEN NULL ELSE now() END
              FROM stored JOIN n USING (webhook_id, event_id, trigger)
                ON CONFLICT (id) DO UPDATE
               SET state = excluded.state, attempts = j.attempts + excluded.attempts, tries = 0, losses = 0,
                   due_at = excluded.due_at, began_at = NULL, ended_at = excluded.ended_at
             WHERE NOT j.state {PENDING}
            RETURNING j.id, j.attempts
        )
        INSERT INTO webhook_attempts (delivery_id, number, started_at, duration_ms, error, error_detail)
        SELECT stored.id, queued.attempts, now(), 0, 'render', n.error
          FROM queued JOIN stored ON stored.job_id = queued.id JOIN n USING (webhook_id, event_id, trigger)
         WHERE n.error IS NOT NULL
        """,
        {
            "kind": DELIVERIES.name,
            "version": DELIVERIES.version,
            "due_at": due_at,
            "webhook_ids": [one.webhook_id for one in deliveries],
            "event_ids": [one.event_id for one in deliveries],
            "triggers": [one.trigger for one in deliveries],
            "ordering_keys": [one.ordering_key for one in deliveries],
            "bodies": [one.body for one in deliveries],
            "content_types": [one.content_type for one in deliveries],
            "errors": [one.error for one in deliveries],
        },
    )


async def list_facts(
    connection: Connection,
    scope: Scope,
    kinds: Sequence[str],
    *,
    since: datetime,
    until: datetime | None,
    limit: int,
) -> list[tuple[int, datetime]]:
    """Return the ids of the facts of some kinds in a scope, within a time, with when they happened, by id."""
    in_scope = _OWN_FACTS
    if scope.team_id is not None:
        in_scope = _FACTS_OF_ORGANIZATION
    elif scope.oauth_client_id is not None:
        in_scope = FACTS_OF_CLIENT
    cursor = await connection.execute(
        f"""
         SELECT id, created_at FROM outbox_events
          WHERE created_at >= %(since)s AND (%(until)s::timestamptz IS NULL OR created_at <= %(until)s)
           AND kind = ANY(%(kinds)s) AND ({in_scope})
         ORDER BY id LIMIT %(limit)s
        """,
        {**_values(scope), "kinds": list(kinds), "since": since, "until": until, "limit": limit},
    )
    return [(event_id, created_at) for event_id, created_at in await cursor.fetchall()]


async def list_facts_of(connection: Connection, event_ids: Sequence[int]) -> list[StoredFact]:
    """Return those of these facts that are still kept, by id."""
    rows = await named_rows(connection, f"{FACTS} WHERE id = ANY(%s) ORDER BY id", (list(event_ids),))
    return [to_fact(row) for row in rows]


async def list_deliveries(
    connection: Connection,
    webhook_id: str,
    wanted: ListDeliveries,
) -> list[Delivery]:
    """Return deliveries to a webhook with their attempts, the latest first."""
    rows = await named_rows(
        connection,
        f"""
        {_DELIVERY}
         WHERE d.webhook_id = %(webhook_id)s
           AND (%(states)s::text[] IS NULL OR j.state = ANY(%(states)s))
           AND (%(trigger)s::text IS NULL OR d.trigger = %(trigger)s)
           AND (%(since)s::timestamptz IS NULL OR d.created_at >= %(since)s)
           AND (%(until)s::timestamptz IS NULL OR d.created_at <= %(until)s)
         ORDER BY d.created_at DESC, d.event_id DESC LIMIT %(take)s OFFSET %(skip)s
        """,
        {
            "webhook_id": webhook_id,
            "states": None if wanted.status is None else _STATES[wanted.status],
            "trigger": wanted.trigger,
            "since": wanted.since,
            "until": wanted.until,
            "take": wanted.take,
            "skip": wanted.skip,
        },
    )
    return [_delivery(row) for row in rows]


async def find_delivery(connection: Connection, webhook_id: str, delivery_id: UUID) -> Delivery | None:
    """Return a delivery to this webhook."""
    row = await named_row(
        connection, f"{_DELIVERY} WHERE d.id = %s AND d.webhook_id = %s", (delivery_id, webhook_id)
    )
    return None if row is None else _delivery(row)


async def lock_job(work: UnitOfWork, webhook_id: str, delivery_id: UUID) -> tuple[int, bool] | None:
    """Lock the job of a delivery against workers; return it, and whether the delivery has a body."""
    row = await first_row(
        work.connection,
        """
        SELECT d.job_id, d.body IS NOT NULL
          FROM webhook_deliveries d JOIN jobs j ON j.id = d.job_id
         WHERE d.id = %s AND d.webhook_id = %s FOR UPDATE OF j
        """,
        (delivery_id, webhook_id),
    )
    return None if row is None else (row[0], row[1])


async def forget_before(work: UnitOfWork, moment: datetime, limit: int) -> int:
    """Delete up to `limit` deliveries that are older and no longer under way; return how many."""
    cursor = await work.connection.execute(
        f"""
        DELETE FROM webhook_deliveries WHERE id IN (
            SELECT d.id FROM webhook_deliveries d JOIN jobs j ON j.id = d.job_id
             WHERE d.created_at < %s AND NOT j.state {PENDING} LIMIT %s)
        """,
        (moment, limit),
    )
    return cursor.rowcount


def _values(scope: Scope) -> dict[str, int | str | None]:
    return {
        "user_id": scope.user_id,
        "event_type_id": scope.event_type_id,
        "team_id": scope.team_id,
        "oauth_client_id": scope.oauth_client_id,
    }


def _delivery(row: NamedRow) -> Delivery:
    made = [
        Attempt(**{**attempt, "started_at": datetime.fromisoformat(attempt["started_at"])})
        for attempt in row.made or ()
    ]
    return Delivery(
        **_OF_DELIVERY.values_of(row), **_OF_JOB.values_of(row), status=_STATUSES[row.state], attempts=made
    )


def to_fact(row: NamedRow) -> StoredFact:
    """Return the fact that a row of `FACTS` holds."""
    return StoredFact(**_FACT.values_of(row), payload=row.payload)
