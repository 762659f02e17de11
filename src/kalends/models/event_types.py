"""Event types: what can be booked, and by which rules."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
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
    # Whose it is: a user's or a team's.
    Column("user_id", Integer, ForeignKey("users.id", ondelete="CASCADE")),
    Column("team_id", Integer, ForeignKey("teams.id", ondelete="CASCADE")),
    # The team's managed event type that this one of a member was made from.
    Column("parent_id", Integer, ForeignKey("event_types.id", ondelete="CASCADE"), index=True),
    # How a team's event type uses its hosts.
    Column("scheduling_type", Text),
    Column("title", Text, nullable=False),
    Column("slug", Text, nullable=False),
    Column("description", Text),
    Column("length", Integer, nullable=False),
    Column("schedule_id", Integer, ForeignKey("schedules.id", ondelete="SET NULL"), index=True),
    # Of hosts whose schedule names no zone; null: their own.
    Column("time_zone", Text),
    Column("slot_interval", Integer),
    Column("offset_start", Integer, nullable=False, server_default="0"),
    Column("minimum_booking_notice", Integer, nullable=False, server_default="120"),
    Column("before_event_buffer", Integer, nullable=False, server_default="0"),
    Column("after_event_buffer", Integer, nullable=False, server_default="0"),
    Column("hidden", Boolean, nullable=False, server_default=text("false")),
    # The stored form of event-types.md 7; null: none.
    Column("locations", JSONB),
    Column("event_name", Text),
    # The stored form of event-types.md 8.3; null: the system fields.
    Column("booking_fields", JSONB),
    Column("disable_guests", Boolean, nullable=False, server_default=text("false")),
    # {"PER_DAY": 2, …} of bookings and of minutes; {} is switched off, null never set.
    Column("booking_limits", JSONB),
    Column("duration_limits", JSONB),
    Column("only_show_first_available_slot", Boolean, nullable=False, server_default=text("false")),
    Column("show_optimized_slots", Boolean, nullable=False, server_default=text("false")),
    Column("period_type", Text, nullable=False, server_default="unlimited"),
    Column("period_days", Integer),
    Column("period_count_calendar_days", Boolean, nullable=False, server_default=text("false")),
    Column("period_start_date", Date),
    Column("period_end_date", Date),
    Column("requires_confirmation", Boolean, nullable=False, server_default=text("false")),
    Column("requires_confirmation_will_block_slot", Boolean, nullable=False, server_default=text("false")),
    # {"freq": 2, "interval": 1, "count": 4}; null: no series.
    Column("recurring_event", JSONB),
    Column("seats_per_time_slot", Integer),
    Column("seats_show_attendees", Boolean, nullable=False, server_default=text("false")),
    Column("seats_show_availability_count", Boolean, nullable=False, server_default=text("true")),
    # Whoever is or becomes a member of the team is a host, or of a managed one gets a copy.
    Column("assign_all_team_members", Boolean, nullable=False, server_default=text("false")),
    # A round robin that leaves moved bookings with the host they have.
    Column("reschedule_with_same_round_robin_host", Boolean, nullable=False, server_default=text("false")),
    Column("requires_booker_email_verification", Boolean, nullable=False, server_default=text("false")),
    Column("hide_calendar_notes", Boolean, nullable=False, server_default=text("false")),
    Column("hide_calendar_event_details", Boolean, nullable=False, server_default=text("false")),
    Column("hide_organizer_email", Boolean, nullable=False, server_default=text("false")),
    Column("lock_time_zone_toggle", Boolean, nullable=False, server_default=text("false")),
    Column("use_destination_calendar_email", Boolean, nullable=False, server_default=text("false")),
    Column("disable_cancelling", Boolean, nullable=False, server_default=text("false")),
    Column("disable_rescheduling", Boolean, nullable=False, server_default=text("false")),
    # The last minutes before its start in which a booking cannot be rescheduled.
    Column("disable_rescheduling_minutes_before", Integer),
    Column("allow_rescheduling_past_bookings", Boolean, nullable=False, server_default=text("false")),
    Column("allow_rescheduling_cancelled_bookings", Boolean, nullable=False, server_default=text("false")),
    # The most bookings that one booker may have before them.
    Column("booker_active_bookings_limit", Integer),
    Column("booker_limit_offers_reschedule", Boolean, nullable=False, server_default=text("false")),
    Column("booking_requires_authentication", Boolean, nullable=False, server_default=text("false")),
    # What the built-in video is to record and transcribe, as the API has it.
    Column("cal_video_settings", JSONB),
    Column("interface_language", Text),
    Column("success_redirect_url", Text),
    Column("forward_params_success_redirect", Boolean, server_default=text("true")),
    # An object with lightEventTypeColor and darkEventTypeColor.
    Column("color", JSONB),
    Column("price", Integer, nullable=False, server_default="0"),
    Column("currency", Text, nullable=False, server_default="usd"),
    # multipleDuration, bookerLayouts, requiresConfirmationThreshold and the like (event-types.md 16).
    Column("metadata", JSONB),
    created_at(),
    updated_at(),
    UniqueConstraint("user_id", "slug"),
    UniqueConstraint("team_id", "slug"),
    UniqueConstraint("user_id", "parent_id"),
    CheckConstraint("num_nonnulls(user_id, team_id) = 1", name="owner"),
    CheckConstraint("(team_id IS NULL) = (scheduling_type IS NULL)", name="team_scheduling"),
    CheckConstraint("scheduling_type IN ('collective', 'roundRobin', 'managed')", name="scheduling_type"),
    CheckConstraint("parent_id IS NULL OR user_id IS NOT NULL", name="managed_child"),
    CheckConstraint("length >= 1", name="length"),
    CheckConstraint("slot_interval >= 0", name="slot_interval"),
    CheckConstraint("offset_start >= 0", name="offset_start"),
    CheckConstraint("minimum_booking_notice >= 0", name="notice"),
    CheckConstraint("seats_per_time_slot BETWEEN 1 AND 1000", name="seats"),
    CheckConstraint("disable_rescheduling_minutes_before >= 0", name="rescheduling_minutes"),
    CheckConstraint("booker_active_bookings_limit >= 1", name="booker_limit"),
    CheckConstraint("seats_per_time_slot IS NULL OR recurring_event IS NULL", name="seats_or_recurrence"),
    CheckConstraint(
        """
        CASE period_type WHEN 'unlimited' THEN true
             WHEN 'range' THEN period_start_date <= period_end_date IS TRUE
             WHEN 'rolling' THEN period_days >= 0 IS TRUE
             WHEN 'rolling_window' THEN period_days >= 0 IS TRUE
             ELSE false END
        """,
        name="period",
    ),
    CheckConstraint("before_event_buffer >= 0 AND after_event_buffer >= 0", name="buffers"),
)
