"""Event types and bookings in full: seats, series, confirmation, limits, and the outbox."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the schema; there is no way back, a mistake is mended by the next revision."""
    op.create_table(
        "idempotency_keys",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_idempotency_keys")),
    )
    op.create_index("ix_idempotency_keys_created_at", "idempotency_keys", ["created_at"], unique=False)
    op.create_table(
        "outbox_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("uid", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("booking_id", sa.BigInteger(), nullable=True),
        sa.Column("event_type_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("ordering_key", sa.Text(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_events")),
        sa.UniqueConstraint("uid", name=op.f("uq_outbox_events_uid")),
    )
    op.create_index("ix_outbox_events_booking_id", "outbox_events", ["booking_id"], unique=False)
    op.create_index("ix_outbox_events_created_at", "outbox_events", ["created_at"], unique=False)
    op.create_index(
        "ix_outbox_events_unhandled",
        "outbox_events",
        ["id"],
        unique=False,
        postgresql_where=sa.text("handled_at IS NULL"),
    )
    op.create_table(
        "booking_timers",
        sa.Column("booking_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["bookings.id"], name=op.f("fk_booking_timers_booking_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("booking_id", "kind", name=op.f("pk_booking_timers")),
    )
    op.create_index(op.f("ix_booking_timers_due_at"), "booking_timers", ["due_at"], unique=False)
    op.create_table(
        "booking_seats",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("uid", sa.UUID(), nullable=False),
        sa.Column("booking_id", sa.BigInteger(), nullable=False),
        sa.Column("attendee_id", sa.BigInteger(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("responses", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("metadata", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["attendee_id"], ["attendees.id"], name=op.f("fk_booking_seats_attendee_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["bookings.id"], name=op.f("fk_booking_seats_booking_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_seats")),
        sa.UniqueConstraint("attendee_id", name=op.f("uq_booking_seats_attendee_id")),
        sa.UniqueConstraint("uid", name=op.f("uq_booking_seats_uid")),
    )
    op.create_index(op.f("ix_booking_seats_booking_id"), "booking_seats", ["booking_id"], unique=False)
    op.add_column("bookings", sa.Column("rejection_reason", sa.Text(), nullable=True))
    op.add_column(
        "bookings", sa.Column("is_seated", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column("bookings", sa.Column("idempotency_key", sa.LargeBinary(), nullable=True))
    op.create_unique_constraint(op.f("uq_bookings_idempotency_key"), "bookings", ["idempotency_key"])
    op.create_index(
        "uq_bookings_seated",
        "bookings",
        ["event_type_id", "start_time"],
        unique=True,
        postgresql_where=sa.text("is_seated AND status = 'accepted'"),
    )
    op.create_index("ix_bookings_user_id_end_time", "bookings", ["user_id", "end_time", "id"])
    op.create_index("ix_bookings_user_id_created_at", "bookings", ["user_id", "created_at", "id"])
    op.create_index(
        "ix_bookings_user_id_updated_at", "bookings", ["user_id", sa.text("updated_at NULLS FIRST"), "id"]
    )
    for name, condition in (
        ("cancelled", "status IN ('cancelled', 'rejected')"),
        ("pending", "status = 'pending'"),
        ("recurring", "recurring_booking_uid IS NOT NULL"),
    ):
        op.create_index(
            f"ix_bookings_user_id_{name}",
            "bookings",
            ["user_id", "start_time", "id"],
            postgresql_where=sa.text(condition),
        )
    op.drop_index("ix_attendees_email", table_name="attendees")
    op.create_index("ix_attendees_email", "attendees", [sa.text("lower(email)")], postgresql_using="hash")
    op.create_index("ix_attendees_name", "attendees", ["name"], postgresql_using="hash")
    op.add_column("event_types", sa.Column("event_name", sa.Text(), nullable=True))
    op.add_column(
        "event_types", sa.Column("booking_fields", postgresql.JSONB(astext_type=sa.Text()), nullable=True)
    )
    op.add_column(
        "event_types",
        sa.Column("disable_guests", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column(
        "event_types", sa.Column("booking_limits", postgresql.JSONB(astext_type=sa.Text()), nullable=True)
    )
    op.add_column(
        "event_types", sa.Column("duration_limits", postgresql.JSONB(astext_type=sa.Text()), nullable=True)
    )
    op.add_column(
        "event_types",
        sa.Column(
            "only_show_first_available_slot", sa.Boolean(), server_default=sa.text("false"), nullable=False
        ),
    )
    op.add_column(
        "event_types", sa.Column("period_type", sa.Text(), server_default="unlimited", nullable=False)
    )
    op.add_column("event_types", sa.Column("period_days", sa.Integer(), nullable=True))
    op.add_column(
        "event_types",
        sa.Column(
            "period_count_calendar_days", sa.Boolean(), server_default=sa.text("false"), nullable=False
        ),
    )
    op.add_column("event_types", sa.Column("period_start_date", sa.Date(), nullable=True))
    op.add_column("event_types", sa.Column("period_end_date", sa.Date(), nullable=True))
    op.add_column(
        "event_types",
        sa.Column("requires_confirmation", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column(
        "event_types",
        sa.Column(
            "requires_confirmation_will_block_slot",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
        ),
    )
    op.add_column(
        "event_types", sa.Column("recurring_event", postgresql.JSONB(astext_type=sa.Text()), nullable=True)
    )
    op.add_column("event_types", sa.Column("seats_per_time_slot", sa.Integer(), nullable=True))
    op.add_column(
        "event_types",
        sa.Column("seats_show_attendees", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column(
        "event_types",
        sa.Column(
            "seats_show_availability_count", sa.Boolean(), server_default=sa.text("true"), nullable=False
        ),
    )
    op.add_column(
        "event_types",
        sa.Column(
            "requires_booker_email_verification",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
        ),
    )
    op.add_column(
        "event_types",
        sa.Column("hide_calendar_notes", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column(
        "event_types",
        sa.Column(
            "hide_calendar_event_details", sa.Boolean(), server_default=sa.text("false"), nullable=False
        ),
    )
    op.add_column(
        "event_types",
        sa.Column("hide_organizer_email", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column(
        "event_types",
        sa.Column("lock_time_zone_toggle", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column(
        "event_types",
        sa.Column(
            "use_destination_calendar_email", sa.Boolean(), server_default=sa.text("false"), nullable=False
        ),
    )
    op.add_column(
        "event_types",
        sa.Column("disable_cancelling", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column(
        "event_types",
        sa.Column("disable_rescheduling", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column("event_types", sa.Column("interface_language", sa.Text(), nullable=True))
    op.add_column("event_types", sa.Column("success_redirect_url", sa.Text(), nullable=True))
    op.add_column(
        "event_types",
        sa.Column(
            "forward_params_success_redirect", sa.Boolean(), server_default=sa.text("true"), nullable=True
        ),
    )
    op.add_column("event_types", sa.Column("color", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.add_column("event_types", sa.Column("price", sa.Integer(), server_default="0", nullable=False))
    op.add_column("event_types", sa.Column("currency", sa.Text(), server_default="usd", nullable=False))
    op.add_column(
        "event_types", sa.Column("metadata", postgresql.JSONB(astext_type=sa.Text()), nullable=True)
    )
    op.create_check_constraint(
        op.f("ck_event_types_seats"), "event_types", "seats_per_time_slot BETWEEN 1 AND 1000"
    )
    op.create_check_constraint(
        op.f("ck_event_types_seats_or_recurrence"),
        "event_types",
        "seats_per_time_slot IS NULL OR recurring_event IS NULL",
    )
    op.create_check_constraint(
        op.f("ck_event_types_period"),
        "event_types",
        """
        CASE period_type WHEN 'unlimited' THEN true
             WHEN 'range' THEN period_start_date <= period_end_date IS TRUE
             WHEN 'rolling' THEN period_days >= 0 IS TRUE
             WHEN 'rolling_window' THEN period_days >= 0 IS TRUE
             ELSE false END
        """,
    )
