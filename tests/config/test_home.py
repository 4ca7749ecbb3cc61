from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest

from purveyor.config import home as at_home

pytestmark = pytest.mark.unit


def test_secret_key_is_made_once_for_its_owner_only(home: Path) -> None:
    key = at_home.secret_key()
    file = home / "secret.key"
    assert len(key) == 64
    assert at_home.secret_key() == key
    assert file.read_text() == key + "\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_ensure_home_closes_the_folder_to_others(home: Path) -> None:
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert at_home.ensure_home() == home


def test_keys_file_lies_in_the_home_folder_by_default(home: Path) -> None:
    assert at_home.keys_file() == home / "keys"


def test_write_new_lets_one_of_many_win_and_leaves_no_drafts(tmp_path: Path) -> None:
    file = tmp_path / "key"
    won: list[str] = []
    start = threading.Barrier(8)

    def write(text: str) -> None:
        start.wait()
        if at_home.write_new(file, text):
            won.append(text)

    threads = [threading.Thread(target=write, args=[f"key {n}"]) for n in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert won == [file.read_text()]
    assert list(tmp_path.iterdir()) == [file]
