"""Reading an invitation: what is said of the whole, what is asked in each row, and why a row is not taken."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from purveyor.amazon.regions import MARKETPLACES
from purveyor.base import columns as readers
from purveyor.base.columns import CLEAR
from purveyor.base.db import together
from purveyor.base.filekinds import Refusal, Row, Source
from purveyor.channels.workbooks.columns import ANSWERS, DELIVERIES, FACTS, named
from purveyor.channels.workbooks.package import Package
from purveyor.channels.workbooks.sheetxml import Looks, look, name_of
from purveyor.common.errors import Problem
from purveyor.common.lenient import Unreadable, alias_key, trimmed
from purveyor.offers.domain.facts import near
from purveyor.offers.domain.keep import NewDelivery, NewOffer, NewRow
from purveyor.offers.models import Offer
from purveyor.products.domain.match import match_many
from purveyor.products.models import Product

TAKEN, WAITS, REFUSED, SKIPPED = "taken", "waits", "refused", "skipped"
Asked = tuple[int, Decimal | None]
Days = tuple[date | None, date | None]
_DAY_END = timedelta(days=1)
_BETWEEN_DAY_AND_TIME = re.compile(r"(?<=[0-9])T(?=[0-9])|,")
_ZONES = {
    "CET": "Europe/Berlin",
    "CEST": "Europe/Berlin",
    "MEZ": "Europe/Berlin",
    "MESZ": "Europe/Berlin",
    "UTC": "UTC",
}
_ZONES |= {"GMT": "UTC", "Z": "UTC"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of one row. ``product`` is the SKU it is known by, blank where it waits for mapping; ``asked`` holds
    eaches and price by the delivery's position."""

    row: int
    verdict: str
    asin: str = ""
    vendor_product: str = ""
    title: str = ""
    product: str = ""
    asked: Mapping[int, Asked] = field(default_factory=dict)
    reasons: tuple[Refusal, ...] = ()


@dataclass(slots=True)
class Reading:
    """An invitation as it was read: the offer it makes (None where no row of it is taken), the verdict on each row that
    could be read, and remarks."""

    new: NewOffer | None
    rows: list[Verdict]
    notes: list[str]


# ── what is said of the whole ───────────────────────────────────────────────────────────────────────────────────────


def facts_of(source: Source) -> tuple[dict[str, Any], list[Problem]]:
    """The facts that were said, read, with what the profile's marketplace says of currency and zone; and what is wrong
    or missing, by the fact."""
    values: dict[str, Any] = {}
    problems = [] if source.profile else [Problem(_("Say which profile the offer is for."), where="profile")]
    for fact in FACTS:
        text = source.facts.get(fact.name, "")
        if not text or text == CLEAR:
            continue
        try:
            values[fact.name] = fact.read(text, "")
        except Unreadable as error:
            problems.append(Problem(str(error), where=fact.name))
    if source.profile and (place := MARKETPLACES.get(source.profile.marketplace)):
        values = {"currency": place.currency, "zone": place.zone} | values
    problems += _missing(source, values)
    _take_moment(source.facts.get("expires_at", ""), values, problems)
    return values, problems


def _missing(source: Source, values: Mapping[str, Any]) -> Iterable[Problem]:
    wanted = {
        "number": _("Say the number of the offer, or one to know it by."),
        "currency": _("Say in which currency the prices are."),
        "zone": _("Say in which time zone the offer expires."),
    }
    for name, said in wanted.items():
        if name not in values and not source.facts.get(name):
            yield Problem(said, where=name)
    if not source.facts.get("expires_at"):
        yield Problem(_("Say until when Amazon takes the answer; “-” where there is no end."), where="expires_at")
    if source.profile:
        yield from _of_profile(source, values)


def _of_profile(source: Source, values: Mapping[str, Any]) -> Iterable[Problem]:
    words = {"profile": source.profile.name, "number": values.get("number", ""), "code": values.get("vendor_code", "")}
    codes = {one.code.upper() for one in source.profile.vendor_codes.all()}
    if codes and words["code"] and words["code"] not in codes:
        said = _("Vendor code %(code)s is none of profile %(profile)s. Is the offer for another?")
        yield Problem(said % words, where="profile")
    same = Offer.objects.filter(profile=source.profile, number=words["number"])
    if words["number"] and same.exclude(upload__sha256=source.path.name).exists():
        yield Problem(_("Profile %(profile)s has an offer %(number)s already.") % words, where="number")


