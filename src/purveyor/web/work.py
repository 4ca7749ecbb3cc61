"""The work list as the page Today shows it: each item with the address that solves it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from purveyor.base import work
from purveyor.people.who import Who


@dataclass(frozen=True, slots=True)
class Row:
    """An item, where it leads, and what kind of work it is."""

    item: work.Item
    title: Any
    href: str


@dataclass(frozen=True, slots=True)
class Rest:
    """What of one kind is not shown one by one."""

    title: Any
    count: int
    href: str


@dataclass(frozen=True, slots=True)
class Shown:
    """The whole list."""

    mine: list[Row]
    others: list[Row]
    rest: list[Rest]
    count: int


def shown(who: Who, scope: str) -> Shown:
    """The work list of somebody."""
    found = work.work_of(who, scope)
    rest = [Rest(one.source.title, one.count, _list(one.source)) for one in found.more]
    return Shown([_row(task) for task in found.mine], [_row(task) for task in found.others], rest, found.count)


def _row(task: work.Task) -> Row:
    name, *keys = task.item.link
    return Row(task.item, task.source.title, reverse(name, args=keys))


def _list(source: work.Source) -> str:
    name, query = source.every
    return f"{reverse(name)}?{query}" if query else reverse(name)
