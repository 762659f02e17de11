"""Webhooks, what is delivered to them, and how each attempt went."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, UUID

from kalends.models.base import created_at, metadata, updated_at

# Subscribes a URL to triggers, at exactly one scope (webhooks.md 1).
webhooks = Table(
    "webhooks",
    metadata,
    Column("id", Text, primary_key=True, server_default=text("gen_random_uuid()")),
    Column("user_id", Integer, ForeignKey("users.id", ondelete="CASCADE")),
    Column("event_type_id", Integer, ForeignKey("event_types.id", ondelete="CASCADE")),
    Column("team_id", Integer, ForeignKey("teams.id", ondelete="CASCADE")),
    Column("oauth_client_id", Text, ForeignKey("oauth_clients.id", ondelete="CASCADE")),
    # Of the whole server.
    Column("is_platform", Boolean, nullable=False, server_default=text("false")),
    Column("subscriber_url", Text, nullable=False),
    Column("triggers", ARRAY(Text), nullable=False),
    Column("payload_template", Text),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    # Encrypted; the previous one signs beside it for a day.
    Column("secret", LargeBinary),
    Column("previous_secret", LargeBinary),
    Column("previous_secret_until", DateTime(timezone=True)),
    # Since when the owner is deleted; what was to be delivered then still is.
    Column("ownerless_since", DateTime(timezone=True)),
    # The first failure after the last success.
    Column("failing_since", DateTime(timezone=True)),
    # Why the server itself set `active` to false.
    Column("disabled_reason", Text),
    created_at(),
    updated_at(),
    CheckConstraint(
        "num_nonnulls(user_id, event_type_id, team_id, oauth_client_id, ownerless_since)"
        " + is_platform::int = 1",
        name="scope",
    ),
    UniqueConstraint("user_id", "subscriber_url"),
    UniqueConstraint("event_type_id", "subscriber_url"),
    UniqueConstraint("team_id", "subscriber_url"),
    UniqueConstraint("oauth_client_id", "subscriber_url"),
)

# One event for one webhook: what the job of its delivery sends. Its body is made once, so that every attempt
# sends the same bytes.
webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    # The `webhook-id` of the receiver, the same for every attempt.
    Column("id", UUID, primary_key=True, server_default=text("gen_random_uuid()")),
    Column("webhook_id", Text, ForeignKey("webhooks.id", ondelete="CASCADE"), nullable=False),
    # Of `outbox_events`; no foreign key, as facts are forgotten by age alone.
    Column("event_id", BigInteger, nullable=False),
    Column("trigger", Text, nullable=False),
    Column("job_id", BigInteger, ForeignKey("jobs.id"), nullable=False, unique=True),
    # Null: it could not be made.
    Column("body", LargeBinary),
    Column("content_type", Text),
    created_at(),
    UniqueConstraint("webhook_id", "event_id", "trigger"),
    Index("ix_webhook_deliveries_log", "webhook_id", "created_at", "event_id"),
    Index("ix_webhook_deliveries_created_at", "created_at"),
)

webhook_attempts = Table(
    "webhook_attempts",
    metadata,
    Column("delivery_id", UUID, ForeignKey("webhook_deliveries.id", ondelete="CASCADE"), primary_key=True),
    # From 1.
    Column("number", Integer, primary_key=True),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("duration_ms", Integer, nullable=False),
    Column("status_code", Integer),
    # The kind of failure, null after a 2xx, and its text.
    Column("error", Text),
    Column("error_detail", Text),
    # The beginning of the answer's body.
    Column("answer", Text),
)
