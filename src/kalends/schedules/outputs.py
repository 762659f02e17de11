"""The wire of schedules in version 2024-06-11: answers (schedules.md 2)."""

from typing_extensions import TypedDict

from kalends.schedules.days import DAYS, Day
from kalends.schedules.schedule import Schedule

_ZONE_WHEN_UNSET = "Europe/London"


class AvailabilityOutput(TypedDict):
    """Weekly hours on some days."""

    days: list[Day]
    startTime: str
    endTime: str


class OverrideOutput(TypedDict):
    """Hours that replace the weekly ones on a date."""

    date: str
    startTime: str
    endTime: str


class ScheduleOutput(TypedDict):
    """A schedule."""

    id: int
    ownerId: int
    name: str
    timeZone: str
    availability: list[AvailabilityOutput]
    isDefault: bool
    overrides: list[OverrideOutput]


def schedule_output(schedule: Schedule) -> ScheduleOutput:
    """Show a schedule."""
    return {
        "id": schedule.id,
        "ownerId": schedule.owner_id,
        "name": schedule.name,
        "timeZone": schedule.time_zone or _ZONE_WHEN_UNSET,
        "availability": [
            {
                "days": [DAYS[day] for day in row.days],
                "startTime": f"{row.start:%H:%M}",
                "endTime": f"{row.end:%H:%M}",
            }
            for row in schedule.weekly
            if row.days
        ],
        "isDefault": schedule.is_default,
        "overrides": [
            {
                "date": row.date.isoformat(),
                "startTime": f"{row.start:%H:%M}",
                "endTime": f"{row.end:%H:%M}",
            }
            for row in schedule.overrides
        ],
    }
