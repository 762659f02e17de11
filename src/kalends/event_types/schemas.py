"""The wire of event types in version 2024-06-14: requests (event-types note, section 6)."""

from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, ConfigDict, Field, ValidationError, WithJsonSchema, model_validator
from pydantic_core import InitErrorDetails

from kalends.api.fields import MAX_INTEGER, Integer, Text, broken
from kalends.api.query import comma_list
from kalends.api.wire import Body
from kalends.event_types.service import Listing

LONGEST_MINUTES = 366 * 24 * 60
"""Largest length, interval, notice or buffer: a year."""

Minutes = Annotated[Integer, Field(ge=0, le=LONGEST_MINUTES)]
PositiveMinutes = Annotated[Integer, Field(ge=1, le=LONGEST_MINUTES)]

# fmt: off
_NOT_YET = (
    "bookerLayouts", "bookingFields", "bookingLimitsCount", "bookingLimitsDuration", "bookingWindow", "color",
    "confirmationPolicy", "customName", "destinationCalendar", "disableGuests", "hideCalendarEventDetails",
    "hideCalendarNotes", "hideOrganizerEmail", "lengthInMinutesOptions", "locations",
    "lockTimeZoneToggleOnBookingPage", "onlyShowFirstAvailableSlot", "recurrence",
    "requiresBookerEmailVerification", "seats", "successRedirectUrl", "useDestinationCalendarEmail",
)
# fmt: on

_COLUMNS = {"length_in_minutes": "length"}


class _EventTypeBody(Body):
    """What creating and changing share: properties of the API that are not served yet are refused."""

    model_config = ConfigDict(json_schema_extra={"x-kalends-not-yet": list(_NOT_YET)})

    not_yet: ClassVar[tuple[str, ...]] = _NOT_YET

    @model_validator(mode="before")
    @classmethod
    def _refuse_what_is_not_served(cls, raw: Any) -> Any:
        sent = [name for name in cls.not_yet if isinstance(raw, dict) and raw.get(name) is not None]
        if sent:
            raise ValidationError.from_exception_data(
                cls.__name__,
                [
                    InitErrorDetails(
                        type=broken("isNotSupported", "is not supported by this server yet"),
                        loc=(name,),
                        input=raw[name],
                    )
                    for name in sent
                ],
            )
        return raw

    def to_columns(self) -> dict[str, Any]:
        """Return the columns that the client sent."""
        return {_COLUMNS.get(name, name): value for name, value in self.sent().items()}


class CreateEventTypeBody(_EventTypeBody):
    """A new event type."""

    length_in_minutes: PositiveMinutes
    title: Text
    slug: Text
    description: Text | None = None
    slot_interval: Minutes | None = None
    minimum_booking_notice: Minutes = 120
    before_event_buffer: Minutes = 0
    after_event_buffer: Minutes = 0
    schedule_id: Integer | None = None
    offset_start: PositiveMinutes = 1


class UpdateEventTypeBody(_EventTypeBody):
    """Changes of an event type; `null` clears what may be empty."""

    length_in_minutes: PositiveMinutes = 1
    title: Text = ""
    slug: Text = ""
    description: Text | None = None
    slot_interval: Minutes | None = None
    minimum_booking_notice: Minutes = 120
    before_event_buffer: Minutes = 0
    after_event_buffer: Minutes = 0
    schedule_id: Integer | None = None
    offset_start: PositiveMinutes = 1


def _number_or_nothing(value: object) -> int | None:
    if value in ("", "0"):
        return None
    try:
        number = int(str(value))
    except ValueError:
        raise broken("isNumber", "must be a number") from None
    if abs(number) > MAX_INTEGER:
        raise broken("isNumber", f"must be a number up to {MAX_INTEGER}")
    return number


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

    def to_listing(self) -> Listing:
        """Return what is asked for."""
        return Listing(
            username=self.username or None,
            event_slug=self.event_slug or None,
            is_in_organization=bool(self.org_slug) or self.org_id is not None,
        )
