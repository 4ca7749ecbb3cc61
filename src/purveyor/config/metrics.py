"""What is counted. Shown at /metrics.

With ``PROMETHEUS_MULTIPROC_DIR`` set before this is imported, the processes of one machine count together.
"""

from __future__ import annotations

import os
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

REGISTRY = CollectorRegistry()

AMAZON_REQUESTS = Counter(
    "purveyor_amazon_requests",
    "Requests to Amazon by operation and HTTP status.",
    ["operation", "status"],
    registry=REGISTRY,
)
AMAZON_SECONDS = Histogram(
    "purveyor_amazon_request_seconds", "Time to Amazon's answer.", ["operation"], registry=REGISTRY
)
DOCUMENTS = Counter("purveyor_documents", "Documents by the state they reached.", ["kind", "state"], registry=REGISTRY)
JOBS = Counter("purveyor_jobs", "Tasks run, by name and how they ended.", ["task", "outcome"], registry=REGISTRY)
SWEEPS = Counter("purveyor_sweeps", "Sweeps by kind and how they ended.", ["sweep", "outcome"], registry=REGISTRY)
ORDERS_SEEN = Counter(
    "purveyor_orders_seen", "Orders received, by what became of them.", ["outcome"], registry=REGISTRY
)
WORKER_BUSY = Gauge("purveyor_worker_busy_threads", "Threads at work.", registry=REGISTRY, multiprocess_mode="livesum")


def forget_the_dead() -> None:
    """What processes that are gone had at hand counts no longer; what they had counted stays."""
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    for file in Path(folder).glob("gauge_live*_*.db") if folder else ():
        pid = file.stem.rpartition("_")[2]
        if not Path("/proc", pid).exists():
            file.unlink(missing_ok=True)


def exposition() -> bytes:
    """Everything counted, in Prometheus' text format; over all processes where they count together."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(REGISTRY)
    together = CollectorRegistry()
    MultiProcessCollector(together)  # type: ignore[no-untyped-call]  # the library has no types here
    return generate_latest(together)
