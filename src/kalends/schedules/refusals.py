"""Why an operation on schedules is refused."""

from kalends.api.output.errors import BadRequest, Forbidden, NotFound


class UnknownSchedule(NotFound):
    """404: there is no such schedule."""

    def __init__(self, schedule_id: int) -> None:
        super().__init__(_no_schedule(schedule_id))


class UnknownScheduleToDelete(BadRequest):
    """400: there is no such schedule to delete; clients know this as 400."""

    def __init__(self, schedule_id: int) -> None:
        super().__init__(_no_schedule(schedule_id))


class ScheduleOfAnotherUser(Forbidden):
    """403: the schedule belongs to another user."""

    def __init__(self, schedule_id: int) -> None:
        super().__init__(f"Schedule {schedule_id} belongs to another user.")


def _no_schedule(schedule_id: int) -> str:
    return f"There is no schedule {schedule_id}."
