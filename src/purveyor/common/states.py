"""State machines as data: an enum of words and the table of arrows between them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Arrow:
    """One allowed change. ``letter`` names it in the drawing, ``cause`` says in a sentence what brings it about."""

    letter: str
    source: StrEnum
    target: StrEnum
    cause: str


class Machine:
    """A table of arrows over one enum. ``start`` is a new row's state, ``ends`` are settled ones."""

    def __init__(self, name: str, start: StrEnum, arrows: Iterable[Arrow], ends: Iterable[StrEnum] = ()) -> None:
        self.name = name
        self.start = start
        self.arrows = tuple(arrows)
        self.ends = frozenset(ends)
        self._pairs = {(a.source, a.target) for a in self.arrows}
        letters = [a.letter for a in self.arrows]
        if len(set(letters)) != len(letters):
            raise ValueError(f"{name}: a letter is used twice")

    def allows(self, source: str, target: str) -> bool:
        """Whether there is an arrow from ``source`` to ``target``."""
        return (source, target) in self._pairs

    def draw(self) -> str:
        """The machine as Markdown: a table of lettered arrows. ``docs/developer/states.md`` is made of these."""
        states = dict.fromkeys([self.start, *(s for a in self.arrows for s in (a.source, a.target))])
        lines = [
            f"## {self.name}",
            "",
            f"Starts as *{self.start}*. States: " + ", ".join(f"*{s}*" for s in states) + ".",
        ]
        if self.ends:
            lines.append("Settled: " + ", ".join(f"*{s}*" for s in states if s in self.ends) + ".")
        lines += ["", "| arrow | from | to | because |", "| --- | --- | --- | --- |"]
        lines += [f"| {a.letter} | {a.source} | {a.target} | {a.cause} |" for a in self.arrows]
        return "\n".join(lines) + "\n"
