"""The round trip of one stage: its cells as a workbook to fill in, and the filled workbook as a kind of file.

One line is one cell of the offer. Everything but the answers is locked. Each line carries the version of its cell and,
hidden, the answer as it was: what nobody touched says nothing, and what somebody else answered meanwhile is told.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import xlsxwriter
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from purveyor.base import columns
from purveyor.base.columns import Column, as_yes_no
from purveyor.base.filekinds import Kind, Loading, Outcome, Row, Source
from purveyor.channels import read
from purveyor.channels.workbooks.answers import Answered
from purveyor.common.errors import NotFound, Problem
from purveyor.common.lenient import Unreadable
from purveyor.common.money import plain
from purveyor.offers import keys
from purveyor.offers.domain import facts
from purveyor.offers.domain.answer import Clash, Given, Taken, answer
from purveyor.offers.domain.cells import CellNow, Known, place, seen_by
from purveyor.offers.domain.cells import read as read_cells
from purveyor.offers.domain.decide import DEAREST, LONGEST, PLACES
from purveyor.offers.domain.effective import Value
from purveyor.offers.domain.lock import stage_of, stages_of
from purveyor.offers.models import Delivery, Offer, Said, Stage
from purveyor.offers.models import Row as OfferRow
from purveyor.offers.rules import may_answer_key
from purveyor.people.who import Who
from purveyor.profiles.models import Profile

NAME = "offer-answers"
VIEW = "offers.view"
ANSWERED, UNCHANGED = "answered", "unchanged"
HEAD = 6
"""The heads stand in this row, counted from 0."""
_WITHIN = 12
_NO_MORE = 1_000_000_000
_NOTHING = "|||"
"""A line without an answer, as one text."""


def _key(given: Any, mark: str = "") -> str:
    """A stage by its key, or by its title in either language."""
    wanted = columns.head_key(str(given))
    for one in keys.KEYS.values():
        if wanted in {columns.head_key(one.key), columns.head_key(str(one.title))}:
            return one.key
    raise Unreadable(_("There is no stage “%(text)s”.") % {"text": str(given)[:40]})


def _number(given: Any, mark: str = "") -> str:
    return facts.number(given)


def _plain_text(given: Any, mark: str = "") -> str:
    return str(given)


FACTS = (
    Column("profile", gettext_lazy("Profile"), columns.text(50)),
    Column("number", gettext_lazy("Offer number"), _number, heads=("Offer",)),
    Column("stage", gettext_lazy("Stage"), _key),
)
ANSWERS = (
    Column("verdict", gettext_lazy("Yes or no"), columns.yes_no, as_yes_no, heads=("Yes/No", "Ja/Nein", "Answer")),
    Column("quantity", gettext_lazy("Quantity"), columns.whole(0, _NO_MORE), heads=("Qty", "Pieces")),
    Column("price", gettext_lazy("Price"), columns.amount(PLACES, DEAREST), heads=("Unit price",)),
    Column("comment", gettext_lazy("Comment"), columns.text(LONGEST)),
)
COLUMNS = (
    Column("row", gettext_lazy("Row"), columns.whole(1, _NO_MORE), needed=True),
    Column("delivery", gettext_lazy("Delivery"), columns.whole(1, 100), needed=True),
    *ANSWERS,
    Column("finds_price", gettext_lazy("Price so far"), columns.amount(PLACES, DEAREST)),
    Column("version", gettext_lazy("Version"), columns.whole(0, _NO_MORE), needed=True),
    Column("before", gettext_lazy("As exported"), _plain_text),
)


# ── out ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Out:
    """A column of the workbook that goes out: its head, its width, and its value for a cell."""

    head: str
    width: int
    role: str = ""


def stage_workbook(who: Who, offer: Offer, key: str) -> Answered:
    """The cells of an offer for one stage, to be filled in: whoever may see the offer may have it; answering asks for
    more. Raises Denied, and NotFound for a stage the offer does not have."""
    who.require(VIEW, offer.profile)
    stages = stages_of(offer)
    stage = stage_of(offer, stages, key)
    order = [one.key for one in stages]
    cells = [(known, seen_by(known, order, stage)) for known in read_cells(offer, stages)]
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"constant_memory": True, "strings_to_formulas": False}) as book:
        _write(book, offer, stage, cells)
    return Answered(f"{_safe(offer.number)}-{key}.xlsx", out.getvalue(), len(cells))


def _safe(name: str) -> str:
    """A number as part of a file's name."""
    return "".join(c if c.isalnum() or c in "-_." else "-" for c in name)


def _columns() -> list[_Out]:
    labels = {column.name: str(column.label) for column in COLUMNS}
    given = [_Out(labels[name], 8, name) for name in ("row", "delivery")]
    told = [("sku", _("SKU"), 16), ("asin", _("ASIN"), 13), ("title", _("Title"), 36), ("days", _("Window"), 24)]
    told += [("asked", _("Asked quantity"), 12), ("asked_price", _("Asked price"), 12)]
    told += [
        ("finds", _("Quantity so far"), 12),
        ("finds_price", labels["finds_price"], 12),
        ("changed", _("Changed"), 24),
    ]
    answers = [_Out(labels[column.name], 30 if column.name == "comment" else 12, column.name) for column in ANSWERS]
    hidden = [_Out(labels[name], 10, name) for name in ("version", "before")]
    return [*given, *(_Out(head, width, role) for role, head, width in told), *answers, *hidden]


