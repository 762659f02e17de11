"""Objects of a request that have one of several forms, told apart by `type`."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from kalends.api.input.fields import violation
from kalends.api.wire import Body


def by_type(forms: Mapping[str, type[Body]]) -> Callable[[object], Body]:
    """Return a function that reads an object as the form that its `type` names."""

    def read(value: object) -> Body:
        members = members_of(value)
        kind = members.get("type")
        form = forms.get(kind) if isinstance(kind, str) else None
        if form is None:
            raise member_violation("type", value=kind, error=not_among(forms))
        return form.model_validate(members)

    return read


def members_of(value: object) -> dict[str, Any]:
    """Return the members of a JSON object, for a form that checks them itself."""
    if not isinstance(value, dict):
        raise violation("isObject", "must be an object")
    return value


def not_among(accepted: Iterable[str]) -> PydanticCustomError:
    """Return the error of a value that must be one of `accepted`."""
    return violation("isIn", f"must be one of the following values: {', '.join(accepted)}")


def member_violation(*place: str | int, value: object, error: PydanticCustomError) -> ValidationError:
    """Return the error of a member, at `place`, of the object or array that is being read."""
    return ValidationError.from_exception_data("", [InitErrorDetails(type=error, loc=place, input=value)])
