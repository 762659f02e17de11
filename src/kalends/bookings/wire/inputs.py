"""The wire of bookings in version 2024-08-13: requests (bookings.md 2.1, 5.1, 6.1, 7)."""

from dataclasses import replace
from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field, PlainValidator, WithJsonSchema, model_validator

from kalends.api.input.fields import (
    Boolean,
    Email,
    Integer,
    JsonObject,
    Metadata,
    QueryInteger,
    Rule,
    Text,
    TimeZone,
    Url,
    Uuid,
    check_object,
    check_text,
    leading_integer,
    violation,
)
from kalends.api.input.instants import Bound, Instant, LastBound
from kalends.api.input.locales import Locale
from kalends.api.input.query import comma_list
from kalends.api.wire import Body, StrictBody
from kalends.bookings.commands.command import (
    Cancel,
    Create,
    ListBookings,
    MarkAbsent,
    Reschedule,
    StatusFilter,
)
from kalends.bookings.commands.page import Order
from kalends.bookings.draft.places import LocationChoice
from kalends.bookings.facts.fact import Absence
from kalends.event_types.address import (
    EventTypeAddress,
    IdAddress,
    OwnerAddress,
    SlugAddress,
    TeamAddress,
    UserAddress,
)
from kalends.event_types.locations.kinds import ROW_KINDS, Integration

MAX_GUESTS = 100

_ADDRESSING = "needs one of: eventTypeId; eventTypeSlug and username; eventTypeSlug and teamSlug"


class AttendeeInput(StrictBody):
    """The booker."""

    name: Text
    time_zone: TimeZone
    email: Text | None = None
    phone_number: Text | None = None
    language: Locale | None = None

    @model_validator(mode="after")
    def _can_be_reached(self) -> "AttendeeInput":
        if not self.email and not self.phone_number:
            raise violation("requireEmailOrPhone", "needs an email or a phoneNumber")
        return self


_OWN_TEXT = {"attendeeAddress": "address", "attendeePhone": "phone", "attendeeDefined": "location"}
"""The kinds of location to which the booker adds something, and the property that it is in."""


def _location_schema() -> dict[str, Any]:
    """Describe a location as clients may give it: a text, or an object for each kind."""
    kind = {"type": "string"}
    integrations = {"type": "string", "enum": list(get_args(Integration))}
    alternatives: list[dict[str, Any]] = [{"type": "string"}]
    for name in (*ROW_KINDS, "integration"):
        properties: dict[str, Any] = {"type": {**kind, "example": name}}
        if name in _OWN_TEXT:
            properties[_OWN_TEXT[name]] = {"type": "string"}
        elif name == "integration":
            properties["integration"] = integrations
        alternatives.append({"type": "object", "properties": properties, "required": list(properties)})
    return {"oneOf": alternatives}


def _check_location(value: object) -> str | LocationChoice | None:
    """Return a location as text, or as the choice that an object with a `type` stands for."""
    if value is None:
        return None
    if isinstance(value, str):
        return check_text(value)
    chosen = check_object(value)
    kind = chosen.get("type")
    if not isinstance(kind, str):
        raise violation("ValidateLocation", "must be a string, or an object with a type")
    integration, text = chosen.get("integration"), chosen.get(_OWN_TEXT.get(kind, ""))
    if kind == "integration" and not isinstance(integration, str):
        raise violation("ValidateLocation", "needs an integration, which must be a string")
    if text is not None and not isinstance(text, str):
        raise violation("ValidateLocation", f"needs {_OWN_TEXT[kind]}, which must be a string")
    return LocationChoice(kind, integration if isinstance(integration, str) else None, text)


LocationInput = Annotated[
    str | LocationChoice | None,
    Rule("ValidateLocation", "must be a string, or an object with a type"),
    PlainValidator(_check_location),
    WithJsonSchema(_location_schema()),
]


