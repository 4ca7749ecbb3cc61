"""The buyer: what is ordered next, when, and what becomes of it later.

Everything is a pure function of (seed, account, how many orders came before), so a seed is a story that can be told
again, and a restart goes on where it stopped.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from purveyor.common.money import plain
from purveyor.common.units import CASES, EACHES
from purveyor.simulator.accounts import Account
from purveyor.simulator.catalogue import Product, catalogue
from purveyor.simulator.centers import Center, centers_for, party
from purveyor.simulator.model import Line
from purveyor.simulator.scenarios.shape import Scenario

_NUMBER = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"

# Ordering follows the week (Monday first) and the hours of the day where the account is at home.
WEEKDAYS = (1.5, 1.3, 1.1, 1.0, 0.9, 0.4, 0.3)
HOURS = (0.4,) * 6 + (0.8, 1.2, 1.6, 1.6, 1.4, 1.3, 1.2, 1.2, 1.1, 1.0, 0.9, 0.8) + (0.5,) * 6
_HOME = {"US": "America/New_York", "CA": "America/Toronto", "GB": "Europe/London", "JP": "Asia/Tokyo"}


@dataclass(frozen=True, slots=True)
class Fate:
    """Something that will happen to an order: ``kind`` after so many seconds."""

    kind: str
    after: float
    data: dict[str, Any]


@lru_cache(maxsize=64)
def _shelf(seed: int, marketplace: str) -> tuple[Product, ...]:
    return tuple(catalogue(seed, marketplace))


def busyness(account: Account, at: datetime) -> float:
    """How much is ordered at a moment, 1 being ordinary."""
    local = at.astimezone(ZoneInfo(_HOME.get(account.marketplace, "Europe/Berlin")))
    return WEEKDAYS[local.weekday()] * HOURS[local.hour]


class Buyer:
    """Buys for one account in the manner of a scenario."""

    def __init__(self, seed: int, account: Account, scenario: Scenario) -> None:
        self.seed = seed
        self.account = account
        self.scenario = scenario

    def dice(self, what: str, position: int) -> random.Random:
        return random.Random(f"{self.seed}:{self.account.group}:{what}:{position}")

    def number(self, position: int) -> str:
        """An eight-character order number, beginning with a digit as Amazon's mostly do."""
        rng = self.dice("number", position)
        return rng.choice("123456789") + "".join(rng.choice(_NUMBER) for _ in range(7))

    def moments(self, until: datetime) -> list[datetime]:
        """When the orders of the history were placed, oldest first."""
        rng = self.dice("history", 0)
        hours = self.scenario.history_hours
        steps = [until - timedelta(hours=hours * step / 192) for step in range(192)]
        weights = [busyness(self.account, at) for at in steps]
        drawn = rng.choices(steps, weights, k=self.scenario.history)
        return sorted(at - timedelta(seconds=rng.uniform(0, hours * 3600 / 192)) for at in drawn)

    def gap(self, position: int, at: datetime) -> float:
        """Seconds until the next order, at speed 1."""
        rng = self.dice("gap", position)
        return min(rng.expovariate(1.0), 4.0) * self.scenario.gap / busyness(self.account, at)

    def draft(self, position: int, at: datetime) -> dict[str, Any]:
        """The order at this place of the story, ready to be placed at a moment."""
        rng = self.dice("order", position)
        center = rng.choice(centers_for(self.account.marketplace))
        collect = rng.random() < 0.4
        window = center.window(at, rng.randint(2, 7), rng.choice((0, 3, 5, 7)))
        return {
            "number": self.number(position),
            "lines": self.lines(rng, self._count(rng)),
            "vendor_code": rng.choice(self.account.vendor_codes),
            "center": center.code,
            "ship_window": window if collect else "",
            "delivery_window": "" if collect else window,
            "type": rng.choices(
                ("RegularOrder", "NewProductIntroduction", "RushOrder", "ConsignedOrder"), (90, 5, 4, 1)
            )[0],
            "deal": f"PD{rng.randrange(10**6):06d}" if rng.random() < 0.04 else "",
            "parties": parties(rng, self.account, center),
        }

    def _count(self, rng: random.Random) -> int:
        few, usual, most = self.scenario.lines
        return max(few, min(most, round(rng.expovariate(1 / usual))))

    def lines(self, rng: random.Random, count: int) -> list[Line]:
        """So many lines of the account's catalogue, each product once."""
        shelf = _shelf(self.seed, self.account.marketplace)
        chosen = rng.sample(shelf, count) if count <= len(shelf) else rng.choices(shelf, k=count)
        found = [line_of(rng, str(n), product, self.account.currency) for n, product in enumerate(chosen, 1)]
        return [self._spoilt(rng, line) for line in found]

    def _spoilt(self, rng: random.Random, line: Line) -> Line:
        """A line as the buyer gets it wrong now and then: at another cost, or of a product nobody sells."""
        if self.scenario.mispriced and rng.random() < self.scenario.mispriced:
            line = msgspec.structs.replace(line, cost=self._repriced(rng, line))
        if self.scenario.unknown and rng.random() < self.scenario.unknown:
            asin = "B0" + "".join(rng.choice(_NUMBER) for _ in range(8))
            line = msgspec.structs.replace(line, asin=asin, sku=f"?{line.sku}")
        return line

    def _repriced(self, rng: random.Random, line: Line) -> str:
        cost = Decimal(line.cost) * rng.choice((80, 92, 97, 104, 120)) / 100
        return plain(max(cost.quantize(Decimal("0.01")), Decimal("0.01")))

    def fates(self, position: int, lines: Sequence[Line]) -> list[Fate]:
        """What Amazon will do to the order later on its own."""
        rng = self.dice("fate", position)
        found = []
        if rng.random() < self.scenario.changed:
            found.append(self._change(rng, lines))
        if rng.random() < self.scenario.cancelled:
            whole = rng.random() < 0.25 or len(lines) == 1
            data = {} if whole else {"line": rng.choice(lines).number}
            found.append(Fate("cancel", rng.uniform(1, 30) * 3600, data))
            if self.scenario.uncancelled and rng.random() < self.scenario.uncancelled:
                found.append(Fate("uncancel", found[-1].after + rng.uniform(1, 20) * 3600, data))
        return found

    def _change(self, rng: random.Random, lines: Sequence[Line]) -> Fate:
        if self.scenario.any_change and rng.random() < 0.5:
            return Fate("change", rng.uniform(0.5, 24) * 3600, self._rarer(rng, lines))
        line = rng.choice(lines)
        less = max(1, round(line.amount * rng.choice((0.5, 0.75, 1.25, 2))))
        data = {"shift_days": rng.choice((-1, 1, 2, 5))} if rng.random() < 0.4 else {"quantities": {line.number: less}}
        return Fate("change", rng.uniform(0.5, 24) * 3600, data)

    def _rarer(self, rng: random.Random, lines: Sequence[Line]) -> dict[str, Any]:
        """A change of cost, a line more, or a line less."""
        line = rng.choice(lines)
        kind = rng.choice(("costs", "add", "drop") if len(lines) > 1 else ("costs", "add"))
        if kind == "costs":
            return {"costs": {line.number: self._repriced(rng, line)}}
        if kind == "drop":
            return {"drop": [line.number]}
        given = self.lines(rng, 1)[0]
        return {"add": [{name: getattr(given, name) for name in given.__struct_fields__ if name != "number"}]}

    def answer_in_portal(self, position: int, age: timedelta) -> float | None:
        """Seconds after placing at which an order of the history was answered in the portal; None: it was not."""
        rng = self.dice("portal", position)
        if age < timedelta(hours=22) or rng.random() >= self.scenario.answered:
            return None
        return rng.uniform(2, 20) * 3600


