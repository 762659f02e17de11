"""The stored form of the booking form (event-types.md 8.3 and B6; bookings.md 2.5)."""

from typing import Any

import pytest

from kalends.event_types.event_type import Settings
from kalends.event_types.form.fields import effective_fields, is_own_question, system_field
from kalends.event_types.settings.terms import SchedulingTerms

SYSTEM = ["name", "email", "location", "title", "notes", "guests", "rescheduleReason"]


def with_form(fields: list[dict[str, Any]] | None, *, disable_guests: bool = False) -> Settings:
    return Settings(
        title="Intro",
        slug="intro",
        terms=SchedulingTerms(length=30),
        booking_fields=None if fields is None else tuple(fields),
        disable_guests=disable_guests,
    )


def names(fields: list[dict[str, Any]]) -> list[str]:
    return [field["name"] for field in fields]


def test_an_event_type_without_a_form_has_the_system_fields() -> None:
    fields = effective_fields(with_form(None))
    assert names(fields) == SYSTEM
    assert [field["name"] for field in fields if field.get("hidden")] == ["title"]
    assert fields == [system_field(name) for name in SYSTEM]


def test_missing_system_fields_go_around_the_stored_ones() -> None:
    stored = [{"name": "size", "type": "text"}, {"name": "notes", "type": "textarea"}]
    fields = effective_fields(with_form(stored))
    assert names(fields) == [
        "name",
        "email",
        "location",
        "size",
        "notes",
        "title",
        "guests",
        "rescheduleReason",
    ]


def test_the_guests_field_is_hidden_when_guests_are_disabled() -> None:
    stored = [{"name": "guests", "type": "multiemail", "hidden": False}]
    for form in (None, stored):
        fields = effective_fields(with_form(form, disable_guests=True))
        assert next(field for field in fields if field["name"] == "guests")["hidden"]
    assert stored[0]["hidden"] is False


def test_the_reason_of_a_move_is_asked_for_in_its_own_view_only() -> None:
    views = {field["name"]: field.get("views") for field in effective_fields(with_form(None))}
    assert views.pop("rescheduleReason") == [{"id": "reschedule", "label": "Reschedule View"}]
    assert set(views.values()) == {None}


def test_changing_a_form_changes_no_other() -> None:
    first = effective_fields(with_form(None))
    first[0]["label"] = "Your full name"
    first[2]["optionsInputs"]["phone"]["required"] = False
    assert "label" not in effective_fields(with_form(None))[0]
    assert effective_fields(with_form(None))[2]["optionsInputs"]["phone"]["required"]


@pytest.mark.parametrize(
    ("stored", "is_own"),
    [
        ({"editable": "user"}, True),
        ({"editable": "user-readonly"}, True),
        ({}, True),
        ({"editable": "system"}, False),
        ({"editable": "system-but-optional"}, False),
        ({"editable": "system-but-hidden"}, False),
    ],
)
def test_a_question_is_the_owners_own_unless_it_is_the_systems(stored: dict[str, str], is_own: bool) -> None:
    assert is_own_question({"name": "size", "type": "text", **stored}) is is_own
