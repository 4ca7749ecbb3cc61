from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import purveyor
from purveyor.jobs import registry, runs

pytestmark = pytest.mark.unit

SOURCE = Path(purveyor.__file__).parent


def nothing(*_: Any) -> None:
    """Does nothing."""


def test_a_name_is_given_once(a_task: Any, a_chore: Any) -> None:
    a_task("test.once", nothing)
    a_chore("test.daily", nothing, every=86400)
    for name in ("test.once", "test.daily"):
        with pytest.raises(ValueError, match=name):
            registry.task(name)(nothing)
        with pytest.raises(ValueError, match=name):
            registry.recurring(name, every=1)(nothing)


def test_find_knows_what_was_registered(a_task: Any) -> None:
    a_task("test.found", nothing, every=30)
    assert registry.find("test.found") == registry.Task("test.found", nothing, None, 30)
    with pytest.raises(LookupError):
        registry.find("test.lost")


def test_what_recurs_has_a_lease_shorter_than_a_day() -> None:
    assert [r.name for r in registry.recurring_tasks().values() if not 0 < r.lease <= 86400 or r.every <= 0] == []


def test_every_package_is_asked_for_its_tasks() -> None:
    assert runs.TASK in registry.tasks()
    modules = {t.run.__module__ for t in [*registry.tasks().values(), *registry.recurring_tasks().values()]}
    written = {f"purveyor.{p.parent.name}.tasks" for p in SOURCE.glob("*/tasks.py")}
    assert written - modules == set()


def nudged() -> Iterator[tuple[str, str]]:
    """Every name that some module nudges, with the module."""
    for file in sorted(SOURCE.rglob("*.py")):
        module = ".".join(["purveyor", *file.relative_to(SOURCE).with_suffix("").parts])
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in ("nudge", "nudge_many") and "jobs.engines" not in module and module != "purveyor.jobs.nudge":
                yield module, resolve(module, node.args[0])


def resolve(module: str, name: ast.expr) -> str:
    if isinstance(name, ast.Constant):
        return str(name.value)
    if isinstance(name, ast.Name):
        return str(getattr(importlib.import_module(module), name.id))
    if isinstance(name, ast.Attribute) and isinstance(name.value, ast.Name):
        return str(getattr(getattr(importlib.import_module(module), name.value.id), name.attr))
    raise AssertionError(f"{module} nudges a name only known at run time: {ast.unparse(name)}")


def test_every_name_that_is_nudged_is_registered() -> None:
    found = list(nudged())
    assert ("purveyor.jobs.runs", runs.TASK) in found
    assert [f"{module}: {name}" for module, name in found if name not in registry.tasks()] == []
