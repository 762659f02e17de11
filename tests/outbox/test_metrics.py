"""`/metrics` tells how the workers do, and nothing else."""

from datetime import timedelta

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from kalends.app import Api
from tests.conftest import Clock
from tests.support.client import Client, Guest, Host
from tests.support.receiver import Receiver, answers
from tests.webhooks.conftest import Post, post, receiver, subscribe

__all__ = ["post", "receiver"]


@pytest.fixture(autouse=True)
def fresh(api: Api) -> None:
    """Forget what was told before."""
    api.runtime.metrics_page.forget()


def samples(answer: httpx.Response) -> dict[tuple[str, ...], float]:
    assert answer.status_code == 200
    return {
        (sample.name.removeprefix("kalends_"), *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


async def test_what_waits_and_what_was_done_is_counted(
    api: Api, ana: Host, guest: Guest, client: Client, receiver: Receiver, post: Post, clock: Clock
) -> None:
    await subscribe(ana, receiver, "BOOKING_CREATED")
    receiver.next_answers = [answers(500)]
    await guest.books(await ana.creates_event_type())
    before = samples(await client.get("/metrics"))
    assert before["queue_waiting", "facts"] == 1
    assert before["queue_waiting", "webhooks"] == 0
    assert before["queue_waiting", "timers"] == 3
    api.runtime.metrics_page.forget()
    await post.delivers()
    clock.advance(timedelta(hours=1))
    after = samples(await client.get("/metrics"))
    assert after["queue_waiting", "facts"] == 0
    assert after["facts_total",] == 1
    assert after["queue_waiting", "webhooks"] == 1
    assert after["queue_oldest_seconds", "webhooks"] == pytest.approx(3_595, abs=2)
    assert after["webhook_attempts_total", "http_status", "BOOKING_CREATED"] == 1
    assert after["webhook_lag_seconds_count",] == 1


async def test_the_text_is_made_once_a_second(guest: Guest, client: Client, ana: Host) -> None:
    first = await client.get("/metrics")
    assert first.headers["content-type"].startswith("text/plain; version=0.0.4")
    await guest.books(await ana.creates_event_type())
    assert (await client.get("/metrics")).text == first.text
