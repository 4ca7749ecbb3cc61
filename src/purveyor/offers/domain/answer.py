"""Answering the cells of an offer for a stage: good answers are kept, bad ones told, and nothing of another's is
overwritten unseen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from purveyor.common.errors import Denied, Problem, Refused
from purveyor.offers import rules
from purveyor.offers.domain import words
from purveyor.offers.domain.cells import CellNow, Known, is_answerable, place, read, seen_by
from purveyor.offers.domain.decide import Given, Unfit, agreed, decide
from purveyor.offers.domain.effective import Value, Word, changed_since, found_by
from purveyor.offers.domain.late import look_again
from purveyor.offers.domain.lock import lock, stage_of, stages_of
from purveyor.offers.domain.stages import AGAIN
from purveyor.offers.domain.words import Change
from purveyor.offers.models import Offer, Said, Stage
from purveyor.offers.states import OfferState, StageState
from purveyor.people.who import Who

__all__ = ["Clash", "Given", "Taken", "answer", "approve"]


@dataclass(frozen=True, slots=True)
class Clash:
    """An answer to a state of the cell that is over: nothing was kept. ``version``, ``by`` and ``at`` are the latest
    answer's, ``now`` is what stands there now, ``mine`` what the answer would have made of it."""

    given: Given
    version: int
    by: str
    at: datetime | None
    now: Value
    mine: Value | None


@dataclass(slots=True)
class Taken:
    """What became of answers: the cells as they are now, those that clash, and what is wrong with others."""

    cells: list[CellNow] = field(default_factory=list)
    clashes: list[Clash] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def answer(
    who: Who, offer: Offer, key: str, given: Sequence[Given], *, how: str = Said.How.GRID, because: str = ""
) -> Taken:
    """Answer cells for a stage. ``how`` is one of ``Said.How``, ``because`` goes into the audit.

    An answer that says what stands there anyway changes nothing, whatever version it names. Raises Denied, NotFound
    for no such stage, and Refused where the offer is not open or it is not the stage's turn.
    """
    with transaction.atomic():
        desk = _sit_down(who, offer, key)
        cells = read(desk.offer, desk.stages, rows={one.row for one in given})
        known = {(cell.row, cell.delivery): cell for cell in cells}
        for one in given:
            desk.take(one, known.pop((one.row, one.delivery), None))
        return desk.keep(how, because)


def approve(
    who: Who,
    offer: Offer,
    key: str,
    *,
    undecided_only: bool = True,
    how: str = Said.How.BULK,
    expect_version: int | None = None,
) -> Taken:
    """Agree with everything the stage finds: with what it has not answered yet, or instead of its answers too.

    Rows that wait for mapping are left alone. Raises as ``answer``, and Conflict where the offer changed since the
    version the caller saw.
    """
    with transaction.atomic():
        desk = _sit_down(who, offer, key, expect_version)
        for cell in read(desk.offer, desk.stages, mapped=True):
            if is_answerable(cell, desk.stage) and not (undecided_only and key in cell.words):
                desk.agree(cell)
        return desk.keep(how, "")


def _sit_down(who: Who, offer: Offer, key: str, expect_version: int | None = None) -> Desk:
    now = lock(offer, OfferState.OPEN, expect_version=expect_version)
    stages = stages_of(now)
    stage = stage_of(now, stages, key)
    if not rules.may_answer(who, stage):
        raise Denied(
            _("Stage %(stage)s of offer %(number)s is not yours to answer.")
            % {"stage": stage.title, "number": now.number},
            hint=_("It needs the permission %(permission)s.") % {"permission": stage.permission},
        )
    if stage.state == StageState.WAITING:
        said = {"stage": stage.title, "number": now.number}
        raise Refused(
            _("It is not yet the turn of stage %(stage)s of offer %(number)s.") % said,
            hint=_("An earlier stage hands the offer on first."),
        )
    return Desk(who, now, stages, stage)


