"""An installation whose database is up to date, for tests that run Purveyor as a process. Made once for each process of
the run: to bring an empty database up to date takes longer than most commands. Registered by ``tests/conftest.py``.

def test_something(shell: Shell) -> None:
    shell.json("order", "list")
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cli.shell import Shell


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of one on SQLite, to be copied."""
    shell = Shell(tmp_path_factory.mktemp("installed") / "home")
    shell.json("migrate")
    return shell.home


@pytest.fixture
def shell(installed: Path, tmp_path: Path) -> Shell:
    """A copy of it, for one test."""
    return Shell(Path(shutil.copytree(installed, tmp_path / "home")))
