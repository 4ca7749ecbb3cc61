"""Other people's SP-API clients, unmodified but for base addresses, against the stand-in on a socket.

They live in an environment of their own: ``scripts/client-env`` makes it.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from purveyor.common import clock
from purveyor.common.windows import zulu
from purveyor.simulator.server import Server, serve
from purveyor.simulator.world import World
from simulator.talk import TEN, answer, entry, item

HERE = Path(__file__).resolve().parent
PYTHON = HERE.parents[1] / ".venv-clients" / "bin" / "python"

pytestmark = [
    pytest.mark.clients,
    pytest.mark.skipif(not PYTHON.exists(), reason="OTHER PEOPLE'S CLIENTS ARE NOT AT HAND: run scripts/client-env"),
]


@pytest.fixture
def server() -> Iterator[Server]:
    world = World(scenario="quiet", secrets_from_seed=True)
    with serve(world) as found:
        yield found
    world.close()


def job(server: Server, number: str) -> dict[str, Any]:
    """What a client is told: where, as whom, since when, and what to answer."""
    account = server.world.account
    return {
        "host": f"127.0.0.1:{server.port}",
        "client_id": account.client_id,
        "client_secret": account.client_secret,
        "refresh_token": account.refresh_token,
        "after": zulu(clock.now() - timedelta(days=6)),
        "acknowledgement": answer(number, item("1", entry(10)), acknowledgementDate="2026-03-02T09:00:00+00:00"),
    }


def run(script: str, told: dict[str, Any]) -> dict[str, Any]:
    """Let a client do its work in its own interpreter; it inherits no credentials and no settings of ours."""
    environ = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    command = [str(PYTHON), str(HERE / script)]
    done = subprocess.run(
        command, input=json.dumps(told), capture_output=True, text=True, timeout=300, env=environ, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(
    ("script", "count"),
    [("pages_with_python_amazon_sp_api.py", 10_000), ("pages_with_amzn_sp_api.py", 300)],
)
def test_client_pages_acknowledges_and_reads_the_transaction(server: Server, script: str, count: int) -> None:
    world = server.world
    # A hundred pages at Amazon's pace would take ten seconds; the limits have tests of their own.
    world.settings.generous = True
    numbers = world.place_many(count - 1, lines=3, over=timedelta(days=5))
    numbers.append(world.place("PURCHASE", lines=[TEN, TEN, TEN], vendor_code="WALD1"))
    found = run(script, job(server, "PURCHASE"))
    assert found["numbers"] == numbers
    assert (found["lines"], found["pages"]) == (3 * count, count // 100)
    assert (found["status"], found["read_back"]) == ("Processing", "PURCHASE")
    assert [kept.transaction_id for kept in world.acknowledgements("PURCHASE")] == [found["transaction"]]
    assert world.requests["token"] >= 1
