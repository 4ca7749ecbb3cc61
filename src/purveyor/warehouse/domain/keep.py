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
from purveyor.warehouse.domain.pick import Group, Known
from purveyor.warehouse.models import Picked, PickList, PickResult, ResultFile
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
    settle_at = clock.now() + timedelta(minutes=dated.value(group.finder.profile, "warehouse.answer_wait"))
    _replace(group, bringer)
    begun = [_begun(key, known, bringer, settle_at) for key, known in group.known.items() if known.begun]
    PickResult.objects.bulk_create([*begun, *_born(group, bringer)])
    found = [*begun, *_go_on(group, bringer, settle_at)]
    results = {one.pick_list_id: one for one in found}
    _write(group, results)
    _remember(group, found)
    _picked(group, results, bringer)
    return found


def _replace(group: Group, bringer: Bringer) -> None:
    """The stored results whose place another took."""
    keys = [known.stored for known in group.known.values() if known.begun and known.stored]
    rows = PickResult.objects.filter(pk__in=together(keys)).select_related("pick_list__order__profile") if keys else ()
    told: dict[str, Any] = {"outcome": {"what": said.BY_LATER}, "settled_at": clock.now()}
    for one in rows:
        move(one, PickResultState.REPLACED, by=bringer.by, action="picklist.result_replaced", **told)


def _begun(list_id: int, known: Known, bringer: Bringer, settle_at: datetime) -> PickResult:
    assert known.standing is not None
    return _result(list_id, known.standing.reference, known.standing.picked_at, bringer, settle_at=settle_at)


def _born(group: Group, bringer: Bringer) -> Iterable[PickResult]:
    """The references that came and went, kept so that nothing more of them is taken."""
    for key, known in group.known.items():
        for reference, (at, what) in known.born.items():
            more = {"state": PickResultState.REPLACED, "outcome": {"what": what}}
            yield _result(key, reference, at, bringer, **more)


def _result(list_id: int, reference: str, at: datetime | None, bringer: Bringer, **more: Any) -> PickResult:
    now = clock.now()
    given = {"way": bringer.way, "upload_id": bringer.upload, "by": bringer.by, "at": now, "state_at": now}
    return PickResult(pick_list_id=list_id, reference=reference, picked_at=at, **given, **more)


def _go_on(group: Group, bringer: Bringer, settle_at: datetime) -> list[PickResult]:
    """The stored results that more rows came for: what they have in common in one statement, their moments where these
    differ."""
    going = {known.stored: (key, known) for key, known in group.known.items() if known.touched and not known.begun}
    values: dict[str, Any] = {"settle_at": settle_at, "settled_at": None, "outcome": {}}
    values |= {"upload_id": bringer.upload, "by": bringer.by, "way": bringer.way}
    if going:
        PickResult.objects.filter(pk__in=together(going.keys())).update(**values)
    found, moved = [], []
    for pk, (key, known) in going.items():
        assert known.standing is not None
        at, reference = known.standing.picked_at, known.standing.reference
        found.append(PickResult(pk=pk, pick_list_id=key, reference=reference, picked_at=at, **values))
        if at != known.stored_at:
            moved.append(found[-1])
    PickResult.objects.bulk_update(moved, ["picked_at"], batch_size=200)
    return found


def _remember(group: Group, found: Iterable[PickResult]) -> None:
    """The file that counts in these results now, so that its bytes brought anew add nothing. A result that is the
    file's own needs no memory: another upload has another one."""
    if (brought := group.brought) is None or not brought.sha256:
        return
    told = {"sha256": brought.sha256, "upload_id": brought.upload}
    named = [ResultFile(result_id=one.pk, **told) for one in found if one.reference != brought.own]
    ResultFile.objects.bulk_create(named, ignore_conflicts=True, batch_size=200)


def _write(group: Group, results: dict[int, PickResult]) -> None:
    """The lines the rows touched, anew: what counts of each lot follows from all of them."""
    going = {one.pk: group.known[key] for key, one in results.items() if not group.known[key].begun}
    places = ((pk, line) for pk, known in going.items() for line in known.touched)
    stale = [key for place in places for key in group.stale.get(place, ())]
    if stale:
        Picked.objects.filter(pk__in=together(stale)).delete()
    picks.write(row for key, one in results.items() for row in _rows(group, key, one))


def _rows(group: Group, key: int, result: PickResult) -> Iterable[tuple[Any, ...]]:
    known = group.known[key]
    assert known.standing is not None
    lots = {line: known.standing.lines[line] for line in known.touched}
    return picks.rows_of(result.pk, lots, group.asked)


def _picked(group: Group, results: dict[int, PickResult], bringer: Bringer) -> None:
    """Lists that were to be picked are picked; of those with too much somebody is told."""
    first = [one.pk for one in group.finder.lists.values() if one.pk in results and one.state == PickListState.RELEASED]
    over = {key for key in results if _has_excess(group, key)}
    wanted = over.union(first)
    rows = PickList.objects.filter(pk__in=together(wanted)).select_related("order__profile") if wanted else ()
    for one in rows:
        if one.state == PickListState.RELEASED:
            because = results[one.pk].reference
            move(one, PickListState.PICKED, by=bringer.by, because=because, action="picklist.picked")
        if one.pk in over:
            excess.tell(one, one.order.profile_id, results[one.pk].pk)


def _has_excess(group: Group, key: int) -> bool:
    known = group.known[key]
    assert known.standing is not None
    lines = known.standing.lines
    return any(sum(heap.eaches for heap in lines[line].values()) > group.asked[line] for line in known.touched)
