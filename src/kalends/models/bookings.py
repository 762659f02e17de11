"""Bookings, who attends them on which seat, and the time they take from their hosts."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TSTZRANGE, UUID, ExcludeConstraint

from kalends.models.base import created_at, metadata, updated_at

bookings = Table(
    "bookings",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    # A bearer capability: 22 random base58 characters (bookings.md B11).
    Column("uid", Text, nullable=False, unique=True),
    # The organizer; null only while an instant meeting waits for a host.
    Column("user_id", Integer, ForeignKey("users.id", ondelete="CASCADE")),
    Column("event_type_id", Integer, ForeignKey("event_types.id", ondelete="SET NULL")),
    Column("status", Text, nullable=False),
    # What the event type was called when it was booked; names are put in for whoever reads it. Without parts
    # it is the whole of a title, as release 0.1.0 stored it.
    Column("title", Text, nullable=False),
    Column("title_parts", JSONB),
    Column("description", Text),
    Column("start_time", DateTime(timezone=True), nullable=False),
    Column("end_time", DateTime(timezone=True), nullable=False),
    Column("location", Text),
    Column("responses", JSONB),
    Column("metadata", JSONB, nullable=False, server_default="{}"),
    # The booking of the same series whose description, responses and metadata are this one's too.
    Column("answers_of", Text, ForeignKey("bookings.uid")),
    Column("organizer_email", Text, nullable=False),
    Column("cancellation_reason", Text),
    Column("rejection_reason", Text),
    Column("cancelled_by", Text),
    # True on the booking that a reschedule replaced; the one that replaced it names it.
    Column("is_rescheduled", Boolean, nullable=False, server_default=text("false")),
    Column("rescheduled_by", Text),
    Column("rescheduled_from_uid", Text),
    # One value for all occurrences of a series.
    Column("recurring_booking_uid", Text),
    # Whether attendees share it, each with a seat of their own.
    Column("is_seated", Boolean, nullable=False, server_default=text("false")),
    # Of what exactly this is a booking, while it is live: the same again is refused (bookings.md 15).
    Column("idempotency_key", LargeBinary, unique=True),
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
    Index("ix_bookings_answers_of", "answers_of", postgresql_where=text("answers_of IS NOT NULL")),
    # The orders of a host's list, and what of it is rare.
    Index("ix_bookings_user_id_start_time", "user_id", "start_time", "id"),
    Index("ix_bookings_user_id_end_time", "user_id", "end_time", "id"),
    Index("ix_bookings_user_id_created_at", "user_id", "created_at", "id"),
    Index("ix_bookings_user_id_updated_at", "user_id", text("updated_at NULLS FIRST"), "id"),
    Index(
        "ix_bookings_user_id_cancelled",
        "user_id",
        "start_time",
        "id",
        postgresql_where=text("status IN ('cancelled', 'rejected')"),
    ),
    Index(
        "ix_bookings_user_id_pending",
        "user_id",
        "start_time",
        "id",
        postgresql_where=text("status = 'pending'"),
    ),
    Index(
        "ix_bookings_user_id_recurring",
        "user_id",
        "start_time",
        "id",
        postgresql_where=text("recurring_booking_uid IS NOT NULL"),
    ),
    # The order of the lists of many people, and what may have begun long before it is over. All bookings are
    # in the first, but only a statement that names its condition is planned with it: others would be misled.
    Index("ix_bookings_start_time", "start_time", "id", postgresql_where=text("start_time < end_time")),
    Index(
        "ix_bookings_long",
        "end_time",
        "start_time",
        postgresql_where=text("end_time - start_time > interval '1 day'"),
    ),
    Index("ix_bookings_event_type_id_start_time", "event_type_id", "start_time"),
    Index("ix_bookings_rescheduled_from_uid", "rescheduled_from_uid"),
    Index("ix_bookings_recurring_booking_uid", "recurring_booking_uid"),
    # One booking for all who sit together.
    Index(
        "uq_bookings_seated",
        "event_type_id",
        "start_time",
        unique=True,
        postgresql_where=text("is_seated AND status = 'accepted'"),
    ),
)

attendees = Table(
    "attendees",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column(
        "booking_id", BigInteger, ForeignKey("bookings.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    Column("email", Text, nullable=False),
    # By what an attendee is found. The planner is told that most are distinct (revision 0009).
    Column("address", Text, Computed("lower(email)", persisted=True), nullable=False),
    Column("name", Text, nullable=False),
    Column("time_zone", Text, nullable=False),
    Column("locale", Text, nullable=False, server_default="en"),
    Column("phone_number", Text),
    Column("is_absent", Boolean, nullable=False, server_default=text("false")),
    # By whose word they attend: `own`, `booker` or `guest` (`Standing` in bookings/booking.py).
    Column("standing", Text, nullable=False, server_default=text("'guest'")),
    CheckConstraint("standing IN ('own', 'booker', 'guest')", name="standing"),
    # By hash, since what people write may be longer than what a tree holds.
    Index("ix_attendees_address", "address", postgresql_using="hash"),
    Index("ix_attendees_name", "name", postgresql_using="hash"),
)

# One attendee's place in a seated booking; guests of the first booker attend without one.
booking_seats = Table(
    "booking_seats",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    # A bearer capability over this one seat.
    Column("uid", UUID, nullable=False, unique=True),
    Column(
        "booking_id", BigInteger, ForeignKey("bookings.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    Column(
        "attendee_id", BigInteger, ForeignKey("attendees.id", ondelete="CASCADE"), nullable=False, unique=True
    ),
    Column("description", Text),
    Column("responses", JSONB, nullable=False, server_default="{}"),
    Column("metadata", JSONB, nullable=False, server_default="{}"),
    created_at(),
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