class CreateBookingBody(StrictBody):
    """A booking to make."""

    start: Instant
    attendee: Annotated[
        AttendeeInput,
        Rule("isObject", "must be an object with name, timeZone, and email or phoneNumber"),
    ]
    event_type_id: Integer | None = None
    event_type_slug: Text | None = None
    username: Text | None = None
    team_slug: Text | None = None
    organization_slug: Text | None = None
    booking_fields_responses: JsonObject | None = None
    guests: Annotated[list[Text], Field(max_length=MAX_GUESTS)] | None = None
    meeting_url: Url | None = None
    location: LocationInput = None
    metadata: Metadata | None = None
    length_in_minutes: Annotated[Integer, Field(ge=1)] | None = None
    recurrence_count: Annotated[Integer, Field(ge=1)] | None = None
    instant: Literal[True] | None = None
    reservation_uid: Uuid | None = None

    @model_validator(mode="after")
    def _names_an_event_type(self) -> "CreateBookingBody":
        if not self.event_type_id and not (self.event_type_slug and (self.username or self.team_slug)):
            raise violation("requireEventTypeIdentification", _ADDRESSING)
        return self

    def to_command(self) -> Create:
        """Return the command that this body stands for."""
        attendee = self.attendee
        return Create(
            start=self.start.replace(microsecond=0),
            event_type=self._address(),
            attendee_name=attendee.name,
            attendee_email=attendee.email,
            attendee_phone_number=attendee.phone_number,
            attendee_time_zone=attendee.time_zone,
            attendee_language=attendee.language or "en",
            guests=self.guests,
            location=self.location or self.meeting_url,
            responses=self.booking_fields_responses or {},
            metadata=self.metadata or {},
            length=self.length_in_minutes,
            recurrence_count=self.recurrence_count,
            is_instant=self.instant is True,
            reservation_uid=self.reservation_uid,
        )

    def _address(self) -> EventTypeAddress:
        if self.event_type_id:
            return IdAddress(self.event_type_id)
        organization = self.organization_slug or None
        owner: OwnerAddress = TeamAddress(self.team_slug or "", organization)
        if self.username:
            owner = UserAddress(self.username, organization)
        return SlugAddress(owner, self.event_type_slug or "")

    @model_validator(mode="after")
    def _is_not_both_instant_and_recurring(self) -> "CreateBookingBody":
        if self.instant is not None and self.recurrence_count is not None:
            raise violation("whitelistValidation", "takes no recurrenceCount together with instant")
        return self


class RescheduleBookingBody(StrictBody):
    """A booking to move; a seat is moved without a reason."""

    start: Instant
    rescheduled_by: Text | None = None
    rescheduling_reason: Text | None = None
    seat_uid: Text | None = None
    reservation_uid: Uuid | None = None

    @model_validator(mode="after")
    def _gives_no_reason_for_a_seat(self) -> "RescheduleBookingBody":
        if self.seat_uid is not None and self.rescheduling_reason is not None:
            raise violation("whitelistValidation", "takes no reschedulingReason together with seatUid")
        return self

    def to_command(self) -> Reschedule:
        """Return the command that this body stands for."""
        start, reason = self.start.replace(microsecond=0), self.rescheduling_reason or None
        return Reschedule(start, self.rescheduled_by, reason, self.seat_uid, self.reservation_uid)


class CancelBookingBody(StrictBody):
    """A booking to cancel, or one seat of it."""

    cancellation_reason: Text | None = None
    cancel_subsequent_bookings: Boolean | None = None
    seat_uid: Text | None = None

    @model_validator(mode="after")
    def _does_not_name_a_seat_of_several(self) -> "CancelBookingBody":
        if self.seat_uid is not None and self.cancel_subsequent_bookings:
            raise violation("whitelistValidation", "takes no cancelSubsequentBookings together with seatUid")
        return self

    def to_command(self) -> Cancel:
        """Return the command that this body stands for."""
        return Cancel(
            self.cancellation_reason or None, self.cancel_subsequent_bookings is True, self.seat_uid
        )


class DeclineBookingBody(Body):
    """Why a request is declined."""

    reason: Text | None = None


class AbsentAttendeeInput(Body):
    """An attendee, and whether they did not come."""

    email: Email
    absent: Boolean


