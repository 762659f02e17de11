"""The booking form as stored: system fields and the event type's own (event-types.md 8.3)."""

from collections.abc import Sequence
from typing import Protocol

from kalends.event_types.event_type import StoredObject

LEADING = ("name", "email", "location")
"""The system fields that come first in every form; an attendeePhoneNumber is among the fields after them."""

TRAILING = ("title", "notes", "guests", "rescheduleReason")
"""The system fields that come last in every form."""


class Form(Protocol):
    """What the questions of a form are made from: an event type, or a fact's snapshot of one."""

    @property
    def booking_fields(self) -> Sequence[StoredObject] | None:
        """Return the stored fields; None stands for the system fields."""

    @property
    def disable_guests(self) -> bool:
        """Tell whether bookers may not bring guests."""


def effective_fields(form: Form) -> list[StoredObject]:
    """Return the questions of an event type's form: the stored ones, completed by missing system fields.

    They are copies, which the caller may change. The guests field is hidden while guests are disabled.
    """
    stored = [dict(field) for field in form.booking_fields or ()]
    present = {str(field.get("name")) for field in stored}
    fields = [
        *(system_field(name) for name in LEADING if name not in present),
        *stored,
        *(system_field(name) for name in TRAILING if name not in present),
    ]
    for field in fields:
        if field.get("name") == "guests" and form.disable_guests:
            field["hidden"] = True
    return fields


def is_own_question(field: StoredObject) -> bool:
    """Tell whether the owner of a form added a question; others are the system's."""
    return not str(field.get("editable", "user")).startswith("system")


def system_field(name: str) -> StoredObject:
    """Return a system field with its defaults, built afresh."""
    return _BUILDERS[name]()


def name_field(label: str | None = None, placeholder: str | None = None) -> StoredObject:
    """Return the question for the whole name."""
    custom = {key: text for key, text in (("label", label), ("placeholder", placeholder)) if text is not None}
    return {
        **_system("name", "name", "your_name", required=True),
        **custom,
        "variant": "fullName",
        "variantsConfig": _name_variants(full={"required": True, **custom}, first={}, last={}),
    }


def split_name_field(first: StoredObject, last: StoredObject) -> StoredObject:
    """Return the question for first and last name; `first` and `last` are members of their two inputs."""
    return {
        **_system("name", "name", "your_name", required=True),
        "variant": "firstAndLastName",
        "variantsConfig": _name_variants(full={"required": True}, first=first, last=last),
    }


def _name_variants(full: StoredObject, first: StoredObject, last: StoredObject) -> StoredObject:
    names = [
        {"name": "firstName", "type": "text", "required": True, **first},
        {"name": "lastName", "type": "text", "required": False, **last},
    ]
    return {
        "variants": {
            "fullName": {"fields": [{"name": "fullName", "type": "text", **full}]},
            "firstAndLastName": {"fields": names},
        }
    }


def _email() -> StoredObject:
    return _system("email", "email", "email_address", required=True)


def _phone() -> StoredObject:
    return {**_optional("attendeePhoneNumber", "phone", "phone_number"), "hidden": True}


def _location() -> StoredObject:
    return {
        **_system("location", "radioInput", "location", required=False),
        "hideWhenJustOneOption": True,
        "getOptionsAt": "locations",
        "optionsInputs": {
            "attendeeInPerson": {"type": "address", "required": True, "placeholder": ""},
            "phone": {"type": "phone", "required": True, "placeholder": ""},
            "somewhereElse": {"type": "text", "required": True, "placeholder": ""},
        },
    }


def _title() -> StoredObject:
    return {
        **_optional("title", "text", "what_is_this_meeting_about"),
        "required": True,
        "hidden": True,
        "defaultPlaceholder": "",
    }


def _notes() -> StoredObject:
    return {
        **_optional("notes", "textarea", "additional_notes"),
        "defaultPlaceholder": "share_additional_notes",
    }


def _guests() -> StoredObject:
    return {
        **_optional("guests", "multiemail", "additional_guests"),
        "hidden": False,
        "defaultPlaceholder": "email",
    }


def _reschedule_reason() -> StoredObject:
    return {
        **_optional("rescheduleReason", "textarea", "reason_for_reschedule"),
        "defaultPlaceholder": "reschedule_placeholder",
        "views": [{"id": "reschedule", "label": "Reschedule View"}],
    }


def _optional(name: str, kind: str, label: str) -> StoredObject:
    return {**_system(name, kind, label, required=False), "editable": "system-but-optional"}


def _system(name: str, kind: str, label: str, *, required: bool) -> StoredObject:
    return {
        "name": name,
        "type": kind,
        "required": required,
        "editable": "system",
        "defaultLabel": label,
        "sources": [{"id": "default", "type": "default", "label": "Default"}],
    }


_BUILDERS = {
    "name": name_field,
    "email": _email,
    "attendeePhoneNumber": _phone,
    "location": _location,
    "title": _title,
    "notes": _notes,
    "guests": _guests,
    "rescheduleReason": _reschedule_reason,
}
