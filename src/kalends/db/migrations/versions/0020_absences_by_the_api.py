"""Absences as the API makes them: with a public name, notes, and once a user and period; facts name the
organization that they happened in; mails of invitations are counted by address;
lists of the bookings of many people have an index of their order."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_TABLE = "out_of_office_entries"


def upgrade() -> None:
    """Change the schema; there is no way back, a mistake is mended by the next revision."""
    op.add_column("outbox_events", sa.Column("organization_id", sa.Integer(), nullable=True))
    op.add_column(_TABLE, sa.Column("notes", sa.Text(), nullable=True))
    op.add_column(
        _TABLE,
        sa.Column("uuid", postgresql.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
    )
    op.create_unique_constraint(op.f("uq_out_of_office_entries_uuid"), _TABLE, ["uuid"])
    # Nothing but the database itself could make such rows, and nothing showed what is lost of them.
    op.execute(
        """
        DELETE FROM out_of_office_entries twin USING out_of_office_entries first
         WHERE twin.user_id = first.user_id AND twin.start_date = first.start_date
           AND twin.end_date = first.end_date AND twin.id > first.id
        """
    )
    op.execute(
        """
        UPDATE out_of_office_entries SET reason = 'unspecified'
         WHERE reason NOT IN ('unspecified', 'vacation', 'travel', 'sick', 'public_holiday')
        """
    )
    op.execute("UPDATE out_of_office_entries SET to_user_id = NULL WHERE to_user_id = user_id")
    op.create_unique_constraint(
        op.f("uq_out_of_office_entries_user_id_start_date_end_date"),
        _TABLE,
        ["user_id", "start_date", "end_date"],
    )
    op.create_check_constraint(
        op.f("ck_out_of_office_entries_reason"),
        _TABLE,
        "reason IN ('unspecified', 'vacation', 'travel', 'sick', 'public_holiday')",
    )
    op.create_check_constraint(op.f("ck_out_of_office_entries_stand_in"), _TABLE, "to_user_id <> user_id")
    op.create_index("ix_out_of_office_entries_start_date", _TABLE, ["start_date", "id"])
    op.create_index("ix_out_of_office_entries_end_date", _TABLE, ["end_date", "id"])
    op.create_table(
        "invitation_mails",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation_mails")),
    )
    op.create_index("ix_invitation_mails_address", "invitation_mails", ["address", "mailed_at"])
    op.create_index("ix_invitation_mails_mailed_at", "invitation_mails", ["mailed_at"])
    op.execute(
        """
        INSERT INTO invitation_mails (address, mailed_at)
        SELECT lower(i.email), m.mailed_at FROM invitations i, unnest(i.mailed_at) AS m (mailed_at)
        """
    )
    op.drop_column("invitations", "mailed_at")
    op.create_index(
        "ix_bookings_start_time",
        "bookings",
        ["start_time", "id"],
        postgresql_where=sa.text("start_time < end_time"),
    )
    op.create_index(
        "ix_bookings_long",
        "bookings",
        ["end_time", "start_time"],
        postgresql_where=sa.text("end_time - start_time > interval '1 day'"),
    )
