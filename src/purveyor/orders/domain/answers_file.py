"""The answers a machine hands in (DESIGN §6): ``order acknowledge --answers FILE``, and the same shape over REST.

``{"orders": [{"number", "lines": [{"line", "answers": [ANSWER, …]}]}]}``, where an ANSWER is
``{"code", "eaches", "reason", "ship_date", "delivery_date"}`` and may also name a ``net_cost`` (decimal text) below the
order's. Lines not named are refused later, when the order is known (AC-01); nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from purveyor.common.errors import Problem, Refused
from purveyor.common.lenient import identifier
from purveyor.common.money import decimal_of
from purveyor.common.windows import moment
from purveyor.orders.domain.answer import LineAnswer
from purveyor.orders.states import AnswerCode, RejectionReason

_FIELDS = frozenset({"code", "eaches", "reason", "ship_date", "delivery_date", "net_cost"})
_CODES = {str(code).casefold(): str(code) for code in AnswerCode}
_REASONS = {str(reason).casefold(): str(reason) for reason in RejectionReason}


def parse_answers(data: Any) -> dict[str, dict[str, list[LineAnswer]]]:
    """Read the contract: order number → line number → entries.

    Raises Refused with every problem found, each with its path such as ``orders[0].lines[1].answers[0].eaches``.
    """
    reader = _Reader()
    found = reader.orders(data)
    if reader.problems:
        raise Refused(_("The answers cannot be read; nothing was sent."), reader.problems)
    return found


class _Reader:
    """Walks the document once and collects what is wrong with it."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def wrong(self, where: str, message: str) -> None:
        self.problems.append(Problem(message, where=where))

    def orders(self, data: Any) -> dict[str, dict[str, list[LineAnswer]]]:
        found: dict[str, dict[str, list[LineAnswer]]] = {}
        self.table(data, "", {"orders"})
        for where, entry in self.each(data, "orders", "orders"):
            number = self.name(self.table(entry, where, {"number", "lines"}), "number", where)
            lines = self.lines(entry, where)
            if number in found:
                self.wrong(f"{where}.number", _("Order %(name)s is answered twice.") % {"name": number})
            found[number] = lines
        return found

    def lines(self, order: Any, where: str) -> dict[str, list[LineAnswer]]:
        found: dict[str, list[LineAnswer]] = {}
        for place, entry in self.each(order, "lines", f"{where}.lines"):
            number = self.name(self.table(entry, place, {"line", "answers"}), "line", place)
            if number in found:
                self.wrong(f"{place}.line", _("Line %(name)s is answered twice.") % {"name": number})
            found[number] = [self.answer(e, p) for p, e in self.each(entry, "answers", f"{place}.answers")]
        return found

    def answer(self, entry: Any, where: str) -> LineAnswer:
        given = self.table(entry, where, _FIELDS)
        return LineAnswer(
            code=self.word(given, "code", where, _CODES, required=True),
            eaches=self.count(given, where),
            reason=self.word(given, "reason", where, _REASONS),
            ship_date=self.date(given, "ship_date", where),
            delivery_date=self.date(given, "delivery_date", where),
            net_cost=self.cost(given, where),
        )

    def table(self, value: Any, where: str, known: frozenset[str] | set[str]) -> Mapping[str, Any]:
        if not isinstance(value, Mapping):
            self.wrong(where, _("An object with %(names)s is expected.") % {"names": ", ".join(sorted(known))})
            return {}
        for name in value.keys() - known:
            words = {"name": name, "names": ", ".join(sorted(known))}
            self.wrong(_path(where, str(name)), _("%(name)s is not known; known are %(names)s.") % words)
        return value

    def each(self, value: Any, name: str, where: str) -> Iterator[tuple[str, Any]]:
        entries = value.get(name) if isinstance(value, Mapping) else None
        if isinstance(value, Mapping) and not (isinstance(entries, list) and entries):
            self.wrong(where, _("A list with at least one entry is expected."))
        for place, entry in enumerate(entries if isinstance(entries, list) else ()):
            yield f"{where}[{place}]", entry

    def name(self, given: Mapping[str, Any], key: str, where: str) -> str:
        value = given.get(key)
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        found = identifier(value) if isinstance(value, str) else ""
        if given and not found:
            self.wrong(f"{where}.{key}", _("A number is expected."))
        return found

    def word(
        self, given: Mapping[str, Any], key: str, where: str, known: Mapping[str, str], *, required: bool = False
    ) -> str:
        value = given.get(key)
        if value in (None, "") and not required:
            return ""
        found = known.get(value.strip().casefold(), "") if isinstance(value, str) else ""
        if given and not found:
            words = {"words": ", ".join(known.values())}
            self.wrong(f"{where}.{key}", _("One of %(words)s is expected.") % words)
        return found

    def count(self, given: Mapping[str, Any], where: str) -> int:
        value = given.get("eaches")
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if given:
            self.wrong(f"{where}.eaches", _("A whole number of single pieces is expected."))
        return 0

    def date(self, given: Mapping[str, Any], key: str, where: str) -> datetime | None:
        value = given.get(key)
        if value in (None, ""):
            return None
        try:
            return moment(value if isinstance(value, str) else "")
        except (ValueError, OverflowError):
            self.wrong(f"{where}.{key}", _("A date such as 2026-03-10 or 2026-03-10T08:00:00Z is expected."))
            return None

    def cost(self, given: Mapping[str, Any], where: str) -> Decimal | None:
        value = given.get("net_cost")
        if value in (None, ""):
            return None
        try:
            return decimal_of(value if isinstance(value, str) else "")
        except ValueError:
            self.wrong(f"{where}.net_cost", _('An amount as text is expected, such as "12.50".'))
            return None


def _path(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name