def _write(book: Any, offer: Offer, stage: Stage, cells: Sequence[tuple[Known, CellNow]]) -> None:
    page, outs = book.add_worksheet(str(keys.KEYS[stage.key].title)[:31]), _columns()
    bold = book.add_format({"bold": True, "text_wrap": True, "bg_color": "#DDEBF7", "border": 1})
    for at, out in enumerate(outs):
        page.set_column(at, at, out.width, None, {"hidden": out.role in ("version", "before")})
    said = {"profile": offer.profile.name, "number": offer.number, "stage": stage.key}
    for at, fact in enumerate(FACTS):
        page.write_string(at, 0, f"{fact.label}: {said[fact.name]}")
    page.write_string(at + 1, 0, _("Fill in the yellow cells alone, then bring the file back. The others are locked."))
    for place_, out in enumerate(outs):
        page.write_string(HEAD, place_, out.head, bold)
    lines = _Lines(book, page, outs, offer)
    for line, (known, now) in enumerate(cells, HEAD + 1):
        lines.write(line, known, now)
    page.freeze_panes(HEAD + 1, 5)
    page.autofilter(HEAD, 0, HEAD + max(len(cells), 1), len(outs) - 1)
    verdict = next(at for at, out in enumerate(outs) if out.role == "verdict")
    choice = {"validate": "list", "source": [as_yes_no(True), as_yes_no(False)]}
    page.data_validation(HEAD + 1, verdict, HEAD + max(len(cells), 1), verdict, choice)
    page.protect("", {"autofilter": True, "sort": True, "format_columns": True, "format_rows": True})


class _Lines:
    """Writes one line for each cell."""

    def __init__(self, book: Any, page: Any, outs: Sequence[_Out], offer: Offer) -> None:
        self.page, self.outs = page, outs
        self.open = book.add_format({"locked": False, "bg_color": "#FFF2CC", "border": 1})
        self.money = book.add_format({"num_format": "0.00##"})
        self.open_money = book.add_format({"locked": False, "bg_color": "#FFF2CC", "border": 1, "num_format": "0.00##"})
        self.changed = book.add_format({"bg_color": "#FCE4D6"})
        self.rows = {row.number: row for row in OfferRow.objects.filter(offer=offer).select_related("product")}
        self.deliveries = {one.position: one for one in offer.deliveries.all()}

    def write(self, line: int, known: Known, now: CellNow) -> None:
        told = self._told(known, now)
        for at, out in enumerate(self.outs):
            self._cell(line, at, out.role, told.get(out.role), now)

    def _told(self, known: Known, now: CellNow) -> Mapping[str, Any]:
        row, mine = self.rows[known.row], now.mine
        answers: dict[str, Any] = {}
        if mine is not None:
            own = mine.value
            answers = {"verdict": own.verdict, "quantity": own.quantity, "price": own.price, "comment": mine.comment}
        changed = now.changed
        return answers | {
            "row": known.row,
            "delivery": known.delivery,
            "sku": row.product.sku if row.product else _("waits for mapping"),
            "asin": row.asin or row.vendor_product,
            "title": row.title,
            "days": days_words(self.deliveries[known.delivery]),
            "asked": now.asked.quantity,
            "asked_price": now.asked.price,
            "finds": now.finds.quantity,
            "finds_price": now.finds.price,
            "changed": f"{value_words(changed[0])} → {value_words(changed[1])}" if changed else "",
            "version": now.version,
            "before": _canonical(answers),
        }

    def _cell(self, line: int, at: int, role: str, value: Any, now: CellNow) -> None:
        open_ = now.answerable and role in _ANSWER_NAMES
        priced = role in ("price", "asked_price", "finds_price")
        form = (self.open_money if priced else self.open) if open_ else (self.money if priced else None)
        form = self.changed if role == "changed" and value else form
        if isinstance(value, bool):
            self.page.write_string(line, at, as_yes_no(value), form)
        elif isinstance(value, int | Decimal):
            self.page.write_number(line, at, value, form)
        elif value:
            self.page.write_string(line, at, str(value), form)
        elif form is not None:
            self.page.write_blank(line, at, None, form)


_ANSWER_NAMES = frozenset(column.name for column in ANSWERS)


def days_words(delivery: Delivery) -> str:
    """The window of a delivery for people; blank where nothing is said."""
    days = [day.isoformat() for day in (delivery.first_day, delivery.last_day) if day]
    return " – ".join(days)


def value_words(value: Value) -> str:
    """A value for people: ``120 × 4.50``, or *no*."""
    if not value.verdict or not value.quantity:
        return as_yes_no(False)
    return f"{value.quantity} × {plain(value.price)}" if value.price is not None else str(value.quantity)


