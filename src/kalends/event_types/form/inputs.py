"""The booking form, as requests say it (event-types.md 8.1, 8.2 and 8.5)."""

from collections.abc import Sequence
from html import escape
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, BeforeValidator
from pydantic.json_schema import SkipJsonSchema

from kalends.api.input.alternatives import member_violation, members_of, not_among
from kalends.api.input.fields import (
    Boolean,
    NonEmptyText,
    Text,
    violation,
)
from kalends.api.input.validation import refused_in_plain_words
from kalends.api.wire import Body
from kalends.event_types.event_type import StoredObject
from kalends.event_types.form.fields import (
    LEADING,
    TRAILING,
    is_own_question,
    name_field,
    split_name_field,
    system_field,
)
from kalends.event_types.refusals import EmailFieldNotAsked, FormWithoutContact, ReservedFieldSlug

ATTENDEE_PHONE = "attendeePhoneNumber"


class NameField(Body):
    """The question for the booker's whole name."""

    type: Literal["name"]
    label: Text = ""
    placeholder: Text = ""
    disable_on_prefill: Boolean = False

    def to_row(self) -> StoredObject:
        """Return the stored form."""
        texts = _sent(self, "label", "placeholder")
        return {**name_field(**texts), "disableOnPrefill": self.disable_on_prefill}


class SplitNameField(Body):
    """The questions for the booker's first and last name."""

    type: Literal["splitName"]
    first_name_label: Text = ""
    first_name_placeholder: Text = ""
    last_name_label: Text = ""
    last_name_placeholder: Text = ""
    last_name_required: Boolean = False
    disable_on_prefill: Boolean = False

    def to_row(self) -> StoredObject:
        """Return the stored form."""
        first = {"label": self.first_name_label, "placeholder": self.first_name_placeholder}
        last = {"label": self.last_name_label, "placeholder": self.last_name_placeholder}
        return {
            **split_name_field(first, {**last, "required": self.last_name_required}),
            "disableOnPrefill": self.disable_on_prefill,
        }


class EmailField(Body):
    """The question for the booker's e-mail address."""

    type: Literal["email"]
    label: Text = ""
    required: Boolean = True
    hidden: Boolean = False
    placeholder: Text = ""
    disable_on_prefill: Boolean = False

    def to_row(self) -> StoredObject:
        """Return the stored form."""
        return {
            **system_field("email"),
            **_sent(self, "label", "placeholder"),
            "required": self.required,
            "hidden": self.hidden,
            "disableOnPrefill": self.disable_on_prefill,
        }


class SlugField(Body):
    """A question with a slug: one of the system's, or one of the event type's own."""

    slug: str
    required: Boolean = False
    hidden: Boolean = False
    disable_on_prefill: Boolean = False

    def to_row(self) -> StoredObject:
        """Return the stored form."""
        return {
            **system_field(self.slug),
            "placeholder": "",
            **_sent(self, "label", "placeholder"),
            **self._common(),
        }

    def _common(self) -> StoredObject:
        return {
            "required": self.required,
            "hidden": self.hidden,
            "disableOnPrefill": self.disable_on_prefill,
        }


class _SystemField(SlugField):
    label: Text = ""
    placeholder: Text = ""
    is_default: SkipJsonSchema[Boolean] = False

    def to_row(self) -> StoredObject:
        """Return the stored form; as an answer shows a field, it has no texts but those shown."""
        row = super().to_row()
        if self.is_default and "placeholder" not in self.model_fields_set:
            del row["placeholder"]
        return row


class LocationField(Body):
    """The question for the place as answers show it; it follows from the locations."""

    type: Literal["radioInput"]
    slug: Literal["location"]


class TitleField(_SystemField):
    """What the meeting is about; visible and optional once it is in a form."""

    slug: Literal["title"]


class NotesField(_SystemField):
    """What else the booker wants to say."""

    slug: Literal["notes"]


class GuestsField(_SystemField):
    """The addresses of other guests."""

    slug: Literal["guests"]


class RescheduleReasonField(_SystemField):
    """Why a booking is rescheduled."""

    slug: Literal["rescheduleReason"]


