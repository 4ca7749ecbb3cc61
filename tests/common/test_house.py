"""The clock, machines of states, canonical bytes, errors."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum

import pytest

from purveyor.common import canon, clock
from purveyor.common.errors import Problem, Refused, Remedy
from purveyor.common.states import Arrow, Machine

pytestmark = pytest.mark.unit

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Lamp(StrEnum):
    OFF = "off"
    ON = "on"
    BROKEN = "broken"


def test_held_clock_stands_turns_and_runs_again() -> None:
    with clock.held(NOON.astimezone(timezone(timedelta(hours=1)))):
        assert (clock.now(), clock.now().tzinfo, clock.is_held()) == (NOON, UTC, True)
        clock.sleep(90)
        assert clock.turn(timedelta(seconds=30)) == clock.now() == NOON + timedelta(minutes=2)
        clock.sleep(-5)
        assert clock.now() == NOON + timedelta(minutes=2)
    assert clock.is_held() is False


def test_running_clock_cannot_be_turned_and_none_is_held_without_a_zone() -> None:
    with pytest.raises(RuntimeError):
        clock.turn(timedelta(seconds=1))
    with pytest.raises(ValueError, match="aware"):
        clock.hold(datetime(2026, 3, 2))


def test_machine_allows_its_arrows_only_and_draws_them() -> None:
    arrows = [Arrow("a", Lamp.OFF, Lamp.ON, "switched"), Arrow("b", Lamp.ON, Lamp.BROKEN, "dropped")]
    lamp = Machine("Lamp", Lamp.OFF, arrows, ends=[Lamp.BROKEN])
    assert [lamp.allows(*pair) for pair in (("off", "on"), ("on", "off"), ("off", "off"))] == [True, False, False]
    assert lamp.draw() == (
        "## Lamp\n\nStarts as *off*. States: *off*, *on*, *broken*.\nSettled: *broken*.\n\n"
        "| arrow | from | to | because |\n| --- | --- | --- | --- |\n"
        "| a | off | on | switched |\n| b | on | broken | dropped |\n"
    )
    with pytest.raises(ValueError, match="a letter is used twice"):
        Machine("Lamp", Lamp.OFF, [arrows[0], arrows[0]])


def test_same_content_has_the_same_bytes_whatever_its_order() -> None:
    first = {"b": Decimal("1.50"), "a": [NOON, None]}
    assert canon.canonical(first) == b'{"a":["2026-03-02T12:00:00Z",null],"b":"1.50"}'
    assert canon.fingerprint(first) == canon.fingerprint(dict(reversed(first.items())))
    assert canon.fingerprint([1, 2]) != canon.fingerprint([2, 1])


def test_chain_depends_on_both_links() -> None:
    links = {canon.chain(before, content) for before in ("x", "y") for content in ("1", "2")}
    assert (len(links), canon.chain("x", "1") in links) == (4, True)


def test_error_shows_what_every_door_shows() -> None:
    bare = Refused("No.")
    assert bare.as_dict() == {"code": "refused", "message": "No.", "remedy": "mend the data"}
    full = Refused("No.", [Problem("Too many.", "lines[1]", "AC-02")], hint="Less.", remedy=Remedy.WAIT, code="later")
    assert full.as_dict() == {
        "code": "later",
        "message": "No.",
        "remedy": "wait",
        "hint": "Less.",
        "problems": [{"message": "Too many.", "where": "lines[1]", "check": "AC-02"}],
    }
