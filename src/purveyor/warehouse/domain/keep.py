"""The writing behind ``pick``: results and what was picked, a group of rows at once. No decisions here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from purveyor.base.db import together
from purveyor.base.transition import move
from purveyor.common import clock
from purveyor.profiles import dated
from purveyor.warehouse.domain import excess, picks, said
from purveyor.warehouse.domain.fold import Standing
from purveyor.warehouse.domain.pick import Group, Known
from purveyor.warehouse.models import Picked, PickList, PickResult
from purveyor.warehouse.states import PickListState, PickResultState


@dataclass(frozen=True, slots=True)
class Bringer:
    """Who brought the rows, by which way, and by which file."""

    by: str
    way: str
    upload: int | None = None


def keep(group: Group, bringer: Bringer) -> list[PickResult]:
    """Write what a judged group came to; answers the results that stand for the lists its rows meant. Joins the
    caller's transaction, which holds the lists."""
    lists = {one.pk: one for one in group.finder.lists.values()}
    touched = {key: known for key, known in group.known.items() if known.touched or known.born}
    settle_at = _settle_at(group.finder.profile)
    _replace(group, bringer)
    found = []
    for key, known in touched.items():
        _bear(key, known, bringer)
        if known.touched and known.standing is not None:
            found.append(_stand(key, known, known.standing, bringer, settle_at))
    _write(group, {one.pick_list_id: one for one in found})
    for result in found:
        _picked(lists[result.pick_list_id], group, result, bringer)
    return found


def _settle_at(profile: Any) -> datetime:
    return clock.now() + timedelta(minutes=dated.value(profile, "warehouse.answer_wait"))


def _replace(group: Group, bringer: Bringer) -> None:
    """The stored results whose place another took."""
    keys = [known.stored for known in group.known.values() if known.begun and known.stored]
    rows = PickResult.objects.filter(pk__in=together(keys)).select_related("pick_list__order__profile") if keys else ()
    told: dict[str, Any] = {"outcome": {"what": said.BY_LATER}, "settled_at": clock.now()}
    for one in rows:
        move(one, PickResultState.REPLACED, by=bringer.by, action="picklist.result_replaced", **told)


def _bear(list_id: int, known: Known, bringer: Bringer) -> None:
    """Keep the references that came and went, so that nothing more of them is taken."""
    PickResult.objects.bulk_create(
        _result(list_id, reference, at, bringer, state=PickResultState.REPLACED, outcome={"what": what})
        for reference, (at, what) in known.born.items()
    )


def _stand(list_id: int, known: Known, standing: Standing, bringer: Bringer, settle_at: datetime) -> PickResult:
    values: dict[str, Any] = {
        "picked_at": standing.picked_at,
        "settle_at": settle_at,
        "settled_at": None,
        "outcome": {},
    }
    if known.begun:
        one = _result(list_id, standing.reference, standing.picked_at, bringer, settle_at=settle_at)
        one.save(force_insert=True)
        return one
    values |= {"upload_id": bringer.upload, "by": bringer.by, "way": bringer.way}
    PickResult.objects.filter(pk=known.stored).update(**values)
    return PickResult(pk=known.stored, pick_list_id=list_id, reference=standing.reference, **values)


def _result(list_id: int, reference: str, at: datetime | None, bringer: Bringer, **more: Any) -> PickResult:
    now = clock.now()
    given = {"way": bringer.way, "upload_id": bringer.upload, "by": bringer.by, "at": now, "state_at": now}
    return PickResult(pick_list_id=list_id, reference=reference, picked_at=at, **given, **more)


def _write(group: Group, results: dict[int, PickResult]) -> None:
    """The lines the rows touched, anew: what counts of each lot follows from all of them."""
    lines = {line for key in results for line in group.known[key].touched}
    Picked.objects.filter(
        result__in=together([one.pk for one in results.values()]), pick_line__in=together(lines)
    ).delete() if lines else None
    Picked.objects.bulk_create(row for key, one in results.items() for row in _rows(group, key, one))


def _rows(group: Group, key: int, result: PickResult) -> Iterable[Picked]:
    known = group.known[key]
    assert known.standing is not None
    lots = {line: known.standing.lines[line] for line in known.touched}
    return picks.rows_of(result.pk, lots, group.asked)


def _picked(pick_list: PickList, group: Group, result: PickResult, bringer: Bringer) -> None:
    known = group.known[pick_list.pk]
    if pick_list.state == PickListState.RELEASED:
        move(pick_list, PickListState.PICKED, by=bringer.by, because=result.reference, action="picklist.picked")
    assert known.standing is not None
    lots = (known.standing.lines[line].values() for line in known.touched)
    if any(
        sum(heap.eaches for heap in heaps) > group.asked[line] for line, heaps in zip(known.touched, lots, strict=True)
    ):
        excess.tell(pick_list, group.finder.profile.pk, result.pk)
