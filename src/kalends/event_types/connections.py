"""What of other services an event type may rely on: apps and calendars that its owner has connected.

An account connects nothing so far but what the server itself brings.
"""

from collections.abc import Sequence

from kalends.api.output.errors import BadRequest
from kalends.event_types.changes import CalendarChoice, SettingsChanges
from kalends.event_types.event_type import StoredObject
from kalends.event_types.locations.kinds import INTEGRATION_PREFIX, integration_kind

BUILT_IN_APPS = ("cal-video",)
"""The conferencing apps that every account has."""


def check_connections(changes: SettingsChanges) -> None:
    """Check that the owner has connected what the changes of an event type rely on.

    Raises:
        BadRequest: a location's app, the destination calendar, or a primary calendar is not connected.
    """
    _check_apps(changes.said.locations)
    if changes.destination_calendar is not None:
        raise _no_such_calendar(changes.destination_calendar)
    if changes.said.use_destination_calendar_email:
        raise BadRequest(
            "useDestinationCalendarEmail: you have not connected a calendar that is your primary one."
        )


def _check_apps(locations: Sequence[StoredObject]) -> None:
    connected = {integration_kind(app) for app in BUILT_IN_APPS}
    for position, location in enumerate(locations):
        kind = location["type"]
        if kind.startswith(INTEGRATION_PREFIX) and kind not in connected:
            raise BadRequest(
                f"locations.{position}.integration: you have not connected this app; "
                f"connected are: {', '.join(BUILT_IN_APPS)}."
            )


def _no_such_calendar(choice: CalendarChoice) -> BadRequest:
    return BadRequest(
        f"destinationCalendar: {choice.external_id!r} of {choice.integration!r} is not one of your connected "
        "calendars."
    )
