"""What makes up a scenario."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Spell:
    """A fault that lasts: from so many hours after the world began, for so many hours, with a chance per request."""

    fault: str
    begins: float
    hours: float
    chance: float = 1.0


@dataclass(frozen=True, slots=True)
class Scenario:
    """A way for the buyer and the wire to behave.

    ``history``: orders already placed over the last ``history_hours``. ``gap``: mean seconds between new orders at an
    ordinary hour (0: none come by themselves). ``lines``: fewest, usual and most lines of an order. Shares are
    probabilities per order; ``answered`` concerns orders of the history older than a day. ``uncancelled`` is the share
    of the cancellations that are taken back, ``mispriced`` and ``unknown`` are shares of the lines: ordered at another
    cost than the catalogue's, and of a product the vendor never sold. ``any_change`` lets lines be added, dropped and
    repriced too. ``dice``: fault name → probability per request; ``weather``: faults at their times.
    """

    name: str
    says: str
    history: int = 0
    history_hours: float = 48.0
    gap: float = 0.0
    lines: tuple[int, int, int] = (1, 6, 40)
    changed: float = 0.0
    cancelled: float = 0.0
    answered: float = 0.0
    receives: bool = False
    uncancelled: float = 0.0
    mispriced: float = 0.0
    unknown: float = 0.0
    any_change: bool = False
    dice: Mapping[str, float] = field(default_factory=dict)
    weather: tuple[Spell, ...] = ()
