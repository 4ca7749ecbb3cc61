"""Tasks of the tests' own, taken out of the registry again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from purveyor.jobs import registry, runs
from purveyor.jobs.perform import pauses

Register = Callable[..., Any]


@pytest.fixture
def a_task() -> Iterator[Register]:
    """``registry.task`` for the length of a test."""
    names: list[str] = []

    def register(name: str, fn: Callable[[int], None], **more: Any) -> str:
        registry.task(name, **more)(fn)
        names.append(name)
        return name

    yield register
    for name in names:
        registry.forget(name)
    pauses.__init__()  # type: ignore[misc]  # as new


@pytest.fixture
def a_chore() -> Iterator[Register]:
    """``registry.recurring`` for the length of a test."""
    names: list[str] = []

    def register(name: str, fn: Callable[[], None], **more: Any) -> str:
        registry.recurring(name, **more)(fn)
        names.append(name)
        return name

    yield register
    for name in names:
        registry.forget(name)


@pytest.fixture
def a_kind() -> Iterator[Register]:
    """``runs.run_kind`` for the length of a test."""
    names: list[str] = []

    def register(name: str, fn: runs.Kind) -> str:
        runs.run_kind(name)(fn)
        names.append(name)
        return name

    yield register
    for name in names:
        runs._kinds.pop(name)
