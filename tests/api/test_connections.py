"""Profiles, runs and what stands aside over REST."""

from __future__ import annotations

import json
import zlib
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from api.conftest import Caller, said
from cast import make_profile
from deliver import ANNA
from plug import CLIENT_SECRET, REFRESH_TOKEN, facts
from purveyor.audit.models import Entry
from purveyor.common import canon, clock
from purveyor.intake.models import Aside
from purveyor.jobs import runs
from purveyor.jobs.testing import run_due
from purveyor.orders.models import Order
from purveyor.profiles.models import Profile, Secret
from purveyor.simulator.world import World
from secrecy import assert_no_secret

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

NEW = facts(name="second", environment="")


def test_add_at_this_machine_is_a_simulator(root: Caller) -> None:
    answer = root.post("/profiles", NEW)
    told = json.loads(answer.content)
    assert (answer.status_code, told["environment"], told["sending"]) == (201, "simulator", True)
    assert_no_secret(answer.content.decode())


def test_add_refused_names_every_field_and_no_value(root: Caller, profile: Profile) -> None:
    wrong = NEW | {"name": "acme-de", "client_secret": REFRESH_TOKEN, "refresh_token": CLIENT_SECRET}
    answer = root.post("/profiles", wrong)
    assert said(answer) == (422, "refused")
    assert {p["where"] for p in json.loads(answer.content)["problems"]} == {"client_secret", "refresh_token"}
    assert_no_secret(answer.content.decode())
    assert said(root.post("/profiles", NEW | {"name": "acme-de"})) == (422, "refused")
    assert Profile.objects.filter(name="second").count() == 0


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"client_secret": ["x"]}, "client_secret"),
        ({"import_from": "2026-01-01T00:00:00"}, "import_from"),
        ({"nonsense": 1}, "nonsense"),
        ({"environment": "moon"}, "environment"),
        ({"name": "a\x00b"}, ""),
        ({"name": "a\ud800b"}, ""),
    ],
)
def test_add_of_another_shape_is_invalid_and_repeats_nothing(root: Caller, change: Any, where: str) -> None:
    answer = root.post("/profiles", NEW | change)
    assert said(answer) == (422, "invalid")
    assert [p["where"] for p in json.loads(answer.content)["problems"]] == [where]
    assert_no_secret(answer.content.decode())


def test_list_and_show(anna: Caller, profile: Profile) -> None:
    make_profile("hidden")
    assert [row["name"] for row in anna.read("/profiles")["profiles"]] == ["acme-de"]
    shown = anna.read("/profiles/acme-de")
    assert (shown["trouble"], shown["vendor_codes"], isinstance(shown["sweeps"], list)) == (
        {},
        ["WALD1", "WALD2"],
        True,
    )
    assert [secret["kind"] for secret in shown["secrets"]] == ["client_secret", "refresh_token"]
    assert_no_secret(json.dumps(shown))


def test_list_asks_as_often_for_three_as_for_one(root: Caller, profile: Profile) -> None:
    root.get("/profiles")
    with CaptureQueriesContext(connection) as once:
        root.get("/profiles")
    for name in ("b", "c"):
        root.post("/profiles", NEW | {"name": name})
    with CaptureQueriesContext(connection) as thrice:
        assert len(root.read("/profiles")["profiles"]) == 4
    assert len(thrice) == len(once)


def test_change_what_is_named(root: Caller, profile: Profile) -> None:
    told = json.loads(root.ask("PATCH", "/profiles/acme-de", {"visibility_seconds": 9, "marketplace": None}).content)
    assert (told["visibility_seconds"], told["marketplace"]) == (9, "DE")
    moved = {"login_url": "http://127.0.0.1:9/elsewhere"}
    assert json.loads(root.ask("PATCH", "/profiles/acme-de", moved).content)["secrets"] == []
    assert Secret.objects.count() == 0


