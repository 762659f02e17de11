"""How a booker's answers are refused."""

from collections.abc import Iterable, Sequence

from kalends.api.output.errors import BadRequest, Refusals


class InvalidAnswers(BadRequest):
    """400: answers break the rules of their fields; `details.problems` lists each (bookings.md 0.2, E3).

    A problem is the name of a field in braces and the code that existing clients know, such as
    `{email}email_validation_error`. In the message the last one comes first.
    """

    code = "BAD_REQUEST"

    def __init__(self, problems: Sequence[str]) -> None:
        message = "".join(f"responses - {problem}, " for problem in reversed(problems))
        super().__init__(message, details={"problems": list(problems)})


class RescheduleReasonMissing(InvalidAnswers):
    """400: the booking form demands the reason of a move, and none is given."""

    def __init__(self) -> None:
        super().__init__(["{rescheduleReason}error_required_field"])


class AnswerMissing(BadRequest):
    """400: a question that must be answered is not."""

    def __init__(self, name: str) -> None:
        super().__init__(f"bookingFieldsResponses.{name} is missing: this event type requires an answer.")


class FormIncomplete(BadRequest):
    """400: a question of the booking form is stored in a form by which no answer can be checked."""

    code = "BAD_REQUEST"
    message = "A question of this event type's booking form is incomplete: its owner has to send it anew."


class LocationNotOffered(BadRequest):
    """400: the event type does not offer this kind of location."""

    def __init__(self, kind: str | None) -> None:
        super().__init__(f"location: this event type does not offer a location of type {kind!r}.")


class PlaceNotOffered(BadRequest):
    """400: the booker names a place of their own, and the event type offers others."""

    def __init__(self, offered: Iterable[str]) -> None:
        super().__init__(f"location must be one of the places that are offered: {', '.join(offered)}.")


OF_ANSWERS: Refusals = (
    InvalidAnswers,
    AnswerMissing,
    FormIncomplete,
    LocationNotOffered,
    PlaceNotOffered,
)
"""The refusals of a booker's answers."""