def _take_moment(text: str, values: dict[str, Any], problems: list[Problem]) -> None:
    values.pop("expires_at", None)
    if not text or text == CLEAR or "zone" not in values:
        return
    try:
        values["expires_at"] = deadline(text, values["zone"])
    except Unreadable as error:
        problems.append(Problem(str(error), where="expires_at"))


def deadline(text: str, zone: str) -> datetime:
    """A moment such as ``2026-09-30 18:00``, ``30.09.2026 18:00 Uhr MESZ`` or one with an offset, on the clocks of the
    zone where it names none; a day alone lasts until its end. Raises Unreadable."""
    words = _BETWEEN_DAY_AND_TIME.sub(" ", trimmed(text).replace("Uhr", " ")).split()
    place = ZoneInfo(_ZONES.get(words[-1].upper(), zone) if len(words) > 1 else zone)
    words = words[:-1] if len(words) > 1 and words[-1].upper() in _ZONES else words
    try:
        day = readers.day(words[0])
        found = datetime.fromisoformat(" ".join([day.isoformat(), *words[1:]]))
    except (IndexError, ValueError):
        said = _("“%(text)s” is no moment such as 2026-03-31 18:00 or 31.03.2026 18:00.")
        raise Unreadable(said % {"text": text[:60]}) from None
    near(day)
    if len(words) == 1:
        found = datetime.combine(day + _DAY_END, time.min) - timedelta(seconds=1)
    return (found if found.tzinfo else found.replace(tzinfo=place)).astimezone(UTC)


# ── what is asked in the rows ───────────────────────────────────────────────────────────────────────────────────────


def read(source: Source, rows: Sequence[Row]) -> Reading:
    """What becomes of the rows that could be read, and the offer they make. Raises Refused for a workbook whose parts
    cannot be read."""
    judge = _Judge(source)
    verdicts = [judge.row(row) for row in rows]
    found = match_many({(one.asin, one.vendor_product) for one in verdicts if one.verdict == TAKEN})
    skus = _skus(match.product_id for match in found.values())
    verdicts = [_known(one, found, skus) for one in verdicts]
    kept = [one for one in verdicts if one.verdict in (TAKEN, WAITS)]
    values, problems = facts_of(source)
    new = judge.offer(values, kept) if kept and not problems else None
    return Reading(new, verdicts, judge.notes(kept))


def _skus(keys: Iterable[int]) -> dict[int, str]:
    return dict(Product.objects.filter(pk__in=together(set(keys))).order_by().values_list("pk", "sku"))


def _known(one: Verdict, found: Mapping[tuple[str, str], Any], skus: Mapping[int, str]) -> Verdict:
    if one.verdict != TAKEN:
        return one
    match = found.get((one.asin, one.vendor_product))
    sku = skus.get(match.product_id, "") if match else ""
    return Verdict(
        one.row, TAKEN if match else WAITS, one.asin, one.vendor_product, one.title, sku, one.asked, one.reasons
    )


