"""How a booker's answers are refused."""

import re
from collections.abc import Iterable, Sequence

from kalends.api.output.errors import BadRequest, Refusals

_PROBLEM = re.compile(r"{(.*?)}(.*)", re.DOTALL)

_PROPERTIES = {
    "name": "attendee.name",
    "email": "attendee.email",
    "attendeePhoneNumber": "attendee.phoneNumber",
    "guests": "guests",
    "location": "location",
}
"""The properties of a booking that answer fields of its form; others are in `bookingFieldsResponses`."""

_WANTED = {
    "error_required_field": "this event type requires an answer",
    "email_validation_error": "must be an e-mail address such as name@example.com",
    "exclude_emails_match_found_error_message": "this event type does not take this address",
    "require_emails_no_match_found_error_message": "this event type takes certain addresses only",
    "duplicate_email": "has an address more than once",
    "invalid_number": "must be a phone number with its country code, such as +390612345678",
    "url_validation_error": "must be a whole URL such as https://example.com/page",
    "Invalid string": "must be a string",
    "Invalid array of strings": "must be an array of strings",
    "Invalid option": "must be one of the options that this event type offers",
}
"""What a code that clients know asks for; other codes are words themselves."""


class InvalidAnswers(BadRequest):
    """400: answers break the rules of their fields; `details.problems` lists each (bookings.md 0.2, E3).

    A problem is the name of a field in braces and the code that existing clients know, such as
    `{email}email_validation_error`. In the message the last one comes first; the hint says in sentences what
    is wanted, and where.
    """

    code = "BAD_REQUEST"

    def __init__(self, problems: Sequence[str]) -> None:
        message = "".join(f"responses - {problem}, " for problem in reversed(problems))
        hint = " ".join(_sentence_of(*_PROBLEM.findall(problem)[0]) for problem in problems)
        super().__init__(message, hint=hint, details={"problems": list(problems)})


class RescheduleReasonMissing(InvalidAnswers):
    """400: the booking form demands the reason of a move, and none is given."""

    def __init__(self) -> None:
        super().__init__(["{rescheduleReason}error_required_field"])
        self.hint = "reschedulingReason: this event type requires an answer."


def _sentence_of(field: str, code: str) -> str:
    return f"{_PROPERTIES.get(field, f'bookingFieldsResponses.{field}')}: {_WANTED.get(code, code)}."


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
