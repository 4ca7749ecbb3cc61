"""The answers of a completed offer, written into a copy of the workbook it came by: into the answer cells alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from purveyor.audit.write import record
from purveyor.base.columns import head_key
from purveyor.channels import store
from purveyor.channels.models import Upload
from purveyor.channels.read import Shape
from purveyor.channels.workbooks.columns import DELIVERIES, named
from purveyor.channels.workbooks.package import Package
from purveyor.channels.workbooks.sheetxml import Looks, Place, Value, fill, look, name_of
from purveyor.common.errors import Problem, Refused
from purveyor.common.lenient import NO, YES
from purveyor.offers.models import Answer, Cell, Offer
from purveyor.offers.states import OfferState
from purveyor.people.who import Who

_GERMAN = ("ja", "zusage", "zugesagt", "annahme", "angenommen", "bestätigt")


@dataclass(frozen=True, slots=True)
class Answered:
    """A workbook to fetch: a name for it, its bytes, how many cells were written, and what could not be said in it."""

    name: str
    content: bytes
    cells: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Final:
    """What was approved of one cell: eaches (0 for no), the price for one, the price Amazon asked, the last comment."""

    delivery: int
    quantity: int
    price: Decimal | None
    asked: Decimal | None
    comment: str = ""


def answers_into(who: Who, offer: Offer, *, comments: bool = False) -> Answered:
    """The original workbook with the answers of a completed offer; with ``comments`` the last stage's too, which else
    stay in the house: they are written for colleagues.

    Every other part of the file is the same byte for byte, and every other cell of the sheet too. Rows that were left
    unanswered stay blank. Raises Denied (``offers.view``), and Refused for an offer that is not completed, has no
    workbook or no answer columns, or where a formula or a merged cell stands in the way, by row.
    """
    who.require("offers.view", offer.profile)
    upload = _workbook_of(offer)
    package = Package(store.path_of(upload.sha256))
    sheet = package.sheet(Shape(**upload.shape).sheet)
    xml = package.read(sheet)
    writing = _Writing(upload, look(xml), comments)
    for row, finals in _finals(offer).items():
        writing.row(row, finals)
    if writing.problems:
        raise Refused(_("The answers cannot be written into the workbook."), writing.problems)
    content = package.copy(sheet, fill(xml, writing.values))
    record("offer.exported", by=who.name, obj=offer, new={"cells": len(writing.values)})
    return Answered(_name(upload.name), content, len(writing.values), tuple(writing.notes))


def _workbook_of(offer: Offer) -> Upload:
    if offer.state != OfferState.COMPLETED:
        said = _("Offer %(number)s is not completed. Its answers leave when it is.") % {"number": offer.number}
        raise Refused(said, [Problem(said, where="state")])
    if offer.upload is None:
        raise Refused(_("Offer %(number)s came by no workbook that is still here.") % {"number": offer.number})
    found: Upload = offer.upload
    if not any(name.rpartition("_")[0] in ("quantity", "verdict") for name in found.columns):
        said = _("The workbook of offer %(number)s has no columns for the answers.") % {"number": offer.number}
        raise Refused(said, [Problem(said, where="columns")], hint=_("Name them when you bring it."))
    return found


def _finals(offer: Offer) -> dict[int, list[Final]]:
    """What was approved, by the row's number; rows that were left unanswered are not among it."""
    comments: dict[int, str] = dict(
        Answer.objects.filter(stage__offer=offer)
        .exclude(comment="")
        .order_by("stage__position")
        .values_list("cell_id", "comment")
    )
    cells = Cell.objects.filter(row__offer=offer).exclude(approved=None).order_by("row__number", "delivery__position")
    fields = ("pk", "row__number", "delivery__position", "approved", "approved_price", "price")
    found: dict[int, list[Final]] = {}
    for key, row, delivery, approved, price, asked in cells.values_list(*fields):
        found.setdefault(row, []).append(Final(delivery, approved or 0, price, asked, comments.get(key, "")))
    return found


