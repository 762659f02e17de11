"""Who is left to ask while several are away: whether those who stand in for each other lead in a circle."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kalends.scheduling.intervals import Interval, merge, subtract


@dataclass(frozen=True, slots=True)
class Redirect:
    """That one user stands in for another from one date to another, both closed."""

    user_id: int
    to_user_id: int
    start_date: date
    end_date: date

    @property
    def days(self) -> Interval:
        """The dates as half-open numbers."""
        return self.start_date.toordinal(), self.end_date.toordinal() + 1


def leads_back(new: Redirect, others: Iterable[Redirect]) -> bool:
    """Tell whether there is a date on which a redirect leads back to its own user, by one of others or many.

    Who stands in on which dates is followed until nothing is added. Redirects of the user themselves do not
    count: with the new one their visitors are led somewhere, and come back or not by what others say.
    """
    onward: dict[int, dict[int, list[Interval]]] = defaultdict(lambda: defaultdict(list))
    for one in others:
        onward[one.user_id][one.to_user_id].append(one.days)
    led: dict[int, list[Interval]] = {new.to_user_id: [new.days]}
    waiting = [new.to_user_id]
    while waiting:
        user_id = waiting.pop()
        for to_user_id, away in onward[user_id].items():
            before = led.get(to_user_id, [])
            added = subtract(_shared(led[user_id], merge(away)), before)
            if not added:
                continue
            if to_user_id == new.user_id:
                return True
            led[to_user_id] = merge([*before, *added])
            waiting.append(to_user_id)
    return False


def _shared(some: list[Interval], others: list[Interval]) -> list[Interval]:
    return subtract(some, subtract(some, others))
