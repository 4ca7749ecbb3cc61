"""A worker killed between sending and storing sends again under the same id, and never loses an event.

The worker is a real process that ends itself with SIGKILL just after the receiver has answered, with seeded dice.
"""

from __future__ import annotations

import collections
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable

import pytest

from cli.shell import Shell, environ
from receiver import receiving

pytestmark = pytest.mark.integration

EVENTS, SEED = 60, 7
SET_UP = """
from purveyor.config.start import start; start()
import sys
from purveyor.alerts.domain import webhooks
from purveyor.audit.write import record
from purveyor.people.who import Who
webhooks.add(Who.cli(), "erp", sys.argv[1], types=["order"])
for number in range(int(sys.argv[2])):
    record("order.received", by="system:test", name=str(number))
"""
WORKER = """
from purveyor.config.start import start; start()
import os, random, signal, sys
from purveyor.alerts import deliver, fan_out
from purveyor.jobs import lease
deliver.BATCH, dice, plain = 10, random.Random(int(sys.argv[1])), deliver._store
def deadly(*told):
    if dice.random() < float(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)  # sent, and nothing stored
    plain(*told)
deliver._store = deadly
lease.free_the_dead()
fan_out.fan_out()
deliver.send_due(1)
"""
COUNT = """
from purveyor.config.start import start; start()
from purveyor.alerts.models import Delivery
print(Delivery.objects.count(), Delivery.objects.filter(state="done").count())
"""


@pytest.fixture
def run(shell: Shell) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a script on a hub of its own."""
    more = {"PURVEYOR_ALLOW_PRIVATE_ADDRESSES": "yes", "DJANGO_SETTINGS_MODULE": "purveyor.config.settings"}
    place = environ(shell.home, **more, PYTHONPATH=os.pathsep.join(sys.path))

    def run_it(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", script, *arguments]
        return subprocess.run(command, env=place, capture_output=True, text=True, timeout=120, check=False)

    return run_it


def test_killed_workers_lose_nothing_and_keep_the_ids(run: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    with receiving() as there:
        done = run(SET_UP, there.url, str(EVENTS))
        assert done.returncode == 0, done.stderr
        kills = 0
        for life in range(12):
            chance = "0.6" if life < 3 else "0"
            died = run(WORKER, str(SEED + life), chance).returncode
            assert died in (0, -signal.SIGKILL)
            kills += died == -signal.SIGKILL
            if not died and chance == "0":
                break
        names = [json.loads(came.body)["object"]["name"] for came in there.requests]
        ids = collections.defaultdict(set)
        for came in there.requests:
            ids[json.loads(came.body)["object"]["name"]].add(came.headers["purveyor-event-id"])
    assert run(COUNT).stdout.split() == [str(EVENTS), str(EVENTS)]
    assert set(names) == {str(number) for number in range(EVENTS)}
    assert {len(found) for found in ids.values()} == {1}
    assert (kills > 0, len(names) > EVENTS) == (True, True), "the dice killed nobody: nothing was proved"
