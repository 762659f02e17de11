"""What an event type may rely on: the apps and calendars that its owner has connected.

So far an account has only the apps that are built in.
"""

from collections.abc import Sequence

from kalends.event_types.event_type import StoredObject
from kalends.event_types.locations.kinds import INTEGRATION_PREFIX, integration_kind
from kalends.event_types.refusals import AppNotConnected, CalendarNotConnected, PrimaryCalendarMissing
from kalends.event_types.settings.changes import SettingsChanges

BUILT_IN_APPS = ("cal-video",)
"""The conferencing apps that every account has."""


def check_connections(changes: SettingsChanges) -> None:
    """Check that the owner has connected what the changes of an event type rely on.

    Raises:
        AppNotConnected: the app of a location is not connected.
        CalendarNotConnected: the destination calendar is not.
        PrimaryCalendarMissing: mails are to come from a primary calendar, and none is.
    """
    _check_apps(changes.said.locations)
    calendar = changes.destination_calendar
    if calendar is not None:
        raise CalendarNotConnected(calendar.integration, calendar.external_id)
    if changes.said.use_destination_calendar_email:
        raise PrimaryCalendarMissing


def _check_apps(locations: Sequence[StoredObject]) -> None:
    connected = {integration_kind(app) for app in BUILT_IN_APPS}
    for position, location in enumerate(locations):
        kind = location["type"]
        if kind.startswith(INTEGRATION_PREFIX) and kind not in connected:
            raise AppNotConnected(position, BUILT_IN_APPS)
