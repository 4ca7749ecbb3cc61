"""An idle ``purveyor up``: memory (PSS over the process tree) and share of one core.

Bounds: under 250 MB PSS, under 1 % of one core. ``python -m bench.idle [--seconds 300]``
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

PSS_BOUND_MB, CPU_BOUND = 250.0, 1.0


def tree_of(root: int) -> list[int]:
    """The process and all its descendants."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text()
            except OSError:
                continue
            parents.setdefault(int(stat.rpartition(")")[2].split()[1]), []).append(int(entry.name))
    found, todo = [], [root]
    while todo:
        pid = todo.pop()
        found.append(pid)
        todo += parents.get(pid, [])
    return found


def pss_mb(pids: list[int]) -> float:
    """Proportional set size in MB: shared pages count once."""
    total = 0
    for pid in pids:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total / 1024


def cpu_seconds(pids: list[int]) -> float:
    ticks = os.sysconf("SC_CLK_TCK")
    fields = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in pids]
    return sum(int(f[11]) + int(f[12]) for f in fields) / ticks


def wait_ready(url: str, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(url, timeout=1).close()
            return
        except OSError:
            time.sleep(0.2)
    raise SystemExit(f"{url} did not answer")


def measure(seconds: float, port: int) -> tuple[float, float, int]:
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "PURVEYOR_HOME": home}
        hub = subprocess.Popen(
            [sys.executable, "-m", "purveyor", "up", "--port", str(port)], env=environment, stderr=subprocess.DEVNULL
        )
        try:
            wait_ready(f"http://127.0.0.1:{port}/health/live")
            time.sleep(10)
            pids = tree_of(hub.pid)
            before = cpu_seconds(pids)
            time.sleep(seconds)
            used = cpu_seconds(pids) - before
            return pss_mb(pids), 100 * used / seconds, len(pids)
        finally:
            hub.send_signal(signal.SIGTERM)
            hub.wait(30)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=300)
    options.add_argument("--port", type=int, default=18765)
    given = options.parse_args()
    pss, cpu, count = measure(given.seconds, given.port)
    ok = pss < PSS_BOUND_MB and cpu < CPU_BOUND
    print(
        f"idle: {pss:.0f} MB PSS over {count} processes (bound {PSS_BOUND_MB:.0f}), "
        f"{cpu:.2f} % of one core over {given.seconds:.0f} s (bound {CPU_BOUND:.0f}) {'ok' if ok else 'MISSED'}"
    )
    return not ok


if __name__ == "__main__":
    sys.exit(main())
