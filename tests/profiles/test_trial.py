"""A new secret is tried at Amazon before it is stored: what it refuses is not stored, what it cannot be asked is asked
of a person."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from cast import make_cast
from plug import CLIENT_SECRET, REFRESH_TOKEN, SIMULATOR
from purveyor.audit.models import Entry
from purveyor.common import clock
from purveyor.common.errors import Conflict, Denied, Refused
from purveyor.people.who import Who
from purveyor.profiles import clients, door
from purveyor.profiles.domain import replace_secret
from purveyor.profiles.models import Profile
from purveyor.profiles.trial import Trial
from purveyor.simulator.world import World
from purveyor.vault import sealing
from secrecy import assert_no_secret

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

ROOT = Who.cli()
WRONG_SECRET = "amzn1.oa2-cs.v1." + "0" * 64
WRONG_TOKEN = "Atzr|obviously-not-the-refresh-token"


def slots(profile: Profile, kind: str = "client_secret") -> dict[str, str]:
    return {s.slot: sealing.unseal(s.sealed).decode() for s in profile.secrets.filter(kind=kind)}


def told() -> list[Any]:
    return [entry.new for entry in Entry.objects.filter(action="profile.secret_stored").order_by("pk")]


def refused(profile: Profile, **given: Any) -> Refused:
    """The refusal, which stores nothing and is told to nobody."""
    before = (slots(profile), slots(profile, "refresh_token"), Entry.objects.count())
    with pytest.raises(Refused) as caught:
        replace_secret(ROOT, profile, **given)
    assert (slots(profile), slots(profile, "refresh_token"), Entry.objects.count()) == before
    assert_no_secret(str(caught.value.as_dict()), more=[v for v in given.values() if isinstance(v, str)])
    return caught.value


def test_secret_that_works_is_stored_as_tried(profile: Profile, plugged: World) -> None:
    old, fresh = plugged.accounts[0].client_secret, plugged.rotate_secret()
    count = len(told())
    assert replace_secret(ROOT, profile, client_secret=f" {fresh}\n") == Trial.WORKS
    assert slots(profile) == {"new": fresh, "old": old}
    assert told()[count:] == [{"kind": "client_secret", "tried": "works"}]


def test_secret_that_amazon_refuses_is_not_stored(profile: Profile) -> None:
    error = refused(profile, client_secret=WRONG_SECRET)
    assert (error.code, [p.where for p in error.problems]) == ("secret-refused", ["client_secret"])
    assert error.message == "Amazon refuses the new secret. Nothing was stored; the present one stays in use."
    assert "invalid_client" in error.problems[0].message


def test_secret_is_never_helped_out_by_the_present_one(profile: Profile, plugged: World) -> None:
    """The twin of the fall-back: for calls the old secret helps, for the trial it must not."""
    assert refused(profile, client_secret=WRONG_SECRET, refresh_token=plugged.accounts[0].refresh_token).problems
    assert clients.client_for(profile).grant.client_secrets == (plugged.accounts[0].client_secret,)


def test_refresh_token_that_works_is_stored(profile: Profile, plugged: World) -> None:
    fresh = plugged.reauthorise()
    assert replace_secret(ROOT, profile, refresh_token=fresh) == Trial.WORKS
    assert slots(profile, "refresh_token")["new"] == fresh


def test_refresh_token_that_amazon_refuses_is_not_stored(profile: Profile) -> None:
    error = refused(profile, refresh_token=WRONG_TOKEN)
    assert (error.code, [p.where for p in error.problems]) == ("secret-refused", ["refresh_token"])


def test_refusal_over_what_was_not_given_stands_at_no_field(profile: Profile, plugged: World) -> None:
    fresh = plugged.rotate_secret()
    plugged.revoke()
    error = refused(profile, client_secret=fresh)
    assert (error.code, [p.where for p in error.problems]) == ("secret-refused", [""])


def test_both_together_are_tried_together(profile: Profile, plugged: World) -> None:
    secret, token = plugged.rotate_secret(), plugged.reauthorise()
    assert replace_secret(ROOT, profile, client_secret=secret, refresh_token=token) == Trial.WORKS
    assert (slots(profile)["new"], slots(profile, "refresh_token")["new"]) == (secret, token)


@pytest.mark.parametrize("fault", ["refused", "reset", "throttled", "server-error", "empty-503", "malformed-json"])
def test_where_amazon_cannot_be_asked_nothing_is_stored_unless_said(
    profile: Profile, plugged: World, fault: str
) -> None:
    fresh = plugged.rotate_secret()
    plugged.faults.always(fault)
    error = refused(profile, client_secret=fresh)
    assert (error.code, error.remedy, [p.where for p in error.problems]) == ("untried", "wait", ["untried"])
    asked = clock.now()
    assert replace_secret(ROOT, profile, client_secret=fresh, untried=True) == Trial.UNREACHED
    assert (slots(profile)["new"], clock.now() - asked) == (fresh, timedelta(0))
    assert told()[-1] == {"kind": "client_secret", "tried": "not tried: Amazon could not be asked"}


def test_a_clear_refusal_is_not_overruled(profile: Profile) -> None:
    assert refused(profile, client_secret=WRONG_SECRET, untried=True).code == "secret-refused"


def test_over_no_network_at_all_it_is_asked(profile: Profile, plugged: World) -> None:
    door.unplug(SIMULATOR)
    assert refused(profile, client_secret=plugged.rotate_secret()).code == "untried"


def test_half_that_cannot_be_tried_is_stored_and_told(profile: Profile, plugged: World) -> None:
    profile.secrets.all().delete()
    assert replace_secret(ROOT, profile, client_secret=plugged.accounts[0].client_secret) == Trial.HALF
    assert told()[-1]["tried"] == "not tried: its other half is not stored"


def test_trial_keeps_no_access_token(profile: Profile, plugged: World) -> None:
    replace_secret(ROOT, profile, client_secret=plugged.rotate_secret())
    assert profile.shared_tokens.count() == 0


def test_profile_that_was_changed_during_the_trial_gets_nothing(
    profile: Profile, plugged: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = plugged.rotate_secret()
    before = slots(profile)
    Profile.objects.filter(pk=profile.pk).update(client_id="amzn1.application-oa2-client." + "f" * 32)
    with pytest.raises(Conflict):
        replace_secret(ROOT, profile, client_secret=fresh)
    assert slots(profile) == before


def test_wrong_shape_is_refused_without_asking(profile: Profile, plugged: World) -> None:
    plugged.faults.always("server-error")
    error = refused(profile, client_secret=REFRESH_TOKEN, refresh_token=CLIENT_SECRET)
    assert [p.where for p in error.problems] == ["client_secret", "refresh_token"]


@pytest.mark.parametrize("who", ["stranger", "vendor_manager", "warehouse", "finance", "auditor"])
def test_trial_needs_the_permission(profile: Profile, plugged: World, who: str) -> None:
    before = slots(profile)
    with pytest.raises(Denied):
        replace_secret(make_cast(profile).who(who), profile, client_secret=plugged.rotate_secret())
    assert slots(profile) == before
