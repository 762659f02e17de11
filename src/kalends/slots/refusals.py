"""What operations on slots refuse."""

from collections.abc import Sequence

from kalends.api.output.errors import BadRequest, NotFound, Unauthorized


class RangeTooLong(BadRequest):
    """400: start and end are further apart than one request may ask for."""

    def __init__(self, longest_days: int) -> None:
        super().__init__(f"start and end must be at most {longest_days} days apart.")


class TooManySlots(BadRequest):
    """400: the range has more slots than one answer lists."""

    def __init__(self, most: int) -> None:
        super().__init__(
            f"start, end and duration: more than {most} slots; ask for a shorter range or for longer ones."
        )


class DurationNotOffered(BadRequest):
    """400: bookings of the event type cannot be as long as is asked."""

    def __init__(self, offered: Sequence[int]) -> None:
        lengths = ", ".join(map(str, sorted(set(offered))))
        super().__init__(f"duration: the lengths of this event type are {lengths} minutes.")


class NotInGroups(Unauthorized):
    """401: somebody of the group does not take part in groups."""

    code = "TRPCError"
    message = "usernames: somebody of them does not take part in groups."


class UnknownEventTypeId(NotFound):
    """404: there is no event type with this id."""

    def __init__(self, event_type_id: int | None) -> None:
        super().__init__(f"There is no event type {event_type_id}.")
