"""Addresses that wait to be confirmed, and by whose word somebody attends a booking."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the schema; there is no way back, a mistake is mended by the next revision."""
    _add_pending_addresses()
    _add_standing()


def _add_pending_addresses() -> None:
    op.add_column("users", sa.Column("pending_email", sa.Text(), nullable=True))
    op.add_column(
        "users",
        sa.Column("confirmations_mailed_at", postgresql.ARRAY(sa.DateTime(timezone=True)), nullable=True),
    )
    # Whoever has an account has used its address until now.
    op.execute("UPDATE users SET email_verified_at = now() WHERE email_verified_at IS NULL")
    op.drop_index("uq_users_email", table_name="users")
    op.create_index(
        "uq_users_email",
        "users",
        [sa.literal_column("lower(email)")],
        unique=True,
        postgresql_where=sa.text("email_verified_at IS NOT NULL"),
    )
    op.create_index("ix_users_email", "users", [sa.literal_column("lower(email)")])
    op.create_index(
        "ix_users_pending_email",
        "users",
        [sa.literal_column("lower(pending_email)")],
        postgresql_where=sa.text("pending_email IS NOT NULL"),
    )


def _add_standing() -> None:
    # Who attends already goes on to be busy. A default is written into no row, however many there are.
    op.add_column(
        "attendees", sa.Column("standing", sa.Text(), server_default=sa.text("'own'"), nullable=False)
    )
    op.alter_column("attendees", "standing", server_default=sa.text("'guest'"))
    op.create_check_constraint(
        op.f("ck_attendees_standing"), "attendees", "standing IN ('own', 'booker', 'guest')"
    )
