"""What is open about one order, for its page: changes, holds, clocks, differences, the proposed answer. Read once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from purveyor.common import clock
from purveyor.common.deadlines import Deadline
from purveyor.orders.domain import deadlines, differences
from purveyor.orders.domain.changed import still_open
from purveyor.orders.domain.changes import read
from purveyor.orders.domain.changes_said import sentences
from purveyor.orders.domain.ground import Ground, ground
from purveyor.orders.domain.hold import CHANGED, PERMISSION, held
from purveyor.orders.domain.propose_again import Proposal, proposal
from purveyor.orders.models import Change, Hold, Order
from purveyor.orders.work_schemas import deadlines_of, differences_of
from purveyor.people.who import Who


@dataclass(frozen=True, slots=True)
class Said:
    """What one version changed, in sentences."""

    change: Change
    sentences: list[str]


@dataclass
class Work:
    """``who`` looks at ``order``."""

    who: Who
    order: Order

    @cached_property
    def ground(self) -> Ground:
        return ground(self.order)

    @cached_property
    def changes(self) -> list[Said]:
        """What Amazon changed since the last answer and nobody said that they saw; oldest first."""
        zone = self.order.zone.info
        return [Said(one, sentences(read(one.changes), zone)) for one in still_open(self.order)]

    @cached_property
    def holds(self) -> list[Hold]:
        return held(self.order)

    @property
    def only_changed(self) -> bool:
        """Whether nothing but Amazon's change holds it: the answer to the new version is what ends that."""
        return bool(self.holds) and all(one.check_id == CHANGED for one in self.holds)

    @property
    def may(self) -> bool:
        """Whether the asker may hold, release, and say that a change was seen."""
        return self.who.may(PERMISSION, self.order.profile)

    @cached_property
    def clocks(self) -> list[dict[str, Any]]:
        """The clocks that run, each with what counts; a limit that is over is told without a countdown."""
        now = clock.now()
        return [
            {"kind": one.kind, "due": one.due, "means": deadlines.meaning(one.kind), "over": now >= one.due}
            for one in self._deadlines
        ]

    @cached_property
    def _deadlines(self) -> list[Deadline]:
        return deadlines_of(self.ground)

    @cached_property
    def differences(self) -> list[str]:
        """Each number Amazon counts otherwise than we answered, in words."""
        return [differences.words(one) for one in differences_of(self.ground)]

    @cached_property
    def proposal(self) -> Proposal | None:
        return proposal(self.order, zone=self.order.zone.info)
