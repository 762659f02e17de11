"""How answers to a booking form are refused (bookings.md 0.2, E3, in the one envelope)."""

from collections.abc import Sequence

from kalends.api.output.errors import BadRequest


def refused_answers(problems: Sequence[str]) -> BadRequest:
    """Return the refusal of answers that break the rules of their fields.

    A problem is the name of a field in braces and the code that existing clients know, such as
    `{email}email_validation_error`. The last one comes first.
    """
    message = "".join(f"responses - {problem}, " for problem in reversed(problems))
    return BadRequest(message, code="BAD_REQUEST", details={"problems": list(problems)})
