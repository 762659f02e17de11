"""The booking form, as answers show it (event-types.md 8.4)."""

import json
from collections.abc import Sequence
from typing import Any, Literal, NotRequired, TypeAlias, cast

from typing_extensions import TypedDict

from kalends.event_types.event_type import StoredObject
from kalends.event_types.form.fields import is_own_question

FieldType = Literal[
    "name",
    "email",
    "phone",
    "address",
    "text",
    "number",
    "textarea",
    "select",
    "multiselect",
    "multiemail",
    "checkbox",
    "radio",
    "boolean",
    "url",
]

_SYSTEM_TYPES = {
    "email": "email",
    "attendeePhoneNumber": "phone",
    "title": "text",
    "notes": "textarea",
    "guests": "multiemail",
    "rescheduleReason": "textarea",
}
_WITH_OPTIONS = frozenset(("select", "multiselect", "checkbox", "radio"))

_WITH_PLACEHOLDER = frozenset(
    ("phone", "address", "text", "url", "number", "textarea", "multiemail", "select")
)
_OWN_TYPES = _WITH_OPTIONS | _WITH_PLACEHOLDER | {"boolean"}


class NameFieldOutput(TypedDict):
    """The question for the booker's whole name."""

    isDefault: bool
    type: Literal["name"]
    slug: str
    required: bool
    label: NotRequired[str]
    placeholder: NotRequired[str]
    disableOnPrefill: bool


class SplitNameFieldOutput(TypedDict):
    """The questions for the booker's first and last name."""

    isDefault: bool
    type: str
    slug: str
    firstNameLabel: str
    firstNamePlaceholder: str
    lastNameLabel: str
    lastNamePlaceholder: str
    lastNameRequired: bool
    disableOnPrefill: bool


class EmailFieldOutput(TypedDict):
    """The question for the booker's e-mail address."""

    isDefault: bool
    type: Literal["email"]
    slug: str
    required: bool
    hidden: bool
    label: NotRequired[str]
    placeholder: NotRequired[str]
    disableOnPrefill: bool


class LocationFieldOutput(TypedDict):
    """The question for the location, where there is a choice."""

    isDefault: bool
    type: str
    slug: str
    required: bool
    hidden: bool


class SystemFieldOutput(TypedDict):
    """The question for a title, notes or guests."""

    isDefault: bool
    type: str
    slug: Literal["name", "email", "title", "notes", "guests"]
    required: bool
    hidden: bool
    label: NotRequired[str]
    placeholder: NotRequired[str]
    disableOnPrefill: bool


class RescheduleReasonFieldOutput(TypedDict):
    """The question why a booking is rescheduled."""

    isDefault: bool
    type: str
    slug: Literal["rescheduleReason"]
    required: bool
    hidden: bool
    label: NotRequired[str]
    placeholder: NotRequired[str]
    disableOnPrefill: bool


class AttendeePhoneFieldOutput(TypedDict):
    """The question for the booker's phone number."""

    isDefault: bool
    type: Literal["phone"]
    slug: str
    required: bool
    hidden: bool
    label: NotRequired[str]
    placeholder: NotRequired[str]
    disableOnPrefill: bool


class BooleanFieldOutput(TypedDict):
    """A question for yes or no."""

    isDefault: bool
    type: FieldType
    slug: str
    label: str
    required: bool
    hidden: bool
    disableOnPrefill: bool


class WrittenFieldOutput(BooleanFieldOutput):
    """A question that is answered in writing."""

    placeholder: NotRequired[str]


class ChoiceFieldOutput(BooleanFieldOutput):
    """A question with options."""

    options: list[str]


class SelectFieldOutput(ChoiceFieldOutput):
    """A question with a menu of options, of which one is chosen."""

    placeholder: NotRequired[str]


class UnknownFieldOutput(TypedDict):
    """A stored field that is none of the others, as JSON."""

    type: str
    slug: str
    bookingField: str


