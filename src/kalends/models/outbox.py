"""The outbox: what happened, and what is to be done now or later, written with the change itself."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
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

# What several facts say alike, such as those of all occurrences of a series; it goes with the last of them.
outbox_shared = Table(
    "outbox_shared",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("payload", LargeBinary, nullable=False),
)

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
    # What the event is about: its kind, such as a booking, and its number among those. No foreign keys: facts
    # outlive what they tell of.
    Column("subject_kind", Text),
    Column("subject_id", BigInteger),
    Column("event_type_id", Integer),
    Column("user_id", Integer),
    # The organization that it happened in, besides those that its user and its event type are in.
    Column("organization_id", Integer),
    # Events with the same key reach one receiver in their order: the first booking of a chain of
    # reschedules.
    Column("ordering_key", Text, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    # What it says besides, as do other facts of the same command.
    Column("shared_id", BigInteger, ForeignKey("outbox_shared.id")),
    Column("handled_at", DateTime(timezone=True)),
    created_at(),
    Index("ix_outbox_events_unhandled", "id", postgresql_where=text("handled_at IS NULL")),
    Index("ix_outbox_events_shared_id", "shared_id", postgresql_where=text("shared_id IS NOT NULL")),
    Index("ix_outbox_events_subject", "subject_id", "subject_kind"),
    Index("ix_outbox_events_created_at", "created_at"),
    CheckConstraint("(subject_kind IS NULL) = (subject_id IS NULL)", name="subject"),
)

# What is to be done, of every kind; the text of a mail, or the bytes for a webhook, are in the table of the
# kind, which refers to the job. A job goes with the row that it is about: triggers delete it
# (`delete_jobs`), as rows go with their webhooks and facts.
jobs = Table(
    "jobs",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("kind", Text, nullable=False),
    # Of the row of the kind; workers that do not know it leave the job to newer ones.
    Column("version", Integer, nullable=False, server_default="1"),
    # Whose turn it is: owners take turns, and those in a lane (the jobs for one receiver) share its room.
    Column("owner", Text, nullable=False),
    Column("lane", Text, nullable=False, server_default=""),
    # What has the same key in a lane is done in the order of `position`, then `id`; null: in any order.
    Column("order_key", Text),
    Column("position", BigInteger, nullable=False, server_default="0"),
    # ready: to be taken now; waiting: for `due_at`; held: until what comes before it has ended; leased: with
    # a worker until `due_at`. Ended: done, failed (given up), dropped (no longer wanted), set_aside (it ended
    # its workers).
    Column("state", Text, nullable=False, server_default="ready"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    # Of those, the ones since the schedule of repeats began.
    Column("tries", Integer, nullable=False, server_default="0"),
    # How many workers in a row have been lost with it.
    Column("losses", Integer, nullable=False, server_default="0"),
    Column("due_at", DateTime(timezone=True), nullable=False),
    # When the first of those tries was.
    Column("began_at", DateTime(timezone=True)),
    # What the worker must show that reports.
    Column("lease", UUID),
    Column("last_error", Text),
    created_at(),
    Column("ended_at", DateTime(timezone=True)),
    CheckConstraint(
        "state IN ('ready', 'waiting', 'held', 'leased', 'done', 'failed', 'dropped', 'set_aside')",
        name="state",
    ),
    CheckConstraint("(state = 'leased') = (lease IS NOT NULL)", name="lease"),
    # Workers begin before all owners.
    CheckConstraint("owner <> ''", name="owner"),
    Index("ix_jobs_ready", "kind", "owner", "lane", "due_at", "id", postgresql_where=text("state = 'ready'")),
    Index(
        "ix_jobs_due",
        "kind",
        "due_at",
        postgresql_where=text("state IN ('waiting', 'held', 'leased')"),
    ),
    Index(
        "ix_jobs_pending",
        "kind",
        "lane",
        "order_key",
        "position",
        "id",
        postgresql_where=text("state IN ('ready', 'waiting', 'held', 'leased')"),
    ),
    Index("ix_jobs_set_aside", "kind", "id", postgresql_where=text("state = 'set_aside'")),
)

# What is due at an instant unless its subject changes before: rewritten with every change. A trigger deletes
# the timers of a subject with it (`delete_timers`); a table whose rows can have timers needs one.
timers = Table(
    "timers",
    metadata,
    Column("subject_kind", Text, primary_key=True),
    Column("subject_id", BigInteger, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("due_at", DateTime(timezone=True), nullable=False),
    # How many workers began to let it take effect; one that outlives it sets this to 0, or takes it away.
    Column("tries", Integer, nullable=False, server_default=text("0")),
    Index("ix_timers_due", "subject_kind", "due_at"),
)

# What a consumer could not follow up: a job of its own, apart from the facts that others go on with.
outbox_failures = Table(
    "outbox_failures",
    metadata,
    Column("event_id", BigInteger, ForeignKey("outbox_events.id", ondelete="CASCADE"), primary_key=True),
    Column("consumer", Text, primary_key=True),
    Column("job_id", BigInteger, ForeignKey("jobs.id"), nullable=False, unique=True),
)

# What is being handed on at this moment, noted before it is and deleted with it. What is found here by the
# next worker has ended the one before. Without a consumer: a batch, by its last fact.
outbox_trials = Table(
    "outbox_trials",
    metadata,
    Column("event_id", BigInteger, primary_key=True, autoincrement=False),
    Column("consumer", Text, primary_key=True),
    Column("count", Integer, nullable=False),
)

# What the workers have done since the server was set up, in all processes: the counters of `/metrics`.
worker_counters = Table(
    "worker_counters",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", BigInteger, nullable=False),
)