class _OwnField(SlugField):
    """A question of the event type's own, unless its slug is one of the system's."""

    type: str
    slug: NonEmptyText
    label: Text
    required: Boolean

    def to_row(self) -> StoredObject:
        """Return the stored form."""
        return super().to_row() if self.slug in TRAILING else self._own_row()

    def _own_row(self) -> StoredObject:
        return {
            "name": self.slug,
            "type": self.type,
            **_sent(self, "label", "placeholder"),
            "sources": [{"id": "user", "type": "user", "label": "User", "fieldRequired": True}],
            "editable": "user",
            **self._common(),
        }


class _WrittenField(_OwnField):
    placeholder: Text = ""


class PhoneField(_WrittenField):
    """A phone number; with the slug attendeePhoneNumber the booker's own."""

    type: Literal["phone"]

    def to_row(self) -> StoredObject:
        """Return the stored form."""
        if self.slug != ATTENDEE_PHONE:
            return super().to_row()
        return {**system_field(ATTENDEE_PHONE), **_sent(self, "label", "placeholder"), **self._common()}


class _ShownPhoneField(PhoneField):
    """The system's question for the booker's phone number, as answers show it: it may have no label."""

    label: Text = ""


class AddressField(_WrittenField):
    """An address."""

    type: Literal["address"]


class TextField(_WrittenField):
    """A line of text."""

    type: Literal["text"]


class NumberField(_WrittenField):
    """A number."""

    type: Literal["number"]


class TextAreaField(_WrittenField):
    """Some lines of text."""

    type: Literal["textarea"]


class MultiEmailField(_WrittenField):
    """E-mail addresses."""

    type: Literal["multiemail"]


class UrlField(_WrittenField):
    """A web address."""

    type: Literal["url"]

    def _own_row(self) -> StoredObject:
        return {"placeholder": "", **super()._own_row(), "labelAsSafeHtml": _paragraph(self.label)}


class SelectField(_WrittenField):
    """One of several options, from a menu."""

    type: Literal["select"]
    options: list[Text]

    def _own_row(self) -> StoredObject:
        return {**super()._own_row(), "options": _options(self.options)}


class _ChoiceField(_OwnField):
    """A question that is always the event type's own, and replaces a system field with the same slug."""

    options: list[Text]

    def to_row(self) -> StoredObject:
        """Return the stored form."""
        return {**self._own_row(), "options": _options(self.options)}


class MultiSelectField(_ChoiceField):
    """Any number of options, from a menu."""

    type: Literal["multiselect"]


class CheckboxGroupField(_ChoiceField):
    """Any number of options, to be ticked."""

    type: Literal["checkbox"]


class RadioGroupField(_ChoiceField):
    """One of several options, to be ticked."""

    type: Literal["radio"]


class BooleanField(_OwnField):
    """Yes or no."""

    type: Literal["boolean"]

    def _own_row(self) -> StoredObject:
        return {**super()._own_row(), "labelAsSafeHtml": _paragraph(self.label)}


AnyField: TypeAlias = (
    NameField
    | LocationField
    | SplitNameField
    | EmailField
    | TitleField
    | NotesField
    | GuestsField
    | RescheduleReasonField
    | PhoneField
    | AddressField
    | TextField
    | NumberField
    | TextAreaField
    | SelectField
    | MultiSelectField
    | MultiEmailField
    | CheckboxGroupField
    | RadioGroupField
    | BooleanField
    | UrlField
)

_BY_TYPE: dict[str, type[AnyField]] = {
    "name": NameField,
    "splitName": SplitNameField,
    "email": EmailField,
    "phone": PhoneField,
    "address": AddressField,
    "text": TextField,
    "number": NumberField,
    "textarea": TextAreaField,
    "select": SelectField,
    "multiselect": MultiSelectField,
    "multiemail": MultiEmailField,
    "checkbox": CheckboxGroupField,
    "radio": RadioGroupField,
    "boolean": BooleanField,
    "url": UrlField,
}
_BY_SLUG: dict[str, type[AnyField]] = {
    "title": TitleField,
    "notes": NotesField,
    "guests": GuestsField,
    "rescheduleReason": RescheduleReasonField,
}


