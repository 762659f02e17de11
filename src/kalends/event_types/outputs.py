"""The wire of event types in version 2024-06-14: answers (event-types note, sections 7, 8, 12, 13)."""

from typing import Any, Literal, NotRequired

from pydantic import with_config
from typing_extensions import TypedDict

from kalends.api.wire import not_yet
from kalends.event_types.event_type import CAL_VIDEO, EventType, Owner

LocationKind = Literal[
    "address",
    "link",
    "integration",
    "phone",
    "attendeeAddress",
    "attendeePhone",
    "attendeeDefined",
    "organizersDefaultApp",
    "conferencing",
    "unknown",
]

# fmt: off
Integration = Literal[
    "cal-video", "google-meet", "zoom", "whereby-video", "whatsapp-video", "webex-video", "telegram-video",
    "tandem", "sylaps-video", "skype-video", "sirius-video", "signal-video", "shimmer-video",
    "salesroom-video", "roam-video", "riverside-video", "ping-video", "office365-video", "mirotalk-video",
    "jitsi", "jelly-video", "jelly-conferencing", "huddle", "facetime-video", "element-call-video",
    "eightxeight-video", "discord-video", "demodesk-video", "campfire-video", "around-video",
]
# fmt: on


class IntegrationLocation(TypedDict):
    """A meeting held by an integration."""

    type: LocationKind
    integration: Integration


class SystemField(TypedDict):
    """A question that every booking form has."""

    isDefault: bool
    type: str
    slug: str
    required: bool
    hidden: NotRequired[bool]
    disableOnPrefill: NotRequired[bool]


class Disabled(TypedDict):
    """A setting that is off."""

    disabled: bool


class Recurrence(TypedDict):
    """How often a booking repeats."""

    interval: int
    occurrences: int
    frequency: Literal["yearly", "monthly", "weekly"]
    disabled: bool


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


@with_config(
    not_yet(
        "bookerLayouts",
        "bookingFields",
        "bookingLimitsCount",
        "bookingLimitsDuration",
        "bookingWindow",
        "color",
        "destinationCalendar",
        "locations",
        "seats",
    )
)
class EventTypeOutput(TypedDict):
    """An event type of a user."""

    id: int
    ownerId: int
    lengthInMinutes: int
    lengthInMinutesOptions: NotRequired[list[int]]
    title: str
    slug: str
    description: str
    locations: list[IntegrationLocation]
    bookingFields: list[SystemField]
    recurrence: Recurrence | None
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
    onlyShowFirstAvailableSlot: bool
    offsetStart: int
    bookingWindow: Disabled
    confirmationPolicy: Disabled
    requiresBookerEmailVerification: bool
    hideCalendarNotes: bool
    customName: NotRequired[str]
    seats: Disabled
    useDestinationCalendarEmail: bool
    hideCalendarEventDetails: bool
    hideOrganizerEmail: bool


class DeletedEventType(TypedDict):
    """What is left to say of an event type that was deleted."""

    id: int
    lengthInMinutes: int
    slug: str
    title: str


GROUP_LENGTHS = (15, 30, 45, 60, 90)
"""Lengths of a group meeting, in minutes; the second is the default."""

_GROUP_TITLE = "Group Meeting"

_INTEGRATIONS: dict[str, Integration] = {"integrations:daily": "cal-video"}


def event_type(stored: EventType, *, shows_hidden_fields: bool) -> EventTypeOutput:
    """Show an event type; only lists leave out the fields that bookers do not see."""
    fields = _system_fields()
    return {
        "id": stored.id,
        "ownerId": stored.owner.id,
        "lengthInMinutes": stored.length,
        "title": stored.title,
        "slug": stored.slug,
        "description": stored.description or "",
        "locations": [
            {"type": "integration", "integration": _INTEGRATIONS[location["type"]]}
            for location in stored.locations
        ],
        "bookingFields": fields if shows_hidden_fields else [one for one in fields if not one.get("hidden")],
        "recurrence": None,
        "disableGuests": False,
        "slotInterval": stored.slot_interval,
        "minimumBookingNotice": stored.minimum_booking_notice,
        "beforeEventBuffer": stored.before_event_buffer,
        "afterEventBuffer": stored.after_event_buffer,
        "metadata": {},
        "price": 0,
        "currency": "usd",
        "lockTimeZoneToggleOnBookingPage": False,
        "forwardParamsSuccessRedirect": True,
        "successRedirectUrl": None,
        "isInstantEvent": False,
        "users": [_user(stored.owner)],
        "scheduleId": stored.schedule_id,
        "onlyShowFirstAvailableSlot": False,
        "offsetStart": stored.offset_start,
        "bookingWindow": {"disabled": True},
        "confirmationPolicy": {"disabled": True},
        "requiresBookerEmailVerification": False,
        "hideCalendarNotes": False,
        "seats": {"disabled": True},
        "useDestinationCalendarEmail": False,
        "hideCalendarEventDetails": False,
        "hideOrganizerEmail": False,
    }


def deleted(stored: EventType) -> DeletedEventType:
    """Show what is left of a deleted event type."""
    return {
        "id": stored.id,
        "lengthInMinutes": stored.length,
        "slug": stored.slug,
        "title": stored.title,
    }


def group_meeting(owners: list[Owner]) -> EventTypeOutput:
    """Show the unstored event type of several users together."""
    nobody = Owner(0, None, email="", username="", time_zone="UTC", avatar_url=None, week_start="Sunday")
    unstored = EventType(
        id=0,
        title=_GROUP_TITLE,
        slug="dynamic",
        description="A meeting with all of these people at once.",
        length=GROUP_LENGTHS[1],
        schedule_id=None,
        slot_interval=None,
        offset_start=0,
        minimum_booking_notice=120,
        before_event_buffer=0,
        after_event_buffer=0,
        hidden=False,
        locations=(CAL_VIDEO,),
        owner=nobody,
    )
    return {
        **event_type(unstored, shows_hidden_fields=True),
        "lengthInMinutesOptions": list(GROUP_LENGTHS),
        "bookingFields": [],
        "disableGuests": True,
        "metadata": {"multipleDuration": list(GROUP_LENGTHS)},
        "successRedirectUrl": "",
        "users": [_user(owner) for owner in owners],
        "customName": _GROUP_TITLE,
    }


def _user(owner: Owner) -> EventTypeUser:
    return {
        "id": owner.id,
        "name": owner.name,
        "username": owner.username,
        "avatarUrl": owner.avatar_url,
        "brandColor": None,
        "darkBrandColor": None,
        "weekStart": owner.week_start,
        "metadata": {},
    }


def _system_fields() -> list[SystemField]:
    """Return the form that every event type has, built afresh for each answer."""
    name: SystemField = {
        "isDefault": True,
        "type": "name",
        "slug": "name",
        "required": True,
        "disableOnPrefill": False,
    }
    location: SystemField = {
        "isDefault": True,
        "type": "radioInput",
        "slug": "location",
        "required": False,
        "hidden": False,
    }
    return [
        name,
        _field("email", "email", required=True),
        location,
        _field("text", "title", required=True, hidden=True),
        _field("textarea", "notes"),
        _field("multiemail", "guests"),
        _field("textarea", "rescheduleReason"),
    ]


def _field(kind: str, slug: str, *, required: bool = False, hidden: bool = False) -> SystemField:
    return {
        "isDefault": True,
        "type": kind,
        "slug": slug,
        "required": required,
        "hidden": hidden,
        "disableOnPrefill": False,
    }
