"""The process tree by itself, with parts that are small shell programs."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from purveyor.cli import tree
from purveyor.cli.tree import Part, Tree

pytestmark = pytest.mark.integration

PATIENCE = 20.0
AGAIN = threading.Event()  # never set


def part(script: str, name: str = "part") -> Part:
    return Part(name, ["sh", "-c", script])


def wait_for(path: Path, text: str) -> None:
    until = time.monotonic() + PATIENCE
    while not (path.exists() and text in path.read_text()):
        assert time.monotonic() < until, f"{text!r} did not come"
        AGAIN.wait(0.02)


def test_a_part_that_falls_again_and_again_ends_the_tree(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tree, "RESTART_AFTER_SECONDS", 0.05)
    good, bad = part("sleep 60", "good"), part("exit 3", "bad")
    before = {n: signal.getsignal(n) for n in (signal.SIGTERM, signal.SIGINT)}
    try:
        assert Tree([good, bad]).run() == 1
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    said = capsys.readouterr().err
    assert (said.count("the bad ended; starting it again"), "the bad does not stay up" in said) == (
        tree.TRIES - 1,
        True,
    )
    assert good.process is not None
    assert good.process.returncode == -signal.SIGTERM


def test_end_asks_the_last_first_and_kills_the_stubborn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree, "GRACE_SECONDS", 1.0)
    log = tmp_path / "log"
    polite = part(f"trap 'echo polite >> {log}; exit 0' TERM; echo up1 >> {log}; while :; do sleep 0.05; done")
    stubborn = part(f"trap 'echo no >> {log}' TERM; echo up2 >> {log}; while :; do sleep 0.05; done")
    found = Tree([polite, stubborn])
    found.start()
    for word in ("up1", "up2"):
        wait_for(log, word)
    found.end()
    assert [p.process.returncode for p in found.parts if p.process] == [0, -signal.SIGKILL]
    assert "polite" in log.read_text()


def test_start_of_some_leaves_the_others_and_never_starts_twice() -> None:
    first, second = part("sleep 60"), part("sleep 60")
    found = Tree([first, second])
    found.start(1)
    assert (first.process is not None, second.process is None) == (True, True)
    process = first.process
    found.start()
    assert (first.process is process, second.process is not None) == (True, True)
    found.end()


def test_a_steady_part_may_fall_as_often_as_it_likes() -> None:
    one = part("exit 0")
    one.started, one.falls = time.monotonic() - tree.STEADY_SECONDS - 1, tree.TRIES
    assert (one.may_restart(), one.falls) == (True, 0)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_polite_stop_before_the_tree_runs_is_a_clean_end(number: int) -> None:
    asked = f"import os; from purveyor.cli.tree import stop_politely; stop_politely(); os.kill(os.getpid(), {number:d})"
    assert subprocess.run([sys.executable, "-c", asked], check=False).returncode == 0


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent was killed")
def test_parts_of_a_killed_tree_are_asked_to_stop(tmp_path: Path) -> None:
    log = tmp_path / "log"
    script = f"trap 'echo asked >> {log}; exit 0' TERM; echo up >> {log}; while :; do sleep 0.05; done"
    asked = f"from purveyor.cli.tree import Part, Tree; Tree([Part('part', ['sh', '-c', {script!r}])]).run()"
    root = subprocess.Popen([sys.executable, "-c", asked])
    wait_for(log, "up")
    root.kill()
    root.wait()
    wait_for(log, "asked")
