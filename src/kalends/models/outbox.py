"""The outbox: what happened, and what is to happen later, written with the change itself."""

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import UUID

from kalends.models.base import created_at, metadata

# Facts are written once and never change but for `handled_at`: everything that follows from one (webhooks,
# mails) is derived from its payload by the worker.
outbox_events = Table(
    "outbox_events",
    metadata,
    # The order of facts: what is written under one lock is numbered in that order.
    Column("id", BigInteger, Identity(), primary_key=True),
    # The public name of the event.
    Column("uid", UUID, nullable=False, unique=True, server_default=text("gen_random_uuid()")),
    Column("kind", Text, nullable=False),
    # What the event is about; no foreign keys: facts outlive what they tell of.
    Column("booking_id", BigInteger),
    Column("event_type_id", Integer),
    Column("user_id", Integer),
    # Events with the same key reach one receiver in their order: the first booking of a chain of
    # reschedules.
    Column("ordering_key", Text, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("handled_at", DateTime(timezone=True)),
    created_at(),
    Index("ix_outbox_events_unhandled", "id", postgresql_where=text("handled_at IS NULL")),
    Index("ix_outbox_events_booking_id", "booking_id"),
    Index("ix_outbox_events_created_at", "created_at"),
)

# What is due at an instant unless the booking changes before: rewritten with every change.
booking_timers = Table(
    "booking_timers",
    metadata,
    Column("booking_id", BigInteger, ForeignKey("bookings.id", ondelete="CASCADE"), primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("due_at", DateTime(timezone=True), nullable=False, index=True),
)

# What a consumer could not follow up: tried again, apart from the facts that others go on with.
outbox_failures = Table(
    "outbox_failures",
    metadata,
    Column("event_id", BigInteger, ForeignKey("outbox_events.id", ondelete="CASCADE"), primary_key=True),
    Column("consumer", Text, primary_key=True),
    Column("attempts", Integer, nullable=False),
    Column("retry_at", DateTime(timezone=True), nullable=False, index=True),
    Column("error", Text, nullable=False),
)

# What the workers have done since the server was set up, in all processes: the counters of `/metrics`.
worker_counters = Table(
    "worker_counters",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", BigInteger, nullable=False),
)
