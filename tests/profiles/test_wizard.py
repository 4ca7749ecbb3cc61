"""Drafts of connections: kept, expired, sealed, overtaken; the estimate; the help made from the steps."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from django.utils import translation

from cast import make_cast
from plug import CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, ROOT, SIMULATOR
from purveyor.amazon.regions import MARKETPLACES
from purveyor.audit.models import Entry
from purveyor.common import clock
from purveyor.common.errors import Denied, NotFound, Refused
from purveyor.jobs.registry import recurring_tasks
from purveyor.profiles.domain.keys import forget_secrets, rotate_keys
from purveyor.profiles.estimate import Estimate, estimate
from purveyor.profiles.models import Profile, WizardDraft
from purveyor.profiles.wizard import drafts, drawings, help, places, steps
from purveyor.profiles.wizard.check import check, connection_of
from purveyor.profiles.wizard.drafts import KEPT, Overtaken, begin, discard, drop_expired, find, open_drafts, save
from purveyor.profiles.wizard.finish import finish
from purveyor.profiles.wizard.reading import read_start
from purveyor.vault import keys

pytestmark = pytest.mark.integration

DOCS = Path(__file__).resolve().parents[2] / "docs"
START = {"name": "acme-new", "marketplace": "DE", "environment": "simulator", "endpoint": SIMULATOR}


def filled(who: Any = ROOT) -> WizardDraft:
    """A draft with all four values."""
    draft = begin(who, START)
    block = f"ACME1\n{CLIENT_ID}\n{CLIENT_SECRET}\n{REFRESH_TOKEN}"
    return save(who, draft.pk, draft.version, steps.TOKEN, {"block": block}).draft


# ---- keeping


@pytest.mark.django_db
def test_draft_is_dropped_with_its_secrets_when_nobody_comes_back(held_clock: datetime) -> None:
    draft = filled()
    clock.turn(KEPT - timedelta(seconds=1))
    assert drop_expired() == 0
    save(ROOT, draft.pk, draft.version, steps.SIGN_IN, {})
    clock.turn(KEPT - timedelta(seconds=1))
    assert (drop_expired(), WizardDraft.objects.count()) == (0, 1)
    clock.turn(timedelta(seconds=1))
    assert open_drafts(ROOT).count() == 0
    with pytest.raises(NotFound):
        find(ROOT, draft.pk)
    recurring_tasks()["profiles.drop_drafts"].run()
    assert WizardDraft.objects.count() == 0
    assert Entry.objects.latest("pk").action == "wizard.expired"


@pytest.mark.django_db
def test_secrets_of_a_draft_are_sealed_and_follow_a_rotation_of_keys(held_clock: datetime) -> None:
    draft = filled()
    before = bytes(WizardDraft.objects.get().sealed or b"")
    assert (CLIENT_SECRET.encode() in before, CLIENT_SECRET in str(draft.data)) == (False, False)
    rotate_keys(ROOT)
    after = WizardDraft.objects.get()
    assert bytes(after.sealed or b"") != before
    assert drafts.unsealed(after) == {"client_secret": CLIENT_SECRET, "refresh_token": REFRESH_TOKEN}


@pytest.mark.django_db
def test_draft_stays_without_its_secrets_when_the_keys_are_lost(held_clock: datetime) -> None:
    filled()
    forget_secrets(ROOT)
    keys.read(anew=True)
    left = WizardDraft.objects.get()
    assert (left.sealed, left.data["client_id"]) == (None, CLIENT_ID)
    with pytest.raises(Refused) as caught:
        finish(ROOT, left.pk, left.version)
    assert [problem.where for problem in caught.value.problems] == [steps.CREDENTIALS, steps.TOKEN]


# ---- two people


def two_at_once(draft: WizardDraft) -> None:
    """Both look at the same version; the one who saves last names it, too."""
    seen = draft.version
    save(ROOT, draft.pk, seen, steps.CODES, {"vendor_codes": "ANNA1"})
    save(ROOT, draft.pk, seen, steps.CODES, {"vendor_codes": "BERTA"})


@pytest.mark.django_db
def test_second_of_two_who_save_is_told(held_clock: datetime) -> None:
    draft = begin(ROOT, START)
    entries = Entry.objects.count()
    with pytest.raises(Overtaken):
        two_at_once(draft)
    draft.refresh_from_db()
    assert (draft.data["vendor_codes"], draft.version) == (["ANNA1"], 2)
    assert Entry.objects.count() == entries + 1


@pytest.mark.django_db
def test_without_the_version_the_first_of_two_is_overwritten(
    held_clock: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafts, "check_version", lambda draft, version: None)
    draft = begin(ROOT, START)
    two_at_once(draft)
    draft.refresh_from_db()
    assert draft.data["vendor_codes"] == ["BERTA"]


@pytest.mark.django_db
def test_finish_of_an_older_version_makes_no_profile(held_clock: datetime) -> None:
    draft = filled()
    save(ROOT, draft.pk, draft.version, steps.CODES, {"vendor_codes": "ACME2"})
    with pytest.raises(Overtaken):
        finish(ROOT, draft.pk, draft.version)
    assert (Profile.objects.count(), WizardDraft.objects.count()) == (0, 1)


@pytest.mark.django_db
def test_finish_twice_makes_one_profile(held_clock: datetime) -> None:
    draft = filled()
    finish(ROOT, draft.pk, draft.version)
    with pytest.raises(NotFound):
        finish(ROOT, draft.pk, draft.version)
    assert Profile.objects.count() == 1


@pytest.mark.django_db
def test_discard_after_somebody_finished_is_told_and_not_written_down(
    held_clock: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = filled()
    looked = find(ROOT, draft.pk)
    finish(ROOT, draft.pk, draft.version)
    monkeypatch.setattr(drafts, "find", lambda who, draft_id: looked)  # it was there when it was looked at
    with pytest.raises(NotFound):
        discard(ROOT, draft.pk)
    assert not Entry.objects.filter(action="wizard.discarded").exists()


@pytest.mark.django_db
def test_what_was_seen_of_one_account_is_not_told_of_another(held_clock: datetime) -> None:
    draft = filled()
    draft.data |= {"report": {"ok": True}, "seen": {"parties": {"selling": {"name": "Anna GmbH"}}}}
    draft.save()
    same = save(ROOT, draft.pk, draft.version, steps.SIGN_IN, {}).draft
    assert "seen" in same.data
    moved = save(ROOT, draft.pk, same.version, steps.TOKEN, {"refresh_token": REFRESH_TOKEN + "x"}).draft
    assert {"report", "seen"} & set(moved.data) == set()


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["\\ud800ABC", "<script>", "A" * 5000])
def test_vendor_codes_of_a_pasted_json_have_their_shape(held_clock: datetime, code: str) -> None:
    draft = begin(ROOT, START)
    block = f'{{"vendor_codes": ["ACME1", "{code}"]}}'
    saved = save(ROOT, draft.pk, draft.version, steps.CODES, {"block": block})
    assert [problem.where for problem in saved.problems] == ["vendor_codes"]
    assert "vendor_codes" not in WizardDraft.objects.get().data


@pytest.mark.django_db
def test_values_changed_while_amazon_was_asked_keep_no_result(
    held_clock: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    from purveyor.profiles.doctor import Report
    from purveyor.profiles.wizard import check as checking

    draft = filled()

    def meanwhile(connection: Any) -> Report:
        save(ROOT, draft.pk, draft.version, steps.CODES, {"vendor_codes": "ACME2"})
        return Report(())

    monkeypatch.setattr(checking, "examine", meanwhile)
    with pytest.raises(Overtaken):
        check(ROOT, draft.pk, draft.version)
    assert "report" not in WizardDraft.objects.get().data


@pytest.mark.django_db
def test_every_verb_denies_who_may_not_connect_and_changes_nothing(held_clock: datetime) -> None:
    draft = filled()
    before, entries = WizardDraft.objects.values().get(), Entry.objects.count()
    cast = make_cast()
    profiles = Profile.objects.count()
    for name in ("vendor_manager", "integrator", "stranger"):
        who = cast.who(name)
        assert list(open_drafts(who)) == []
        for verb in (
            lambda who=who: begin(who, START),
            lambda who=who: find(who, draft.pk),
            lambda who=who: save(who, draft.pk, draft.version, steps.CODES, {"vendor_codes": "ACME2"}),
            lambda who=who: drafts.put_right(who, draft.pk, draft.version),
            lambda who=who: check(who, draft.pk, draft.version),
            lambda who=who: finish(who, draft.pk, draft.version),
            lambda who=who: discard(who, draft.pk),
        ):
            with pytest.raises(Denied):
                verb()
    assert (WizardDraft.objects.values().get(), Entry.objects.count()) == (before, entries)
    assert Profile.objects.count() == profiles


@pytest.mark.django_db
def test_finish_leaves_nothing_half_made(held_clock: datetime) -> None:
    draft = filled()
    told = draft.data | {"parties": {"selling": {"name": "no more than a name"}}}
    WizardDraft.objects.filter(pk=draft.pk).update(data=told)
    with pytest.raises(Refused):
        finish(ROOT, draft.pk, draft.version)
    assert (Profile.objects.count(), WizardDraft.objects.count()) == (0, 1)


@pytest.mark.django_db
def test_connection_of_a_draft_has_its_values_and_shows_none(held_clock: datetime) -> None:
    found = connection_of(filled())
    assert (found.client_secrets, found.refresh_token) == ((CLIENT_SECRET,), REFRESH_TOKEN)
    assert found.login_url == f"{SIMULATOR}/auth/o2/token"
    assert CLIENT_SECRET not in repr(found)


# ---- tables


@pytest.mark.unit
def test_steps_name_drawings_and_every_drawing_is_used() -> None:
    assert {step.drawing for step in steps.STEPS if step.drawing} == set(drawings.DRAWINGS)
    assert [step.key for step in steps.STEPS if step.portal and not (step.clicks and step.why and step.shows)] == []


@pytest.mark.unit
@pytest.mark.parametrize("name", drawings.DRAWINGS)
def test_drawing_is_clean_and_says_what_it_shows(name: str) -> None:
    made = drawings.inline(name, "Title & more", "Shows <this>")
    tree = ElementTree.fromstring(made)
    assert [el.text for el in tree[:2]] == ["Title & more", "Shows <this>"]
    assert not any(word in made for word in ("style=", "<style", "<script", "href", "url("))
    step = next(step for step in steps.STEPS if step.drawing == name)
    dots = {el.text for el in tree.iter() if el.get("class") == "d-number"}
    assert dots == {str(n) for n in range(1, len(step.clicks) + 1)}


@pytest.mark.unit
@pytest.mark.parametrize("path", sorted(help.files()))
def test_help_is_made_from_the_steps(path: str) -> None:
    made = help.files()[path]
    assert (DOCS / path).read_text(encoding="utf-8") == made, "python -m purveyor.profiles.wizard.help docs"


@pytest.mark.unit
def test_help_names_every_country_in_both_languages() -> None:
    for language in help.LANGUAGES:
        page = help.page(language)
        assert [place.portal for place in MARKETPLACES.values() if place.portal not in page] == []
    assert "Refresh-Token" in help.page("de")


@pytest.mark.unit
@pytest.mark.parametrize(
    ("environment", "marketplace", "endpoint", "login", "wanted"),
    [
        ("production", "GB", "", "", "https://vendorcentral.amazon.co.uk"),
        ("sandbox", "DE", "", "", "https://vendorcentral.amazon.de"),
        ("production", "BE", "", "", ""),
        ("simulator", "DE", "http://127.0.0.1:8001/deep", "", "http://127.0.0.1:8001/portal/"),
        ("simulator", "DE", "nonsense", "", ""),
        ("custom", "DE", "https://sim.example.com/na", "https://sim.example.com/auth/o2/token", "sim/portal"),
        ("custom", "DE", "https://hub.example.com", "https://login.example.com/auth/o2/token", ""),
        ("custom", "DE", "https://hub.example.com", "https://hub.example.com/token", ""),
        ("custom", "DE", "", "", ""),
        ("", "", "", "", ""),
    ],
)
def test_portal_is_the_countrys_or_the_simulators(
    environment: str, marketplace: str, endpoint: str, login: str, wanted: str
) -> None:
    wanted = wanted.replace("sim/portal", "https://sim.example.com/portal/")
    assert places.portal_of(environment, marketplace, endpoint, login) == wanted


@pytest.mark.unit
@pytest.mark.parametrize(
    ("per_day", "days", "said"),
    [
        (0, 30, "probably no order"),
        (0.03, 30, "about 1 order, less than a minute"),
        (40, 30, "about 1,200 orders, less than a minute"),
        (1234.5, 180, "about 220,000 orders, about 13 minutes"),
    ],
)
def test_estimate_says_orders_and_minutes(per_day: float, days: int, said: str) -> None:
    assert estimate(per_day, days).words == said


@pytest.mark.unit
def test_estimate_speaks_german() -> None:
    with translation.override("de"):
        assert Estimate(1200, 30).words == "etwa 1.200 Bestellungen, weniger als eine Minute"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("", "http://127.0.0.1:8002/auth/o2/token"),
        ("http://127.0.0.1:8001/auth/o2/token", "http://127.0.0.1:8002/auth/o2/token"),
        ("http://127.0.0.1:8009/token", "http://127.0.0.1:8009/token"),
    ],
)
def test_login_address_that_followed_the_endpoint_follows_the_new_one(given: str, kept: str) -> None:
    before = {"endpoint": "http://127.0.0.1:8001"}
    asked = {"name": "a", "marketplace": "DE", "environment": "simulator", "endpoint": "http://127.0.0.1:8002"}
    assert read_start(before, asked | {"login_url": given}).data["login_url"] == kept
