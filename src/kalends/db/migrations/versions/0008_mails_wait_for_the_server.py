"""Mails remember since when the mail server has been away."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the schema; there is no way back, a mistake is mended by the next revision."""
    op.add_column("mails", sa.Column("server_away_since", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_mails_server_away",
        "mails",
        ["server_away_since"],
        unique=False,
        postgresql_where=sa.text("server_away_since IS NOT NULL AND state = 'queued'"),
    )
