"""How many events a second reach a receiver on this machine, from the sealed audit to the stored answer.

``python -m bench.webhooks [--events 4000] [--database postgresql://…]``: entries are written first, then sealed, handed
out and sent by one worker's thread, as the tasks do it. The receiver runs in a process of its own. Bound: 200 a second.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from bench.ground import hub

BOUND = 200
EVENTS = 4000
RECEIVER = """
import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.wfile.write(b"HTTP/1.1 204 No Content\\r\\n\\r\\n")
    def log_message(self, *_): pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
print(server.server_address[1], flush=True)
server.serve_forever()
"""


@contextmanager
def receiver() -> Iterator[str]:
    """A receiver that takes everything; its address."""
    process = subprocess.Popen([sys.executable, "-c", RECEIVER], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}/hook"
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=EVENTS)
    parser.add_argument("--database", default="", help="postgresql://… to measure there instead of on SQLite")
    given = parser.parse_args()
    os.environ["PURVEYOR_ALLOW_PRIVATE_ADDRESSES"] = "yes"
    with receiver() as address, hub(given.database):
        return _measure(address, given.events)


def _measure(address: str, events: int) -> int:
    from django.db import connection, transaction

    from purveyor.alerts import deliver, fan_out
    from purveyor.alerts.domain import webhooks
    from purveyor.alerts.models import Delivery
    from purveyor.alerts.states import DeliveryState
    from purveyor.audit.write import record
    from purveyor.people.who import Who

    hook, _secret = webhooks.add(Who.cli(), "bench", address, types=["order"])
    for begin in range(0, events, 500):
        with transaction.atomic():
            for number in range(begin, min(begin + 500, events)):
                record("order.received", by="system:bench", name=f"PO{number}", new={"state": "new", "lines": 20})
    began = time.monotonic()
    made = fan_out.fan_out()
    handed = time.monotonic() - began
    while deliver.send_due(hook.pk):
        pass
    took = time.monotonic() - began
    assert made == events
    assert Delivery.objects.filter(state=DeliveryState.DONE, status=204, tries=1).count() == events
    rate = events / took
    ok = rate >= BOUND
    print(
        f"webhooks on {connection.vendor}: {rate:,.0f} events/s from the audit to the stored answer, {events:,} events"
        f" in {took:.1f} s, {handed:.1f} s of it sealing and handing out (bound {BOUND}) {'ok' if ok else 'MISSED'}"
    )
    return not ok


if __name__ == "__main__":
    sys.exit(main())
