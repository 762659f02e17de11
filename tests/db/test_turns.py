"""Turns: who waits, for whom, and in which order."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, field

import pytest

from kalends.db.turns import Key, TooManyWait, Turns, current_turn


@dataclass
class Commands:
    """Commands that keep their locks until they are told to end; `runs` and `done` are their names."""

    turns: Turns
    done: list[str] = field(default_factory=list)
    runs: list[str] = field(default_factory=list)
    _ends: dict[str, asyncio.Event] = field(default_factory=dict)

    def begin(self, name: str, *steps: Collection[Key]) -> asyncio.Task[str]:
        """Begin a command that takes the locks of each step."""
        self._ends[name] = asyncio.Event()

        async def command() -> str:
            self.runs.append(name)
            turn = current_turn()
            assert turn is not None
            try:
                for keys in steps:
                    turn.take(keys)
                await self._ends[name].wait()
            finally:
                # As the end of a transaction does.
                turn.end()
            self.done.append(name)
            return name

        return asyncio.create_task(self.turns.run(command))

    def end(self, name: str) -> None:
        """Let a command end."""
        self._ends[name].set()


ANA, BEN = (1, 1), (1, 2)


async def settled() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


@pytest.fixture
def commands() -> Commands:
    return Commands(Turns(most=5, most_waiting=5))


async def test_commands_of_one_host_run_one_after_another_in_their_order(commands: Commands) -> None:
    names = ["a", "b", "c"]
    tasks = [commands.begin(name, [ANA]) for name in names]
    await settled()
    for name in reversed(names):
        commands.end(name)
    await asyncio.gather(*tasks)
    assert commands.done == names


async def test_a_command_of_another_host_waits_for_nobody(commands: Commands) -> None:
    first, other = commands.begin("a", [ANA]), commands.begin("b", [BEN])
    await settled()
    commands.end("b")
    assert await other == "b"
    commands.end("a")
    assert await first == "a"


async def test_who_waits_for_two_hosts_is_not_passed_by_those_who_want_one(commands: Commands) -> None:
    tasks = [commands.begin("a", [ANA]), commands.begin("both", [ANA, BEN]), commands.begin("b", [BEN])]
    await settled()
    commands.end("b")
    await settled()
    assert commands.done == []
    commands.end("both")
    commands.end("a")
    await asyncio.gather(*tasks)
    assert commands.done == ["a", "both", "b"]


async def test_who_wants_more_than_it_waited_for_waits_for_all_and_keeps_none_meanwhile(
    commands: Commands,
) -> None:
    tasks = [commands.begin("a", [ANA]), commands.begin("steps", [BEN], [ANA])]
    await settled()
    tasks.append(commands.begin("b", [BEN]))
    for name in ("a", "steps", "b"):
        await settled()
        commands.end(name)
    await asyncio.gather(*tasks)
    assert commands.done == ["a", "steps", "b"]
    assert commands.runs.count("steps") == 2


async def test_no_more_run_at_a_time_than_may(commands: Commands) -> None:
    commands.turns.most = 2
    tasks = [commands.begin(f"{number}", [(1, number)]) for number in range(4)]
    await settled()
    assert len(commands.turns) == 2
    for number in range(4):
        commands.end(f"{number}")
    await asyncio.gather(*tasks)
    assert len(commands.done) == 4


async def test_who_would_be_one_too_many_to_wait_is_refused(commands: Commands) -> None:
    commands.turns.most_waiting = 1
    tasks = [commands.begin("a", [ANA]), commands.begin("b", [ANA])]
    await settled()
    with pytest.raises(TooManyWait):
        await commands.begin("c", [ANA])
    for name in ("a", "b"):
        commands.end(name)
    await asyncio.gather(*tasks)


async def test_who_has_waited_for_too_long_is_refused_and_hinders_nobody(commands: Commands) -> None:
    commands.turns.patience = 0.0
    first = commands.begin("a", [ANA])
    with pytest.raises(TooManyWait):
        await commands.begin("b", [ANA])
    assert len(commands.turns) == 0
    commands.end("a")
    await first


async def test_who_is_cancelled_hinders_nobody(commands: Commands) -> None:
    tasks = [commands.begin(name, [ANA]) for name in ("a", "b", "c")]
    await settled()
    tasks[1].cancel()
    tasks[0].cancel()
    await settled()
    commands.end("c")
    assert await tasks[2] == "c"


async def test_what_is_no_request_waits_in_the_database() -> None:
    assert current_turn() is None
