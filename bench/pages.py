"""How quick pages stay while a back-fill runs at Amazon's full speed. Bound: p95 < 250 ms.

``python -m bench.pages [--orders 20000] [--seconds 15] [--database postgresql://…]``
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.hub import Person, free_port

BOUND_MS = 250.0


def run(*command: str, environment: dict[str, str], given: str = "") -> dict[str, Any]:
    """One command of ours, its JSON answer."""
    done = subprocess.run(
        [sys.executable, "-m", "purveyor", *command, "--json"],
        env=environment,
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{command[:2]}: {done.stdout} {done.stderr}")
    return dict(json.loads(done.stdout))


def post(url: str, token: str, body: dict[str, Any]) -> dict[str, Any]:
    request = urllib.request.Request(
        url, json.dumps(body).encode(), {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return dict(json.loads(answer.read()))


STAND_IN = """
import sys
from datetime import timedelta
from purveyor.simulator.server import serve
from purveyor.simulator.world import World
import json, time
world = World(seed=1, scenario="quiet")
world.place_many(int(sys.argv[1]), lines=20, over=timedelta(days=60))
server = serve(world)
account = world.account
print(json.dumps({"address": str(server.address), "marketplace": account.marketplace, "code": account.vendor_codes[0],
  "client_id": account.client_id, "client_secret": account.client_secret, "refresh_token": account.refresh_token}))
sys.stdout.flush()
time.sleep(3600)
"""


def measure(orders: int, seconds: float, database: str) -> tuple[dict[str, list[float]], int]:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        environment = {**os.environ, "PURVEYOR_HOME": folder}
        if database:
            environment["PURVEYOR_DATABASE_URL"] = database
        stand_in = subprocess.Popen([sys.executable, "-c", STAND_IN, str(orders)], stdout=subprocess.PIPE, text=True)
        hub = None
        try:
            assert stand_in.stdout is not None
            account = json.loads(stand_in.stdout.readline())
            subprocess.run([sys.executable, "-m", "purveyor", "migrate"], env=environment, check=True)
            password = secrets.token_urlsafe(12)
            run(
                "user",
                "add",
                "bench",
                "--role",
                "administrator",
                "--password-stdin",
                environment=environment,
                given=password,
            )
            token = run(
                "token", "add", "bench", "--scope", "sync.run", "--scope", "profiles.view", environment=environment
            )["token"]
            given = json.dumps({k: account[k] for k in ("client_secret", "refresh_token")})
            where = ["--endpoint", account["address"], "--login-url", account["address"] + "/auth/o2/token"]
            run(
                *("profile", "add", "bench", "--marketplace", account["marketplace"], "--vendor-code", account["code"]),
                *("--client-id", account["client_id"], "--secrets-stdin", *where),
                environment=environment,
                given=given,
            )
            port = free_port()
            log = (home / "hub.log").open("ab")
            hub = subprocess.Popen(
                [sys.executable, "-m", "purveyor", "up", "--port", str(port)], env=environment, stdout=log, stderr=log
            )
            page = f"http://127.0.0.1:{port}"
            person = Person(page)
            person.wait_for("/health/live", "", 60)
            person.sign_in("bench", password)
            since = (datetime.now(UTC) - timedelta(days=61)).isoformat()
            post(f"{page}/api/v1/profiles/bench/sync", token, {"since": since})
            return look(person, seconds), orders
        finally:
            for process in (hub, stand_in):
                if process:
                    process.send_signal(signal.SIGTERM)
                    process.wait(40)


def look(person: Person, seconds: float) -> dict[str, list[float]]:
    """Open pages in turn and note how long each took, in milliseconds."""
    person.wait_for("/orders/", r"/orders/\d+/", 60)
    found: dict[str, list[float]] = {"/": [], "/orders/": [], "/orders/?q=B0": [], "/documents/": [], "/profiles/": []}
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for path, times in found.items():
            began = time.monotonic()
            person.get(path)
            times.append(1000 * (time.monotonic() - began))
    return found


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--orders", type=int, default=20_000)
    options.add_argument("--seconds", type=float, default=15)
    options.add_argument("--database", default="")
    given = options.parse_args()
    found, orders = measure(given.orders, given.seconds, given.database)
    every = [t for times in found.values() for t in times]
    p95 = statistics.quantiles(every, n=20)[-1]
    parts = ", ".join(f"{path} {statistics.median(times):.0f}" for path, times in found.items())
    ok = p95 < BOUND_MS
    engine = "PostgreSQL" if given.database else "SQLite"
    print(
        f"pages while a back-fill of {orders} runs ({engine}): p95 {p95:.0f} ms over {len(every)} pages "
        f"(bound {BOUND_MS:.0f}); medians {parts} {'ok' if ok else 'MISSED'}"
    )
    return not ok


if __name__ == "__main__":
    sys.exit(main())
