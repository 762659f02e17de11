"""A reservation takes the time of each host that it needs."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the schema; there is no way back, a mistake is mended by the next revision."""
    op.drop_constraint(op.f("pk_slot_reservations"), "slot_reservations", type_="primary")
    op.create_primary_key(op.f("pk_slot_reservations"), "slot_reservations", ["uid", "host_id"])
    op.alter_column("slot_reservations", "uid", server_default=None)
