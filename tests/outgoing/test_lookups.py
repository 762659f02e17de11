"""Look-ups of names are bounded, and names that do not answer keep only their owner waiting."""

import asyncio
import threading
from collections.abc import AsyncIterator

import pytest

from kalends.outgoing import Limits, Outgoing, Unreachable
from kalends.outgoing.lookups import Lookups
from tests.outgoing.servers import SlowNames


@pytest.fixture
async def names() -> AsyncIterator[SlowNames]:
    """Return a resolver; its threads end with the test."""
    resolver = SlowNames()
    yield resolver
    resolver.released.set()


async def test_slow_names_of_one_owner_do_not_delay_others(names: SlowNames) -> None:
    lookups = Lookups(names, at_once=8, of_one_owner=4)
    slow = [asyncio.create_task(lookups.addresses_of(f"slow{n}", "mallory")) for n in range(32)]
    await _until(lambda: len(names.asked) == 4)
    assert await lookups.addresses_of("good", "ana") == ["127.0.0.1"]
    assert lookups.running == 4
    names.released.set()
    assert await asyncio.gather(*slow) == [["127.0.0.1"]] * 32


async def test_all_owners_together_have_only_so_many_threads(names: SlowNames) -> None:
    lookups = Lookups(names, at_once=8, of_one_owner=4)
    slow = [asyncio.create_task(lookups.addresses_of("slow", owner)) for owner in range(20)]
    await _until(lambda: len(names.asked) == 8)
    assert lookups.running == 8
    names.released.set()
    await asyncio.gather(*slow)
    assert len(names.asked) == 20


async def test_whoever_asks_for_a_name_that_is_being_looked_up_waits_for_that(names: SlowNames) -> None:
    lookups = Lookups(names, at_once=8, of_one_owner=4)
    slow = [asyncio.create_task(lookups.addresses_of("slow", "mallory")) for _ in range(16)]
    await _until(lambda: bool(names.asked))
    assert await lookups.addresses_of("good", "mallory") == ["127.0.0.1"]
    names.released.set()
    await asyncio.gather(*slow)
    assert names.asked == ["slow", "good"]


async def test_a_look_up_that_nobody_waits_for_counts_until_its_end_and_leaves_nothing(
    names: SlowNames,
) -> None:
    lookups = Lookups(names, at_once=8, of_one_owner=4)
    slow = [asyncio.create_task(lookups.addresses_of(f"slow{n}", "mallory")) for n in range(10)]
    await _until(lambda: len(names.asked) == 4)
    for task in slow:
        task.cancel()
    await asyncio.gather(*slow, return_exceptions=True)
    assert lookups.running == 4
    waiting = asyncio.create_task(lookups.addresses_of("missing", "mallory"))
    await asyncio.sleep(0)
    assert not waiting.done()
    names.released.set()
    with pytest.raises(OSError, match="no such name"):
        await waiting
    await _until(lambda: not lookups.running)
    assert lookups._shares == {}
    assert names.asked == ["slow0", "slow1", "slow2", "slow3", "missing"]


async def test_a_name_that_does_not_answer_ends_in_time(names: SlowNames) -> None:
    outgoing = Outgoing(allow_private=True, limits=Limits(connect_seconds=0.05), resolve=names)
    with pytest.raises(Unreachable) as late:
        await outgoing.post("http://slow.example/", [], b"{}", owner="ana")
    assert late.value.kind == "timeout"
    assert str(late.value) == "no connection within 0.05 seconds"


async def test_a_system_without_threads_looks_up_nothing(
    names: SlowNames, monkeypatch: pytest.MonkeyPatch
) -> None:
    def start(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    lookups = Lookups(names, at_once=1, of_one_owner=1)
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", start)
        with pytest.raises(OSError, match="can't start new thread"):
            await lookups.addresses_of("good", "ana")
    assert await lookups.addresses_of("other", "ana") == ["127.0.0.1"]


async def _until(is_so: object) -> None:
    """Let threads and tasks run until something is so."""
    assert callable(is_so)
    while not is_so():
        await asyncio.sleep(0)
