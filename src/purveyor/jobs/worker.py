"""Make this process a worker until it is told to stop."""

from __future__ import annotations

import logging
import threading

from purveyor.config import metrics
from purveyor.jobs.engines import engine

log = logging.getLogger(__name__)

# How long running tasks may take to finish once the worker is told to stop; below what process managers grant (30 s).
GRACE_SECONDS = 20.0


def run_worker(stop_event: threading.Event, grace: float = GRACE_SECONDS) -> bool:
    """Work until the event is set, then take nothing new and let what runs finish.

    Whether everything finished; what did not is taken over by another worker once its lease is over.
    """
    metrics.forget_the_dead()
    working = engine()
    working.start()
    log.info("The worker is at work.")
    stop_event.wait()
    ended = working.stop(grace)
    if ended:
        log.info("The worker has stopped.")
    else:
        log.warning("The worker stopped before everything was finished; leases give it back.")
    return ended