class Desk:
    """Where answers of one stage are taken: looked at one by one, kept together."""

    def __init__(self, who: Who, offer: Offer, stages: list[Stage], stage: Stage) -> None:
        self.who, self.offer, self.stages, self.stage = who, offer, stages, stage
        self.order = [one.key for one in stages]
        self.taken = Taken()
        self.touched: list[Known] = []
        self.changes: list[Change] = []
        self.clashing: list[tuple[Given, Known, Value | None]] = []

    def take(self, given: Given, cell: Known | None) -> None:
        """Look at one answer; ``cell`` is None where there is none, or where it was answered a line before."""
        if cell is None:
            self._refuse(given, _("There is no such cell, or it is named twice."))
            return
        own, finds = cell.words.get(self.stage.key), self._finds(cell)
        try:
            said = None if given.clear else decide(given, own, finds, cell.asked, mapped=cell.mapped)
        except Unfit as error:
            self._refuse(given, str(error))
            return
        if _stands(said, own, finds):
            self.touched.append(cell)
        elif given.version is not None and given.version != cell.version:
            self.clashing.append((given, cell, said[0] if said else None))
        elif not is_answerable(cell, self.stage):
            self._refuse(given, self._why_not())
        elif said is not None and self._goes_over(cell, Word(said[0], finds)):
            over = _("A later stage has answered this as it stood. To say otherwise, revoke the approval.")
            self._refuse(given, over)
        else:
            self._change(cell, own, finds, said)

    def agree(self, cell: Known) -> None:
        """Say yes to what the stage finds."""
        own, finds = cell.words.get(self.stage.key), self._finds(cell)
        said = agreed(own, finds)
        if not _stands(said, own, finds):
            self._change(cell, own, finds, said)

    def keep(self, how: str, because: str) -> Taken:
        """Write down what was taken; what the cells are now."""
        if self.changes:
            words.write(self.who, self.stage, self.changes, how=how, because=because)
            look_again(self.who, self.stage)
        self.taken.cells = [seen_by(cell, self.order, self.stage) for cell in self.touched]
        self.taken.clashes = list(self._clashes())
        return self.taken

    def _finds(self, cell: Known) -> Value:
        return found_by(self.order, cell.words, self.stage.key, cell.asked)

    def _change(self, cell: Known, own: Word | None, finds: Value, said: tuple[Value, str] | None) -> None:
        self.touched.append(cell)
        self.changes.append(Change(cell, own, finds, said[0] if said else None, said[1] if said else ""))

    def _refuse(self, given: Given, said: str) -> None:
        self.taken.problems.append(Problem(said, where=place(given.row, given.delivery)))

    def _why_not(self) -> str:
        if self.stage.state == StageState.PROPOSED:
            return _("The stage waits for a second person; nothing changes until then.")
        return _("The stage has handed the offer on; take its approval back first.")

    def _goes_over(self, cell: Known, word: Word) -> bool:
        """Whether this word would change what a later stage that is done has answered already: nobody would look again,
        and its yes would stand over a no given after it."""
        words = cell.words | {self.stage.key: word}
        later = [one.key for one in self.stages if one.position > self.stage.position and one.state in AGAIN]
        return any(
            changed_since(words[key], found_by(self.order, words, key, cell.asked)) for key in later if key in words
        )

    def _clashes(self) -> Iterable[Clash]:
        latest = words.latest(cell.pk for _given, cell, _mine in self.clashing)
        for given, cell, mine in self.clashing:
            by, at = latest.get(cell.pk, ("", None))
            own = cell.words.get(self.stage.key)
            yield Clash(given, cell.version, by, at, own.value if own else self._finds(cell), mine)


def _stands(said: tuple[Value, str] | None, own: Word | None, finds: Value) -> bool:
    """Whether a word is there already, and given to what the stage finds now."""
    if said is None or own is None:
        return said is None and own is None
    return said == (own.value, own.comment) and own.seen == finds
