"""The wire of event types in version 2024-06-14: requests (event-types.md 6)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from kalends.api.input.changes import NOT_SENT
from kalends.api.input.fields import (
    MAX_INTEGER,
    Boolean,
    QueryInteger,
    Text,
    UrlOrNothing,
    violation,
)
from kalends.api.input.locales import Locale
from kalends.api.input.query import comma_list
from kalends.api.wire import Body, Changes
from kalends.event_types.address import UserAddress
from kalends.event_types.event_type import BLANK
from kalends.event_types.form.inputs import AnyField, BookingFields, SlugField, form_of
from kalends.event_types.locations.inputs import Locations, locations_of
from kalends.event_types.service import Listing
from kalends.event_types.settings.changes import SettingsChanges
from kalends.event_types.settings.inputs import (
    BookerLayouts,
    BookerLimitOrDisabled,
    CalVideoSettings,
    CancellingSwitch,
    Color,
    ConfirmationPolicy,
    CountLimitsOrDisabled,
    DestinationCalendar,
    DurationLimitsOrDisabled,
    Minutes,
    PolicyOrDisabled,
    PositiveInteger,
    PositiveMinutes,
    RecurrenceOrDisabled,
    ReschedulingSwitch,
    SeatsOrDisabled,
    WindowOrDisabled,
    booker_limit_of,
    check_custom_name,
    confirmation_of,
    disables_cancelling,
    limits_of,
    recurrence_of,
    rescheduling_ban_of,
    seats_of,
    window_of,
)
from kalends.event_types.settings.slug import LONGEST_SLUG, check_slug
from kalends.event_types.settings.table import SETTINGS, Means, Setting, mark_of

_WHOLE_NUMBER = re.compile(r"[+-]?\d{1,20}", re.ASCII)

Slug = Annotated[Text, Field(max_length=LONGEST_SLUG), AfterValidator(check_slug)]
CustomName = Annotated[str, BeforeValidator(check_custom_name)]
InterfaceLanguage = Annotated[Literal[Locale, ""], AfterValidator(lambda language: language or None)]


def _check_unique(options: list[int]) -> list[int]:
    if len(set(options)) != len(options):
        raise violation("arrayUnique", "must have each length only once")
    return options


LengthOptions = Annotated[list[PositiveMinutes], Field(min_length=1), AfterValidator(_check_unique)]


class EventTypeBody(Changes):
    """What a request may say about an event type, new or old.

    `null` clears what may be empty, counts as not sent for objects and arrays, and is refused elsewhere.
    """

    length_in_minutes_options: Annotated[LengthOptions, Means(tuple)] = NOT_SENT
    description: Text | None = NOT_SENT
    locations: Annotated[Locations | None, Means(locations_of)] = NOT_SENT
    booking_fields: Annotated[BookingFields | None, Means(form_of)] = NOT_SENT
    disable_guests: Boolean = NOT_SENT
    slot_interval: Minutes | None = NOT_SENT
    minimum_booking_notice: Minutes = NOT_SENT
    before_event_buffer: Minutes = NOT_SENT
    after_event_buffer: Minutes = NOT_SENT
    schedule_id: PositiveInteger | None = NOT_SENT
    booking_limits_count: Annotated[CountLimitsOrDisabled | None, Means(limits_of)] = NOT_SENT
    booking_limits_duration: Annotated[DurationLimitsOrDisabled | None, Means(limits_of)] = NOT_SENT
    only_show_first_available_slot: Boolean = NOT_SENT
    show_optimized_slots: Boolean = NOT_SENT
    offset_start: Minutes = NOT_SENT
    booking_window: Annotated[WindowOrDisabled | None, Means(window_of)] = NOT_SENT
    booker_layouts: Annotated[BookerLayouts | None, Means(BookerLayouts.to_row)] = NOT_SENT
    confirmation_policy: Annotated[PolicyOrDisabled | None, Means(confirmation_of)] = NOT_SENT
    recurrence: Annotated[RecurrenceOrDisabled | None, Means(recurrence_of)] = NOT_SENT
    requires_booker_email_verification: Boolean = NOT_SENT
    hide_calendar_notes: Boolean = NOT_SENT
    hide_calendar_event_details: Boolean = NOT_SENT
    hide_organizer_email: Boolean = NOT_SENT
    lock_time_zone_toggle_on_booking_page: Boolean = NOT_SENT
    color: Annotated[Color | None, Means(Color.to_row)] = NOT_SENT
    seats: Annotated[SeatsOrDisabled | None, Means(seats_of)] = NOT_SENT
    custom_name: CustomName | None = NOT_SENT
    destination_calendar: DestinationCalendar | None = NOT_SENT
    use_destination_calendar_email: Boolean = NOT_SENT
    success_redirect_url: UrlOrNothing | None = NOT_SENT
    interface_language: InterfaceLanguage | None = NOT_SENT
    hidden: Boolean = NOT_SENT
    disable_cancelling: Annotated[CancellingSwitch, Means(disables_cancelling)] = NOT_SENT
    disable_rescheduling: Annotated[ReschedulingSwitch, Means(rescheduling_ban_of)] = NOT_SENT
    allow_rescheduling_past_bookings: Boolean = NOT_SENT
    allow_rescheduling_cancelled_bookings: Boolean = NOT_SENT
    booker_active_bookings_limit: Annotated[BookerLimitOrDisabled | None, Means(booker_limit_of)] = NOT_SENT
    booking_requires_authentication: Boolean = NOT_SENT
    cal_video_settings: Annotated[CalVideoSettings | None, Means(CalVideoSettings.to_row)] = NOT_SENT

    def to_changes(self) -> SettingsChanges:
        """Return what the request says, in terms of the stored settings."""
        settings: dict[str, Any] = {}
        terms: dict[str, Any] = {}
        for name in self.model_fields_set & _PROPERTIES.keys():
            setting, means = _PROPERTIES[name]
            value = getattr(self, name)
            if means is not None and value is None:
                continue
            part = terms if setting.is_term else settings
            part[setting.field] = value if means is None else means.to_setting(value)
        form, policy, calendar = self.booking_fields, self.confirmation_policy, self.destination_calendar
        if isinstance(form, list):
            settings |= _guests_switch(form)
        return SettingsChanges(
            said=replace(BLANK, **settings, terms=replace(BLANK.terms, **terms)),
            names=frozenset((*settings, *terms)),
            keeps_blocking=isinstance(policy, ConfirmationPolicy) and policy.is_silent_on_blocking,
            destination_calendar=calendar.to_choice() if isinstance(calendar, DestinationCalendar) else None,
        )


class CreateEventTypeBody(EventTypeBody):
    """A new event type."""

    length_in_minutes: PositiveMinutes
    title: Text
    slug: Slug


class UpdateEventTypeBody(EventTypeBody):
    """Changes of an event type."""

    length_in_minutes: PositiveMinutes = NOT_SENT
    title: Text = NOT_SENT
    slug: Slug = NOT_SENT


_PROPERTIES: Mapping[str, tuple[Setting, Means | None]] = {
    name: (SETTINGS[str(field.alias)], mark_of(field.metadata, Means))
    for name, field in UpdateEventTypeBody.model_fields.items()
    if field.alias in SETTINGS
}
"""The properties that are settings, each with what its values mean."""


def _guests_switch(fields: Sequence[AnyField]) -> dict[str, bool]:
    """Return whether a form with a guests field disables guests; it wins over the switch itself."""
    hidden = [field.hidden for field in fields if isinstance(field, SlugField) and field.slug == "guests"]
    return {"disable_guests": hidden[0]} if hidden else {}


def _number_or_nothing(value: object) -> int | None:
    if value == "":
        return None
    if not isinstance(value, str) or not _WHOLE_NUMBER.fullmatch(value):
        raise violation("isNumber", "must be a number")
    number = int(value)
    if abs(number) > MAX_INTEGER:
        raise violation("isNumber", f"must be a number up to {MAX_INTEGER}")
    return number or None


class EventTypesQuery(Body):
    """Whose event types to list."""

    username: Text | None = None
    event_slug: Text | None = None
    usernames: Annotated[
        list[Text] | None,
        BeforeValidator(comma_list),
        Field(max_length=100),
        WithJsonSchema({"type": "string"}),
    ] = None
    org_slug: Text | None = None
    org_id: Annotated[int | None, BeforeValidator(_number_or_nothing)] = None
    take: Annotated[QueryInteger, Field(ge=1, le=500)] = 500
    skip: Annotated[QueryInteger, Field(ge=0)] = 0
    sort_created_at: Literal["asc", "desc"] | None = None

    def to_listing(self) -> Listing:
        """Return what is asked for."""
        organization = self.org_slug or self.org_id
        return Listing(
            owner=UserAddress(self.username, organization) if self.username else None,
            usernames=[name for name in self.usernames or () if name] or None,
            organization=organization,
            event_slug=self.event_slug or None,
        )