def line_of(rng: random.Random, number: str, product: Product, currency: str) -> Line:
    """A line for a product: whole cartons where it is bought by the carton."""
    pieces = round(rng.lognormvariate(3.2, 0.9)) + 1
    amount = max(1, round(pieces / product.case)) if product.by_case else pieces
    return Line(
        number=number,
        asin=product.asin,
        sku=product.sku,
        amount=amount,
        unit=CASES if product.by_case else EACHES,
        unit_size=product.case if product.by_case else 1,
        cost=plain(product.cost),
        list_price=product.list_price,
        currency=currency,
        backorder=product.backorder,
    )


def parties(rng: random.Random, account: Account, center: Center) -> dict[str, dict[str, Any]]:
    """Who buys, receives and pays. European orders mostly name ids only; American ones may name no buyer at all."""
    american = account.region == "NA"
    found = {"shipToParty": party(center.code, with_address=american or rng.random() < 0.2)}
    if american and rng.random() < 0.3:
        return found
    bill: dict[str, Any] = {"partyId": "AMZ" + account.marketplace}
    if not american:
        bill["taxInfo"] = {"taxRegistrationType": "VAT", "taxRegistrationNumber": f"{account.marketplace}000111222"}
    return found | {"buyingParty": {"partyId": center.code}, "billToParty": bill}
