"""The real worker, in a process of its own, that may end itself with SIGKILL at the two points that matter most:

* just before the bytes of an acknowledgement leave (its intent is stored by then), and
* just after Amazon's reply has come in (nothing of it is stored yet).

``python -m proof.worker SEED CHANCE ENDPOINT SIGN``: the chance of dying at each of the two, per acknowledgement, and
the file that tells it is at work. No code of the product knows of this: the transport that goes over the network is
wrapped from here.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import threading
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "purveyor.config.settings")


class Dying:
    """A transport that sometimes does not live to see the next line."""

    def __init__(self, inner, seed: int, chance: float) -> None:
        self.inner, self.dice, self.chance = inner, random.Random(seed), chance

    def send(self, request, timeout):
        deadly = request.operation == "submitAcknowledgement"
        self._perhaps_die(deadly)
        reply = self.inner.send(request, timeout)
        self._perhaps_die(deadly)
        return reply

    def _perhaps_die(self, deadly: bool) -> None:
        if deadly and self.dice.random() < self.chance:
            os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    seed, chance, endpoint = int(sys.argv[1]), float(sys.argv[2]), sys.argv[3]
    import django

    django.setup()
    from purveyor.amazon.transport import HttpTransport
    from purveyor.jobs.worker import run_worker
    from purveyor.profiles import clients

    clients.plug(endpoint, Dying(HttpTransport(), seed, chance))
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    Path(sys.argv[4]).touch()
    run_worker(stop)


if __name__ == "__main__":
    main()
