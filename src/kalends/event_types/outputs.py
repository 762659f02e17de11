"""The wire of event types in version 2024-06-14: answers (event-types.md 12 and 13)."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NotRequired

from typing_extensions import TypedDict

from kalends.accounts.user import User
from kalends.event_types.event_type import EventType, Settings, StoredObject
from kalends.event_types.form.fields import effective_fields
from kalends.event_types.form.outputs import BookingFieldOutput, booking_fields
from kalends.event_types.locations.outputs import LocationOutput, locations
from kalends.event_types.service import user_of
from kalends.event_types.settings.outputs import (
    BookerLayoutsOutput,
    ColorOutput,
    DestinationCalendarOutput,
    DisabledOutput,
    PolicyOutput,
    RecurrenceOutput,
    SeatsOutput,
    WindowOutput,
    booker_layouts,
    color,
    confirmation_policy,
    limits,
    recurrence,
    seats,
    window,
)
from kalends.event_types.terms import SchedulingTerms


class EventTypeUser(TypedDict):
    """Somebody who is booked by an event type."""

    id: int
    name: str | None
    username: str
    avatarUrl: str | None
    brandColor: str | None
    darkBrandColor: str | None
    weekStart: str
    metadata: dict[str, Any]


class EventTypeOutput(TypedDict):
    """An event type of a user."""

    id: int
    ownerId: int
    lengthInMinutes: int
    lengthInMinutesOptions: NotRequired[list[int]]
    title: str
    slug: str
    description: str
    locations: list[LocationOutput]
    bookingFields: list[BookingFieldOutput]
    recurrence: RecurrenceOutput | None
    disableGuests: bool
    slotInterval: int | None
    minimumBookingNotice: int
    beforeEventBuffer: int
    afterEventBuffer: int
    metadata: dict[str, Any]
    price: int
    currency: str
    lockTimeZoneToggleOnBookingPage: bool
    forwardParamsSuccessRedirect: bool | None
    successRedirectUrl: str | None
    isInstantEvent: bool
    users: list[EventTypeUser]
    scheduleId: int | None
    bookingLimitsCount: NotRequired[dict[str, int]]
    onlyShowFirstAvailableSlot: bool
    bookingLimitsDuration: NotRequired[dict[str, int]]
    offsetStart: int
    bookingWindow: WindowOutput
    bookerLayouts: NotRequired[BookerLayoutsOutput]
    confirmationPolicy: PolicyOutput
    requiresBookerEmailVerification: bool
    hideCalendarNotes: bool
    color: NotRequired[ColorOutput]
    seats: SeatsOutput | DisabledOutput
    customName: NotRequired[str]
    destinationCalendar: NotRequired[DestinationCalendarOutput]
    useDestinationCalendarEmail: bool
    hideCalendarEventDetails: bool
    hideOrganizerEmail: bool
    interfaceLanguage: NotRequired[str]


class DeletedEventType(TypedDict):
    """What is left to say of an event type that was deleted."""

    id: int
    lengthInMinutes: int
    slug: str
    title: str


GROUP_LENGTHS = (15, 30, 45, 60, 90)
"""Lengths of a group meeting, in minutes; the second is the default."""

_GROUP_TITLE = "Group Meeting"
_GROUP = Settings(
    title=_GROUP_TITLE,
    slug="dynamic",
    terms=SchedulingTerms(length=GROUP_LENGTHS[1]),
    description="A meeting with all of these people at once.",
    event_name=_GROUP_TITLE,
    booking_fields=(),
    disable_guests=True,
    success_redirect_url="",
    metadata={"multipleDuration": list(GROUP_LENGTHS)},
)
"""The settings of the unstored event type of several users together."""

_USER_METADATA = (
    "proPaidForByTeamId",
    "stripeCustomerId",
    "vitalSettings",
    "isPremium",
    "sessionTimeout",
    "defaultConferencingApp",
    "defaultBookerLayouts",
    "emailChangeWaitingForVerification",
    "migratedToOrgFrom",
)
_PUBLIC_USER_METADATA = ("defaultConferencingApp", "defaultBookerLayouts")


def listed(stored: EventType, *, is_own: bool) -> EventTypeOutput:
    """Show an event type in the public list: without fields that bookers do not see.

    What is not for everybody is shown to its owner only.
    """
    visible = [field for field in _form(stored) if field.get("hidden") is not True]
    return event_type(replace(stored, booking_fields=tuple(visible)), shows_private=is_own)


def event_type(stored: EventType, *, shows_private: bool = True) -> EventTypeOutput:
    """Show an event type of a user; without `shows_private` as anybody may see it."""
    users = [_user(host.user, shows_private=shows_private) for host in stored.hosts]
    return _shown(stored, stored.id, user_of(stored).id, users, shows_private=shows_private)


def group_meeting(users: Sequence[User]) -> EventTypeOutput:
    """Show the unstored event type of several users together."""
    return _shown(_GROUP, 0, 0, [_user(user, shows_private=False) for user in users], shows_private=True)


def deleted(stored: EventType) -> DeletedEventType:
    """Show what is left of a deleted event type."""
    return {
        "id": stored.id,
        "lengthInMinutes": stored.terms.length,
        "slug": stored.slug,
        "title": stored.title,
    }


def _shown(
    stored: Settings, event_type_id: int, owner_id: int, users: list[EventTypeUser], *, shows_private: bool
) -> EventTypeOutput:
    terms = stored.terms
    shown: EventTypeOutput = {
        "id": event_type_id,
        "ownerId": owner_id,
        "lengthInMinutes": terms.length,
        "title": stored.title,
        "slug": stored.slug,
        "description": stored.description or "",
        "locations": locations(stored.locations, shows_private=shows_private),
        "bookingFields": booking_fields(_form(stored)),
        "recurrence": recurrence(stored.recurrence),
        "disableGuests": stored.disable_guests,
        "slotInterval": terms.slot_interval,
        "minimumBookingNotice": terms.minimum_booking_notice,
        "beforeEventBuffer": terms.before_event_buffer,
        "afterEventBuffer": terms.after_event_buffer,
        "metadata": {key: value for key, value in stored.metadata.items() if key != "bookerLayouts"},
        "price": stored.price,
        "currency": stored.currency,
        "lockTimeZoneToggleOnBookingPage": stored.lock_time_zone_toggle,
        "forwardParamsSuccessRedirect": stored.forward_params_success_redirect,
        "successRedirectUrl": stored.success_redirect_url,
        "isInstantEvent": False,
        "users": users,
        "scheduleId": stored.schedule_id,
        "onlyShowFirstAvailableSlot": terms.only_show_first_available_slot,
        "offsetStart": terms.offset_start,
        "bookingWindow": window(terms.window),
        "confirmationPolicy": confirmation_policy(stored.confirmation),
        "requiresBookerEmailVerification": stored.requires_booker_email_verification,
        "hideCalendarNotes": stored.hide_calendar_notes,
        "seats": seats(terms.seats),
        "useDestinationCalendarEmail": stored.use_destination_calendar_email,
        "hideCalendarEventDetails": stored.hide_calendar_event_details,
        "hideOrganizerEmail": stored.hide_organizer_email,
    }
    _add_what_is_set(shown, stored)
    return shown


def _form(stored: Settings) -> Sequence[StoredObject]:
    """Return the fields to show: a form that is stored is shown as it is."""
    return effective_fields(stored) if stored.booking_fields is None else stored.booking_fields


def _add_what_is_set(shown: EventTypeOutput, stored: Settings) -> None:
    """Add the properties that an answer has only when they are set."""
    if stored.length_options:
        shown["lengthInMinutesOptions"] = list(stored.length_options)
    if stored.terms.booking_limits is not None:
        shown["bookingLimitsCount"] = limits(stored.terms.booking_limits)
    if stored.terms.duration_limits is not None:
        shown["bookingLimitsDuration"] = limits(stored.terms.duration_limits)
    layouts = booker_layouts(stored.metadata.get("bookerLayouts"))
    if layouts is not None:
        shown["bookerLayouts"] = layouts
    colors = color(stored.color)
    if colors is not None:
        shown["color"] = colors
    if stored.event_name is not None:
        shown["customName"] = stored.event_name
    if stored.interface_language is not None:
        shown["interfaceLanguage"] = stored.interface_language


def _user(user: User, *, shows_private: bool) -> EventTypeUser:
    known, metadata = _USER_METADATA if shows_private else _PUBLIC_USER_METADATA, user.metadata or {}
    return {
        "id": user.id,
        "name": user.name,
        "username": user.username,
        "avatarUrl": user.avatar_url,
        "brandColor": None,
        "darkBrandColor": None,
        "weekStart": user.week_start,
        "metadata": {key: metadata[key] for key in known if key in metadata},
    }
