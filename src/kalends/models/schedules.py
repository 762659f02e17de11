"""Schedules: weekly hours and dated overrides in one time zone."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Identity,
    Integer,
    SmallInteger,
    Table,
    Text,
    Time,
)
from sqlalchemy.dialects.postgresql import ARRAY

from kalends.models.base import created_at, metadata, updated_at

schedules = Table(
    "schedules",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("user_id", Integer, ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    # Null: the zone of the event type, else of the owner (slots.md 4.3).
    Column("time_zone", Text),
    created_at(),
    updated_at(),
)

# A weekly row has days (0 = Sunday) and no date; an override has a date and no days.
schedule_availability = Table(
    "schedule_availability",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column(
        "schedule_id", Integer, ForeignKey("schedules.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    Column("days", ARRAY(SmallInteger), nullable=False, server_default="{}"),
    Column("start_time", Time, nullable=False),
    Column("end_time", Time, nullable=False),
    Column("date", Date),
    CheckConstraint("date IS NULL OR days = '{}'", name="weekly_or_dated"),
    CheckConstraint("days <@ ARRAY[0, 1, 2, 3, 4, 5, 6]::smallint[]", name="weekdays"),
)
