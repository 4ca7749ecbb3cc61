"""What workers can do: tasks by name, and what recurs. Read ``tasks()`` and ``recurring_tasks()`` for all of it.

A task takes a row's id, claims the row, does one thing and moves its state. Its ``due`` answers the ids of rows whose
time has come; it is asked every few seconds, so a lost wake-up costs seconds and nothing else (DESIGN §1.2).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TypeVar

from django.utils.module_loading import autodiscover_modules

Work = Callable[[int], None]
Due = Callable[[datetime, int], list[int]]
Chore = Callable[[], None]
F = TypeVar("F", bound=Callable[..., None])


@dataclass(frozen=True, slots=True)
class Task:
    """``run`` takes a row's id. ``due`` answers at most so many ids due at a moment; asked every ``every`` seconds."""

    name: str
    run: Work
    due: Due | None = None
    every: float = 5


@dataclass(frozen=True, slots=True)
class Recurring:
    """Runs every ``every`` seconds, on one worker of all. After ``lease`` seconds its worker counts as dead."""

    name: str
    run: Chore
    every: float
    lease: float = 300


_tasks: dict[str, Task] = {}
_recurring: dict[str, Recurring] = {}


def task(name: str, *, due: Due | None = None, every: float = 5) -> Callable[[F], F]:
    """Register a function of a row's id under a name. Raises ValueError when the name is taken."""

    def register(fn: F) -> F:
        _keep(_tasks, name, Task(name, fn, due, every))
        return fn

    return register


def recurring(name: str, *, every: float, lease: float = 300) -> Callable[[F], F]:
    """Register a function without arguments that runs every so many seconds. Raises ValueError as ``task``."""

    def register(fn: F) -> F:
        _keep(_recurring, name, Recurring(name, fn, every, lease))
        return fn

    return register


R = TypeVar("R", Task, Recurring)


def _keep(table: dict[str, R], name: str, entry: R) -> None:
    if name in _tasks or name in _recurring:
        raise ValueError(f"there is a task named {name} already")
    table[name] = entry


@cache
def autodiscover() -> None:
    """Import every app's ``tasks`` module, once."""
    autodiscover_modules("tasks")


def tasks() -> Mapping[str, Task]:
    """Every task by name, in the order of their registration."""
    autodiscover()
    return _tasks


def recurring_tasks() -> Mapping[str, Recurring]:
    """Everything that recurs, by name."""
    autodiscover()
    return _recurring


def find(name: str) -> Task:
    """The task of a name. Raises LookupError when nobody registered it."""
    found = tasks().get(name)
    if found is None:
        raise LookupError(f"no task is named {name}")
    return found


def forget(name: str) -> None:
    """Take a task out again; for tests that register their own."""
    _tasks.pop(name, None)
    _recurring.pop(name, None)
