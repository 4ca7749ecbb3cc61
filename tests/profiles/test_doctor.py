"""The check of a connection: every step, the first that fails, and that nothing is changed at Amazon."""

from __future__ import annotations

from typing import Any

import pytest

from cast import make_cast, make_profile
from plug import ROOT
from purveyor.audit.models import Entry
from purveyor.common.errors import Denied
from purveyor.profiles.clients import client_for
from purveyor.profiles.doctor import check_profile
from purveyor.profiles.domain import change_profile
from purveyor.profiles.models import Profile, SharedToken
from purveyor.simulator.world import World
from secrecy import assert_no_secret

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

NAMES = ["secrets", "login", "orders", "status"]


def outcomes(told: dict[str, Any]) -> dict[str, bool | None]:
    return {check["name"]: check["ok"] for check in told["checks"]}


def test_a_good_connection_passes_every_step(profile: Profile) -> None:
    told = check_profile(ROOT, profile)
    assert (told["ok"], outcomes(told)) == (True, dict.fromkeys(NAMES, True))
    assert [bool(check["request_id"]) for check in told["checks"]] == [False, False, True, True]
    assert set(told["checks"][0]) == {"name", "ok", "tried", "said", "means", "do", "request_id"}
    entry = Entry.objects.get(action="profile.checked")
    assert (entry.new, entry.object_name) == ({"ok": True, "failed": ""}, "acme-de")


@pytest.mark.parametrize(
    ("fault", "operation", "failed"),
    [
        ("missing-role", "getPurchaseOrders", "orders"),
        ("missing-role", "getPurchaseOrdersStatus", "status"),
        ("server-error", "token", "login"),
        ("refused", "getPurchaseOrders", "orders"),
    ],
)
def test_the_first_step_that_fails_ends_it(
    profile: Profile, plugged: World, fault: str, operation: str, failed: str
) -> None:
    plugged.faults.always(fault, operation)
    told = check_profile(ROOT, profile)
    place = NAMES.index(failed)
    wanted = [True] * place + [False] + [None] * (len(NAMES) - place - 1)
    assert (told["ok"], outcomes(told)) == (False, dict(zip(NAMES, wanted, strict=True)))
    bad = told["checks"][place]
    assert (bool(bad["said"]), bool(bad["means"]), bool(bad["do"])) == (True, True, True)
    assert Entry.objects.get(action="profile.checked").new == {"ok": False, "failed": failed}


def test_a_lasting_trouble_is_kept_and_cleared(profile: Profile, plugged: World) -> None:
    plugged.revoke()
    told = check_profile(ROOT, profile)
    profile.refresh_from_db()
    assert (outcomes(told)["login"], profile.trouble["code"]) == (False, "login-invalid-grant")
    assert_no_secret(str(told), world=plugged)
    plugged.set_account(revoked=False)
    assert check_profile(ROOT, profile)["ok"] is True
    profile.refresh_from_db()
    assert profile.trouble == {}


def test_the_secrets_are_tried_and_not_a_token_they_gave_earlier(profile: Profile, plugged: World) -> None:
    from purveyor.amazon.operations.orders import get_purchase_orders
    from purveyor.common import clock

    get_purchase_orders(client_for(profile), created_after=clock.now(), created_before=clock.now())
    assert SharedToken.objects.count() == 1
    plugged.faults.always("server-error", "token")
    assert outcomes(check_profile(ROOT, profile))["login"] is False


def test_a_profile_without_secrets_says_so(profile: Profile) -> None:
    change_profile(ROOT, profile, login_url=profile.login_url + "/other")
    told = check_profile(ROOT, profile)
    assert (outcomes(told)["secrets"], told["checks"][0]["do"]) == (False, "Store both secrets of the profile.")


def test_a_stranger_is_denied_and_nothing_is_asked(db: None) -> None:
    cast = make_cast(make_profile())
    with pytest.raises(Denied):
        check_profile(cast.who("stranger"), cast.profile)
    assert Entry.objects.filter(action="profile.checked").count() == 0
