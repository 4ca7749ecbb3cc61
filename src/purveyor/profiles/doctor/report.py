"""What an examination answers: its checks in order, and what was learned of the account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from typing import Any


class State(StrEnum):
    """How a check ended. A warning is good, ``unknown`` and ``skipped`` are neither good nor bad."""

    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"


_OK = {State.GOOD: True, State.WARN: True, State.BAD: False}


@dataclass(frozen=True, slots=True)
class Check:
    """One step. ``ok`` is None where it was not tried, or where nobody can tell yet.

    ``causes`` are the likely reasons, the likeliest first; none of them is certain. ``code`` is the error's, for
    machines.
    """

    name: str
    tried: str
    ok: bool | None = None
    said: str = ""
    means: str = ""
    do: str = ""
    request_id: str = ""
    causes: tuple[str, ...] = ()
    state: State = State.SKIPPED
    code: str = ""

    def ended(self, state: State, **told: Any) -> Check:
        """The same step with its outcome."""
        return replace(self, state=state, ok=_OK.get(state), **told)

    def good(self, said: str, **told: Any) -> Check:
        return self.ended(State.GOOD, said=said, **told)

    def warn(self, said: str, means: str, do: str, **told: Any) -> Check:
        return self.ended(State.WARN, said=said, means=means, do=do, **told)

    def bad(self, said: str, means: str, do: str, **told: Any) -> Check:
        return self.ended(State.BAD, said=said, means=means, do=do, **told)

    def unknown(self, said: str, means: str, do: str = "", **told: Any) -> Check:
        return self.ended(State.UNKNOWN, said=said, means=means, do=do, **told)

    def as_dict(self) -> dict[str, Any]:
        """``{"name", "ok", "tried", "said", "means", "do", "request_id", "causes", "state", "code"}``."""
        return {one.name: getattr(self, one.name) for one in fields(self)} | {
            "causes": list(self.causes),
            "state": str(self.state),
        }


@dataclass(frozen=True, slots=True)
class Seen:
    """What one detailed order told of the account.

    ``countries`` are those Amazon's side of the order names. ``parties`` has for selling, ship_from, remit_to and
    bill_to, as far as the order names them: ``{"party_id", "name", …}`` and the address in snake case.
    ``orders_per_day`` is None where nobody can tell.
    """

    order_number: str
    vendor_code: str
    currency: str
    countries: tuple[str, ...]
    parties: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    orders_per_day: float | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """The whole answer. ``worked_slot`` tells which client secret Amazon took: ``new``, ``old``, or none; ``opened``
    which operations answered, ``error`` what the first one that did not met."""

    checks: tuple[Check, ...]
    seen: Seen | None = None
    worked_slot: str = ""
    opened: tuple[str, ...] = ()
    error: Exception | None = field(default=None, repr=False, compare=False)

    @property
    def ok(self) -> bool:
        """Whether nothing is bad and the orders could be asked for."""
        states = {check.name: check.ok for check in self.checks}
        return False not in states.values() and states.get("orders") is True

    @property
    def failed(self) -> str:
        """The first check that is bad, empty where none is."""
        return next((check.name for check in self.checks if check.ok is False), "")

    def as_dict(self) -> dict[str, Any]:
        """``{"ok", "checks": […]}``, as JSON has it."""
        return {"ok": self.ok, "checks": [check.as_dict() for check in self.checks]}
