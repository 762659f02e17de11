"""The columns of an event type, and what they mean; `e` is its row.

A setting has a column of its own name, unless it is kept in several columns or in another form.
"""

from typing import Any

from psycopg.types.json import Jsonb

from kalends.db.rows import Columns, NamedRow
from kalends.event_types.event_type import (
    BookerLimit,
    Confirmation,
    Frequency,
    Recurrence,
    ReschedulingBan,
    Settings,
    StoredObject,
    Threshold,
)
from kalends.event_types.settings.terms import (
    BookingWindow,
    SchedulingTerms,
    Seats,
    WindowKind,
)

# The keys of the settings that are kept in the column `metadata`.
_LENGTH_OPTIONS = "multipleDuration"
_BOOKER_LAYOUTS = "bookerLayouts"
_THRESHOLD = "requiresConfirmationThreshold"

_IN_METADATA = ("length_options", "booker_layouts", "metadata")
_IN_ANOTHER_FORM = (
    "locations",
    "booking_fields",
    "recurrence",
    "confirmation",
    "disable_rescheduling",
    "booker_active_bookings_limit",
)
_PLAIN_TERMS = Columns(SchedulingTerms, "e", without=("window", "seats"))
_PLAIN = Columns(Settings, "e", without=("terms", *_IN_METADATA, *_IN_ANOTHER_FORM))

TERMS = f"""
    {_PLAIN_TERMS.selected},
    e.period_type, e.period_days, e.period_count_calendar_days, e.period_start_date, e.period_end_date,
    e.seats_per_time_slot, e.seats_show_attendees, e.seats_show_availability_count
"""
"""The select list of the terms of an event type."""

SETTINGS = f"""
    {_PLAIN.selected}, {TERMS},
    e.locations, e.booking_fields, e.metadata, e.recurring_event,
    e.requires_confirmation, e.requires_confirmation_will_block_slot,
    e.disable_rescheduling, e.disable_rescheduling_minutes_before,
    e.booker_active_bookings_limit, e.booker_limit_offers_reschedule
"""
"""The select list of all settings of an event type."""


def terms_of(row: NamedRow) -> SchedulingTerms:
    """Return the terms that a row holds."""
    seats = row.seats_per_time_slot
    return SchedulingTerms(
        **_PLAIN_TERMS.values_of(row),
        window=BookingWindow(
            WindowKind(row.period_type),
            row.period_days,
            row.period_count_calendar_days,
            row.period_start_date,
            row.period_end_date,
        ),
        seats=None
        if seats is None
        else Seats(seats, row.seats_show_attendees, row.seats_show_availability_count),
    )


def settings_of(row: NamedRow) -> dict[str, Any]:
    """Return the settings that a row holds, by their names."""
    metadata = dict(row.metadata or {})
    threshold = metadata.pop(_THRESHOLD, None)
    recurring = row.recurring_event
    return {
        **_PLAIN.values_of(row),
        "terms": terms_of(row),
        "length_options": tuple(metadata.pop(_LENGTH_OPTIONS, None) or ()),
        "booker_layouts": metadata.pop(_BOOKER_LAYOUTS, None),
        "metadata": metadata,
        "locations": tuple(row.locations or ()),
        "booking_fields": None if row.booking_fields is None else tuple(row.booking_fields),
        "recurrence": recurring
        and Recurrence(Frequency(recurring["freq"]), recurring["interval"], recurring["count"]),
        "confirmation": Confirmation(
            row.requires_confirmation,
            row.requires_confirmation_will_block_slot,
            threshold and Threshold(threshold["time"], threshold["unit"]),
        ),
        "disable_rescheduling": ReschedulingBan(
            row.disable_rescheduling, row.disable_rescheduling_minutes_before
        ),
        "booker_active_bookings_limit": None
        if row.booker_active_bookings_limit is None
        else BookerLimit(row.booker_active_bookings_limit, row.booker_limit_offers_reschedule),
    }


def columns_of(settings: Settings) -> dict[str, Any]:
    """Return the values of the columns to write. What seats show is left as it is while there are none."""
    terms, confirmation = settings.terms, settings.confirmation
    ban, limit = settings.disable_rescheduling, settings.booker_active_bookings_limit
    columns: dict[str, Any] = {
        **{name: getattr(settings, name) for name in _PLAIN.fields},
        **{name: getattr(terms, name) for name in _PLAIN_TERMS.fields},
        "locations": list(settings.locations),
        "booking_fields": None if settings.booking_fields is None else list(settings.booking_fields),
        "metadata": _metadata(settings),
        "recurring_event": _recurring_event(settings.recurrence),
        "period_type": terms.window.kind.value,
        "period_days": terms.window.days,
        "period_count_calendar_days": terms.window.counts_calendar_days,
        "period_start_date": terms.window.first,
        "period_end_date": terms.window.last,
        "requires_confirmation": confirmation.is_required,
        "requires_confirmation_will_block_slot": confirmation.blocks_slot,
        "disable_rescheduling": ban.is_total,
        "disable_rescheduling_minutes_before": ban.minutes_before,
        "booker_active_bookings_limit": limit and limit.most,
        "booker_limit_offers_reschedule": limit is not None and limit.offers_reschedule,
        "seats_per_time_slot": terms.seats and terms.seats.per_time_slot,
    }
    if terms.seats is not None:
        columns["seats_show_attendees"] = terms.seats.shows_attendees
        columns["seats_show_availability_count"] = terms.seats.shows_availability_count
    return {
        name: Jsonb(value) if isinstance(value, list | dict) else value for name, value in columns.items()
    }


def _metadata(settings: Settings) -> StoredObject:
    metadata = dict(settings.metadata)
    if settings.length_options:
        metadata[_LENGTH_OPTIONS] = list(settings.length_options)
    if settings.booker_layouts is not None:
        metadata[_BOOKER_LAYOUTS] = settings.booker_layouts
    threshold = settings.confirmation.threshold
    if threshold is not None:
        metadata[_THRESHOLD] = {"time": threshold.time, "unit": threshold.unit}
    return metadata


def _recurring_event(recurrence: Recurrence | None) -> dict[str, int] | None:
    if recurrence is None:
        return None
    return {
        "freq": int(recurrence.frequency),
        "interval": recurrence.interval,
        "count": recurrence.count,
    }
