"""The wire of event types in version 2024-06-14: requests (event-types.md 6)."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from kalends.api.input.fields import (
    MAX_INTEGER,
    Boolean,
    QueryInteger,
    Text,
    Url,
    broken,
)
from kalends.api.input.locales import Locale
from kalends.api.input.query import comma_list
from kalends.api.wire import Body, Changes
from kalends.event_types.address import UserAddress
from kalends.event_types.changes import SettingsChanges
from kalends.event_types.form.inputs import (
    AnyField,
    BookingFields,
    SlugField,
    form,
)
from kalends.event_types.locations.inputs import Locations
from kalends.event_types.service import Listing
from kalends.event_types.settings import inputs
from kalends.event_types.settings.inputs import (
    BookerLayouts,
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
    SeatsOrDisabled,
    WindowOrDisabled,
    check_custom_name,
)

LONGEST_SLUG = 500

Slug = Annotated[Text, Field(max_length=LONGEST_SLUG)]
CustomName = Annotated[str, BeforeValidator(check_custom_name)]


def _check_unique(options: list[int]) -> list[int]:
    if len(set(options)) != len(options):
        raise broken("arrayUnique", "must have each length only once")
    return options


LengthOptions = Annotated[list[PositiveMinutes], Field(min_length=1), AfterValidator(_check_unique)]


class EventTypeBody(Changes):
    """What may be said of an event type, new or old.

    `null` clears what may be empty, says nothing of what is an object or array, and is refused elsewhere.
    """

    length_in_minutes_options: LengthOptions = Field(default_factory=list)
    description: Text | None = None
    locations: Locations | None = None
    booking_fields: BookingFields | None = None
    disable_guests: Boolean = False
    slot_interval: Minutes | None = None
    minimum_booking_notice: Minutes = 120
    before_event_buffer: Minutes = 0
    after_event_buffer: Minutes = 0
    schedule_id: PositiveInteger | None = None
    booking_limits_count: CountLimitsOrDisabled | None = None
    booking_limits_duration: DurationLimitsOrDisabled | None = None
    only_show_first_available_slot: Boolean = False
    offset_start: PositiveMinutes = 1
    booking_window: WindowOrDisabled | None = None
    booker_layouts: BookerLayouts | None = None
    confirmation_policy: PolicyOrDisabled | None = None
    recurrence: RecurrenceOrDisabled | None = None
    requires_booker_email_verification: Boolean = False
    hide_calendar_notes: Boolean = False
    hide_calendar_event_details: Boolean = False
    hide_organizer_email: Boolean = False
    lock_time_zone_toggle_on_booking_page: Boolean = False
    color: Color | None = None
    seats: SeatsOrDisabled | None = None
    custom_name: CustomName | None = None
    destination_calendar: DestinationCalendar | None = None
    use_destination_calendar_email: Boolean = False
    success_redirect_url: Url | None = None
    interface_language: Literal[Locale, ""] | None = None

    def to_changes(self) -> SettingsChanges:
        """Return what the request says, in terms of the stored settings."""
        sent = {name: value for name, value in self.sent().items() if value is not None or name in _NULLABLE}
        settings = {_NAMES.get(name, name): value for name, value in sent.items() if name in _PLAIN}
        settings |= {
            setting: to_setting(sent[name])
            for name, (setting, to_setting) in _OBJECTS.items()
            if name in sent
        }
        if "interface_language" in sent:
            settings["interface_language"] = self.interface_language or None
        if self.booking_fields is not None:
            settings["booking_fields"] = tuple(form(self.booking_fields))
            settings |= _guests_switch(self.booking_fields)
        calendar = self.destination_calendar
        return SettingsChanges(
            settings=settings,
            metadata={key: to_row(sent[name]) for name, (key, to_row) in _METADATA.items() if name in sent},
            keeps_blocking=isinstance(self.confirmation_policy, ConfirmationPolicy)
            and self.confirmation_policy.is_silent_on_blocking,
            destination_calendar=calendar.to_choice() if calendar is not None else None,
        )


class CreateEventTypeBody(EventTypeBody):
    """A new event type."""

    length_in_minutes: PositiveMinutes
    title: Text
    slug: Slug


class UpdateEventTypeBody(EventTypeBody):
    """Changes of an event type."""

    length_in_minutes: PositiveMinutes = 1
    title: Text = ""
    slug: Slug = ""


# fmt: off
_NULLABLE = frozenset((
    "description", "slot_interval", "schedule_id", "custom_name", "success_redirect_url",
    "interface_language",
))
_PLAIN = frozenset((
    "length_in_minutes", "title", "slug", "description", "disable_guests", "slot_interval",
    "minimum_booking_notice", "before_event_buffer", "after_event_buffer", "schedule_id",
    "only_show_first_available_slot", "offset_start", "requires_booker_email_verification",
    "hide_calendar_notes", "hide_calendar_event_details", "hide_organizer_email",
    "lock_time_zone_toggle_on_booking_page", "custom_name", "use_destination_calendar_email",
    "success_redirect_url",
))
# fmt: on
_NAMES = {
    "length_in_minutes": "length",
    "lock_time_zone_toggle_on_booking_page": "lock_time_zone_toggle",
    "custom_name": "event_name",
}
_OBJECTS: Mapping[str, tuple[str, Callable[[Any], object]]] = {
    "locations": ("locations", lambda given: tuple(location.to_row() for location in given)),
    "booking_limits_count": ("booking_limits", inputs.limits),
    "booking_limits_duration": ("duration_limits", inputs.limits),
    "booking_window": ("window", inputs.window),
    "confirmation_policy": ("confirmation", inputs.confirmation),
    "recurrence": ("recurrence", inputs.recurrence),
    "seats": ("seats", inputs.seats),
    "color": ("color", Color.to_row),
}
_METADATA: Mapping[str, tuple[str, Callable[[Any], object]]] = {
    "length_in_minutes_options": ("multipleDuration", list),
    "booker_layouts": ("bookerLayouts", BookerLayouts.to_row),
}


def _guests_switch(fields: Sequence[AnyField]) -> dict[str, bool]:
    """Return what a form with a guests field says of disabling guests; it wins over the switch itself."""
    hidden = [field.hidden for field in fields if isinstance(field, SlugField) and field.slug == "guests"]
    return {"disable_guests": hidden[0]} if hidden else {}


_WHOLE_NUMBER = re.compile(r"[+-]?\d{1,20}", re.ASCII)


def _number_or_nothing(value: object) -> int | None:
    if value == "":
        return None
    if not isinstance(value, str) or not _WHOLE_NUMBER.fullmatch(value):
        raise broken("isNumber", "must be a number")
    number = int(value)
    if abs(number) > MAX_INTEGER:
        raise broken("isNumber", f"must be a number up to {MAX_INTEGER}")
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

    def to_listing(self) -> Listing:
        """Return what is asked for."""
        organization = self.org_slug or self.org_id
        return Listing(
            owner=UserAddress(self.username, organization) if self.username else None,
            usernames=self.usernames,
            organization=organization,
            event_slug=self.event_slug or None,
        )
