"""One queue for all that is tried until it works; timers and facts of any subject."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_PENDING = "state IN ('ready', 'waiting', 'held', 'leased')"
_KINDS_TABLES = ("webhook_deliveries", "mails", "outbox_failures")

# What is queued waits for the instant at which it was due; so does what a worker has under way, which that
# one cannot report here any more.
_MOVE_DELIVERIES = """
    INSERT INTO jobs (id, kind, owner, lane, order_key, position, state, attempts, tries, due_at, ended_at)
    SELECT d.job_id, 'webhooks',
           coalesce('user ' || w.user_id, 'team ' || w.team_id, 'user ' || e.user_id, 'team ' || e.team_id,
                    'webhook ' || w.id),
           d.webhook_id, d.ordering_key, d.event_id,
           CASE d.status WHEN 'pending' THEN 'waiting' WHEN 'succeeded' THEN 'done'
                         WHEN 'failed' THEN 'failed' ELSE 'dropped' END,
           d.attempts, d.tries, d.next_attempt_at, d.completed_at
      FROM webhook_deliveries d JOIN webhooks w ON w.id = d.webhook_id
      LEFT JOIN event_types e ON e.id = w.event_type_id
"""

_MOVE_MAILS = """
    INSERT INTO jobs (
        id, kind, owner, order_key, position, state, attempts, tries, due_at, last_error, ended_at)
    SELECT m.job_id, 'mails', coalesce('user ' || b.user_id, 'user ' || f.user_id, 'nobody'),
           m.thread || ' ' || m.recipient, m.job_id,
           CASE m.state WHEN 'sent' THEN 'done' WHEN 'failed' THEN 'failed' WHEN 'suppressed' THEN 'dropped'
                        ELSE 'waiting' END,
           m.attempts, m.attempts, coalesce(m.next_attempt_at, m.sent_at, m.created_at), m.last_error,
           CASE WHEN m.state NOT IN ('queued', 'sending') THEN coalesce(m.sent_at, m.created_at) END
      FROM mails m LEFT JOIN bookings b ON b.id = m.booking_id
      LEFT JOIN outbox_events f ON f.id = m.event_id
"""

_MOVE_FAILURES = """
    INSERT INTO jobs (id, kind, owner, lane, state, attempts, tries, due_at, last_error)
    SELECT f.job_id, 'failures', coalesce('user ' || e.user_id, 'nobody'), f.consumer, 'waiting', f.attempts,
           f.attempts, f.retry_at, f.error
      FROM outbox_failures f JOIN outbox_events e ON e.id = f.event_id
"""

_DELETE_JOBS = """
    CREATE FUNCTION delete_jobs() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        DELETE FROM jobs USING gone WHERE jobs.id = gone.job_id;
        RETURN NULL;
    END $$
"""

_DELETE_TIMERS = """
    CREATE FUNCTION delete_timers() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        DELETE FROM timers USING gone WHERE subject_kind = TG_ARGV[0] AND subject_id = gone.id;
        RETURN NULL;
    END $$
