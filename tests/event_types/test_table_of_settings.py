"""The settings of an event type are said once in each of the domain, the wire and the table, which agree."""

from dataclasses import MISSING, Field, fields
from typing import Any

import pytest
from sqlalchemy import Boolean, Integer

from kalends.event_types.columns import SETTINGS as SELECTED
from kalends.event_types.columns import columns_of
from kalends.event_types.event_type import BLANK, Settings
from kalends.event_types.inputs import CreateEventTypeBody, UpdateEventTypeBody
from kalends.event_types.outputs import EventTypeOutput
from kalends.event_types.settings.table import SETTINGS
from kalends.event_types.settings.terms import SchedulingTerms
from kalends.models.event_types import event_types

NEVER_ASKED = {"timeZone"}
"""Settings that no operation has."""

ANSWERED_ONLY = {"forwardParamsSuccessRedirect", "price", "currency", "metadata"}
"""Settings that this version shows and doesn't change."""

NO_SETTINGS = {"id", "ownerId", "users", "isInstantEvent"}
"""Properties of an answer that are no settings."""

NEVER_STORED = {"destinationCalendar"}
"""What a request may name, and nobody has connected yet."""

NO_SETTINGS_OF_TABLE = {
    "id",
    "user_id",
    "team_id",
    "parent_id",
    "scheduling_type",
    "assign_all_team_members",
    "reschedule_with_same_round_robin_host",
    "created_at",
    "updated_at",
}
WRITTEN_WITH_SEATS = {"seats_show_attendees", "seats_show_availability_count"}

COLUMNS = {column.name: column for column in event_types.columns}


def properties(body: type[CreateEventTypeBody | UpdateEventTypeBody]) -> set[str]:
    """Return what the properties of a body are called."""
    return {str(field.alias) for field in body.model_fields.values()}


def defaults() -> dict[str, Any]:
    """Return the defaults of the settings that have a column of their own, by its name."""
    found: list[Field[Any]] = [*fields(Settings), *fields(SchedulingTerms)]
    return {one.name: one.default for one in found if one.name in COLUMNS and one.default is not MISSING}


def default_of(column: str) -> object:
    """Return the value of a column that an INSERT leaves out."""
    declared = COLUMNS[column].server_default
    if declared is None:
        return None
    text = str(declared.arg)  # type: ignore[attr-defined]  # the defaults of this table are texts
    match COLUMNS[column].type:
        case Boolean():
            return text == "true"
        case Integer():
            return int(text)
    return text


def test_new_ones_and_changes_have_the_same_properties() -> None:
    assert properties(CreateEventTypeBody) == properties(UpdateEventTypeBody)


def test_every_property_of_a_request_is_a_setting() -> None:
    assert properties(UpdateEventTypeBody) - NEVER_STORED <= SETTINGS.keys()


def test_every_setting_can_be_asked_for() -> None:
    assert properties(UpdateEventTypeBody) - NEVER_STORED == SETTINGS.keys() - NEVER_ASKED - ANSWERED_ONLY


def test_answers_show_every_setting() -> None:
    shown = EventTypeOutput.__annotations__.keys() - NO_SETTINGS
    assert shown - NEVER_STORED == SETTINGS.keys() - NEVER_ASKED


def test_every_column_is_read() -> None:
    selected = {name.strip().removeprefix("e.") for name in SELECTED.split(",")}
    assert selected == COLUMNS.keys() - NO_SETTINGS_OF_TABLE


def test_every_column_is_written() -> None:
    assert columns_of(BLANK).keys() == (COLUMNS.keys() - NO_SETTINGS_OF_TABLE - WRITTEN_WITH_SEATS)


@pytest.mark.parametrize("column", [name for name in defaults() if name not in ("locations", "metadata")])
def test_a_new_event_type_has_the_default_of_its_column(column: str) -> None:
    assert defaults()[column] == default_of(column)
