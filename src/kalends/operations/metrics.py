"""`/metrics`: how the workers and this process do, for Prometheus.

What the workers do is counted in the database, so any server tells the whole truth, whichever processes do
the work, and a restart resets nothing. Without the database there is what this process knows, and that it is
away. Only counts are told: nothing of anybody's data.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

import psycopg
import psycopg_pool
from fastapi import Request, Response
from fastapi.responses import PlainTextResponse
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from kalends.api.dependencies import CurrentDatabase, Now, runtime_of
from kalends.api.http.operation import PageRouter
from kalends.db.database import Connection, Database
from kalends.notifications import service as notifications
from kalends.operations.process import REGISTRY, metrics_of_process
from kalends.outbox import service as outbox
from kalends.outbox.backlog import Backlog
from kalends.webhooks.deliveries.courier import LAG_BUCKETS
from kalends.worker import JOB_KINDS

_PATIENCE_SECONDS = 2.0
_DATABASE_UP = b"""\
# HELP kalends_database_up Whether the database answers.
# TYPE kalends_database_up gauge
kalends_database_up %d
"""
_UP, _DOWN = _DATABASE_UP % 1, _DATABASE_UP % 0

_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

router = PageRouter("/metrics", "Health", is_counted=False)


@router.get("", documented_as=PlainTextResponse)
async def metrics(request: Request, database: CurrentDatabase, now: Now) -> Response:
    """Tell Prometheus what waits for the workers, what they have done, and how this process does."""

    async def make() -> bytes:
        try:
            async with database.connection(patience=_PATIENCE_SECONDS) as connection:
                return _UP + await _text(connection, now)
        except (psycopg.Error, psycopg_pool.PoolTimeout):
            return _DOWN

    text = await runtime_of(request).metrics_page.text(make)
    _look_at(database)
    return Response(text + metrics_of_process(), media_type=_CONTENT_TYPE)


_disk_free = Gauge(
    "kalends_disk_free_bytes",
    "Room on the disk of the embedded database; 0: it is elsewhere.",
    registry=REGISTRY,
)
_connections = Gauge(
    "kalends_database_connections", "Connections to the database.", ["state"], registry=REGISTRY
)
_waiting = Gauge("kalends_database_waiting", "Who waits for such a connection.", registry=REGISTRY)


def _look_at(database: Database) -> None:
    _disk_free.set(database.disk.free_bytes() if database.disk is not None else 0)
    counters = database.statistics()
    idle = counters["pool_available"]
    _connections.labels("idle").set(idle)
    _connections.labels("busy").set(counters["pool_size"] - idle)
    _waiting.set(counters["requests_waiting"])


async def _text(connection: Connection, now: datetime) -> bytes:
    backlogs = await outbox.backlogs(connection, JOB_KINDS, now=now)
    away_since = (await notifications.waiting_for_server(connection)).oldest
    registry = CollectorRegistry()
    registry.register(_MetricsOfNow(backlogs, await outbox.counters(connection), away_since, now))
    return generate_latest(registry)


class _MetricsOfNow(Collector):
    """The metrics of one moment."""

    def __init__(
        self,
        backlogs: Mapping[str, Backlog],
        counters: Mapping[str, int],
        away_since: datetime | None,
        now: datetime,
    ) -> None:
        self._backlogs = backlogs
        self._counters = counters
        self._away_since = away_since
        self._now = now

    def collect(self) -> Iterator[Metric]:
        """Yield every metric."""
        waiting = GaugeMetricFamily(
            "kalends_queue_waiting", "What is to be done, now or later.", labels=["queue"]
        )
        age = GaugeMetricFamily(
            "kalends_queue_oldest_seconds",
            "How long the first that is due has been waiting.",
            labels=["queue"],
        )
        for queue, backlog in self._backlogs.items():
            waiting.add_metric([queue], backlog.count)
            age.add_metric([queue], self._seconds_since(backlog.oldest))
        set_aside = GaugeMetricFamily(
            "kalends_queue_set_aside",
            "What is not tried any more because its workers ended: see `kalends jobs list`.",
            labels=["queue"],
        )
        for queue in ("timers", *(kind.name for kind in JOB_KINDS)):
            set_aside.add_metric([queue], self._backlogs[queue].set_aside)
        yield waiting
        yield age
        yield set_aside
        yield GaugeMetricFamily(
            "kalends_mail_server_away_seconds",
            "How long mails have been waiting for a mail server that is away.",
            value=self._seconds_since(self._away_since),
        )
        yield self._counter("facts", "Facts handed to all consumers.")
        yield self._counter("failures", "Facts that a consumer failed at.", "consumer")
        yield self._counter(
            "jobs_set_aside", "Jobs that were set aside because their workers ended.", "queue"
        )
        yield self._counter("webhook_attempts", "Requests to subscribers.", "trigger", "outcome")
        yield self._counter("webhook_given_up", "Deliveries that no attempt brought through.", "trigger")
        yield self._counter(
            "mails_suppressed", "Mails not sent because strangers cause too many to an address.", "reason"
        )
        yield self._counter("mail_attempts", "Attempts to hand over a mail.", "outcome")
        yield self._lag()

    def _seconds_since(self, moment: datetime | None) -> float:
        return 0.0 if moment is None else max(0.0, (self._now - moment).total_seconds())

    def _counter(self, name: str, text: str, *labels: str) -> Metric:
        family = CounterMetricFamily(f"kalends_{name}", text, labels=labels)
        for key, value in self._counters.items():
            counter, *values = key.split(":")
            if counter == name:
                family.add_metric(values, value)
        return family

    def _lag(self) -> Metric:
        family = HistogramMetricFamily(
            "kalends_webhook_lag_seconds", "From an event to the first attempt of its delivery."
        )
        total, buckets = 0, []
        for bound in (*map(str, LAG_BUCKETS), "+Inf"):
            total += self._counters.get(f"webhook_lag:{bound}", 0)
            buckets.append((bound, float(total)))
        family.add_metric([], buckets, self._counters.get("webhook_lag_sum_ms", 0) / 1_000)
        return family
