"""docs/teams.md says whose turn it is as the server finds it."""

from collections import Counter

from kalends.scheduling.turns import RotatingHost, order_of_turns
from tests.docs.notes import ROOT

WEIGHTS = {"Ada": 200, "Bob": 100, "Cyd": 100}


def test_the_example_of_turns_is_true() -> None:
    lines = (ROOT / "docs" / "teams.md").read_text(encoding="utf-8").splitlines()
    rows = [
        line.strip("| ").split(" | ") for line in lines if line[:4].startswith("| ") and line[2:3].isdigit()
    ]
    booked: list[str] = []
    for number, ada, bob, cyd, goes_to in rows:
        assert int(number) == len(booked) + 1
        counts, last = Counter(booked), {name: moment for moment, name in enumerate(booked)}
        hosts = [
            RotatingHost(position, position, 2, weight, counts[name], last.get(name))
            for position, (name, weight) in enumerate(WEIGHTS.items())
        ]
        turns = order_of_turns(hosts)
        names = list(WEIGHTS)
        told = {names[turn.host.id]: str(turn.shortfall) for turn in turns}
        assert told == {"Ada": ada, "Bob": bob, "Cyd": cyd}
        assert names[turns[0].host.id] == goes_to
        booked.append(goes_to)
    assert len(booked) == 5
