"""The work list of Today, from wherever work comes: each package registers its sources in its ``work`` module.

A source finds what waits for a person; what somebody may do stands above, what they may only see below. Sorted by
deadline, then by what helps. An item is gone when its cause is: nothing is ticked off here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Protocol

from django.utils.module_loading import autodiscover_modules

from purveyor.common.errors import Remedy

# So many of one source at most; the others are counted, and one click away.
SHOWN = 12
HELPS = [Remedy.MEND_DATA, Remedy.MEND_SETTINGS, Remedy.ASK_AMAZON, Remedy.TELL_DEVELOPER, Remedy.WAIT]


class Actor(Protocol):
    """The one who asks: ``people.who.Who``, which this package stands before."""

    def may(self, permission: str, profile: Any = None) -> bool: ...

    def may_somewhere(self, permission: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to do. ``link`` is the name and the key of the page that solves it; ``facts`` says how much it is.

    ``profile`` is the profile itself, or None for what concerns the whole installation; ``state`` a state of which
    kind, for its colour. ``mine`` says whether it is theirs to do where that is no matter of one permission.
    """

    subject: str
    sentence: str
    link: tuple[Any, ...]
    profile: Any = None
    due: datetime | None = None
    remedy: str = ""
    facts: str = ""
    state: tuple[str, str] = ("", "")
    mine: bool | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What a source has for somebody: the most urgent, and how many there are in all."""

    items: Sequence[Item] = ()
    count: int = 0


@dataclass(frozen=True, slots=True)
class Source:
    """Where work comes from. ``see`` and ``act`` are permissions; ``find`` gets who asks and the name of the profile in
    view (empty for all); ``every`` is the name and the query of the list that shows all of them. ``anywhere`` where to
    hold ``act`` on one profile is enough, as for the catalogue, which belongs to none."""

    name: str
    title: Any
    see: str
    act: str
    find: Callable[[Any, str], Found]
    every: tuple[str, str] = ("", "")
    anywhere: bool = False


@dataclass(frozen=True, slots=True)
class Task:
    """An item with its source, as the list shows it."""

    source: Source
    item: Item


@dataclass(frozen=True, slots=True)
class More:
    """How many of a source are not shown one by one."""

    source: Source
    count: int


@dataclass
class Work:
    """The whole list of somebody: theirs to do, and what they may only see."""

    mine: list[Task] = field(default_factory=list)
    others: list[Task] = field(default_factory=list)
    more: list[More] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many there are to do, those not shown included."""
        return len(self.mine) + sum(one.count for one in self.more)


_sources: dict[str, Source] = {}


def register(source: Source) -> Source:
    """Make a source known. Raises ValueError when the name is taken."""
    if source.name in _sources:
        raise ValueError(f"there is a source of work named {source.name} already")
    _sources[source.name] = source
    return source


@cache
def _discover() -> None:
    autodiscover_modules("work")


def sources() -> list[Source]:
    """Every source there is, by name."""
    _discover()
    return [_sources[name] for name in sorted(_sources)]


def work_of(who: Actor, scope: str = "") -> Work:
    """The work list of somebody, of all profiles or of the one in view."""
    found = Work()
    for source in sources():
        if who.may_somewhere(source.see):
            _add(found, who, source, source.find(who, scope))
    found.mine.sort(key=_urgency)
    found.others.sort(key=_urgency)
    return found


def _add(work: Work, who: Actor, source: Source, found: Found) -> None:
    work.counts[source.name] = found.count
    acts = False
    for item in found.items:
        mine = _may(who, source, item) if item.mine is None else item.mine
        acts |= mine
        (work.mine if mine else work.others).append(Task(source, item))
    if acts and found.count > len(found.items):
        work.more.append(More(source, found.count - len(found.items)))


def _may(who: Actor, source: Source, item: Item) -> bool:
    return who.may_somewhere(source.act) if source.anywhere else who.may(source.act, item.profile)


def _urgency(task: Task) -> tuple[bool, float, int, str]:
    due, remedy = task.item.due, task.item.remedy
    rank = HELPS.index(Remedy(remedy)) if remedy in set(Remedy) else len(HELPS)
    return due is None, due.timestamp() if due else 0.0, rank, task.item.subject


def within(rows: Iterable[Any], scope: str) -> list[Any]:
    """Those of the profile in view."""
    return [row for row in rows if scope in ("", getattr(row.profile, "name", ""))]
