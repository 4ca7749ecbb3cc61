from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration


def test_files_are_their_owners_only_also_in_an_open_folder(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    plain = {name: value for name, value in os.environ.items() if not name.startswith("PURVEYOR_")}
    told = plain | {"PURVEYOR_HOME": str(tmp_path), "PURVEYOR_DATABASE_URL": "sqlite:///purveyor.sqlite3"}
    subprocess.run(
        [sys.executable, "-m", "purveyor", "migrate"], env=told, check=True, capture_output=True, umask=0o022
    )
    rights = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir() if file.is_file()}
    assert {name: mode for name, mode in rights.items() if mode & 0o077} == {}
    assert rights["purveyor.sqlite3"] == 0o600