def _read_field(value: object) -> Body:
    members = members_of(value)
    kind, slug = members.get("type"), members.get("slug")
    is_shown = members.get("isDefault") is True
    if (kind is None or is_shown) and isinstance(slug, str) and slug in _BY_SLUG:
        return _BY_SLUG[slug].model_validate({key: members[key] for key in members if key != "type"})
    if is_shown and slug == "location":
        return LocationField.model_validate(members)
    if is_shown and slug == ATTENDEE_PHONE:
        return _ShownPhoneField.model_validate(members)
    form = _BY_TYPE.get(kind) if isinstance(kind, str) else None
    if form is None:
        raise member_violation("type", value=kind, error=not_among(_BY_TYPE))
    return form.model_validate(members)


def _check_slugs(fields: list[AnyField]) -> list[AnyField]:
    taken = set[str]()
    for position, field in enumerate(fields):
        if not isinstance(field, SlugField):
            continue
        if field.slug in taken:
            text = "is the slug of another field of the form; each must have its own"
            raise member_violation(position, "slug", value=field.slug, error=violation("arrayUnique", text))
        taken.add(field.slug)
    return fields


def _check_reserved_slugs(fields: list[AnyField]) -> list[AnyField]:
    for position, field in enumerate(fields):
        if isinstance(field, SlugField) and field.slug in LEADING:
            raise ReservedFieldSlug(position)
    return fields


def check_email(fields: list[AnyField]) -> list[AnyField]:
    """Return a form that asks for an address.

    Raises:
        EmailFieldNotAsked: the field is hidden or optional.
    """
    email = next((field for field in fields if isinstance(field, EmailField)), None)
    if email is not None and (email.hidden or not email.required):
        raise EmailFieldNotAsked
    return fields


def _check_contact(fields: list[AnyField]) -> list[AnyField]:
    email = next((field for field in fields if isinstance(field, EmailField)), None)
    phone = next(
        (field for field in fields if isinstance(field, SlugField) and field.slug == ATTENDEE_PHONE), None
    )
    asks_email = email is None or (email.required and not email.hidden)
    asks_phone = phone is not None and phone.required and not phone.hidden
    if not asks_email and not asks_phone:
        raise FormWithoutContact
    return fields


BookingFields: TypeAlias = Annotated[
    list[Annotated[AnyField, BeforeValidator(_read_field)]],
    AfterValidator(_check_slugs),
    AfterValidator(check_email),
    AfterValidator(_check_reserved_slugs),
    refused_in_plain_words("bookingFields"),
]

TeamBookingFields: TypeAlias = Annotated[
    list[Annotated[AnyField, BeforeValidator(_read_field)]],
    AfterValidator(_check_slugs),
    AfterValidator(_check_contact),
    AfterValidator(_check_reserved_slugs),
    refused_in_plain_words("bookingFields"),
]
"""The form of a team's event type, which may ask for a phone number in place of an address."""


def form_of(fields: Sequence[AnyField]) -> tuple[StoredObject, ...]:
    """Return a whole booking form as stored; system fields that it does not mention have their defaults."""
    names = [field.to_row() for field in fields if isinstance(field, NameField | SplitNameField)]
    emails = [field.to_row() for field in fields if isinstance(field, EmailField)]
    slugged = [field.to_row() for field in fields if isinstance(field, SlugField)]
    own = [row for row in slugged if is_own_question(row) or row["name"] == ATTENDEE_PHONE]
    system = {row["name"]: row for row in slugged if row not in own}
    taken = {row["name"] for row in own}
    return (
        names[0] if names else system_field("name"),
        emails[0] if emails else system_field("email"),
        system_field("location"),
        *own,
        *(system.get(name) or system_field(name) for name in TRAILING if name not in taken),
    )


def _sent(field: Body, *names: str) -> dict[str, Any]:
    """Return those of the named members that the request has."""
    return {name: getattr(field, name) for name in names if name in field.model_fields_set}


def _options(values: Sequence[str]) -> list[StoredObject]:
    return [{"label": value, "value": value} for value in values]


def _paragraph(label: str) -> str:
    return f"<p>{escape(label)}</p>"