class MarkAbsentBody(Body):
    """Who did not come."""

    host: Boolean | None = None
    attendees: Annotated[list[AbsentAttendeeInput], Field(min_length=1, max_length=1_000)] | None = None

    def to_command(self) -> MarkAbsent:
        """Return the command that this body stands for."""
        attendees = [Absence(one.email, one.absent) for one in self.attendees or ()]
        return MarkAbsent(self.host, attendees)


def _integer_list(value: object) -> object:
    items = comma_list(value)
    return [leading_integer(item) for item in items] if isinstance(items, list) else items


Statuses = Annotated[
    list[Literal["upcoming", "recurring", "past", "cancelled", "unconfirmed"]],
    BeforeValidator(comma_list),
]
Ids = Annotated[
    list[Annotated[int, Field(ge=1)]],
    BeforeValidator(_integer_list),
    Field(max_length=1_000, json_schema_extra={"type": "string"}),
]
Direction = Literal["asc", "desc"]


class BookingQuery(Body):
    """Whose view of a booking: with `seatUid`, that of whoever has this seat."""

    seat_uid: Text | None = None


class TeamBookingsQuery(Body):
    """Which bookings of a team to list."""

    status: Statuses | None = None
    attendee_email: Text | None = None
    attendee_name: Text | None = None
    booking_uid: Text | None = None
    event_type_ids: Ids | None = None
    event_type_id: QueryInteger | None = None
    after_start: Bound | None = None
    before_end: LastBound | None = None
    sort_start: Direction | None = None
    sort_end: Direction | None = None
    sort_created: Direction | None = None
    take: Annotated[QueryInteger, Field(ge=1, le=250)] = 100
    skip: Annotated[QueryInteger, Field(ge=0)] = 0

    def to_command(self) -> ListBookings:
        """Return what is asked for."""
        order, is_descending = self._order()
        return ListBookings(
            statuses=tuple(StatusFilter(status) for status in self.status or ()),
            attendee_email=_repaired(self.attendee_email),
            attendee_name=None if self.attendee_name is None else self.attendee_name.strip(),
            event_type_ids=_ids(self.event_type_ids, self.event_type_id),
            after_start=self.after_start,
            before_end=self.before_end,
            order=order,
            is_descending=is_descending,
            take=self.take,
            skip=self.skip,
            uid=None if self.booking_uid is None else self.booking_uid.strip(),
        )

    def _asked(self) -> tuple[tuple[Order, Direction | None], ...]:
        return (
            (Order.START, self.sort_start),
            (Order.END, self.sort_end),
            (Order.CREATED, self.sort_created),
        )

    def _order(self) -> tuple[Order, bool]:
        """Return the first order asked for; else by start, latest first for past and cancelled bookings."""
        for order, direction in self._asked():
            if direction is not None:
                return order, direction == "desc"
        return Order.START, set(self.status or ()) in ({"past"}, {"cancelled"})


class BookingsQuery(TeamBookingsQuery):
    """Which bookings to list."""

    teams_ids: Ids | None = None
    team_id: QueryInteger | None = None
    after_created_at: Bound | None = None
    before_created_at: LastBound | None = None
    after_updated_at: Bound | None = None
    before_updated_at: LastBound | None = None
    sort_updated_at: Direction | None = None

    def to_command(self) -> ListBookings:
        """Return what is asked for."""
        return replace(
            super().to_command(),
            team_ids=_ids(self.teams_ids, self.team_id),
            after_created=self.after_created_at,
            before_created=self.before_created_at,
            after_updated=self.after_updated_at,
            before_updated=self.before_updated_at,
        )

    def _asked(self) -> tuple[tuple[Order, Direction | None], ...]:
        return (*super()._asked(), (Order.UPDATED, self.sort_updated_at))


class OrganizationBookingsQuery(BookingsQuery):
    """Which bookings of an organization to list."""

    user_ids: Ids | None = None


def _repaired(email: str | None) -> str | None:
    """Return an address whose `+` the query string turned into a blank."""
    return None if email is None else "+".join(email.strip().split())


def _ids(several: list[int] | None, one: int | None) -> tuple[int, ...] | None:
    if several is not None:
        return tuple(several)
    return None if one is None else (one,)
