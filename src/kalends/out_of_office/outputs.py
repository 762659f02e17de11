"""The wire of absences, out (schedules.md 6.1)."""

from typing_extensions import TypedDict

from kalends.out_of_office.entry import OutOfOfficeEntry, Reason, first_instant, last_instant


class OutOfOfficeOutput(TypedDict):
    """An absence: whole dates, shown as the first and the last instant of them in UTC."""

    id: int
    uuid: str
    userId: int
    toUserId: int | None
    start: str
    end: str
    notes: str | None
    reason: Reason


def out_of_office_output(entry: OutOfOfficeEntry) -> OutOfOfficeOutput:
    """Show an absence."""
    return {
        "id": entry.id,
        "uuid": str(entry.uuid),
        "userId": entry.user_id,
        "toUserId": entry.to_user_id,
        "start": first_instant(entry.start_date),
        "end": last_instant(entry.end_date),
        "notes": entry.notes,
        "reason": entry.reason,
    }
