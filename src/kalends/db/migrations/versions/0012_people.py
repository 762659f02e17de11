"""Users of organizations, invitations, the audit log, delegation credentials; lists by their ids."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Change the schema; there is no way back, a mistake is mended by the next revision."""
    _change_users()
    _change_indexes()
    _add_delegation_credentials()
    _add_invitations()
    _add_audit_entries()


def _change_users() -> None:
    for name in ("theme", "app_theme", "brand_color", "dark_brand_color"):
        op.add_column("users", sa.Column(name, sa.Text(), nullable=True))
    for name in ("hide_branding", "is_verified"):
        op.add_column("users", sa.Column(name, sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("users", sa.Column("invited_to", sa.Integer(), nullable=True))
    op.drop_index("uq_users_username", table_name="users")
    op.create_index(
        "uq_users_username",
        "users",
        ["username"],
        unique=True,
        postgresql_where=sa.text("organization_id IS NULL"),
    )
    op.create_unique_constraint(
        op.f("uq_users_username_organization_id"), "users", ["username", "organization_id"]
    )


def _change_indexes() -> None:
    op.drop_index(op.f("ix_memberships_team_id"), table_name="memberships")
    op.create_index("ix_memberships_team_id_id", "memberships", ["team_id", "id"])
    op.create_index("ix_profiles_organization_id_user_id", "profiles", ["organization_id", "user_id"])
    op.create_index("ix_teams_parent_id_id", "teams", ["parent_id", "id"])


def _add_delegation_credentials() -> None:
    op.create_table(
        "delegation_credentials",
        sa.Column("id", postgresql.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("platform_slug", sa.Text(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("enabled", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("service_account_key", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", _TIME, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", _TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation_credentials")),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["teams.id"],
            name=op.f("fk_delegation_credentials_organization_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["platform_slug"],
            ["workspace_platforms.slug"],
            name=op.f("fk_delegation_credentials_platform_slug"),
        ),
    )
    op.create_index(
        "uq_delegation_credentials_domain",
        "delegation_credentials",
        ["organization_id", sa.text("lower(domain)")],
        unique=True,
    )
    op.create_index(
        "uq_delegation_credentials_enabled",
        "delegation_credentials",
        [sa.text("lower(domain)")],
        unique=True,
        postgresql_where=sa.text("enabled"),
    )


def _add_invitations() -> None:
    op.create_table(
        "invitations",
        sa.Column("id", postgresql.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("membership_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("inviter_id", sa.Integer(), nullable=True),
        sa.Column("expires_at", _TIME, nullable=False),
        sa.Column("accepted_at", _TIME, nullable=True),
        sa.Column("mailed_at", sa.ARRAY(_TIME), nullable=False),
        sa.Column("created_at", _TIME, server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.ForeignKeyConstraint(
            ["membership_id"],
            ["memberships.id"],
            name=op.f("fk_invitations_membership_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["inviter_id"], ["users.id"], name=op.f("fk_invitations_inviter_id"), ondelete="SET NULL"
        ),
        sa.UniqueConstraint("membership_id", name=op.f("uq_invitations_membership_id")),
    )
    op.create_index(op.f("ix_invitations_inviter_id"), "invitations", ["inviter_id"])


def _add_audit_entries() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("actor_type", sa.Text(), nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_email", sa.Text(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject_type", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("created_at", _TIME, server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
    )
    op.create_index("ix_audit_entries_place_id_id", "audit_entries", ["place_id", "id"])
    op.create_index("ix_audit_entries_created_at", "audit_entries", ["created_at"])
