"""Named misbehaviours, on demand or by seeded dice (FACTS §11).

A fault befalls a request at one of four places: before the work (the line, the token, the limit), after it (the reply
is lost or spoilt), in the list a page is made of, or in the outcome of an acknowledgement.
"""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any

import msgspec

from purveyor.common.errors import Refused

EXCHANGE = "token"
LISTS = ("getPurchaseOrders", "getPurchaseOrdersStatus")
SUBMIT = "submitAcknowledgement"
OPERATIONS = (EXCHANGE, *LISTS, "getPurchaseOrder", SUBMIT, "getTransaction")
API = OPERATIONS[1:]


class Place(StrEnum):
    """Where in the life of a request a fault strikes."""

    BEFORE = "before"
    AFTER = "after"
    PAGING = "paging"
    OUTCOME = "outcome"


class Kind(msgspec.Struct, frozen=True):
    """A misbehaviour: its sentence, where it strikes, which operations it can befall."""

    says: str
    place: Place
    operations: tuple[str, ...] = OPERATIONS


KINDS: dict[str, Kind] = {
    "throttled": Kind("answers 429", Place.BEFORE),
    "server-error": Kind("answers 500", Place.BEFORE),
    "html-error": Kind("answers 502 with a page of HTML", Place.BEFORE),
    "empty-503": Kind("answers 503 with nothing in it", Place.BEFORE),
    "refused": Kind("accepts no connection", Place.BEFORE),
    "reset": Kind("closes the connection before the work is done", Place.BEFORE),
    "lost-reply": Kind("does the work, then closes the connection", Place.AFTER),
    "slow": Kind("does the work and answers late", Place.AFTER),
    "malformed-json": Kind("does the work and cuts the answer short", Place.AFTER),
    "unknown-enum": Kind("answers with a word nobody knows", Place.AFTER, API[:3] + API[4:]),
    "spurious-400": Kind("answers 400 in the middle of paging", Place.PAGING, LISTS),
    "empty-page": Kind("answers an empty page with a token", Place.PAGING, LISTS),
    "repeated-token": Kind("answers with the token that was just used", Place.PAGING, LISTS),
    "expired-token": Kind("calls the access token expired", Place.BEFORE, API),
    "revoked": Kind("calls the authorisation revoked", Place.BEFORE),
    "missing-role": Kind("calls the role missing", Place.BEFORE, API),
    "processing-for-ever": Kind("takes the answer and never acts on it", Place.OUTCOME, (SUBMIT,)),
    "failure-without-reason": Kind("fails the answer without a word why", Place.OUTCOME, (SUBMIT,)),
}

NEVER = -1


class Rule(msgspec.Struct, kw_only=True):
    """A fault that is set: so many ``times`` (-1: until cleared), or by dice with a ``chance`` per request.

    ``after`` lets a fault that answers instead of working strike once the work is done. ``seconds`` is how long *slow*
    takes.
    """

    name: str
    operations: tuple[str, ...] = ()
    times: int = NEVER
    chance: float = 1.0
    after: bool = False
    seconds: float = 3.0

    def fits(self, operation: str, page: int) -> bool:
        kind = KINDS[self.name]
        if operation not in kind.operations or (self.operations and operation not in self.operations):
            return False
        return page >= 2 or self.name not in {"spurious-400", "repeated-token"}


class Hit(msgspec.Struct, frozen=True):
    """A fault that befalls this request."""

    name: str
    place: Place
    seconds: float = 0.0


class Memory(msgspec.Struct):
    """What of the faults outlives a restart."""

    rules: list[Rule] = []
    seed: int = 0
    thrown: int = 0


class Faults:
    """The faults of one world. ``taken`` counts those that struck, by (name, operation)."""

    def __init__(self, keep: Callable[[Memory], None], lock: threading.RLock) -> None:
        self._lock = lock
        self._keep = keep
        self._memory = Memory()
        self.taken: Counter[tuple[str, str]] = Counter()

    @property
    def rules(self) -> tuple[Rule, ...]:
        return tuple(self._memory.rules)

    def once(self, name: str, operation: str | None = None, times: int = 1, **more: Any) -> None:
        """Let a fault strike the next ``times`` requests it fits. Raises Refused for a name nobody knows."""
        self._set(name, operation, times=times, **more)

    def always(self, name: str, operation: str | None = None, **more: Any) -> None:
        """Let a fault strike every request it fits, until cleared."""
        self._set(name, operation, **more)

    def dice(
        self,
        seed: int,
        chances: Mapping[str, float],
        operations: Iterable[str] = (),
        **more: Any,
    ) -> None:
        """Throw seeded dice for each request: fault name → probability. At most one fault strikes a request."""
        with self._lock:
            self._memory.seed = seed
        for name, chance in chances.items():
            self._set(name, None, chance=chance, chosen=tuple(operations), **more)

    def clear(self, name: str | None = None) -> None:
        """Take back one fault, or all."""
        with self._lock:
            self._memory.rules = [rule for rule in self._memory.rules if name is not None and rule.name != name]
            self._keep(self._memory)

    def draw(self, operation: str, page: int = 1) -> Hit | None:
        """The fault that befalls a request, if any. ``page`` is 2 for every page asked for with a token."""
        if not self._memory.rules:
            return None
        with self._lock:
            self._memory.thrown += 1
            dice = random.Random(f"{self._memory.seed}:{self._memory.thrown}")
            for rule in self._memory.rules:
                if rule.fits(operation, page) and (rule.chance >= 1.0 or dice.random() < rule.chance):
                    return self._strike(rule, operation)
        return None

    def _strike(self, rule: Rule, operation: str) -> Hit:
        self.taken[(rule.name, operation)] += 1
        if rule.times != NEVER:
            rule.times -= 1
            self._memory.rules = [kept for kept in self._memory.rules if kept.times != 0]
            self._keep(self._memory)
        place = Place.AFTER if rule.after else KINDS[rule.name].place
        return Hit(rule.name, place, rule.seconds)

    def _set(self, name: str, operation: str | None, *, chosen: tuple[str, ...] = (), **more: Any) -> None:
        if name not in KINDS:
            raise Refused(f"no fault {name!r}; there are: {', '.join(KINDS)}")
        operations = (operation,) if operation else chosen
        unfit = [one for one in operations if one not in OPERATIONS]
        if unfit:
            raise Refused(f"no operation {unfit[0]!r}; there are: {', '.join(OPERATIONS)}")
        with self._lock:
            self._memory.rules.append(Rule(name=name, operations=operations, **more))
            self._keep(self._memory)

    def remember(self, memory: Memory) -> None:
        """Take up what was kept before a restart."""
        with self._lock:
            self._memory = memory

    def memory(self) -> Memory:
        return self._memory
