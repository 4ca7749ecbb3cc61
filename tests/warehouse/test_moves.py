"""Steps of packing as values: pieces go where they are told, none is made, none is lost."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from purveyor.common.errors import Refused
from purveyor.warehouse.domain import moves
from purveyor.warehouse.domain.limits import Limits
from purveyor.warehouse.domain.tree import NOWHERE, Place, Sort, Tree
from warehouse.boxes import FAR, LIMITS, OTHER_SSCC, SSCC, applied, facts, goods, item_of, tree

pytestmark = [pytest.mark.unit, pytest.mark.once]

LINES = {1: facts(1, 30), 2: facts(2, 30, order_id=2, order="4HIJKLMN")}


def inside(of: Tree) -> dict[str, dict[tuple[int, str], int]]:
    """Line and lot → eaches, by box; a dash for not placed."""
    boxes = [(box.key, Place(pallet=box.id)) for box in of.pallets.values()]
    boxes += [(box.key, Place(carton=box.id)) for box in of.cartons.values()]
    return {
        key: {(item.sort.line, item.sort.lot): item.eaches for item in of.within(place)}
        for key, place in [*boxes, ("-", NOWHERE)]
    }


def refused(of: Tree, kind: str, **asked: Any) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as error:
        applied(of, kind, LINES, **asked)
    return [(one.where, one.message) for one in error.value.problems]


def test_pieces_not_placed_go_into_a_carton_lot_by_lot() -> None:
    start = tree([], loose=[(1, 4)])
    start.put(Sort(1, lot="L2"), 6, NOWHERE)
    done = applied(start, "place", LINES, line=1, eaches=7, to={"carton": "C1"})
    assert inside(done) == {"C1": {(1, ""): 4, (1, "L2"): 3}, "-": {(1, "L2"): 3}}
    assert inside(start) == {"C1": {}, "-": {(1, ""): 4, (1, "L2"): 6}}  # the tree given stays


def test_content_moves_whole_with_its_key_and_in_part_with_a_new_one() -> None:
    start = tree([(1, 8)], [])
    item = item_of(start, 1, Place(carton=1))
    whole = applied(start, "move_content", LINES, content=item.id, to={"carton": "C2"})
    assert inside(whole) == {"C1": {}, "C2": {(1, ""): 8}, "-": {}}
    assert list(whole.items) == [item.id]
    part = applied(start, "move_content", LINES, content=item.id, eaches=3, to={"carton": "C2"})
    assert inside(part) == {"C1": {(1, ""): 5}, "C2": {(1, ""): 3}, "-": {}}
    back = applied(part, "move_content", LINES, content=item.id)
    assert inside(back) == {"C1": {}, "C2": {(1, ""): 3}, "-": {(1, ""): 5}}


def test_pieces_of_one_sort_in_one_place_are_one_content() -> None:
    start = tree([(1, 8)], [(1, 2)])
    done = applied(start, "move_content", LINES, content=item_of(start, 1, Place(carton=1)).id, to={"carton": "C2"})
    assert inside(done) == {"C1": {}, "C2": {(1, ""): 10}, "-": {}}
    assert len(done.items) == 1


def test_split_makes_a_carton_beside_with_the_tare_before() -> None:
    start = applied(tree([(1, 8)], tare_grams=450), "add", LINES, box="pallet")
    start = applied(start, "move_carton", LINES, carton="C1", pallet="P1")
    done = applied(start, "split", LINES, content=item_of(start, 1, Place(carton=1)).id, eaches=5)
    assert inside(done) == {"P1": {}, "C1": {(1, ""): 3}, "C2": {(1, ""): 5}, "-": {}}
    fresh = done.find("carton", "C2")
    assert fresh is not None
    assert (fresh.tare_grams, fresh.pallet) == (450, start.find("pallet", "P1").id)  # type: ignore[union-attr]


def test_a_removed_pallet_leaves_its_cartons_and_frees_its_pieces() -> None:
    start = applied(tree([(1, 8)], loose=[(2, 5)]), "add", LINES, box="pallet", key="PAL")
    start = applied(start, "move_carton", LINES, carton="C1", pallet="PAL")
    start = applied(start, "place", LINES, line=2, to={"pallet": "PAL"})
    assert inside(start) == {"PAL": {(2, ""): 5}, "C1": {(1, ""): 8}, "-": {}}
    done = applied(start, "remove", LINES, box="pallet", key="PAL")
    assert inside(done) == {"C1": {(1, ""): 8}, "-": {(2, ""): 5}}
    assert [box.pallet for box in done.cartons.values()] == [None]


def test_a_whole_pallet_is_put_on_another_one() -> None:
    start = applied(tree([(1, 8)], loose=[(2, 5)]), "add", LINES, box="pallet", count=2)
    start = applied(start, "move_carton", LINES, carton="C1", pallet="P1")
    start = applied(start, "place", LINES, line=2, to={"pallet": "P1"})
    done = applied(start, "move_pallet", LINES, pallet="P1", onto="P2")
    assert inside(done) == {"P1": {}, "P2": {(2, ""): 5}, "C1": {(1, ""): 8}, "-": {}}
    assert [done.pallets[box.pallet or 0].key for box in done.cartons.values()] == ["P2"]


def test_lot_and_expiry_are_said_of_some_pieces_or_all() -> None:
    start = tree([(1, 8)])
    key = item_of(start, 1, Place(carton=1)).id
    some = applied(start, "set_content", LINES, content=key, eaches=3, lot=" L1 ", expiry=FAR)
    assert inside(some) == {"C1": {(1, ""): 5, (1, "L1"): 3}, "-": {}}
    every = applied(start, "set_content", LINES, content=key, lot="L1")
    assert [(item.id, item.sort) for item in every.items.values()] == [(key, Sort(1, lot="L1"))]
    gone = applied(some, "set_content", LINES, content=max(some.items) if max(some.items) != key else key, lot="L1")
    assert sum(item.eaches for item in gone.items.values()) == 8


def test_facts_of_a_box_are_set_forgotten_and_told_apart() -> None:
    start = tree([(1, 1)], [(1, 1)], weight_grams=900)
    done = applied(start, "set_box", LINES, box="carton", key="C1", sscc=f"(00){SSCC}", tare_grams=300)
    box = done.find("carton", "C1")
    assert box is not None
    assert (box.sscc, box.weight_grams, box.tare_grams) == (SSCC, 900, 300)
    assert refused(done, "set_box", box="carton", key="C2", sscc=SSCC) == [("sscc", "C1 has this SSCC already.")]
    forgotten = applied(done, "set_box", LINES, box="carton", key="C1", sscc=None, weight_grams=None)
    box = forgotten.find("carton", "C1")
    assert box is not None
    assert (box.sscc, box.weight_grams, box.tare_grams) == ("", None, 300)
    applied(forgotten, "set_box", LINES, box="carton", key="C2", sscc=SSCC)


def test_bounds_of_lots_and_of_proposals() -> None:
    start = tree([(1, 8)], loose=[(1, 3)])
    key = item_of(start, 1, Place(carton=1)).id
    assert applied(start, "set_content", LINES, content=key, lot="L" * 60).items[key].sort.lot == "L" * 60
    assert inside(applied(start, "clear", LINES)) == {"-": {(1, ""): 11}}
    singles = {1: facts(1, 30, product=goods(case_pack=1))}
    full = applied(start, "add", singles, box="carton", count=19_996)
    assert len(applied(full, "propose", singles).cartons) == 20_000
    with pytest.raises(Refused, match="not changed"):
        applied(applied(full, "add", singles, box="carton"), "propose", singles)


def test_new_boxes_take_the_next_free_names() -> None:
    start = applied(tree([], [], tare_grams=350), "add", LINES, box="carton", key="C4")
    done = applied(start, "add", LINES, box="carton", count=3)
    assert [box.key for box in done.cartons.values()] == ["C1", "C2", "C4", "C3", "C5", "C6"]
    assert [box.tare_grams for box in done.cartons.values()] == [350, None, 350, 350, 350, 350]
    assert [box.position for box in done.cartons.values()] == [1, 2, 3, 4, 5, 6]
    assert applied(done, "add", LINES, box="carton", key="X", tare_grams=None).find("carton", "X").tare_grams is None  # type: ignore[union-attr]


def test_clearing_takes_everything_out_and_the_boxes_away() -> None:
    start = applied(tree([(1, 4)], [(1, 2), (2, 5)], loose=[(1, 1)]), "add", LINES, box="pallet")
    assert inside(applied(start, "clear", LINES)) == {"-": {(1, ""): 7, (2, ""): 5}}


@pytest.mark.parametrize(
    ("kind", "asked", "where"),
    [
        ("", {}, "kind"),
        ("fly", {}, "kind"),
        ("add", {"box": "crate"}, "box"),
        ("add", {"box": "carton", "key": "C1"}, "key"),
        ("add", {"box": "carton", "key": "K" * 41}, "key"),
        ("add", {"box": "carton", "count": 0}, "count"),
        ("add", {"box": "carton", "count": True}, "count"),
        ("add", {"box": "carton", "count": 20_000}, "count"),
        ("add", {"box": "carton", "count": 2, "sscc": SSCC}, "sscc"),
        ("add", {"box": "carton", "pallet": "P9"}, "pallet"),
        ("remove", {"box": "carton", "key": "C9"}, "carton"),
        ("place", {"line": 1, "to": {}}, "to"),
        ("place", {"line": 9, "to": {"carton": "C1"}}, "line"),
        ("place", {"line": 1, "eaches": 4, "to": {"carton": "C1"}}, "eaches"),
        ("place", {"line": 2, "to": {"carton": "C1"}}, "eaches"),
        ("place", {"line": 1, "eaches": 0, "to": {"carton": "C1"}}, "eaches"),
        ("place", {"line": 1, "eaches": True, "to": {"carton": "C1"}}, "eaches"),
        ("place", {"line": 1, "to": {"carton": "C1", "pallet": "P1"}}, "to"),
        ("place", {"line": 1, "to": {"crate": "C1"}}, "to"),
        ("move_content", {"content": 77, "to": {"carton": "C1"}}, "content"),
        ("move_content", {"content": -1, "to": {"carton": "C1"}}, "to"),
        ("move_content", {"content": -1, "eaches": 9, "to": {"carton": "C2"}}, "eaches"),
        ("split", {"content": -1}, "eaches"),
        ("split", {"content": -1, "eaches": 8}, "eaches"),
        ("move_carton", {"carton": "C1"}, "pallet"),
        ("move_carton", {"carton": "C1", "pallet": "P9"}, "pallet"),
        ("set_box", {"box": "carton", "key": "C1"}, "key"),
        ("set_box", {"box": "carton", "key": "C1", "weight_grams": 0}, "weight_grams"),
        ("set_box", {"box": "carton", "key": "C1", "weight_grams": 2_000_001}, "weight_grams"),
        ("set_box", {"box": "carton", "key": "C1", "length_mm": 20_001}, "length_mm"),
        ("set_box", {"box": "carton", "key": "C1", "sscc": "003456789012345671"}, "sscc"),
        ("set_box", {"box": "carton", "key": "C1", "sscc": "3456789012345670"}, "sscc"),
        ("set_content", {"content": -1}, "lot"),
        ("set_content", {"content": -1, "lot": "L" * 61}, "lot"),
        ("set_content", {"content": -1, "expiry": "soon"}, "expiry"),
    ],
)
def test_a_step_that_cannot_be_names_its_field(kind: str, asked: dict[str, Any], where: str) -> None:
    start = tree([(1, 8)], [], loose=[(1, 3)])
    assert [place for place, _said in refused(start, kind, **asked)] == [where]


def test_a_step_is_said_at_its_bounds_too() -> None:
    start = tree([(1, 8)], [])
    box = applied(start, "set_box", LINES, box="carton", key="C1", weight_grams=2_000_000, length_mm=20_000)
    assert box.cartons[1].weight_grams == 2_000_000
    assert len(applied(start, "add", LINES, box="carton", count=19_998).cartons) == 20_000
    assert refused(tree([(1, 1)]), "split", content=-1, eaches=1)[0][0] == "content"
    assert refused(tree(), "clear")[0][0] == refused(tree([(1, 1)]), "propose")[0][0] == "kind"


def test_one_piece_and_all_but_one_can_be_moved() -> None:
    start = tree([(1, 8)], [])
    key = item_of(start, 1, Place(carton=1)).id
    one = applied(start, "move_content", LINES, content=key, eaches=1, to={"carton": "C2"})
    assert inside(one) == {"C1": {(1, ""): 7}, "C2": {(1, ""): 1}, "-": {}}
    most = applied(start, "split", LINES, content=key, eaches=7)
    assert inside(most) == {"C1": {(1, ""): 1}, "C2": {}, "C3": {(1, ""): 7}, "-": {}}


def test_what_is_not_there_is_called_by_its_kind_and_name() -> None:
    start = tree([(1, 8)])
    assert refused(start, "move_carton", carton="C9") == [("carton", "There is no carton C9.")]
    assert refused(start, "move_pallet", pallet="P9") == [("pallet", "There is no pallet P9.")]
    assert refused(start, "move_carton") == [("carton", "There is no carton –.")]


def test_steps_tell_what_they_did() -> None:
    start, told = moves.apply(tree([(1, 8)]), {"kind": "add", "box": "pallet", "sscc": SSCC}, LINES, LIMITS)
    assert told == {"kind": "add", "box": "pallet", "keys": ["P1"], "count": 1}
    start, told = moves.apply(start, {"kind": "move_carton", "carton": "C1", "pallet": "P1"}, LINES, LIMITS)
    assert told == {"kind": "move_carton", "carton": "C1", "pallet": "P1"}
    start, told = moves.apply(start, {"kind": "move_carton", "carton": "C1"}, LINES, LIMITS)
    assert told == {"kind": "move_carton", "carton": "C1", "pallet": ""}
    start, told = moves.apply(start, {"kind": "remove", "box": "carton", "key": "C1"}, LINES, LIMITS)
    assert told == {"kind": "remove", "box": "carton", "key": "C1", "eaches": 8}
    start, told = moves.apply(start, {"kind": "place", "line": 1, "eaches": 5, "to": {"pallet": "P1"}}, LINES, LIMITS)
    named = {"order": "4ABCDEFG", "line": "1", "sku": "B000000001"}
    assert told == {"kind": "place", **named, "eaches": 5, "to": {"pallet": "P1"}}
    key = item_of(start, 1, Place(pallet=start.find("pallet", "P1").id)).id  # type: ignore[union-attr]
    start, told = moves.apply(start, {"kind": "move_content", "content": key, "eaches": 2}, LINES, LIMITS)
    assert told == {"kind": "move_content", **named, "from": {"pallet": "P1"}, "to": {}, "eaches": 2}
    _start, told = moves.apply(start, {"kind": "clear"}, LINES, LIMITS)
    assert told == {"kind": "clear", "cartons": 0, "pallets": 1}


def test_another_sscc_is_free() -> None:
    done = applied(tree([(1, 1)], [(1, 1)], sscc=SSCC), "set_box", LINES, box="carton", key="C2", sscc=OTHER_SSCC)
    assert [box.sscc for box in done.cartons.values()] == [SSCC, OTHER_SSCC]


def test_proposed_cartons_hold_everything_and_keep_the_tare() -> None:
    lines = {1: facts(1, 30, product=goods(case_pack=12))}
    start = tree([], loose=[(1, 30)], tare_grams=280)
    done, told = moves.apply(start, {"kind": "propose"}, lines, LIMITS)
    assert inside(done) == {"C1": {}, "C2": {(1, ""): 12}, "C3": {(1, ""): 12}, "C4": {(1, ""): 6}, "-": {}}
    assert [box.tare_grams for box in done.cartons.values()] == [280] * 4
    assert told == {"kind": "propose", "cartons": 3, "eaches": 30}
    other, _told = moves.apply(start, {"kind": "propose", "tare_grams": 500}, lines, Limits(today=LIMITS.today))
    assert [box.tare_grams for box in other.cartons.values()] == [280, 500, 500, 500]


KEYS = st.sampled_from(["C1", "C2", "C3", "C4"])
PALLETS = st.sampled_from(["P1", "P2"])
TO = st.one_of(st.just({}), KEYS.map(lambda key: {"carton": key}), PALLETS.map(lambda key: {"pallet": key}))
EACHES = st.none() | st.integers(1, 12)
STEPS = st.one_of(
    st.fixed_dictionaries({"kind": st.just("add"), "box": st.sampled_from(["carton", "pallet"])}),
    st.fixed_dictionaries({"kind": st.just("remove"), "box": st.just("carton"), "key": KEYS}),
    st.fixed_dictionaries({"kind": st.just("remove"), "box": st.just("pallet"), "key": PALLETS}),
    st.fixed_dictionaries({"kind": st.just("place"), "line": st.integers(1, 2), "eaches": EACHES, "to": TO}),
    st.fixed_dictionaries({"kind": st.just("move_content"), "content": st.integers(0, 9), "eaches": EACHES, "to": TO}),
    st.fixed_dictionaries({"kind": st.just("split"), "content": st.integers(0, 9), "eaches": EACHES}),
    st.fixed_dictionaries({"kind": st.just("move_carton"), "carton": KEYS, "pallet": st.just("") | PALLETS}),
    st.fixed_dictionaries({"kind": st.just("move_pallet"), "pallet": PALLETS, "onto": PALLETS}),
    st.fixed_dictionaries(
        {"kind": st.just("set_content"), "content": st.integers(0, 9), "eaches": EACHES, "lot": st.sampled_from("ab")}
    ),
    st.just({"kind": "propose"}),
    st.just({"kind": "clear"}),
)


def one_of(of: Tree, step: dict[str, Any]) -> dict[str, Any]:
    """``content`` of a drawn step is the how-manieth item it means."""
    keys = list(of.items)
    return step | ({"content": keys[step["content"] % len(keys)]} if "content" in step and keys else {})


def whole(of: Tree) -> bool:
    """Whether the tree's own look-ups say what its values say."""
    again = Tree.of(of.pallets.values(), of.cartons.values(), of.items.values())
    same_places = all(
        sorted(item.id for item in of.within(place)) == sorted(item.id for item in again.within(place))
        for place in {item.place for item in of.items.values()} | {NOWHERE}
    )
    sorts = [(item.place, item.sort.line, item.sort.lot, item.sort.expiry) for item in of.items.values()]
    keys = [(table, box.key) for table in ("pallet", "carton") for box in of.boxes(table).values()]
    stands = all(box.pallet is None or box.pallet in of.pallets for box in of.cartons.values())
    lies = all(
        item.place.carton in {None, *of.cartons} and item.place.pallet in {None, *of.pallets}
        for item in of.items.values()
    )
    return same_places and len(set(sorts)) == len(sorts) and len(set(keys)) == len(keys) and stands and lies


@settings(max_examples=150)
@given(st.lists(STEPS, max_size=25))
def test_no_steps_ever_make_or_lose_pieces(steps: list[dict[str, Any]]) -> None:
    lines = {1: facts(1, 30, product=goods(1, case_pack=4)), 2: facts(2, 30)}
    now = tree([(1, 6)], [(2, 5)], loose=[(1, 9), (2, 4)])
    for step in steps:
        try:
            now, _told = moves.apply(now, one_of(now, step), lines, LIMITS)
        except Refused:
            continue
        assert now.eaches() == {1: 15, 2: 9}
        assert whole(now)
