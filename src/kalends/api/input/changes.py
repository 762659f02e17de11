"""What a request changes; what it does not say stays as it is.

The body of a PATCH is an `api.wire.Changes`, whose properties have the default `NOT_SENT`. Its `to_changes()`
hands them to a `ChangesOf` the thing that is changed, which has the names and the types of the domain.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import Enum
from typing import Any, Final, Generic, TypeVar


class Unset(Enum):
    """The type of `UNSET`."""

    UNSET = "unset"


UNSET: Final = Unset.UNSET
"""What a request does not say. None is a value, which clears what may be empty."""

NOT_SENT: Final[Any] = UNSET
"""The default of the properties of a PATCH."""

Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class ChangesOf(Generic[Thing]):
    """Changes of a `Thing`, a dataclass: some of its fields, each `UNSET` unless it is to change."""

    @property
    def said(self) -> Mapping[str, Any]:
        """The new values by the names of their fields, which are those of their columns too."""
        values = ((one.name, getattr(self, one.name)) for one in fields(self))
        return {name: value for name, value in values if value is not UNSET}

    def applied_to(self, thing: Thing) -> Thing:
        """Return the thing with these changes."""
        return replace(thing, **self.said)  # type: ignore[type-var]  # a dataclass
