"""What a request changes in an event type, and the rules between settings (event-types.md 6.10, 8.6)."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import TypeVar

from kalends.event_types.event_type import Settings, StoredObject
from kalends.event_types.refusals import SeatsWithConfirmation, SeatsWithLocations, SeatsWithRecurrence
from kalends.event_types.settings.slug import slug_of
from kalends.event_types.settings.terms import SchedulingTerms

S = TypeVar("S", bound=Settings)

_TERMS = frozenset(one.name for one in fields(SchedulingTerms))


@dataclass(frozen=True, slots=True)
class CalendarChoice:
    """The connected calendar that bookings are to be written to, as its integration knows it."""

    integration: str
    external_id: str


@dataclass(frozen=True, slots=True)
class SettingsChanges:
    """What a request says about an event type; what it does not say stays.

    It says the settings and terms with these `names`; the others in `said` have their defaults. With
    `keeps_blocking` it requires confirmations without saying whether they block their time.
    """

    said: Settings
    names: frozenset[str]
    keeps_blocking: bool = False
    destination_calendar: CalendarChoice | None = None

    def applied_to(self, before: S) -> S:
        """Return the settings with these changes.

        Raises:
            SeatsWithLocations, SeatsWithConfirmation, SeatsWithRecurrence: the outcome contradicts itself.
        """
        said = self.said
        after = replace(
            before,
            **{name: getattr(said, name) for name in self.names - _TERMS},
            terms=replace(before.terms, **{name: getattr(said.terms, name) for name in self.names & _TERMS}),
        )
        if "slug" in self.names and said.slug != before.slug:
            # A slug of before that comes back as it is stays as it is.
            after = replace(after, slug=slug_of(said.slug))
        if self.keeps_blocking:
            blocks_slot = before.confirmation.blocks_slot
            after = replace(after, confirmation=replace(after.confirmation, blocks_slot=blocks_slot))
        if after.booking_fields is not None:
            fields = _with_guests_hidden(after.booking_fields, hidden=after.disable_guests)
            after = replace(after, booking_fields=fields)
        _check_seats(after)
        return after


def _with_guests_hidden(fields: Sequence[StoredObject], *, hidden: bool) -> tuple[StoredObject, ...]:
    """Hide or show the guests field as the switch that disables guests says."""
    return tuple({**one, "hidden": hidden} if one.get("name") == "guests" else one for one in fields)


def _check_seats(settings: Settings) -> None:
    if settings.terms.seats is None:
        return
    if len(settings.locations) > 1:
        raise SeatsWithLocations
    if settings.confirmation.is_required:
        raise SeatsWithConfirmation
    if settings.recurrence is not None:
        raise SeatsWithRecurrence
