"""What an address was mailed lately is found by an index, whoever asks how much it was."""

from alembic import op

revision = "0016"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the schema; there is no way back, a mistake is mended by the next revision."""
    op.create_index("ix_mails_recipient", "mails", ["recipient", "created_at"])
