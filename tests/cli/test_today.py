"""``purveyor today``: what needs somebody now."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cli.conftest import Run
from deliver import ANNA, document_of, placed, work
from purveyor.common import clock
from purveyor.orders.domain.acknowledge import acknowledge
from purveyor.outbox.decide import withdraw
from purveyor.profiles.models import Profile
from purveyor.simulator.world import World

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


def test_today_counts_what_needs_somebody(run: Run, plugged: World, profile: Profile) -> None:
    Profile.objects.update(sending=False)
    order = placed(plugged, profile)
    acknowledge(ANNA, order.pk)
    work()
    document = document_of(order)
    withdraw(ANNA, document.pk)
    placed(plugged, profile, at=clock.now() - timedelta(hours=30))
    told = run("today", "--json").json
    assert (told["orders"]["waiting"], told["orders"]["overdue"]) == (2, 1)
    assert [row["id"] for row in told["documents"]["by_remedy"]["mend the data"]] == [document.pk]
    assert told["profiles"] == {"troubled": {}, "paused": [], "not_sending": ["acme-de"], "failing_sweeps": []}


def test_today_is_readable(run: Run, plugged: World, profile: Profile) -> None:
    Profile.objects.update(trouble={"code": "amazon-forbidden", "message": "the role is missing"})
    said = run("today").out
    assert "waiting              0\n" in said
    assert "No document needs anybody." in said
    assert "acme-de  the role is missing" in said


def test_today_shows_paused_profiles_and_alerts(run: Run, plugged: World, profile: Profile) -> None:
    plugged.revoke()
    run("sync", "acme-de", "--json", "--sweep", "new")
    told = run("today", "--json").json
    assert [(one["profile"], one["waiting"]) for one in told["profiles"]["paused"]] == [("acme-de", 0)]
    said = run("today").out
    assert "acme-de  2026-03-02T09:00:00Z" in said
