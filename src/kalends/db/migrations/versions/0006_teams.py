"""Teams, organizations, hosts of team event types, and absences of users."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the schema; there is no way back, a mistake is mended by the next revision."""
    op.create_table(
        "teams",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=True),
        sa.Column("is_organization", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("NOT is_organization OR parent_id IS NULL", name=op.f("ck_teams_organization")),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["teams.id"], name=op.f("fk_teams_parent_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teams")),
        sa.UniqueConstraint("parent_id", "slug", name=op.f("uq_teams_parent_id_slug")),
    )
    op.create_index(
        "uq_teams_slug", "teams", ["slug"], unique=True, postgresql_where=sa.text("parent_id IS NULL")
    )
    op.create_table(
        "memberships",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), server_default="MEMBER", nullable=False),
        sa.Column("accepted", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("role IN ('MEMBER', 'ADMIN', 'OWNER')", name=op.f("ck_memberships_role")),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name=op.f("fk_memberships_team_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_memberships_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberships")),
        sa.UniqueConstraint("user_id", "team_id", name=op.f("uq_memberships_user_id_team_id")),
    )
    op.create_index(op.f("ix_memberships_team_id"), "memberships", ["team_id"], unique=False)
    op.create_table(
        "out_of_office_entries",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("start_date", sa.Date(), nullable=False),
        sa.Column("end_date", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="unspecified", nullable=False),
        sa.Column("to_user_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("start_date <= end_date", name=op.f("ck_out_of_office_entries_period")),
        sa.ForeignKeyConstraint(
            ["to_user_id"],
            ["users.id"],
            name=op.f("fk_out_of_office_entries_to_user_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_out_of_office_entries_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_out_of_office_entries")),
    )
    op.create_index(
        op.f("ix_out_of_office_entries_to_user_id"), "out_of_office_entries", ["to_user_id"], unique=False
    )
    op.create_index(
        "ix_out_of_office_entries_user_id_end_date",
        "out_of_office_entries",
        ["user_id", "end_date"],
        unique=False,
    )
    op.create_table(
        "profiles",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["teams.id"], name=op.f("fk_profiles_organization_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_profiles_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_profiles")),
        sa.UniqueConstraint("organization_id", "username", name=op.f("uq_profiles_organization_id_username")),
        sa.UniqueConstraint("user_id", "organization_id", name=op.f("uq_profiles_user_id_organization_id")),
    )
    op.create_table(
        "travel_schedules",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("start_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("end_time", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("start_time <= end_time", name=op.f("ck_travel_schedules_period")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_travel_schedules_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_travel_schedules")),
    )
    op.create_index(op.f("ix_travel_schedules_user_id"), "travel_schedules", ["user_id"], unique=False)
    op.create_table(
        "hosts",
        sa.Column("event_type_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("is_fixed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("priority", sa.SmallInteger(), server_default="2", nullable=False),
        sa.Column("weight", sa.Integer(), server_default="100", nullable=False),
        sa.Column("schedule_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("priority BETWEEN 0 AND 4", name=op.f("ck_hosts_priority")),
        sa.CheckConstraint("weight >= 0", name=op.f("ck_hosts_weight")),
        sa.ForeignKeyConstraint(
            ["event_type_id"], ["event_types.id"], name=op.f("fk_hosts_event_type_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["schedule_id"], ["schedules.id"], name=op.f("fk_hosts_schedule_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_hosts_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("event_type_id", "user_id", name=op.f("pk_hosts")),
    )
    op.create_index(op.f("ix_hosts_schedule_id"), "hosts", ["schedule_id"], unique=False)
    op.create_index(op.f("ix_hosts_user_id"), "hosts", ["user_id"], unique=False)
    op.add_column("event_types", sa.Column("team_id", sa.Integer(), nullable=True))
    op.add_column("event_types", sa.Column("parent_id", sa.Integer(), nullable=True))
    op.add_column("event_types", sa.Column("scheduling_type", sa.Text(), nullable=True))
    op.add_column("event_types", sa.Column("time_zone", sa.Text(), nullable=True))
    op.add_column(
        "event_types",
        sa.Column(
            "reschedule_with_same_round_robin_host",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
        ),
    )
    op.create_index(op.f("ix_event_types_parent_id"), "event_types", ["parent_id"], unique=False)
    op.create_unique_constraint(op.f("uq_event_types_team_id_slug"), "event_types", ["team_id", "slug"])
    op.create_unique_constraint(
        op.f("uq_event_types_user_id_parent_id"), "event_types", ["user_id", "parent_id"]
    )
    op.create_foreign_key(
        op.f("fk_event_types_parent_id"),
        "event_types",
        "event_types",
        ["parent_id"],
        ["id"],
        ondelete="CASCADE",
    )
    op.create_foreign_key(
        op.f("fk_event_types_team_id"), "event_types", "teams", ["team_id"], ["id"], ondelete="CASCADE"
    )
    op.add_column(
        "users",
        sa.Column("allow_dynamic_booking", sa.Boolean(), server_default=sa.text("true"), nullable=False),
    )
    op.create_foreign_key(
        op.f("fk_webhooks_team_id"), "webhooks", "teams", ["team_id"], ["id"], ondelete="CASCADE"
    )
    op.create_check_constraint(
        op.f("ck_event_types_owner"), "event_types", "num_nonnulls(user_id, team_id) = 1"
    )
    op.create_check_constraint(
        op.f("ck_event_types_team_scheduling"), "event_types", "(team_id IS NULL) = (scheduling_type IS NULL)"
    )
    op.create_check_constraint(
        op.f("ck_event_types_scheduling_type"),
        "event_types",
        "scheduling_type IN ('collective', 'roundRobin', 'managed')",
    )
    op.create_check_constraint(
        op.f("ck_event_types_managed_child"), "event_types", "parent_id IS NULL OR user_id IS NOT NULL"
    )
