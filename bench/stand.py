"""A stand-in Amazon in a process of its own, full of orders, for the benchmarks of importing.

``python -m bench.stand --orders 50000 --days 180 --latency 0.2``: prints one line of JSON (where it answers, and whose
credentials it takes), then answers until its standard input is closed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

WSGI = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def pin(core: int) -> None:
    """Stay on one core, where the machine has more than one."""
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[core % len(cores)]})


def unlimited(app: WSGI, rate: float) -> WSGI:
    """The same app, but it names another limit, which our own limiter then adopts."""

    def named(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        def start_named(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            kept = [(n, str(rate) if n.lower() == "x-amzn-ratelimit-limit" else v) for n, v in headers]
            return start(status, kept, *more)

        return app(environ, start_named)

    return named


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--orders", type=int, required=True)
    parser.add_argument("--lines", type=int, default=20)
    parser.add_argument("--days", type=float, default=179)
    parser.add_argument("--latency", type=float, default=0.0)
    parser.add_argument("--rate", type=float, default=0.0, help="Name this limit instead of Amazon's, and count none.")
    parser.add_argument("--core", type=int, default=1)
    given = parser.parse_args()
    pin(given.core)
    from purveyor.common import clock
    from purveyor.simulator.app import create_app
    from purveyor.simulator.model import Settings
    from purveyor.simulator.server import HTTPServer
    from purveyor.simulator.world import World

    settings = Settings(latency=given.latency, generous=given.rate > 0)
    world = World(scenario="quiet", secrets_from_seed=True, settings=settings)
    world.place_many(given.orders, given.lines, timedelta(days=given.days), until=clock.now() - timedelta(minutes=1))
    app = create_app(world)
    server = HTTPServer(("127.0.0.1", 0), unlimited(app, given.rate) if given.rate else app)
    account = world.accounts[0]
    address = f"http://127.0.0.1:{server.server_address[1]}"
    told = {
        "endpoint": address,
        "login_url": f"{address}/auth/o2/token",
        "marketplace": account.marketplace,
        "vendor_codes": list(account.vendor_codes),
        "client_id": account.client_id,
        "client_secret": account.client_secret,
        "refresh_token": account.refresh_token,
    }
    import threading

    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()
    sys.stdin.read()
    return 0


@contextmanager
def standing(orders: int, **more: float) -> Iterator[dict[str, Any]]:
    """A stand-in with so many orders; what it printed. Ends with the block."""
    options = [f"--{name}={value}" for name, value in {"orders": orders, **more}.items()]
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.stand", *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield json.loads(process.stdout.readline())
    finally:
        process.stdin.close()
        process.wait(30)


if __name__ == "__main__":
    sys.exit(main())
