"""What one process counts of itself, for its page of metrics; a restart begins anew."""

import os
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import Metric
from prometheus_client.registry import Collector

REGISTRY = CollectorRegistry()
"""Every metric that is about a process and not about the database."""


def metrics_of_process() -> bytes:
    """Return what this process knows; each sample says which it is, as the next page may be another's."""
    told = CollectorRegistry()
    told.register(_OfThisProcess())
    return generate_latest(told)


class _OfThisProcess(Collector):
    def collect(self) -> Iterator[Metric]:
        """Yield every metric with the process's id as a label."""
        pid = str(os.getpid())
        for metric in REGISTRY.collect():
            metric.samples = [
                sample._replace(labels={**sample.labels, "pid": pid}) for sample in metric.samples
            ]
            yield metric