def _name(name: str) -> str:
    """The name of the copy. Whoever brought the file named it: nothing of that leads out of a folder."""
    name = name.replace("\\", "/").rpartition("/")[2].lstrip(".")
    stem, dot, ending = name.rpartition(".")
    return f"{stem}-answered.{ending}" if dot else f"{name}-answered.xlsx"


@dataclass
class _Writing:
    """What goes into which cell, row after row."""

    upload: Upload
    looks: Looks
    comments: bool = False
    values: dict[Place, Value] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        heads: list[str] = self.upload.heads
        self.places: Mapping[str, int] = {name: heads.index(head) + 1 for name, head in self.upload.columns.items()}
        self.heads: Mapping[str, str] = self.upload.columns

    def row(self, row: int, finals: Sequence[Final]) -> None:
        """The answers of one row. Where a role has one column for several deliveries, it says what is true of all."""
        self._quantities(row, finals)
        self._verdicts(row, finals)
        self._prices(row, finals)
        for name, group in self._groups("comment", finals) if self.comments else ():
            words = dict.fromkeys(one.comment for one in group if one.comment)
            if words:
                self._put(row, name, " / ".join(words))

    def _groups(self, role: str, finals: Sequence[Final]) -> Iterable[tuple[str, list[Final]]]:
        """The columns of a role, each with the deliveries it tells of: its own, or all where there is but one."""
        names = [named(role, number) for number in DELIVERIES if named(role, number) in self.places]
        if len(names) == 1:
            yield names[0], list(finals)
            return
        for one in finals:
            if (name := named(role, one.delivery)) in names:
                yield name, [one]

    def _quantities(self, row: int, finals: Sequence[Final]) -> None:
        told = set()
        for name, group in self._groups("quantity", finals):
            self._put(row, name, sum(one.quantity for one in group))
            told |= {one.delivery for one in group}
        for one in finals:
            if one.delivery not in told:
                words = {"row": row, "delivery": one.delivery, "quantity": one.quantity}
                said = _("Row %(row)d, delivery %(delivery)d: there is no column for its %(quantity)d pieces.")
                self.notes.append(said % words)

    def _verdicts(self, row: int, finals: Sequence[Final]) -> None:
        for name, group in self._groups("verdict", finals):
            place = (row, self.places[name])
            self._put(row, name, self._word(any(one.quantity for one in group), name, place))

    def _word(self, verdict: bool, name: str, place: Place) -> str:
        """Yes or no as the cell's list of choices spells it, else in the language of its head."""
        wanted = YES if verdict else NO
        spelt = [word for word in self.looks.words_at(place) if word.casefold() in wanted]
        if spelt:
            return spelt[0]
        german = any(word in head_key(self.heads[name]) for word in _GERMAN)
        return ("Ja" if verdict else "Nein") if german else ("Yes" if verdict else "No")

    def _prices(self, row: int, finals: Sequence[Final]) -> None:
        agreed = [one for one in finals if one.quantity and one.price is not None]
        told = set()
        for name, group in self._groups("cost", agreed):
            prices = {one.price for one in group}
            if len(prices) == 1 and (price := prices.pop()) is not None:
                self._put(row, name, price)
                told |= {one.delivery for one in group}
        for one in agreed:
            if one.delivery not in told and one.price != one.asked:
                words = {"row": row, "delivery": one.delivery, "price": one.price}
                said = _("Row %(row)d, delivery %(delivery)d: there is no column that tells its price %(price)s alone.")
                self.notes.append(said % words)

    def _put(self, row: int, name: str, value: Value) -> None:
        place = (row, self.places[name])
        words = {"row": row, "cell": name_of(place)}
        if self.looks.is_formula(place):
            said = _("Row %(row)d: cell %(cell)s holds a formula and is left alone.") % words
            self.problems.append(Problem(said, where=f"row {row}"))
        elif self.looks.is_merged(place):
            said = _("Row %(row)d: cell %(cell)s is merged with others.") % words
            self.problems.append(Problem(said, where=f"row {row}"))
        else:
            self.values[place] = value
