"""What a request does not say stays; what it says has the names of what it changes."""

from dataclasses import dataclass, fields

import pytest

from kalends.accounts.user import User, UserChanges
from kalends.api.input.changes import UNSET, ChangesOf, Unset
from kalends.schedules.schedule import Schedule, ScheduleChanges


@dataclass(frozen=True, slots=True)
class Room:
    """Something to change."""

    name: str
    seats: int | None
    is_open: bool = True


@dataclass(frozen=True, slots=True)
class RoomChanges(ChangesOf[Room]):
    """Changes of it."""

    name: str | Unset = UNSET
    seats: int | Unset | None = UNSET


HALL = Room("Hall", 40)


def test_what_is_not_said_stays() -> None:
    assert RoomChanges().applied_to(HALL) == HALL
    assert RoomChanges(name="Attic").applied_to(HALL) == Room("Attic", 40)


def test_none_is_said() -> None:
    assert RoomChanges(seats=None).applied_to(HALL) == Room("Hall", None)


def test_only_what_is_said_is_written() -> None:
    assert RoomChanges(seats=None).said == {"seats": None}
    assert RoomChanges().said == {}


@pytest.mark.parametrize(("changes", "kind"), [(ScheduleChanges, Schedule), (UserChanges, User)])
def test_changes_have_the_names_of_what_they_change(
    changes: type[ScheduleChanges | UserChanges], kind: type[Schedule | User]
) -> None:
    assert {one.name for one in fields(changes)} <= {one.name for one in fields(kind)}
    assert all(one.default is UNSET for one in fields(changes))
