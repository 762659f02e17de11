"""What a series was answered is kept once, mails are found by recipient, and tries of timers are noted."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the schema; there is no way back, a mistake is mended by the next revision."""
    op.add_column("timers", sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.create_index("ix_mails_recipient", "mails", ["recipient", "created_at"])
    op.add_column("bookings", sa.Column("answers_of", sa.Text(), nullable=True))
    op.create_foreign_key(op.f("fk_bookings_answers_of"), "bookings", "bookings", ["answers_of"], ["uid"])
    op.create_index(
        "ix_bookings_answers_of",
        "bookings",
        ["answers_of"],
        postgresql_where=sa.text("answers_of IS NOT NULL"),
    )
    op.create_table(
        "outbox_shared",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_shared")),
    )
    op.add_column("outbox_events", sa.Column("shared_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_outbox_events_shared_id"),
        "outbox_events",
        "outbox_shared",
        ["shared_id"],
        ["id"],
    )
    op.create_index(
        "ix_outbox_events_shared_id",
        "outbox_events",
        ["shared_id"],
        postgresql_where=sa.text("shared_id IS NOT NULL"),
    )