class _Judge:
    """Looks at rows one after the other, and remembers what they have laid claim to."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.places = {name: source.heads.index(head) + 1 for name, head in source.columns.items()}
        self.looks = looks_of(source)
        self.claims: dict[tuple[str, str], int] = {}
        self.days: dict[int, set[Days]] = {}

    def row(self, row: Row) -> Verdict:
        """The verdict on one row; whether its product is known is asked of all together."""
        values = row.values
        asked = self._asked(row)
        names = {name: str(values.get(name, "")) for name in ("asin", "vendor_product", "title")}
        reasons = tuple(self._reasons(row))
        if not asked and not reasons:
            reasons, verdict = (Refusal(row.number, "", "", _("Nothing is asked in this row.")),), SKIPPED
        else:
            verdict = REFUSED if reasons else TAKEN
        if verdict == TAKEN:
            self.claims[self._claim(values)] = row.number
            self._note_days(row, asked)
        return Verdict(row.number, verdict, **names, asked=asked, reasons=reasons)

    def _asked(self, row: Row) -> dict[int, Asked]:
        """Eaches and price by delivery; a delivery without a price of its own has that of the one before."""
        found: dict[int, Asked] = {}
        price: Decimal | None = None
        for number in DELIVERIES:
            price = row.values.get(named("price", number), price)
            if eaches := row.values.get(named("asked", number)):
                found[number] = (eaches, price)
        return found

    def _reasons(self, row: Row) -> Iterable[Refusal]:
        values, number = row.values, row.number
        if not values.get("asin") and not values.get("vendor_product"):
            yield Refusal(number, "asin", "", _("The row names no product: neither an ASIN nor a number of yours."))
        elif (before := self.claims.get(self._claim(values))) is not None:
            said = _("The same product stands in row %(row)d of this file already. Ask Amazon which of them counts.")
            name = "asin" if values.get("asin") else "vendor_product"
            yield Refusal(number, name, row.texts.get(name, ""), said % {"row": before})
        for delivery in DELIVERIES:
            first, last = self._days_of(row, delivery)
            if first and last and last < first:
                said = _("The last day is before the first.")
                yield Refusal(number, named("last", delivery), row.texts.get(named("last", delivery), ""), said)
        for name, column in self.places.items():
            if reason := self._in_the_way(name, (number, column)):
                yield Refusal(number, name, name_of((number, column)), reason)

    def _in_the_way(self, name: str, place: tuple[int, int]) -> str:
        """Why the cell of a column cannot be read, or its answer not be written."""
        words = {"cell": name_of(place)}
        if name != "title" and self.looks.is_merged(place):
            return _("Cell %(cell)s is merged with others. Undo that and bring the file again.") % words
        if name.rpartition("_")[0] in ANSWERS and self.looks.is_formula(place):
            return _("Cell %(cell)s is for the answer and holds a formula. Empty it and bring the file again.") % words
        return ""

    def _claim(self, values: Mapping[str, Any]) -> tuple[str, str]:
        asin = values.get("asin", "")
        return ("asin", asin) if asin else ("vendor_product", alias_key(str(values.get("vendor_product", ""))))

    def _days_of(self, row: Row, delivery: int) -> Days:
        first, last = row.values.get(named("window", delivery), (None, None))
        return row.values.get(named("first", delivery), first), row.values.get(named("last", delivery), last)

    def _note_days(self, row: Row, asked: Mapping[int, Asked]) -> None:
        for delivery in asked:
            if (days := self._days_of(row, delivery)) != (None, None):
                self.days.setdefault(delivery, set()).add(days)

    def offer(self, values: Mapping[str, Any], kept: Sequence[Verdict]) -> NewOffer:
        """The offer these rows make."""
        used = sorted({number for one in kept for number in one.asked})
        said = {name: value for name, value in values.items() if not name.startswith("window_")}
        return NewOffer(
            **said,
            deliveries=[self._delivery(number, values) for number in used],
            rows=[NewRow(one.row, one.asin, one.vendor_product, one.title, one.asked) for one in kept],
        )

    def _delivery(self, number: int, values: Mapping[str, Any]) -> NewDelivery:
        """A delivery with the days its rows name, all of them together; else with those said above the heads."""
        named_by_rows = self.days.get(number, set())
        firsts = [first for first, _last in named_by_rows if first]
        lasts = [last for _first, last in named_by_rows if last]
        said = values.get(named("window", number), (None, None))
        first, last = min(firsts, default=said[0]), max(lasts, default=said[1])
        return NewDelivery(number, "", first, last)

    def notes(self, kept: Sequence[Verdict]) -> list[str]:
        """What somebody should know before the rows are taken."""
        notes = []
        for number, days in sorted(self.days.items()):
            if len(days) > 1:
                said = _(
                    "The rows name %(count)d windows for delivery %(number)d; it lasts from the first day to the last."
                )
                notes.append(said % {"count": len(days), "number": number})
        if not any(name.rpartition("_")[0] in ANSWERS for name in self.places):
            notes.append(_("No column for the answers was found: they cannot be written into this workbook."))
        elif missing := self._without_quantity(kept):
            words = {"deliveries": ", ".join(map(str, missing))}
            notes.append(_("No column for the confirmed quantity of delivery %(deliveries)s was found.") % words)
        return notes

    def _without_quantity(self, kept: Sequence[Verdict]) -> list[int]:
        used = sorted({number for one in kept for number in one.asked})
        one_for_all = [number for number in used if named("quantity", number) in self.places] == used[:1]
        return [] if one_for_all else [n for n in used if named("quantity", n) not in self.places]


def looks_of(source: Source) -> Looks:
    """What stands in the sheet of an invitation besides values. Raises Refused."""
    package = Package(source.path)
    return look(package.read(package.sheet(source.sheet)))


_SUMS = frozenset(
    {"total", "totals", "sum", "summe", "gesamt", "gesamtsumme", "grandtotal", "subtotal", "zwischensumme"}
)


def is_no_row(cells: Sequence[str]) -> bool:
    """Whether a row below the heads is a sum, or a remark in a single cell."""
    filled = [cell for cell in cells if cell]
    if not filled:
        return True
    return readers.head_key(filled[0]) in _SUMS or (len(filled) == 1 and " " in filled[0])