BookingFieldOutput: TypeAlias = (
    NameFieldOutput
    | SplitNameFieldOutput
    | EmailFieldOutput
    | LocationFieldOutput
    | SystemFieldOutput
    | RescheduleReasonFieldOutput
    | AttendeePhoneFieldOutput
    | WrittenFieldOutput
    | SelectFieldOutput
    | ChoiceFieldOutput
    | BooleanFieldOutput
    | UnknownFieldOutput
)


def booking_fields_output(stored: Sequence[StoredObject]) -> list[BookingFieldOutput]:
    """Show a booking form; fields of unknown form come last."""
    shown = [_known(field) for field in stored]
    unknown = [_unknown(field) for field, known in zip(stored, shown, strict=True) if known is None]
    # The tests hold every answer against the contract, which tells the forms better than types could.
    return cast("list[BookingFieldOutput]", [*(field for field in shown if field is not None), *unknown])


def _known(field: StoredObject) -> dict[str, Any] | None:
    name = field.get("name")
    if is_own_question(field):
        return _own(field)
    if name == "name":
        return _name(field)
    if name == "location":
        return _system(field, "radioInput", "required", "hidden")
    kind = _SYSTEM_TYPES.get(name) if isinstance(name, str) else None
    if kind is None or field.get("type") != kind:
        return None
    return {**_system(field, kind, "required", "hidden", "disableOnPrefill"), **_texts(field)}


def _system(field: StoredObject, kind: str, *booleans: str) -> dict[str, Any]:
    shown = {"isDefault": True, "type": kind, "slug": field["name"]}
    return {**shown, **{name: field.get(name) is True for name in booleans}}


def _name(field: StoredObject) -> dict[str, Any] | None:
    """Show the question for the name; None for variants that are not those of `booking_fields_output`."""
    match field:
        case {
            "variant": "firstAndLastName",
            "variantsConfig": {"variants": {"firstAndLastName": {"fields": [dict(first), dict(last)]}}},
        }:
            return {
                "isDefault": True,
                "type": "splitName",
                "slug": "splitName",
                "firstNameLabel": first.get("label", ""),
                "firstNamePlaceholder": first.get("placeholder", ""),
                "lastNameLabel": last.get("label", ""),
                "lastNamePlaceholder": last.get("placeholder", ""),
                "lastNameRequired": last.get("required") is True,
                "disableOnPrefill": field.get("disableOnPrefill") is True,
            }
        case {"variantsConfig": {"variants": {"fullName": {"fields": [dict(whole)]}}}}:
            return {**_system(field, "name", "required", "disableOnPrefill"), **_texts(whole)}
    return None


def _own(field: StoredObject) -> dict[str, Any] | None:
    """Show a question of the event type's own; None if it lacks what such a question has."""
    match field:
        case {"name": str(slug), "type": str(kind), "label": str(label)} if kind in _OWN_TYPES:
            shown = {
                "isDefault": False,
                "type": kind,
                "slug": slug,
                "label": label,
                **{name: field.get(name) is True for name in ("required", "hidden", "disableOnPrefill")},
            }
        case _:
            return None
    if kind in _WITH_PLACEHOLDER and isinstance(field.get("placeholder"), str):
        shown["placeholder"] = field["placeholder"]
    if kind in _WITH_OPTIONS:
        options = _values(field.get("options"))
        if options is None:
            return None
        shown["options"] = options
    return shown


def _values(options: object) -> list[str] | None:
    if not isinstance(options, list):
        return None
    values = [option["value"] for option in options if isinstance(option, dict) and "value" in option]
    return values if len(values) == len(options) and all(isinstance(one, str) for one in values) else None


def _texts(field: StoredObject) -> dict[str, str]:
    return {name: field[name] for name in ("label", "placeholder") if isinstance(field.get(name), str)}


def _unknown(field: StoredObject) -> dict[str, Any]:
    text = json.dumps(field, ensure_ascii=False, separators=(",", ":"))
    return {"type": "unknown", "slug": "unknown", "bookingField": text}
