"""Bookings, who attends them, and the time they take from their hosts."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TSTZRANGE, ExcludeConstraint

from kalends.models.base import created_at, metadata, updated_at

bookings = Table(
    "bookings",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    # A bearer capability: 22 random base58 characters (bookings note B11).
    Column("uid", Text, nullable=False, unique=True),
    # The organizer; null only while an instant meeting waits for a host.
    Column("user_id", Integer, ForeignKey("users.id", ondelete="CASCADE")),
    Column("event_type_id", Integer, ForeignKey("event_types.id", ondelete="SET NULL")),
    Column("status", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("description", Text),
    Column("start_time", DateTime(timezone=True), nullable=False),
    Column("end_time", DateTime(timezone=True), nullable=False),
    Column("location", Text),
    Column("responses", JSONB),
    Column("metadata", JSONB, nullable=False, server_default="{}"),
    Column("organizer_email", Text, nullable=False),
    Column("cancellation_reason", Text),
    Column("cancelled_by", Text),
    # True on the booking that a reschedule replaced; the one that replaced it names it.
    Column("is_rescheduled", Boolean, nullable=False, server_default=text("false")),
    Column("rescheduled_by", Text),
    Column("rescheduled_from_uid", Text),
    # One value for all occurrences of a series.
    Column("recurring_booking_uid", Text),
    Column("ical_uid", Text, nullable=False),
    Column("ical_sequence", Integer, nullable=False, server_default="0"),
    Column("is_host_absent", Boolean, nullable=False, server_default=text("false")),
    Column("rating", Integer),
    created_at(),
    updated_at(),
    CheckConstraint(
        "status IN ('accepted', 'pending', 'cancelled', 'rejected', 'awaiting_host')", name="status"
    ),
    CheckConstraint("start_time < end_time", name="period"),
    Index("ix_bookings_user_id_start_time", "user_id", "start_time", "id"),
    Index("ix_bookings_event_type_id_start_time", "event_type_id", "start_time"),
    Index("ix_bookings_rescheduled_from_uid", "rescheduled_from_uid"),
    Index("ix_bookings_recurring_booking_uid", "recurring_booking_uid"),
)

attendees = Table(
    "attendees",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column(
        "booking_id", BigInteger, ForeignKey("bookings.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    Column("email", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("time_zone", Text, nullable=False),
    Column("locale", Text, nullable=False, server_default="en"),
    Column("phone_number", Text),
    Column("is_absent", Boolean, nullable=False, server_default=text("false")),
    Index("ix_attendees_email", func.lower(text("email"))),
)

# The guarantee: no host is in two blocking bookings at once, buffers included. `during` is
# [start - before, end + after) with the buffers the booking was made with.
busy_times = Table(
    "busy_times",
    metadata,
    Column("host_id", Integer, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("booking_id", BigInteger, ForeignKey("bookings.id", ondelete="CASCADE"), primary_key=True),
    Column("during", TSTZRANGE, nullable=False),
    ExcludeConstraint(("host_id", "="), ("during", "&&"), name="ex_busy_times_host_id_during"),
    CheckConstraint("NOT isempty(during)", name="during"),
    Index("ix_busy_times_booking_id", "booking_id"),
)
