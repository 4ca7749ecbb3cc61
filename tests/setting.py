"""Options set for the length of a test, a key file of its own among them. Registered by ``tests/conftest.py``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from purveyor.config import options


@pytest.fixture
def set_option(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str], None]]:
    """Set an option for the length of a test."""

    def set_it(name: str, value: str) -> None:
        monkeypatch.setenv(name, value)
        options.values.cache_clear()

    yield set_it
    monkeypatch.undo()
    options.values.cache_clear()


@pytest.fixture
def key_file(tmp_path: Path, set_option: Callable[[str, str], None]) -> Path:
    """Where the keys will be; there are none yet."""
    file = tmp_path / "keys"
    set_option("PURVEYOR_KEYS_FILE", str(file))
    return file
