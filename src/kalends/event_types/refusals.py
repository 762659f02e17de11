"""Why an operation on event types is refused."""

from collections.abc import Sequence

from kalends.api.output.errors import BadRequest, Forbidden, NotFound, Refusals
from kalends.organizations.refusals import UnknownOrganization
from kalends.teams.refusals import UnknownProfile, UnknownTeamSlug


class UnknownEventType(NotFound):
    """404: no event type has this id."""

    # Ids too large to exist have become another number on their way here, so no message repeats one.
    message = "There is no event type with this id."


class EventTypeNotYours(NotFound):
    """404: the caller has no event type with this id."""

    message = "You have no event type with this id."


class UnknownEventTypeSlug(NotFound):
    """404: the user or team has no event type with this slug."""

    def __init__(self, owner: str, name: str, slug: str) -> None:
        super().__init__(f"The {owner} {name!r} has no event type {slug!r}.")


class UnknownUsername(NotFound):
    """404: no user has this username."""

    def __init__(self, username: str) -> None:
        super().__init__(f"There is no user {username!r}.")


class TeamEventTypeNotServed(NotFound):
    """404: the event type is a team's, which the operation does not serve yet."""

    def __init__(self, event_type_id: int) -> None:
        super().__init__(
            f"Event type {event_type_id} belongs to a team: so far it has slots and reservations only."
        )


class EventTypeOfTeam(Forbidden):
    """403: the event type belongs to a team."""

    def __init__(self, event_type_id: int) -> None:
        super().__init__(f"Event type {event_type_id} belongs to a team.")


class EventTypeOfAnotherUser(Forbidden):
    """403: the event type belongs to another user."""

    def __init__(self, event_type_id: int) -> None:
        super().__init__(f"Event type {event_type_id} belongs to another user.")


class EventTypeSlugTaken(BadRequest):
    """400: the caller has another event type with this slug."""

    def __init__(self, slug: str) -> None:
        super().__init__(f"slug: you have an event type with the slug {slug!r} already.")


class ChangedSlugTaken(EventTypeSlugTaken):
    """400: the caller has another event type with the slug that this one is to get."""

    code = "TRPCError"


class ScheduleNotYours(NotFound):
    """404: the caller has no schedule with the id that the event type is to use."""

    def __init__(self, schedule_id: int) -> None:
        super().__init__(f"scheduleId: you have no schedule {schedule_id}.")


class AppNotConnected(BadRequest):
    """400: the caller has not connected the app of a location."""

    def __init__(self, position: int, connected: Sequence[str]) -> None:
        super().__init__(
            f"locations.{position}.integration: you have not connected this app; "
            f"connected are: {', '.join(connected)}."
        )


class CalendarNotConnected(BadRequest):
    """400: the caller has not connected the calendar that bookings are to be written to."""

    def __init__(self, integration: str, external_id: str) -> None:
        super().__init__(
            f"destinationCalendar: {external_id!r} of {integration!r} is not one of your connected calendars."
        )


class PrimaryCalendarMissing(BadRequest):
    """400: the caller has connected no primary calendar, whose address mails are to show."""

    message = "useDestinationCalendarEmail: you have not connected a calendar that is your primary one."


class SeatsWithLocations(BadRequest):
    """400: an event type with seats would have several locations."""

    message = "seats: an event type with seats has one location; send only one in locations."


class SeatsWithConfirmation(BadRequest):
    """400: bookings of an event type with seats would need a confirmation."""

    message = "seats: an event type with seats has no confirmationPolicy; disable one of the two."


class SeatsWithRecurrence(BadRequest):
    """400: an event type with seats would have a recurrence."""

    code = "TRPCError"
    message = "seats: an event type with seats has no recurrence; disable one of the two."


class ReservedFieldSlug(BadRequest):
    """400: a field of the form that is the event type's own has the slug of a system field."""

    code = "TRPCError"

    def __init__(self, position: int) -> None:
        super().__init__(
            f"bookingFields.{position}.slug is the slug of a system field; an own field needs another."
        )


class EmailFieldNotAsked(BadRequest):
    """400: the e-mail field of the form would be hidden or optional."""

    message = "checkIsEmailUserAccessible - bookingFields: the email field must be required and not hidden."


class FormWithoutContact(BadRequest):
    """400: the form asks for neither an address nor a phone number."""

    message = "bookingFields: the email field or attendeePhoneNumber must be required and not hidden."


OF_ADDRESS: Refusals = (
    UnknownEventType,
    UnknownEventTypeSlug,
    UnknownUsername,
    UnknownProfile,
    UnknownTeamSlug,
    UnknownOrganization,
)
"""The refusals of an address that no event type has."""

OF_SETTINGS: Refusals = (
    ScheduleNotYours,
    AppNotConnected,
    CalendarNotConnected,
    PrimaryCalendarMissing,
    SeatsWithLocations,
    SeatsWithConfirmation,
    SeatsWithRecurrence,
    ReservedFieldSlug,
    EmailFieldNotAsked,
)
"""The refusals of settings that rely on something missing, or contradict each other."""
