"""How many event types there may be, and how much may be in their booking forms."""

from dataclasses import dataclass
from typing import Literal

from kalends.api.refusals import BoundReached
from kalends.event_types.form.fields import is_own_question
from kalends.event_types.settings.changes import SettingsChanges


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list to show: up to `take` after `skip`, and no more once they have `most_bytes`.

    `by_creation` orders the list by when its members were made; None: by id.
    """

    take: int
    skip: int
    most_bytes: int
    by_creation: Literal["asc", "desc"] | None = None


@dataclass(frozen=True, slots=True)
class Bounds:
    """Most event types of a user or a team, fields that one adds to its form, their options, and hosts."""

    event_types: int
    fields: int
    options: int
    hosts: int

    def check_form(self, changes: SettingsChanges) -> None:
        """Check the booking form that a request asks for, if it does.

        Raises:
            BoundReached: it has too many fields of its own, or one of them too many options.
        """
        form = changes.said.booking_fields or ()
        own = [field for field in form if is_own_question(field)]
        if len(own) > self.fields:
            raise BoundReached("bookingFields", self.fields, "fields of your own")
        for field in own:
            if len(field.get("options") or ()) > self.options:
                raise BoundReached(f"bookingFields: {field['name']}.options", self.options, "options")
