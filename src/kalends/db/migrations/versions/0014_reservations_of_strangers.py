"""Who holds a binding reservation without a credential: the address that it was made from, and when."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the schema; there is no way back, a mistake is mended by the next revision."""
    op.add_column("slot_reservations", sa.Column("stranger", sa.Text(), nullable=True))
    op.add_column("slot_reservations", sa.Column("held_since", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(
        op.f("ck_slot_reservations_stranger"),
        "slot_reservations",
        "(stranger IS NULL) = (held_since IS NULL) AND (stranger IS NULL OR is_binding)",
    )
    op.create_index(
        "ix_slot_reservations_stranger",
        "slot_reservations",
        ["stranger", "release_at"],
        postgresql_where=sa.text("stranger IS NOT NULL"),
    )
