"""The wire of event types in version 2024-06-14: answers (event-types.md 12 and 13)."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from operator import attrgetter
from typing import Annotated, Any, NotRequired, TypeAlias, cast, get_args, get_origin, get_type_hints

from typing_extensions import TypedDict

from kalends.accounts.user import User
from kalends.event_types.event_type import EventType, Settings, StoredObject
from kalends.event_types.form.fields import effective_fields
from kalends.event_types.form.outputs import BookingFieldOutput, booking_fields_output
from kalends.event_types.locations.outputs import LocationOutput, locations_output
from kalends.event_types.service import user_of
from kalends.event_types.settings.outputs import (
    BookerLayoutsOutput,
    BookerLimitOutput,
    CalVideoSettingsOutput,
    ColorOutput,
    DestinationCalendarOutput,
    DisabledOutput,
    DisableReschedulingOutput,
    PolicyOutput,
    RecurrenceOutput,
    SeatsOutput,
    WindowOutput,
    booker_layouts_output,
    booker_limit_output,
    color_output,
    confirmation_policy_output,
    disable_rescheduling_output,
    limits_output,
    recurrence_output,
    seats_output,
    switch_output,
    window_output,
)
from kalends.event_types.settings.table import SETTINGS, Setting, ShownBy, mark_of
from kalends.event_types.settings.terms import SchedulingTerms

GROUP_LENGTHS = (15, 30, 45, 60, 90)
"""Lengths of a group meeting, in minutes; the second is the default."""

_GROUP_TITLE = "Group Meeting"
_GROUP = Settings(
    title=_GROUP_TITLE,
    slug="dynamic",
    terms=SchedulingTerms(length=GROUP_LENGTHS[1]),
    length_options=GROUP_LENGTHS,
    description="A meeting with all of these people at once.",
    event_name=_GROUP_TITLE,
    booking_fields=(),
    disable_guests=True,
    success_redirect_url="",
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

_MADE_OF_MORE = ("locations", "bookingFields", "metadata")
"""The properties that are made of more than the setting of their name."""


class EventTypeUser(TypedDict):
    """A user who is booked through an event type."""

    id: int
    name: str | None
    username: str
    avatarUrl: str | None
    brandColor: str | None
    darkBrandColor: str | None
    weekStart: str
    metadata: dict[str, Any]


def _text_output(stored: str | None) -> str:
    return stored or ""


def _lengths_output(stored: Sequence[int]) -> list[int] | None:
    return list(stored) or None


class SettingsOutput(TypedDict):
    """What event types of users and of teams show; a setting that is not required is absent unless set."""

    id: int
    lengthInMinutes: int
    lengthInMinutesOptions: NotRequired[Annotated[list[int], ShownBy(_lengths_output)]]
    title: str
    slug: str
    description: Annotated[str, ShownBy(_text_output)]
    locations: list[LocationOutput]
    bookingFields: list[BookingFieldOutput]
    recurrence: Annotated[RecurrenceOutput | None, ShownBy(recurrence_output)]
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
    scheduleId: int | None
    bookingLimitsCount: NotRequired[Annotated[dict[str, int], ShownBy(limits_output)]]
    onlyShowFirstAvailableSlot: bool
    bookingLimitsDuration: NotRequired[Annotated[dict[str, int], ShownBy(limits_output)]]
    offsetStart: int
    bookingWindow: Annotated[WindowOutput, ShownBy(window_output)]
    bookerLayouts: NotRequired[Annotated[BookerLayoutsOutput, ShownBy(booker_layouts_output)]]
    confirmationPolicy: Annotated[PolicyOutput, ShownBy(confirmation_policy_output)]
    requiresBookerEmailVerification: bool
    hideCalendarNotes: bool
    color: NotRequired[Annotated[ColorOutput, ShownBy(color_output)]]
    seats: Annotated[SeatsOutput | DisabledOutput, ShownBy(seats_output)]
    customName: NotRequired[str]
    destinationCalendar: NotRequired[DestinationCalendarOutput]
    useDestinationCalendarEmail: bool
    hideCalendarEventDetails: bool
    hideOrganizerEmail: bool
    interfaceLanguage: NotRequired[str]
    hidden: bool
    disableCancelling: Annotated[DisabledOutput, ShownBy(switch_output)]
    disableRescheduling: Annotated[DisableReschedulingOutput, ShownBy(disable_rescheduling_output)]
    allowReschedulingPastBookings: bool
    allowReschedulingCancelledBookings: bool
    bookerActiveBookingsLimit: NotRequired[Annotated[BookerLimitOutput, ShownBy(booker_limit_output)]]
    bookingRequiresAuthentication: bool
    calVideoSettings: NotRequired[CalVideoSettingsOutput]
    showOptimizedSlots: bool


class EventTypeOutput(SettingsOutput):
    """An event type of a user."""

    ownerId: int
    users: list[EventTypeUser]


class DeletedEventType(TypedDict):
    """What is left to say of an event type that was deleted."""

    id: int
    lengthInMinutes: int
    slug: str
    title: str


_ShownSetting: TypeAlias = tuple[str, Callable[[Settings], Any], Callable[[Any], object]]
"""The name of a property, the setting that it shows, and how."""


class _ShownSettings:
    """The properties of an answer that show one setting each, as the type of the answer declares them."""

    def __init__(self) -> None:
        plain: list[Setting] = []
        translated: list[_ShownSetting] = []
        optional: list[_ShownSetting] = []
        for name, hint in get_type_hints(SettingsOutput, include_extras=True).items():
            if name not in SETTINGS or name in _MADE_OF_MORE:
                continue
            setting, is_optional = SETTINGS[name], get_origin(hint) is NotRequired
            annotation = get_args(hint)[0] if is_optional else hint
            mark = mark_of(getattr(annotation, "__metadata__", ()), ShownBy)
            shown = (name, attrgetter(setting.path), _as_it_is if mark is None else mark.show)
            if is_optional:
                optional.append(shown)
            elif mark is not None:
                translated.append(shown)
            else:
                plain.append(setting)
        settings = [one for one in plain if not one.is_term]
        terms = [one for one in plain if one.is_term]
        self._names = tuple(one.wire_name for one in (*settings, *terms))
        self._settings_of = attrgetter(*(one.field for one in settings))
        self._terms_of = attrgetter(*(one.field for one in terms))
        self._translated = tuple(translated)
        self._optional = tuple(optional)

    def add_to(self, output: dict[str, object], settings: Settings) -> None:
        """Add what they show of some settings."""
        values = self._settings_of(settings) + self._terms_of(settings.terms)
        output.update(zip(self._names, values, strict=True))
        for name, get, show in self._translated:
            output[name] = show(get(settings))
        for name, get, show in self._optional:
            value = get(settings)
            if value is not None and (shown := show(value)) is not None:
                output[name] = shown


def _as_it_is(value: object) -> object:
    return value


_shown_settings = _ShownSettings()


def event_type_output(event_type: EventType, *, shows_private: bool = True) -> EventTypeOutput:
    """Show an event type of a user; without `shows_private` as anybody may see it."""
    owner = user_of(event_type)
    users = [_user_output(host.user, shows_private=shows_private) for host in event_type.hosts]
    return _output(event_type, event_type.id, owner.id, users, shows_private=shows_private)


def public_event_type_output(event_type: EventType, *, is_own: bool) -> EventTypeOutput:
    """Show an event type in the public list: without fields that bookers do not see.

    What is not for everybody is shown to its owner only.
    """
    visible = tuple(field for field in _form(event_type) if field.get("hidden") is not True)
    return event_type_output(replace(event_type, booking_fields=visible), shows_private=is_own)


def group_meeting_output(users: Sequence[User]) -> EventTypeOutput:
    """Show the unstored event type of several users together."""
    return _output(
        _GROUP, 0, 0, [_user_output(user, shows_private=False) for user in users], shows_private=True
    )


def deleted_event_type_output(event_type: EventType) -> DeletedEventType:
    """Show what is left of a deleted event type."""
    return {
        "id": event_type.id,
        "lengthInMinutes": event_type.terms.length,
        "slug": event_type.slug,
        "title": event_type.title,
    }


def _output(
    settings: Settings, event_type_id: int, owner_id: int, users: list[EventTypeUser], *, shows_private: bool
) -> EventTypeOutput:
    output = settings_output(settings, event_type_id, shows_private=shows_private)
    return {**output, "ownerId": owner_id, "users": users}


def settings_output(settings: Settings, event_type_id: int, *, shows_private: bool) -> SettingsOutput:
    """Show the settings of an event type; without `shows_private` as anybody may see them."""
    output: dict[str, object] = {
        "id": event_type_id,
        "isInstantEvent": False,
        "locations": locations_output(settings.locations, shows_private=shows_private),
        "bookingFields": booking_fields_output(_form(settings)),
        "metadata": _metadata_output(settings),
    }
    _shown_settings.add_to(output, settings)
    # The tests hold every answer against the type, and the properties of the type against the settings.
    return cast("SettingsOutput", output)


def _metadata_output(settings: Settings) -> StoredObject:
    if not settings.length_options:
        return settings.metadata
    return {**settings.metadata, "multipleDuration": list(settings.length_options)}


def _form(settings: Settings) -> Sequence[StoredObject]:
    """Return the fields to show: a form that is stored is shown as it is."""
    return effective_fields(settings) if settings.booking_fields is None else settings.booking_fields


def _user_output(user: User, *, shows_private: bool) -> EventTypeUser:
    known, metadata = _USER_METADATA if shows_private else _PUBLIC_USER_METADATA, user.metadata
    return {
        "id": user.id,
        "name": user.name,
        "username": user.username,
        "avatarUrl": user.avatar_url,
        "brandColor": None,
        "darkBrandColor": None,
        "weekStart": user.week_start,
        "metadata": {key: metadata[key] for key in known if key in metadata} if metadata else {},
    }
