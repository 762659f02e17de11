"""Event types of teams by the API: hosts in the order in which they were sent, and all members as hosts."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the schema; there is no way back, a mistake is mended by the next revision."""
    op.add_column(
        "event_types",
        sa.Column("assign_all_team_members", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column("hosts", sa.Column("position", sa.Integer(), server_default="0", nullable=False))
