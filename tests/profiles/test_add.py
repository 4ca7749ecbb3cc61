"""Adding a profile."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cast import make_cast, make_user
from plug import CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, facts
from purveyor.audit.models import Entry
from purveyor.common import clock
from purveyor.common.errors import Denied, Refused
from purveyor.people.who import Who
from purveyor.profiles.domain import add_profile
from purveyor.profiles.models import Profile, Secret
from purveyor.vault import sealing

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

ROOT = Who.cli()
AMAZON: dict[str, Any] = {"environment": "production", "endpoint": "", "login_url": ""}
CUSTOM: dict[str, Any] = {
    "environment": "custom",
    "endpoint": "https://hub.example.com",
    "login_url": "https://hub.example.com/token",
}


def refusal(who: Who = ROOT, **given: Any) -> dict[str, str]:
    """What was refused, by field; nothing was stored."""
    before = Profile.objects.count()
    with pytest.raises(Refused) as caught:
        add_profile(who, **facts(**given))
    assert Profile.objects.count() == before
    return {problem.where: problem.message for problem in caught.value.problems}


def test_add_stores_the_facts(held_clock: datetime) -> None:
    made = add_profile(ROOT, **facts(vendor_codes=["acme2", "ACME1"], import_from=clock.now() - timedelta(days=9)))
    found = Profile.objects.get()
    assert found == made
    assert (found.name, found.marketplace, found.client_id) == ("acme-de", "DE", CLIENT_ID)
    assert (found.endpoint, found.login_url) == ("http://127.0.0.1:9", "http://127.0.0.1:9/auth/o2/token")
    assert [code.code for code in found.vendor_codes.all()] == ["ACME1", "ACME2"]
    assert (found.import_from, found.created_at) == (clock.now() - timedelta(days=9), clock.now())
    assert (found.importing, found.trouble) == (True, {})


def test_add_seals_the_secrets(held_clock: datetime) -> None:
    made = add_profile(ROOT, **facts())
    found = {(s.kind, s.slot): sealing.unseal(s.sealed).decode() for s in Secret.objects.filter(profile=made)}
    assert found == {("client_secret", "new"): CLIENT_SECRET, ("refresh_token", "new"): REFRESH_TOKEN}
    assert [s.stored_at for s in made.secrets.all()] == [held_clock] * 2


def test_add_tidies_what_people_paste() -> None:
    made = add_profile(
        ROOT,
        **facts(
            name=" acme ",
            marketplace=" uk\n",
            client_id=f" {CLIENT_ID}\u200b\n",
            client_secret=f"{CLIENT_SECRET[:20]}\n{CLIENT_SECRET[20:]} ",
            refresh_token=f"\u00a0{REFRESH_TOKEN}\r\n",
            environment="Simulator",
        ),
    )
    assert (made.name, made.marketplace, made.client_id, made.environment) == ("acme", "GB", CLIENT_ID, "simulator")
    values = {sealing.unseal(s.sealed).decode() for s in made.secrets.all()}
    assert values == {CLIENT_SECRET, REFRESH_TOKEN}


def test_add_reports_all_problems_together() -> None:
    found = refusal(
        name="two words",
        marketplace="XX",
        vendor_codes=[],
        client_id=REFRESH_TOKEN,
        client_secret="",
        refresh_token=CLIENT_SECRET,
        environment="production",
        visibility_seconds=0,
    )
    assert set(found) == {
        "name", "marketplace", "vendor_codes", "client_id", "client_secret", "refresh_token", "endpoint", "login_url",
        "visibility_seconds",
    }  # fmt: skip


def test_add_refusal_never_repeats_a_secret() -> None:
    with pytest.raises(Refused) as caught:
        add_profile(ROOT, **facts(client_id=REFRESH_TOKEN, refresh_token=CLIENT_SECRET, client_secret=CLIENT_ID))
    shown = f"{caught.value!r} {caught.value.as_dict()}"
    assert [value for value in (REFRESH_TOKEN, CLIENT_SECRET) if value in shown] == []


@pytest.mark.parametrize("name", ["", "-x", "a b", "a/b", "x" * 51, "ümlaut"])
def test_add_names_fit_addresses_and_command_lines(name: str) -> None:
    assert set(refusal(name=name)) == {"name"}


@pytest.mark.parametrize("name", ["acme-de", "ACME-DE"])
def test_add_name_is_taken_in_any_case(name: str) -> None:
    add_profile(ROOT, **facts())
    assert refusal(name=name) == {"name": "There is a profile of this name already."}


@pytest.mark.parametrize(
    ("environment", "given", "expected"),
    [("production", None, 1800), ("simulator", None, 60), ("simulator", 5, 5), ("production", 7 * 86400, 604800)],
)
def test_add_visibility_follows_from_the_environment(environment: str, given: int | None, expected: int) -> None:
    where = AMAZON if environment == "production" else {}
    assert add_profile(ROOT, **facts(**where, visibility_seconds=given)).visibility_seconds == expected


@pytest.mark.parametrize("seconds", [0, -1, 7 * 86400 + 1])
def test_add_visibility_has_bounds(seconds: int) -> None:
    assert set(refusal(visibility_seconds=seconds)) == {"visibility_seconds"}


def test_add_first_import_begins_in_the_past(held_clock: datetime) -> None:
    assert set(refusal(import_from=clock.now() + timedelta(seconds=1))) == {"import_from"}
    assert add_profile(ROOT, **facts(import_from=clock.now())).import_from == clock.now()


def test_add_first_import_needs_a_time_zone() -> None:
    assert set(refusal(import_from=datetime(2026, 1, 1))) == {"import_from"}


@pytest.mark.parametrize(
    ("where", "sending"), [(AMAZON, False), (AMAZON | {"environment": "sandbox"}, False), ({}, True)]
)
def test_add_sends_nothing_to_amazon_until_switched_on(where: dict[str, Any], sending: bool) -> None:
    assert add_profile(ROOT, **facts(**where)).sending is sending


@pytest.mark.parametrize(
    ("where", "environment"), [({"endpoint": "", "login_url": ""}, "production"), ({}, "simulator"), (CUSTOM, "custom")]
)
def test_add_blank_environment_follows_from_the_endpoint(
    where: dict[str, str], environment: str, set_option: Callable[[str, str], None]
) -> None:
    set_option("PURVEYOR_CUSTOM_ENDPOINTS", "yes")
    assert add_profile(ROOT, **facts(**(where | {"environment": " "}))).environment == environment


def test_add_custom_endpoint_needs_the_option(set_option: Callable[[str, str], None]) -> None:
    assert set(refusal(**CUSTOM)) == {"endpoint"}
    set_option("PURVEYOR_CUSTOM_ENDPOINTS", "yes")
    assert add_profile(ROOT, **facts(**CUSTOM)).sending is True


def test_add_is_told_without_secrets() -> None:
    made = add_profile(ROOT, **facts())
    added, *stored = Entry.objects.order_by("pk")
    assert (added.action, added.by, added.object_name, added.profile) == (
        "profile.added",
        ROOT.name,
        made.name,
        made.name,
    )
    assert added.new == {
        "marketplace": "DE", "vendor_codes": ["ACME1"], "client_id": CLIENT_ID, "environment": "simulator",
        "endpoint": made.endpoint, "login_url": made.login_url, "visibility_seconds": 60, "import_from": None,
        "import_acknowledged": True,
        "sending": True,
    }  # fmt: skip
    told = [(e.action, e.new) for e in stored]
    assert told == [("profile.secret_stored", {"kind": kind}) for kind in ("client_secret", "refresh_token")]


def everywhere(role: str) -> Who:
    return Who.of(make_user("somebody", role))


def test_add_on_one_profile_only_is_denied() -> None:
    cast = make_cast()
    with pytest.raises(Denied):
        add_profile(cast.who("integrator"), **facts(name="another"))
    assert Profile.objects.count() == 2


@pytest.mark.parametrize("role", ["vendor-manager", "auditor", "finance"])
def test_add_is_denied_and_nothing_stored(role: str) -> None:
    with pytest.raises(Denied):
        add_profile(everywhere(role), **facts())
    assert (Profile.objects.count(), Secret.objects.count(), Entry.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize("where", [{}, AMAZON])
def test_add_is_allowed_to_integrators_of_every_profile(where: dict[str, Any]) -> None:
    assert add_profile(everywhere("integrator"), **facts(**where)).name == "acme-de"


class Manager(Who):
    """Manages profiles, but not their secrets."""

    def may(self, permission: str, profile: Any = None) -> bool:
        return permission == "profiles.manage"


@pytest.mark.parametrize("where", [AMAZON, CUSTOM, AMAZON | {"environment": "sandbox"}])
def test_add_needs_the_credentials_permission_but_for_a_simulator(
    where: dict[str, Any], set_option: Callable[[str, str], None]
) -> None:
    set_option("PURVEYOR_CUSTOM_ENDPOINTS", "yes")
    who = Manager("user:manager", user=make_user("manager"))
    with pytest.raises(Denied, match=r"profiles\.credentials"):
        add_profile(who, **facts(**where))
    assert add_profile(who, **facts()).environment == "simulator"


def test_add_year_is_no_surprise() -> None:
    """A date far in the past is taken: Amazon's six months are the import's business."""
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    assert add_profile(ROOT, **facts(import_from=long_ago)).import_from == long_ago
