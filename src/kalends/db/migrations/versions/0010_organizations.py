"""Settings of teams and organizations, keys of organizations, verified addresses, workspace platforms."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_TEXTS = (
    "logo_url",
    "cal_video_logo",
    "app_logo",
    "app_icon_logo",
    "banner_url",
    "bio",
    "theme",
    "brand_color",
    "dark_brand_color",
)
_FLAGS = (
    "is_platform",
    "hide_branding",
    "is_private",
    "hide_book_a_team_member",
    "include_managed_events_in_limits",
)


def upgrade() -> None:
    """Change the schema; there is no way back, a mistake is mended by the next revision."""
    for name in _TEXTS:
        op.add_column("teams", sa.Column(name, sa.Text(), nullable=True))
    for name in _FLAGS:
        op.add_column("teams", _flag(name))
    for name in ("metadata", "booking_limits"):
        op.add_column("teams", sa.Column(name, postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.add_column("teams", sa.Column("time_format", sa.Integer(), nullable=True))
    op.add_column("teams", _text("time_zone", "Europe/London"))
    op.add_column("teams", _text("week_start", "Sunday"))
    op.create_check_constraint(op.f("ck_teams_platform"), "teams", "NOT is_platform OR is_organization")
    op.create_check_constraint(op.f("ck_teams_time_format"), "teams", "time_format IN (12, 24)")
    op.create_check_constraint(op.f("ck_teams_metadata"), "teams", "jsonb_typeof(metadata) = 'object'")

    op.add_column("memberships", _flag("disable_impersonation"))

    op.add_column("users", sa.Column("email_verified_at", sa.DateTime(timezone=True), nullable=True))
    # Until now only operators have made accounts.
    op.execute("UPDATE users SET email_verified_at = now()")
    _refer_to_teams("users", "organization_id", ondelete="SET NULL")
    _refer_to_teams("api_keys", "team_id", ondelete="CASCADE")

    op.add_column("webhooks", sa.Column("ownerless_since", sa.DateTime(timezone=True), nullable=True))
    op.drop_constraint(op.f("ck_webhooks_scope"), "webhooks", type_="check")
    op.create_check_constraint(
        op.f("ck_webhooks_scope"),
        "webhooks",
        "num_nonnulls(user_id, event_type_id, team_id, oauth_client_id, ownerless_since)"
        " + is_platform::int = 1",
    )

    platforms = op.create_table(
        "workspace_platforms",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_workspace_platforms")),
    )
    op.bulk_insert(
        platforms,
        [{"slug": "google", "name": "Google"}, {"slug": "office365", "name": "Microsoft 365"}],
    )


def _flag(name: str) -> "sa.Column[bool]":
    return sa.Column(name, sa.Boolean(), server_default=sa.text("false"), nullable=False)


def _text(name: str, default: str) -> "sa.Column[str]":
    return sa.Column(name, sa.Text(), server_default=default, nullable=False)


def _refer_to_teams(table: str, column: str, *, ondelete: str) -> None:
    op.add_column(table, sa.Column(column, sa.Integer(), nullable=True))
    op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)
    op.create_foreign_key(op.f(f"fk_{table}_{column}"), table, "teams", [column], ["id"], ondelete=ondelete)
