"""Secrets, their age, parties, features and disconnecting over REST."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from cast import Cast
from plug import CLIENT_ID, LOGIN_URL, SIMULATOR
from purveyor.profiles.models import Profile, Secret
from purveyor.simulator.world import World
from secrecy import assert_no_secret

from .conftest import Caller, Make, said

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

PATH = "/profiles/acme-de"
WRONG = "amzn1.oa2-cs.v1." + "0" * 64
ACME = {"party_id": "ACME1", "name": "Acme GmbH", "address_line1": "Weg 1", "country_code": "DE"}


@pytest.fixture
def ines(cast: Cast, caller: Make) -> Caller:
    """The integrator's token."""
    return caller(cast.integrator)


def problems(answer: Any) -> list[str]:
    return [problem["where"] for problem in json.loads(answer.content)["problems"]]


def test_secret_that_works_is_stored(ines: Caller, plugged: World) -> None:
    answer = ines.post(f"{PATH}/secret", {"client_secret": plugged.rotate_secret()})
    told = json.loads(answer.content)
    kept = [(s["kind"], s["slot"], s.get("days_left")) for s in told["secrets"]]
    assert (answer.status_code, told["trial"], kept) == (
        200,
        "works",
        [("client_secret", "new", 180), ("client_secret", "old", None), ("refresh_token", "new", None)],
    )
    assert_no_secret(answer.content.decode(), world=plugged)


def test_secret_that_is_refused_is_not_stored(ines: Caller) -> None:
    answer = ines.post(f"{PATH}/secret", {"client_secret": WRONG, "untried": True})
    assert (said(answer), problems(answer)) == ((422, "secret-refused"), ["client_secret"])
    assert Secret.objects.filter(slot="old").count() == 0


def test_secret_that_cannot_be_tried_is_asked_about(ines: Caller, plugged: World) -> None:
    fresh = plugged.rotate_secret()
    plugged.faults.always("refused")
    answer = ines.post(f"{PATH}/secret", {"client_secret": fresh})
    assert (said(answer), problems(answer)) == ((422, "untried"), ["untried"])
    answer = ines.post(f"{PATH}/secret", {"client_secret": fresh, "untried": True, "issued_at": "2026-02-01T00:00:00Z"})
    told = json.loads(answer.content)
    assert (told["trial"], told["secrets"][0]["issued_at"]) == (
        "not tried: Amazon could not be asked",
        "2026-02-01T00:00:00Z",
    )


def test_age_of_a_secret_is_answered(ines: Caller, held_clock: datetime) -> None:
    answer = ines.post(f"{PATH}/secret-age", {"issued_at": "2026-01-01T00:00:00Z"})
    found = json.loads(answer.content)["secrets"][0]
    assert (found["issued_at"], found["expires_at"], found["days_left"]) == (
        "2026-01-01T00:00:00Z",
        "2026-06-30T00:00:00Z",
        119,
    )
    assert said(ines.post(f"{PATH}/secret-age", {})) == (422, "invalid")
    assert said(ines.post(f"{PATH}/secret-age", {"issued_at": "2027-01-01T00:00:00Z"})) == (422, "refused")
    answer = ines.post(f"{PATH}/secret-age", {"issued_at": None})
    assert json.loads(answer.content)["secrets"][0]["issued_at"] == "2026-03-02T09:00:00Z"


def test_parties_are_put_and_read(ines: Caller, anna: Caller) -> None:
    answer = ines.ask("PUT", f"{PATH}/parties", {"selling": ACME, "remit_to": ACME})
    expected = {"parties": {"selling": ACME, "remit_to": ACME}, "missing": ["ship_from"]}
    assert (json.loads(answer.content), anna.read(f"{PATH}/parties")) == (expected, expected)
    ines.ask("PUT", f"{PATH}/parties", {"remit_to": None})
    assert list(anna.read(f"{PATH}/parties")["parties"]) == ["selling"]
    answer = ines.ask("PUT", f"{PATH}/parties", {"selling": {"party_id": "A"}})
    assert (said(answer)[0], problems(answer)) == (
        422,
        ["selling.name", "selling.address_line1", "selling.country_code"],
    )
    assert said(ines.ask("PUT", f"{PATH}/parties", {"buying": ACME})) == (422, "invalid")
    assert said(anna.ask("PUT", f"{PATH}/parties", {"selling": ACME})) == (403, "denied")


def test_features_are_told_with_what_is_coming(ines: Caller) -> None:
    ines.post(f"{PATH}/reading-status", {"on": False})
    found = {f["key"]: (f["available"], f["on"], f["role"]) for f in ines.read(f"{PATH}/features")["features"]}
    assert found == {
        "import": (True, True, "Amazon Fulfillment"),
        "acknowledge": (True, True, "Amazon Fulfillment"),
        "status": (True, False, "Amazon Fulfillment"),
        "shipments": (False, False, "Amazon Fulfillment"),
        "invoices": (False, False, "Amazon Fulfillment"),
        "reports": (False, False, "Brand Analytics"),
        "direct": (False, False, "Direct-to-Consumer Shipping"),
    }


def test_disconnecting_keeps_the_profile(ines: Caller) -> None:
    told = json.loads(ines.post(f"{PATH}/disconnect", {"because": "sold"}).content)
    assert (told["secrets"], told["importing"], told["sending"], bool(told["disconnected_at"])) == (
        [],
        False,
        False,
        True,
    )
    assert said(ines.post(f"{PATH}/importing", {"on": True})) == (422, "disconnected")


def test_history_is_chosen_when_adding_and_changed_later(root: Caller) -> None:
    given = {
        "name": "new",
        "marketplace": "DE",
        "vendor_codes": ["ACME1"],
        "client_id": CLIENT_ID,
        "client_secret": WRONG,
        "refresh_token": "Atzr|obviously-fake-refresh-token",
        "endpoint": SIMULATOR,
        "login_url": LOGIN_URL,
        "import_acknowledged": False,
        "secret_issued_at": "2026-01-01T00:00:00Z",
    }
    told = json.loads(root.post("/profiles", given).content)
    assert (told["import_acknowledged"], told["secrets"][0]["issued_at"]) == (False, "2026-01-01T00:00:00Z")
    root.ask("PATCH", "/profiles/new", {"import_acknowledged": True})
    assert Profile.objects.get(name="new").import_acknowledged is True
