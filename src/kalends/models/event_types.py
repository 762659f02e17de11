"""Event types: what can be booked, and by which rules."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from kalends.models.base import created_at, metadata, updated_at

event_types = Table(
    "event_types",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("user_id", Integer, ForeignKey("users.id", ondelete="CASCADE")),
    Column("title", Text, nullable=False),
    Column("slug", Text, nullable=False),
    Column("description", Text),
    Column("length", Integer, nullable=False),
    Column("schedule_id", Integer, ForeignKey("schedules.id", ondelete="SET NULL"), index=True),
    Column("slot_interval", Integer),
    Column("offset_start", Integer, nullable=False, server_default="0"),
    Column("minimum_booking_notice", Integer, nullable=False, server_default="120"),
    Column("before_event_buffer", Integer, nullable=False, server_default="0"),
    Column("after_event_buffer", Integer, nullable=False, server_default="0"),
    Column("hidden", Boolean, nullable=False, server_default=text("false")),
    # The stored form of event-types note, section 7; null: none.
    Column("locations", JSONB),
    created_at(),
    updated_at(),
    UniqueConstraint("user_id", "slug"),
    CheckConstraint("length >= 1", name="length"),
    CheckConstraint("slot_interval >= 0", name="slot_interval"),
    CheckConstraint("offset_start >= 0", name="offset_start"),
    CheckConstraint("minimum_booking_notice >= 0", name="notice"),
    CheckConstraint("before_event_buffer >= 0 AND after_event_buffer >= 0", name="buffers"),
)
