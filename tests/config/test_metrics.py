from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from purveyor.config.home import fresh_metrics_folder

pytestmark = pytest.mark.unit

COUNT = "from purveyor.config import metrics; metrics.SWEEPS.labels('new', 'done').inc(); metrics.WORKER_BUSY.inc()"
SHOW = "from purveyor.config import metrics; metrics.forget_the_dead(); print(metrics.exposition().decode())"


def run(code: str, folder: Path | None) -> str:
    environment = os.environ | ({"PROMETHEUS_MULTIPROC_DIR": str(folder)} if folder else {})
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    ).stdout


def test_processes_count_together(tmp_path: Path) -> None:
    for _ in range(2):
        run(COUNT, tmp_path)
    shown = run(SHOW, tmp_path).splitlines()
    assert 'purveyor_sweeps_total{outcome="done",sweep="new"} 2.0' in shown
    assert "purveyor_worker_busy_threads 0.0" in shown  # the two that had a thread at work are gone


def test_a_process_alone_counts_for_itself() -> None:
    shown = run(f"{COUNT}; {SHOW}", None).splitlines()
    assert 'purveyor_sweeps_total{outcome="done",sweep="new"} 1.0' in shown
    assert "purveyor_worker_busy_threads 1.0" in shown


def test_a_fresh_metrics_folder_is_empty(home: Path) -> None:
    folder = fresh_metrics_folder()
    (folder / "old.db").touch()
    assert fresh_metrics_folder() == home / "metrics"
    assert list(folder.iterdir()) == []
