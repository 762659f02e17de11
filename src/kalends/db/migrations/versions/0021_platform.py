"""OAuth clients of platforms, their users, tokens and webhooks, and organizations that platforms manage."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_CLIENT = "oauth_client_id"


def upgrade() -> None:
    """Change the schema; there is no way back, a mistake is mended by the next revision."""
    _add_clients()
    _change_users_teams_and_webhooks()
    for table in ("access_tokens", "refresh_tokens"):
        _add_tokens(table)
    _add_authorization_codes()
    _add_managed_organizations()


def _created_at() -> "sa.Column[object]":
    return sa.Column("created_at", _TIME, server_default=sa.text("now()"), nullable=False)


def _reference(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"), ondelete="CASCADE")


def _add_clients() -> None:
    no = sa.text("false")
    op.create_table(
        "oauth_clients",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("permissions", sa.Integer(), nullable=False),
        sa.Column("logo", sa.Text(), nullable=True),
        sa.Column("redirect_uris", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("booking_redirect_uri", sa.Text(), nullable=True),
        sa.Column("booking_cancel_redirect_uri", sa.Text(), nullable=True),
        sa.Column("booking_reschedule_redirect_uri", sa.Text(), nullable=True),
        sa.Column("are_emails_enabled", sa.Boolean(), server_default=no, nullable=False),
        sa.Column("are_default_event_types_enabled", sa.Boolean(), server_default=no, nullable=False),
        _created_at(),
        sa.Column("updated_at", _TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oauth_clients")),
        _reference("oauth_clients", "organization_id", "teams.id"),
        sa.CheckConstraint("permissions BETWEEN 0 AND 1023", name=op.f("ck_oauth_clients_permissions")),
    )
    op.create_index(
        "ix_oauth_clients_organization_id", "oauth_clients", ["organization_id", "created_at", "id"]
    )


def _change_users_teams_and_webhooks() -> None:
    op.add_column(
        "users",
        sa.Column("is_platform_managed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column("users", sa.Column(_CLIENT, sa.Text(), nullable=True))
    op.create_foreign_key(
        op.f("fk_users_oauth_client_id"), "users", "oauth_clients", [_CLIENT], ["id"], ondelete="SET NULL"
    )
    op.create_check_constraint(
        op.f("ck_users_platform_managed"), "users", "oauth_client_id IS NULL OR is_platform_managed"
    )
    op.create_index("ix_users_oauth_client_id", "users", [_CLIENT, "id"])
    maker = "created_by_oauth_client_id"
    op.add_column("teams", sa.Column(maker, sa.Text(), nullable=True))
    op.create_foreign_key(
        op.f(f"fk_teams_{maker}"), "teams", "oauth_clients", [maker], ["id"], ondelete="CASCADE"
    )
    op.create_index(op.f(f"ix_teams_{maker}"), "teams", [maker])
    op.create_index(
        "ix_memberships_owners",
        "memberships",
        ["team_id", "id"],
        postgresql_where=sa.text("role = 'OWNER' AND accepted"),
    )
    op.create_foreign_key(
        op.f("fk_webhooks_oauth_client_id"),
        "webhooks",
        "oauth_clients",
        [_CLIENT],
        ["id"],
        ondelete="CASCADE",
    )


def _add_tokens(table: str) -> None:
    op.create_table(
        table,
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("hashed_token", sa.Text(), nullable=False),
        sa.Column(_CLIENT, sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("expires_at", _TIME, nullable=False),
        _created_at(),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        _reference(table, _CLIENT, "oauth_clients.id"),
        _reference(table, "user_id", "users.id"),
        sa.UniqueConstraint("hashed_token", name=op.f(f"uq_{table}_hashed_token")),
    )
    op.create_index(f"ix_{table}_user_id", table, ["user_id", _CLIENT])
    op.create_index(f"ix_{table}_oauth_client_id", table, [_CLIENT])
    op.create_index(f"ix_{table}_expires_at", table, ["expires_at"])


def _add_authorization_codes() -> None:
    table = "authorization_codes"
    op.create_table(
        table,
        sa.Column("hashed_code", sa.Text(), nullable=False),
        sa.Column(_CLIENT, sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("expires_at", _TIME, nullable=False),
        _created_at(),
        sa.PrimaryKeyConstraint("hashed_code", name=op.f(f"pk_{table}")),
        _reference(table, _CLIENT, "oauth_clients.id"),
        _reference(table, "user_id", "users.id"),
        sa.UniqueConstraint("user_id", _CLIENT, name=op.f(f"uq_{table}_user_id_oauth_client_id")),
    )
    op.create_index(f"ix_{table}_oauth_client_id", table, [_CLIENT])
    op.create_index(f"ix_{table}_expires_at", table, ["expires_at"])


def _add_managed_organizations() -> None:
    table, managed, manager = "managed_organizations", "managed_organization_id", "manager_organization_id"
    op.create_table(
        table,
        sa.Column(managed, sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(manager, sa.Integer(), nullable=False),
        _created_at(),
        sa.PrimaryKeyConstraint(managed, name=op.f(f"pk_{table}")),
        _reference(table, managed, "teams.id"),
        _reference(table, manager, "teams.id"),
    )
    op.create_index(f"ix_{table}_{manager}", table, [manager, managed])
