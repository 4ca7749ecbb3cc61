"""How long a person would need for a walk in the browser, by what stands on the pages and what is done on them.

Every sentence of ours is read once, however often it is shown; those of the other side are skimmed for what ours name.
Shorter lines are labels, taken in with the action they stand beside. Each click is found, pointed at and pressed; what
is typed is typed by hand, and what is too long for that is carried over from the other window. Adults read 238 words a
minute of such texts silently (Brysbaert 2019) and skim about twice as fast; the times of the hand are those of the
keystroke-level model (Card, Moran and Newell), a pause to think before each action among them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

READ_A_MINUTE = 238
SKIMMED_A_MINUTE = 475
CLICK = 1.35 + 1.1 + 0.2
KEY = 0.28
CARRIED = 2 * (1.35 + 1.1 + 0.2) + 2 * 0.4
"""Marking and copying in one window, changing over, pasting in the other."""
A_SENTENCE = 5
"""Words a line has at least that is read."""
TYPED_AT_MOST = 24
"""Longer values are carried over."""

_SCRIPT = """
addEventListener('load', () => stopwatchShown(location.origin, document.body.innerText));
addEventListener('pointerdown', () => stopwatchDone('click', ''), true);
addEventListener('change', event => stopwatchDone(event.target.type || '', event.target.value || ''), true);
"""
_FIELDS = frozenset({"text", "password", "email", "url", "search", "textarea"})


@dataclass
class Stopwatch:
    """What was shown and done so far; ``ours`` is the address of the pages that are read."""

    ours: str
    read: set[str] = field(default_factory=set)
    skimmed: set[str] = field(default_factory=set)
    clicks: int = 0
    seconds_of_typing: float = 0

    def watch(self, context: Any) -> None:
        """Watch every page of a browser's context from now on."""
        context.expose_function("stopwatchShown", self.shown)
        context.expose_function("stopwatchDone", self.done)
        context.add_init_script(_SCRIPT)

    def shown(self, origin: str, text: str) -> None:
        lines = self.read if self.ours.startswith(origin) else self.skimmed
        lines |= {line.strip() for line in text.splitlines()}

    def done(self, what: str, value: str) -> None:
        if what == "click":
            self.clicks += 1
        elif what in _FIELDS:
            self.seconds_of_typing += CLICK + (len(value) * KEY if len(value) <= TYPED_AT_MOST else CARRIED)

    @property
    def minutes(self) -> float:
        """What all of it takes a person."""
        reading = words(self.read) / READ_A_MINUTE + words(self.skimmed) / SKIMMED_A_MINUTE
        return reading + (self.clicks * CLICK + self.seconds_of_typing) / 60

    def __str__(self) -> str:
        told = f"{words(self.read)} words read, {words(self.skimmed)} skimmed, {self.clicks} clicks"
        return f"{self.minutes:.1f} min: {told}, {self.seconds_of_typing:.0f} s of typing"


def words(lines: set[str]) -> int:
    """How many words the sentences among these lines have."""
    counts = (len(re.findall(r"[\w'’-]+", line)) for line in lines)
    return sum(count for count in counts if count >= A_SENTENCE)
