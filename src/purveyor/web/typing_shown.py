"""The type of an order as its page shows it: the decision that counts, its reasons, and the form that overrules it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from purveyor.orders.domain.overrule import CLASSIFY, RULES, fitting
from purveyor.orders.models import Order
from purveyor.orders.states import OVER
from purveyor.orders.types_said import TYPES, decision_row, decisions, why_undecided
from purveyor.people.who import Who


@dataclass
class TypeShown:
    """``who`` looks at the type of ``order``."""

    who: Who
    order: Order

    @cached_property
    def decisions(self) -> list[dict[str, Any]]:
        """Every decision, the newest first, with its reasons in words."""
        return [decision_row(one) for one in decisions(self.order)]

    @property
    def newest(self) -> Mapping[str, Any] | None:
        return self.decisions[0] if self.decisions else None

    @property
    def ruled(self) -> Mapping[str, Any] | None:
        """What the rules said last; where the newest decision is a person's word, that is an earlier one."""
        return next((one for one in self.decisions if one["rules"]), None)

    @property
    def why_none(self) -> str:
        """Why there is no decision."""
        return why_undecided(self.order)

    @property
    def earlier(self) -> list[dict[str, Any]]:
        return self.decisions[1:]

    @property
    def may(self) -> bool:
        """Whether the asker may say of which type it is."""
        return self.order.state not in OVER and self.who.may(CLASSIFY, self.order.profile)

    @cached_property
    def offers(self) -> list[str]:
        """The completed offers a bulk buy could come from."""
        return [one.number for one in fitting(self.order)]

    @property
    def choices(self) -> list[tuple[str, Any]]:
        return list(TYPES.items())

    @property
    def handed_back(self) -> str:
        """What stands for the rules themselves."""
        return RULES
