"""What Prometheus may know of the gate: counts and times, never whose."""

from collections.abc import Callable, Iterator, Mapping

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

BUCKETS = (0.002, 0.005, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)
"""Seconds; HubSpot gives up after five."""


class Ledger(Collector):
    """Asks for numbers when it is asked: name -> (help, value)."""

    def __init__(self, numbers: Callable[[], Mapping[str, tuple[str, float]]]) -> None:
        self.numbers = numbers

    def collect(self) -> Iterator[Metric]:
        """One gauge a number."""
        for name, (help_, value) in self.numbers().items():
            yield GaugeMetricFamily(f"revops_gate_{name}", help_, value)


class Meter:
    """The gate's own registry, so that several gates in one process do not share counts."""

    form = CONTENT_TYPE_LATEST

    def __init__(self, numbers: Callable[[], Mapping[str, tuple[str, float]]] = dict) -> None:
        self.registry = CollectorRegistry()
        self.registry.register(Ledger(numbers))
        self._answers = Counter("revops_gate_answers", "Answers.", ("door", "status"), registry=self.registry)
        self._events = Counter("revops_gate_events", "Events kept, known ones included.", registry=self.registry)
        self._troubles = Counter("revops_gate_troubles", "Answers 503, by cause.", ("cause",), registry=self.registry)
        self._seconds = Histogram(
            *("revops_gate_seconds", "From the request's arrival to its answer.", ("door",)),
            buckets=BUCKETS,
            registry=self.registry,
        )

    def answered(self, door: str, status: int, seconds: float) -> None:
        """A request was answered."""
        self._answers.labels(door, str(status)).inc()
        self._seconds.labels(door).observe(seconds)

    def told(self, events: int) -> None:
        """So many events were kept."""
        self._events.inc(events)

    def trouble(self, cause: str) -> None:
        """The sender was asked to come again."""
        self._troubles.labels(cause).inc()

    def text(self) -> bytes:
        """Everything, as it is scraped."""
        return generate_latest(self.registry)