"""


def upgrade() -> None:
    """Change the schema; there is no way back, a mistake is mended by the next revision."""
    _make_jobs()
    for table, order in (
        ("webhook_deliveries", "event_id, id"),
        ("mails", "id"),
        ("outbox_failures", "event_id"),
    ):
        _number_jobs(table, order)
    for statement in (_MOVE_DELIVERIES, _MOVE_MAILS, _MOVE_FAILURES):
        op.execute(statement)
    for table in _KINDS_TABLES:
        op.alter_column(table, "job_id", nullable=False)
        op.create_unique_constraint(op.f(f"uq_{table}_job_id"), table, ["job_id"])
        op.create_foreign_key(op.f(f"fk_{table}_job_id"), table, "jobs", ["job_id"], ["id"])
    _drop_what_moved()
    _let_jobs_go_with_their_rows()
    _make_trials()
    _make_timers_and_facts_of_any_subject()
    for table in ("jobs", *_KINDS_TABLES):
        op.execute(f"ANALYZE {table}")


def _make_jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), server_default="", nullable=False),
        sa.Column("order_key", sa.Text(), nullable=True),
        sa.Column("position", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("state", sa.Text(), server_default="ready", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("losses", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease", sa.UUID(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('ready', 'waiting', 'held', 'leased', 'done', 'failed', 'dropped', 'set_aside')",
            name=op.f("ck_jobs_state"),
        ),
        sa.CheckConstraint("(state = 'leased') = (lease IS NOT NULL)", name=op.f("ck_jobs_lease")),
        sa.CheckConstraint("owner <> ''", name=op.f("ck_jobs_owner")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
    )
    op.create_index(
        "ix_jobs_ready",
        "jobs",
        ["kind", "owner", "lane", "due_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'ready'"),
    )
    op.create_index(
        "ix_jobs_due",
        "jobs",
        ["kind", "due_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('waiting', 'held', 'leased')"),
    )
    op.create_index(
        "ix_jobs_pending",
        "jobs",
        ["kind", "lane", "order_key", "position", "id"],
        unique=False,
        postgresql_where=sa.text(_PENDING),
    )
    op.create_index(
        "ix_jobs_set_aside",
        "jobs",
        ["kind", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'set_aside'"),
    )


def _number_jobs(table: str, order: str) -> None:
    """Give each row a job, in an order: that of a queue is the order of its numbers."""
    op.add_column(table, sa.Column("job_id", sa.BigInteger(), nullable=True))
    op.execute(
        f"""
        WITH numbered AS (
            SELECT ctid AS place, nextval('jobs_id_seq') AS number
              FROM (SELECT ctid FROM {table} ORDER BY {order}) AS ordered)
        UPDATE {table} SET job_id = number FROM numbered WHERE {table}.ctid = numbered.place
        """
    )


def _drop_what_moved() -> None:
    for index in ("ix_webhook_deliveries_due", "ix_webhook_deliveries_order"):
        op.drop_index(index, table_name="webhook_deliveries")
    op.drop_constraint(op.f("ck_webhook_deliveries_status"), "webhook_deliveries", type_="check")
    for column in ("status", "attempts", "tries", "next_attempt_at", "ordering_key", "completed_at"):
        op.drop_column("webhook_deliveries", column)
    for index in ("ix_mails_due", "ix_mails_server_away"):
        op.drop_index(index, table_name="mails")
    for constraint in ("ck_mails_state", "ck_mails_due"):
        op.drop_constraint(op.f(constraint), "mails", type_="check")
    op.execute("UPDATE mails SET server_away_since = NULL WHERE state NOT IN ('queued', 'sending')")
    for column in ("state", "attempts", "next_attempt_at", "last_error", "sent_at"):
        op.drop_column("mails", column)
    op.create_index(
        "ix_mails_server_away",
        "mails",
        ["server_away_since"],
        unique=False,
        postgresql_where=sa.text("server_away_since IS NOT NULL"),
    )
    op.drop_index(op.f("ix_outbox_failures_retry_at"), table_name="outbox_failures")
    for column in ("attempts", "retry_at", "error"):
        op.drop_column("outbox_failures", column)


def _let_jobs_go_with_their_rows() -> None:
    op.execute(_DELETE_JOBS)
    for table in _KINDS_TABLES:
        op.execute(
            f"CREATE TRIGGER delete_jobs AFTER DELETE ON {table} REFERENCING OLD TABLE AS gone"
            " FOR EACH STATEMENT EXECUTE FUNCTION delete_jobs()"
        )


def _make_trials() -> None:
    op.create_table(
        "outbox_trials",
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("consumer", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", "consumer", name=op.f("pk_outbox_trials")),
    )


def _make_timers_and_facts_of_any_subject() -> None:
    op.create_table(
        "timers",
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("subject_kind", "subject_id", "kind", name=op.f("pk_timers")),
    )
    op.execute("INSERT INTO timers SELECT 'booking', booking_id, kind, due_at FROM booking_timers")
    op.drop_table("booking_timers")
    op.create_index("ix_timers_due", "timers", ["subject_kind", "due_at"], unique=False)
    op.execute(_DELETE_TIMERS)
    op.execute(
        "CREATE TRIGGER delete_timers AFTER DELETE ON bookings REFERENCING OLD TABLE AS gone"
        " FOR EACH STATEMENT EXECUTE FUNCTION delete_timers('booking')"
    )

    op.drop_index("ix_outbox_events_booking_id", table_name="outbox_events")
    op.alter_column("outbox_events", "booking_id", new_column_name="subject_id")
    op.add_column("outbox_events", sa.Column("subject_kind", sa.Text(), nullable=True))
    op.execute("UPDATE outbox_events SET subject_kind = 'booking' WHERE subject_id IS NOT NULL")
    op.create_check_constraint(
        op.f("ck_outbox_events_subject"), "outbox_events", "(subject_kind IS NULL) = (subject_id IS NULL)"
    )
    op.create_index("ix_outbox_events_subject", "outbox_events", ["subject_id", "subject_kind"], unique=False)
