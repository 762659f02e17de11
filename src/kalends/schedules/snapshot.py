"""What the audit log tells of a schedule."""

from typing import Any

from kalends.schedules.days import DAYS
from kalends.schedules.schedule import OverrideRow, Schedule, WeeklyRow

_MOST_ROWS = 50
"""More rows than these are only counted."""


def snapshot_of(schedule: Schedule) -> dict[str, Any]:
    """Return a schedule by the names of the API."""
    weekly = [{"days": [DAYS[day] for day in row.days], **_times(row)} for row in schedule.weekly]
    overrides = [{"date": row.date.isoformat(), **_times(row)} for row in schedule.overrides]
    return {
        "ownerId": schedule.owner_id,
        "name": schedule.name,
        "timeZone": schedule.time_zone,
        "isDefault": schedule.is_default,
        "availability": _told(weekly),
        "overrides": _told(overrides),
    }


def _told(rows: list[dict[str, Any]]) -> list[dict[str, Any]] | dict[str, int]:
    return rows if len(rows) <= _MOST_ROWS else {"rows": len(rows)}


def _times(row: WeeklyRow | OverrideRow) -> dict[str, str]:
    return {"startTime": f"{row.start:%H:%M}", "endTime": f"{row.end:%H:%M}"}
