"""The wire of event types of teams: requests (event-types.md 6 and 9)."""

import re
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from kalends.api.input.alternatives import member_violation
from kalends.api.input.changes import NOT_SENT
from kalends.api.input.fields import MAX_INTEGER, Boolean, Integer, QueryInteger, Text, violation
from kalends.api.wire import Body, Changes
from kalends.event_types.bounds import Page
from kalends.event_types.event_type import SchedulingType
from kalends.event_types.form.inputs import TeamBookingFields, check_email, form_of
from kalends.event_types.inputs import CreateEventTypeBody, EventTypeBody, UpdateEventTypeBody
from kalends.event_types.locations.inputs import TeamLocations, locations_of
from kalends.event_types.of_teams.changes import (
    MEDIUM,
    PRIORITIES,
    NamedHost,
    Priority,
    Staffing,
    TeamChanges,
)
from kalends.event_types.settings.inputs import PositiveInteger
from kalends.event_types.settings.table import Means

_MOST_WEIGHT = 1_000
_PHONE = re.compile(r"\+[1-9]\d{1,14}", re.ASCII)
_COUNT = re.compile(r"\d{1,10}", re.ASCII)
_KINDS = {
    **{kind.value: kind.value for kind in SchedulingType},
    "COLLECTIVE": "collective",
    "ROUND_ROBIN": "roundRobin",
    "MANAGED": "managed",
}
"""The scheduling types by their names, which clients know in two spellings."""


def _scheduling_type(value: object) -> str:
    kind = _KINDS.get(value) if isinstance(value, str) else None
    if kind is None:
        raise violation("isEnum", "must be one of the following values: collective, roundRobin, managed")
    return kind


SchedulingTypeName: TypeAlias = Annotated[
    Literal["collective", "roundRobin", "managed"], BeforeValidator(_scheduling_type)
]
Weight: TypeAlias = Annotated[Integer, Field(ge=1, le=_MOST_WEIGHT)]


_Locations: TypeAlias = Annotated[TeamLocations, Means(locations_of)]


class HostBody(Changes):
    """A host of an event type; who hosts it already keeps weight and schedule where they are not sent."""

    user_id: Integer
    mandatory: Boolean | None = NOT_SENT
    priority: Priority | None = NOT_SENT
    weight: Weight | None = NOT_SENT
    schedule_id: PositiveInteger | None = NOT_SENT

    def to_host(self) -> NamedHost:
        """Return the host that this stands for."""
        priority = self.sent().get("priority")
        return NamedHost(
            self.user_id,
            is_mandatory=self.sent().get("mandatory") is True,
            priority=MEDIUM if priority is None else PRIORITIES.index(priority),
            weight=self.weight,
            schedule_id=self.schedule_id,
        )


class TeamEventTypeBody(EventTypeBody):
    """What a request may say about an event type of a team, new or old."""

    locations: _Locations | None = NOT_SENT  # type: ignore[assignment]  # one kind more than of a user
    booking_fields: Annotated[TeamBookingFields | None, Means(form_of)] = NOT_SENT
    scheduling_type: SchedulingTypeName = NOT_SENT
    hosts: list[HostBody] | None = NOT_SENT
    assign_all_team_members: Boolean = NOT_SENT
    reschedule_with_same_round_robin_host: Boolean = NOT_SENT

    @model_validator(mode="before")
    @classmethod
    def _has_no_settings_of_mails(cls, raw: Any) -> Any:
        if isinstance(raw, dict) and raw.get("emailSettings") is not None:
            error = violation("isUnknown", "is not served; leave it out")
            raise member_violation("emailSettings", value=raw["emailSettings"], error=error)
        return raw

    def to_team_changes(self, *, asks_email: bool) -> TeamChanges:
        """Return what the request says; its form must ask for an address if it `asks_email`.

        Raises:
            EmailFieldNotAsked: it does not.
        """
        sent = self.sent()
        if asks_email and isinstance(sent.get("booking_fields"), list):
            check_email(sent["booking_fields"])
        hosts, kind = sent.get("hosts"), sent.get("scheduling_type")
        return TeamChanges(
            settings=self.to_changes(),
            staffing=Staffing(
                assigns_all=sent.get("assign_all_team_members"),
                named=None if hosts is None else [host.to_host() for host in hosts],
            ),
            scheduling_type=None if kind is None else SchedulingType(kind),
            keeps_host=sent.get("reschedule_with_same_round_robin_host"),
        )


class CreateTeamEventTypeBody(TeamEventTypeBody, CreateEventTypeBody):
    """A new event type of a team."""

    scheduling_type: SchedulingTypeName


class UpdateTeamEventTypeBody(TeamEventTypeBody, UpdateEventTypeBody):
    """Changes of an event type of a team."""


def _hosts_limit(value: object) -> int | None:
    if value == "":
        return None
    if not isinstance(value, str) or not _COUNT.fullmatch(value) or int(value) > MAX_INTEGER:
        raise violation("isNumber", f"must be a whole number from 0, which means all, to {MAX_INTEGER}")
    return int(value) or None


class TeamEventTypesQuery(Body):
    """Which event types of a team to list; `hostsLimit` counts only with `eventSlug`."""

    event_slug: Text | None = None
    hosts_limit: Annotated[int | None, BeforeValidator(_hosts_limit), WithJsonSchema({"type": "number"})] = (
        None
    )
    take: Annotated[QueryInteger, Field(ge=1, le=500)] = 500
    skip: Annotated[QueryInteger, Field(ge=0)] = 0
    sort_created_at: Literal["asc", "desc"] | None = None

    def to_page(self, most_bytes: int) -> Page:
        """Return which part of the list is asked for."""
        return Page(self.take, self.skip, most_bytes, self.sort_created_at)


class OrganizationEventTypesQuery(Body):
    """Which part of the list of all event types of an organization's teams to show."""

    take: Annotated[QueryInteger, Field(ge=1, le=250)] = 250
    skip: Annotated[QueryInteger, Field(ge=0)] = 0
    sort_created_at: Literal["asc", "desc"] | None = None

    def to_page(self, most_bytes: int) -> Page:
        """Return which part of the list is asked for."""
        return Page(self.take, self.skip, most_bytes, self.sort_created_at)


def _phone_number(value: str) -> str:
    if not _PHONE.fullmatch(value):
        raise violation("matches", "must be a phone number with its country, such as +390612345678")
    return value


CalledNumber: TypeAlias = Annotated[Text, AfterValidator(_phone_number)]


class CreatePhoneCallBody(Body):
    """Whom an assistant is to call, and what about."""

    your_phone_number: CalledNumber
    number_to_call: CalledNumber
    cal_api_key: Text
    enabled: Boolean = True
    template_type: Literal["CHECK_IN_APPOINTMENT", "CUSTOM_TEMPLATE"] = "CUSTOM_TEMPLATE"
    scheduler_name: Text | None = None
    guest_name: Text | None = None
    guest_email: Text | None = None
    guest_company: Text | None = None
    begin_message: Text | None = None
    general_prompt: Text | None = None
