"""``profile``: trying a secret, its age, parties, features, disconnecting."""

from __future__ import annotations

from datetime import datetime

import pytest

from cli.conftest import Run
from plug import CLIENT_ID, CLIENT_SECRET, LOGIN_URL, REFRESH_TOKEN, SIMULATOR
from purveyor.profiles.models import Profile, Secret
from purveyor.simulator.world import World
from secrecy import assert_no_secret

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

WRONG = "amzn1.oa2-cs.v1." + "0" * 64
ACME = {"party_id": "ACME1", "name": "Acme GmbH", "address_line1": "Weg 1", "country_code": "DE"}


def test_secret_is_tried_first(run: Run, profile: Profile, plugged: World) -> None:
    done = run("profile", "secret", "acme-de", "--stdin", stdin={"client_secret": WRONG})
    assert (done.status, done.out, Secret.objects.count()) == (1, "", 2)
    assert done.err.startswith("Amazon refuses the new secret. Nothing was stored; the present one stays in use.\n")
    fresh = plugged.rotate_secret()
    done = run("profile", "secret", "acme-de", "--stdin", stdin={"client_secret": fresh})
    assert (done.status, done.out) == (0, "Stored: client_secret (works).\n")
    assert_no_secret(done.out + done.err, world=plugged, more=[WRONG])


def test_secret_is_stored_untried_when_that_is_said(run: Run, profile: Profile, plugged: World) -> None:
    fresh = plugged.rotate_secret()
    plugged.faults.always("reset")
    done = run("profile", "secret", "acme-de", "--stdin", "--json", stdin={"client_secret": fresh})
    assert (done.status, done.json["error"]["code"], done.json["error"]["remedy"]) == (1, "untried", "wait")
    asked = ("profile", "secret", "acme-de", "--stdin", "--untried", "--issued", "2026-02-01", "--json")
    done = run(*asked, stdin={"client_secret": fresh})
    assert (done.status, done.json["trial"]) == (0, "not tried: Amazon could not be asked")
    assert Secret.objects.get(kind="client_secret", slot="new").issued_at == datetime.fromisoformat("2026-02-01T00:00Z")


def test_age_of_a_secret_is_answered(run: Run, profile: Profile, held_clock: datetime) -> None:
    done = run("profile", "secret-age", "acme-de", "--on", "2026-01-01", "--json")
    assert done.json["secrets"][0]["expires_at"] == "2026-06-30T00:00:00Z"
    done = run("profile", "secret-age", "acme-de", "--unknown", "--json")
    assert done.json["secrets"][0]["issued_at"] == "2026-03-02T09:00:00Z"
    assert run("profile", "secret-age", "acme-de", "--json").status == 2
    assert run("profile", "secret-age", "acme-de", "--unknown", "--on", "2026-01-01").status == 2
    assert "2026-08-29T09:00:00Z" in run("profile", "show", "acme-de").out


def test_parties_are_shown_and_stored(run: Run, profile: Profile) -> None:
    assert run("profile", "parties", "acme-de").out == "Still to be filled in: selling, ship_from, remit_to\n"
    done = run("profile", "parties", "acme-de", "--stdin", "--json", stdin={"selling": ACME})
    assert done.json == {"parties": {"selling": ACME}, "missing": ["ship_from", "remit_to"]}
    assert "Acme GmbH" in run("profile", "parties", "acme-de").out
    done = run("profile", "parties", "acme-de", "--stdin", "--json", stdin={"selling": ACME | {"country_code": "x"}})
    assert [p["where"] for p in done.json["error"]["problems"]] == ["selling.country_code"]
    for nonsense in ("{", [1], {"selling": "ACME1"}):
        assert run("profile", "parties", "acme-de", "--stdin", "--json", stdin=nonsense).status == 1


def test_features_are_listed_and_status_is_switched(run: Run, profile: Profile) -> None:
    assert run("profile", "read-status", "acme-de", "off").out == "Reading the status is off for acme-de.\n"
    words = [line.split()[:2] for line in run("profile", "features", "acme-de").out.splitlines()[1:4]]
    assert words == [["import", "on"], ["acknowledge", "on"], ["status", "off"]]
    assert "coming" in run("profile", "features", "acme-de").out
    assert run("profile", "read-status", "acme-de", "on", "--json").json == {"name": "acme-de", "reading_status": True}


def test_disconnecting_wants_a_yes(run: Run, profile: Profile) -> None:
    assert (run("profile", "disconnect", "acme-de").status, Secret.objects.count()) == (2, 2)
    done = run("profile", "disconnect", "acme-de", "--yes")
    assert (done.out, Secret.objects.count()) == ("acme-de is disconnected; its orders are kept.\n", 0)
    assert run("profile", "import", "acme-de", "on", "--json").json["error"]["code"] == "disconnected"


def test_history_is_chosen_when_adding_and_changed_later(run: Run, db: None, plugged: World) -> None:
    where = ["--endpoint", SIMULATOR, "--login-url", LOGIN_URL, "--client-id", CLIENT_ID, "--secrets-stdin"]
    who = ["--marketplace", "DE", "--vendor-code", "ACME1", "--only-new", "--issued", "2026-01-01"]
    secrets = {"client_secret": CLIENT_SECRET, "refresh_token": REFRESH_TOKEN}
    done = run("profile", "add", "new", *who, *where, "--json", stdin=secrets)
    assert (done.json["import_acknowledged"], done.json["secrets"][0]["issued_at"]) == (False, "2026-01-01T00:00:00Z")
    for flag, found in (("--import-acknowledged", True), ("--only-new", False)):
        assert run("profile", "change", "new", flag, "--json").json["import_acknowledged"] is found
