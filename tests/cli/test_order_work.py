"""``purveyor order hold``, ``release``, ``seen`` and ``propose``."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from cli.conftest import Run
from deliver import document_of, placed, pull, until_settled, work
from purveyor.common import clock
from purveyor.orders.domain.acknowledge import acknowledge
from purveyor.orders.models import Acknowledgement, Change, Hold, Order
from purveyor.people.who import Who
from purveyor.profiles.models import Profile
from purveyor.simulator.world import World

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def changed(plugged: World, profile: Profile) -> Order:
    """Answered in full, proved, then changed from ten pieces to four."""
    order = placed(plugged, profile)
    acknowledge(Who.cli(), order.pk)
    work()
    until_settled(document_of(order))
    clock.turn(timedelta(minutes=1))
    plugged.change(order.number, quantities={"1": 4})
    return pull(profile, order.number)


def test_proposal_is_shown_and_sent_as_it_is(run: Run, changed: Order, tmp_path: Path) -> None:
    shown = run("order", "propose", changed.number).out
    assert "10 Accepted" in shown
    assert "4 Accepted" in shown
    found = run("order", "propose", changed.number, "--json").json["proposal"]
    file = tmp_path / "answers.json"
    file.write_text(json.dumps({"orders": [{"number": changed.number, "lines": found["lines"]}]}))
    assert run("order", "acknowledge", "--answers", str(file)).status == 1
    assert run("order", "acknowledge", "--answers", str(file), "--confirm-hold").status == 0
    assert [a.eaches for a in Acknowledgement.objects.latest("revision").answers.all()] == [4]


def test_show_tells_changes_and_holds(run: Run, changed: Order) -> None:
    shown = run("order", "show", changed.number).out
    assert "Line 1: quantity from 10 pieces to 4 pieces." in shown
    assert "PO-05" in shown


def test_hold_release_and_seen(run: Run, changed: Order) -> None:
    made = run("order", "hold", changed.number, "--because", "wait", "--json").json
    assert (made["check"], made["because"]) == ("PERSON", "wait")
    run("order", "release", changed.number, str(made["id"]))
    assert Hold.objects.get(pk=made["id"]).released_at == clock.now()
    assert run("order", "release", changed.number, str(made["id"])).status == 1
    assert run("order", "seen", changed.number, "--json").json["seen"] == 1
    assert Change.objects.get().seen_at == clock.now()


def test_nothing_to_propose_is_said(run: Run, plugged: World, profile: Profile) -> None:
    assert "nothing to answer anew" in run("order", "propose", placed(plugged, profile).number).out
