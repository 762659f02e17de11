"""What bookers may do with their bookings, how many they may have, and slots without gaps."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0017"
branch_labels = None
depends_on = None

_SWITCHES = (
    "show_optimized_slots",
    "allow_rescheduling_past_bookings",
    "allow_rescheduling_cancelled_bookings",
    "booker_limit_offers_reschedule",
    "booking_requires_authentication",
)
_NUMBERS = ("disable_rescheduling_minutes_before", "booker_active_bookings_limit")


def upgrade() -> None:
    """Change the schema; there is no way back, a mistake is mended by the next revision."""
    for name in _SWITCHES:
        op.add_column(
            "event_types",
            sa.Column(name, sa.Boolean(), server_default=sa.text("false"), nullable=False),
        )
    for name in _NUMBERS:
        op.add_column("event_types", sa.Column(name, sa.Integer(), nullable=True))
    op.add_column("event_types", sa.Column("cal_video_settings", postgresql.JSONB(), nullable=True))
    op.create_check_constraint(
        op.f("ck_event_types_rescheduling_minutes"),
        "event_types",
        "disable_rescheduling_minutes_before >= 0",
    )
    op.create_check_constraint(
        op.f("ck_event_types_booker_limit"), "event_types", "booker_active_bookings_limit >= 1"
    )