def _canonical(answers: Mapping[str, Any]) -> str:
    """An answer as one text, the same for the same answer in every language."""
    verdict, price = answers.get("verdict"), answers.get("price")
    words = ("" if verdict is None else "yes" if verdict else "no", "" if price is None else plain(price))
    quantity = answers.get("quantity")
    return "|".join((words[0], "" if quantity is None else str(quantity), words[1], answers.get("comment") or ""))


# ── in ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def allows(who: Who, profile: Profile | None) -> bool:
    """Whether somebody answers any stage of a profile's offers; without a profile, of any."""
    profiles = [profile] if profile is not None else who.profiles(VIEW)
    return any(may_answer_key(who, key, one) for one in profiles for key in keys.KEYS)


def owner(who: Who, said: Mapping[str, str]) -> Profile | None:
    """The profile the file names, where one may answer there."""
    found: Profile | None = who.profiles(VIEW).filter(name__iexact=said.get("profile", "")).first()
    return found


def ready(source: Source) -> list[Problem]:
    """What is missing before answers may be taken."""
    try:
        _offer_of(source)
        _stage_of(source)
    except NotFound as error:
        return [Problem(error.message, where="number")]
    except Unreadable as error:
        return [Problem(str(error), where="stage")]
    return []


def _offer_of(source: Source) -> Offer:
    number = source.facts.get("number", "")
    found = Offer.objects.filter(profile=source.profile, number=number).select_related("profile").first()
    if source.profile is None or found is None:
        raise NotFound(_("There is no offer %(number)s.") % {"number": number or "–"})
    return found


def _stage_of(source: Source) -> str:
    return _key(source.facts.get("stage", ""))


def take(rows: Sequence[Row], loading: Loading) -> Outcome:
    """Answer what was filled in, in the caller's transaction. A dry run answers too, and takes it back."""
    source, outcome = loading.origin, Outcome()
    offer, key = _offer_of(source), _stage_of(source)
    touched = [row for row in rows if _canonical(row.values) != row.texts.get("before", _NOTHING)]
    by_place = {place(row.values["row"], row.values["delivery"]): row for row in touched}
    given = [_given(row) for row in touched]
    with transaction.atomic():
        taken = answer(source.who, offer, key, given, how=Said.How.FILE) if given else Taken()
        transaction.set_rollback(loading.dry_run)
    for clash in taken.clashes:
        row = by_place[place(clash.given.row, clash.given.delivery)]
        outcome.refuse(row, "quantity", _clash_words(clash, ZoneInfo(offer.zone)))
    for problem in taken.problems:
        outcome.refuse(by_place[problem.where], "quantity", problem.message)
    refused = {one.row for one in outcome.refused}
    outcome.taken = len(rows) - len(refused)
    counts = {ANSWERED: len(touched) - len(refused), UNCHANGED: len(rows) - len(touched)}
    outcome.effects = Counter({name: count for name, count in counts.items() if count})
    return outcome


def _given(row: Row) -> Given:
    """What a line says: what is not as it was exported. A line that was emptied takes its answer back, an emptied
    price leaves the one so far."""
    values = row.values
    where: dict[str, Any] = {name: values[name] for name in ("row", "delivery", "version")}
    names = ("verdict", "quantity", "price", "comment")
    if not any(name in values for name in names):
        return Given(**where, clear=True)
    was = row.texts.get("before", "")
    before = (was if was.count("|") >= _NOTHING.count("|") else _NOTHING).split("|", 3)
    now = _canonical(values).split("|", 3)
    said: dict[str, Any] = {}
    said |= {name: values.get(name) for name, old, new in zip(names, before, now, strict=True) if old != new}
    if "price" in said and said["price"] is None:
        said["price"] = values.get("finds_price")
    if "comment" in said:
        said["comment"] = said["comment"] or ""
    return Given(**where, **said)


def _clash_words(clash: Clash, zone: ZoneInfo) -> str:
    words = {
        "by": clash.by.partition(":")[2] or clash.by,
        "at": f"{clash.at.astimezone(zone):%Y-%m-%d %H:%M}" if clash.at else "–",
        "now": value_words(clash.now),
        "mine": value_words(clash.mine) if clash.mine else _("taken back"),
    }
    return _("%(by)s answered this at %(at)s: %(now)s. Yours was: %(mine)s. Export anew and answer again.") % words


STAGE_ANSWERS = Kind(
    NAME,
    gettext_lazy("Answers to a bulk-buy offer"),
    gettext_lazy("Answers an offer for one stage, with the workbook exported for it."),
    COLUMNS,
    take,
    None,
    may_take=VIEW,
    may_see=VIEW,
    of_profile=True,
    facts=FACTS,
    within=_WITHIN,
    one_of=(("verdict", "quantity"),),
    form=read.XLSX,
    owner=owner,
    ready=ready,
    allows=allows,
    own_page=True,
)
