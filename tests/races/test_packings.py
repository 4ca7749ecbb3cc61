"""Packings that several hands change at once: one change counts, the others are told. Each race has a twin."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from cast import make_profile
from purveyor.base.db import is_postgres
from purveyor.base.transition import move
from purveyor.common.errors import Conflict, Refused
from purveyor.orders.models import Order
from purveyor.orders.states import OrderState
from purveyor.warehouse.domain import edit, kept
from purveyor.warehouse.domain.change import keep
from purveyor.warehouse.domain.pack import begin, close, put
from purveyor.warehouse.domain.resolve import move_out
from purveyor.warehouse.domain.tree import CARTON
from purveyor.warehouse.models import Content, Packing, PackStep
from racing import PATIENCE, side_by_side, threads
from warehouse.boxes import ROOT, answered, content, order

pytestmark = [pytest.mark.integration, pytest.mark.django_db(transaction=True)]


def tried(work: Callable[[], Any]) -> Callable[[], str]:
    """The same work, answering what became of it."""

    def run() -> str:
        try:
            work()
        except (Conflict, Refused) as error:
            return type(error).__name__
        return "done"

    return run


@pytest.fixture
def made() -> Packing:
    profile = make_profile()
    answered(order(profile))
    return put(ROOT, profile, "S-1", [], [content()])


def test_two_editors_with_the_same_version_change_once(made: Packing) -> None:
    def clear() -> None:
        edit.step(ROOT, made.pk, 2, {"kind": "clear"})

    def add() -> None:
        edit.step(ROOT, made.pk, 2, {"kind": "add", "box": "pallet"})

    assert sorted(side_by_side(tried(clear), tried(add), tried(clear), tried(add))) == ["Conflict"] * 3 + ["done"]
    made.refresh_from_db()
    assert (made.version, PackStep.objects.count()) == (3, 2)
    assert sum(Content.objects.values_list("eaches", flat=True)) == 10


def test_twin_of_editors_who_only_read_the_version_both_go_on(made: Packing) -> None:
    both_have_read = threading.Barrier(2)

    def read_then_go_on() -> bool:
        version = Packing.objects.get(pk=made.pk).version
        both_have_read.wait(PATIENCE)
        return version == 2

    assert threads(2, read_then_go_on) == [True, True]


def test_twin_without_the_version_moves_the_same_pieces_twice(made: Packing) -> None:
    """Two who move what they saw, whatever was done since: pieces appear that nobody packed."""
    seen = kept.read(made)
    for key in ("A", "B"):
        now = Packing.objects.get(pk=made.pk)
        new = seen.copy()
        box = new.add_box(CARTON, key)
        for item in list(new.items.values()):
            new.move(item.id, 4, item.place.__class__(carton=box.id))
        keep(ROOT, now, seen, new, {"kind": "move_content"})
    assert sum(Content.objects.values_list("eaches", flat=True)) == 14


def test_a_replacement_and_an_edit_leave_one_or_the_other(made: Packing) -> None:
    def say_again() -> None:
        put(ROOT, made.profile, "S-1", [], [content(quantity=4, carton="N")])

    def edit_it() -> None:
        edit.step(ROOT, made.pk, 2, {"kind": "clear"})

    found = side_by_side(tried(say_again), tried(edit_it))
    assert found[0] == "done"
    assert found[1] in ("done", "Conflict")
    now = kept.read(Packing.objects.get(pk=made.pk))
    assert ([box.key for box in now.cartons.values()], sum(now.eaches().values())) == (["N"], 4)


def test_a_packing_closes_as_it_was_judged_or_not_at_all(made: Packing) -> None:
    def shut() -> None:
        close(ROOT, made.pk, 2)

    def clear() -> None:
        edit.step(ROOT, made.pk, 2, {"kind": "clear"})

    assert sorted(side_by_side(tried(shut), tried(clear), tried(clear))) == ["Conflict", "Conflict", "done"]
    made.refresh_from_db()
    loose = Content.objects.filter(carton=None).exists()
    assert (made.state == "packed") is not loose


def test_a_reference_said_by_many_at_once_is_one_packing() -> None:
    profile = make_profile()
    order(profile)
    assert threads(4, tried(lambda: put(ROOT, profile, "S-1", [], [content(quantity=3)]))) == ["done"] * 4
    assert Packing.objects.get().version == 5
    assert sum(Content.objects.values_list("eaches", flat=True)) == 3


def test_a_packing_begun_by_many_at_once_is_begun_once() -> None:
    profile = make_profile()
    order(profile)
    found = threads(4, tried(lambda: begin(ROOT, profile, "S-1", ["4ABCDEFG"])))
    assert sorted(found) == ["Refused"] * 3 + ["done"]
    assert sum(Content.objects.values_list("eaches", flat=True)) == 10


def test_an_order_that_moves_never_waits_for_who_holds_its_packing(made: Packing) -> None:
    """Whoever cuts holds the packing and wants the order; an answer that arrives holds the order and marks packings."""
    holds, moved = threading.Event(), threading.Event()

    def hold_it() -> str:
        with transaction.atomic():
            Packing.objects.select_for_update().get(pk=made.pk)
            holds.set()
            return "moved" if moved.wait(5 if is_postgres() else 0) else "waited"

    def move_order() -> str:
        assert holds.wait(PATIENCE)
        move(Order.objects.get(), OrderState.CLOSED, by="test")
        moved.set()
        return "done"

    expected = "moved" if is_postgres() else "waited"  # SQLite's write transactions are alone
    assert side_by_side(hold_it, move_order) == [expected, "done"]


def test_pieces_moved_to_and_fro_at_once_are_neither_made_nor_lost(made: Packing) -> None:
    other = put(ROOT, made.profile, "S-2", [], [content(quantity=5, carton="X")])
    works = [
        tried(lambda: move_out(ROOT, made.pk, 2, {"carton": "C1"}, "S-2")),
        tried(lambda: move_out(ROOT, other.pk, 2, {"carton": "X"}, "S-1")),
    ]
    assert sorted(side_by_side(*works, *works)) == ["Conflict", "Conflict", "Conflict", "done"]
    assert sum(Content.objects.values_list("eaches", flat=True)) == 15
