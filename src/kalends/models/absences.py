"""When users are not where their schedules say: out of office, or in another time zone."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import UUID

from kalends.models.base import created_at, metadata, updated_at

# Whole days, told by the calendar of the schedule that counts: both dates are closed, and those between.
out_of_office_entries = Table(
    "out_of_office_entries",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("uuid", UUID, nullable=False, unique=True, server_default=text("gen_random_uuid()")),
    Column("user_id", Integer, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("start_date", Date, nullable=False),
    Column("end_date", Date, nullable=False),
    Column("reason", Text, nullable=False, server_default="unspecified"),
    Column("notes", Text),
    # Whom visitors are pointed to; without them the user is away all the same.
    Column("to_user_id", Integer, ForeignKey("users.id", ondelete="SET NULL"), index=True),
    created_at(),
    updated_at(),
    CheckConstraint("start_date <= end_date", name="period"),
    CheckConstraint(
        "reason IN ('unspecified', 'vacation', 'travel', 'sick', 'public_holiday')", name="reason"
    ),
    CheckConstraint("to_user_id <> user_id", name="stand_in"),
    UniqueConstraint("user_id", "start_date", "end_date"),
    Index("ix_out_of_office_entries_user_id_end_date", "user_id", "end_date"),
    # The orders of an organization's list.
    Index("ix_out_of_office_entries_start_date", "start_date", "id"),
    Index("ix_out_of_office_entries_end_date", "end_date", "id"),
)

# Moves the hours of a user's default schedule to another zone for a while.
travel_schedules = Table(
    "travel_schedules",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("user_id", Integer, ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("time_zone", Text, nullable=False),
    Column("start_time", DateTime(timezone=True), nullable=False),
    # Null: for good.
    Column("end_time", DateTime(timezone=True)),
    created_at(),
    CheckConstraint("start_time <= end_time", name="period"),
)