def test_secret_sending_importing(root: Caller, profile: Profile, plugged: World) -> None:
    fresh = plugged.rotate_secret()
    answer = root.post("/profiles/acme-de/secret", {"client_secret": fresh})
    assert (answer.status_code, Secret.objects.filter(kind="client_secret").count()) == (200, 2)
    assert_no_secret(answer.content.decode(), more=[fresh])
    assert json.loads(root.post("/profiles/acme-de/sending", {"on": False, "because": "x"}).content)["sending"] is False
    assert json.loads(root.post("/profiles/acme-de/importing", {"on": False}).content)["importing"] is False
    assert Entry.objects.get(action="profile.sending_switched").because == "x"
    assert said(root.post("/profiles/acme-de/sending", {"on": "perhaps"})) == (422, "invalid")


def test_remove_what_never_had_an_order(root: Caller) -> None:
    root.post("/profiles", NEW)
    answer = root.ask("DELETE", "/profiles/second")
    assert (answer.status_code, answer.content) == (204, b"")
    assert said(root.get("/profiles/second")) == (404, "not-found")


def test_sync_is_long_work_to_watch(anna: Caller, plugged: World, profile: Profile) -> None:
    plugged.place(lines=1)
    answer = anna.post("/profiles/acme-de/sync", {"sweeps": ["new"]})
    told = json.loads(answer.content)
    assert (answer.status_code, told["kind"], told["state"], told["profile"]) == (202, "sync", "waiting", "acme-de")
    run_due(["jobs.run"])
    shown = anna.read(f"/runs/{told['id']}")
    assert (shown["state"], shown["result"]["sweeps"]["new"]["stored"], Order.objects.count()) == ("done", 1, 1)
    assert said(anna.post("/profiles/acme-de/sync", {"sweeps": ["newest"]})) == (422, "invalid")


def test_sync_since_is_a_backfill(anna: Caller, profile: Profile) -> None:
    told = json.loads(anna.post("/profiles/acme-de/sync", {"since": "2026-02-01T00:00:00Z"}).content)
    assert told["kind"] == "backfill"
    again = anna.post("/profiles/acme-de/sync", {"since": "2026-02-01T00:00:00Z"})
    assert said(again) == (409, "conflict")
    assert said(anna.post("/profiles/acme-de/sync", {"since": "2099-01-01T00:00:00Z"})) == (422, "refused")


def test_runs_are_listed_cancelled_and_resumed(anna: Caller, profile: Profile) -> None:
    first, second = (runs.start("sync", profile, {"sweeps": ["new"]}, ANNA.name) for _each in range(2))
    assert [row["id"] for row in anna.read("/runs")["runs"]] == [second.pk, first.pk]
    page = anna.read("/runs?limit=1")
    assert [row["id"] for row in anna.read(f"/runs?limit=1&cursor={page['next']}")["runs"]] == [first.pk]
    assert json.loads(anna.post(f"/runs/{first.pk}/cancel").content)["state"] == "cancelled"
    assert said(anna.post(f"/runs/{first.pk}/cancel")) == (422, "refused")
    assert json.loads(anna.post(f"/runs/{first.pk}/resume").content)["state"] == "waiting"
    assert said(anna.get("/runs/99999999999999999999")) == (404, "not-found")


def test_asides_with_their_reason_and_their_bytes(anna: Caller, root: Caller, profile: Profile) -> None:
    raw = b'{"purchaseOrderNumber":"BROKEN"'
    aside = Aside.objects.create(
        profile=profile,
        kind="order",
        number="BROKEN",
        raw=zlib.compress(raw),
        content_hash=canon.sha256(raw),
        reason="cut short",
        at=clock.now(),
    )
    (row,) = anna.read("/asides")["asides"]
    assert (row["number"], row["reason"], row["profile"]) == ("BROKEN", "cut short", "acme-de")
    assert root.read("/asides?profile=other-uk")["asides"] == []
    answer = anna.get(f"/asides/{aside.pk}/document")
    assert (answer.content, answer.headers["Content-Type"]) == (raw, "application/octet-stream")
    assert anna.read("/today")["orders"]["aside"] == 1
    assert json.loads(anna.post("/profiles/acme-de/replay").content)["aside"] == 1
