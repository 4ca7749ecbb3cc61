"""Races about drafts of connections: two who finish one, a kill at its end, keys that rotate while one is saved."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections, transaction

from plug import CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, SIMULATOR
from purveyor.audit.models import Entry
from purveyor.common import clock
from purveyor.common.errors import Misconfigured, PurveyorError
from purveyor.intake.sync import start_sync
from purveyor.jobs.models import Run
from purveyor.people.who import Who
from purveyor.profiles.domain.keys import rotate_keys
from purveyor.profiles.models import Profile, WizardDraft
from purveyor.profiles.wizard import drafts, finish, steps
from purveyor.profiles.wizard.finish import Made
from purveyor.vault import keys
from racing import threads

from .test_profiles import PATIENCE, _key_file, killed_at

pytestmark = [pytest.mark.integration, pytest.mark.django_db(transaction=True)]

ROOT = Who.cli()
START = {"name": "acme-new", "marketplace": "DE", "environment": "simulator", "endpoint": SIMULATOR}
BLOCK = f"ACME1\n{CLIENT_ID}\n{CLIENT_SECRET}\n{REFRESH_TOKEN}"
KEY_FILE = _key_file  # a key file of its own


@pytest.fixture
def draft() -> WizardDraft:
    """A draft with all four values."""
    begun = drafts.begin(ROOT, START)
    return drafts.save(ROOT, begun.pk, begun.version, steps.TOKEN, {"block": BLOCK}).draft


def begin_import(made: Made) -> None:
    start_sync(made.profile, since=made.since or clock.now() - timedelta(days=1), who=ROOT)


def outcome(work: Callable[[], Any]) -> str:
    try:
        work()
    except PurveyorError as error:
        return type(error).__name__
    return "done"


# ── two who finish ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_draft_finished_by_many_at_once_makes_one_profile(draft: WizardDraft) -> None:
    found = threads(4, lambda: outcome(lambda: finish.finish(ROOT, draft.pk, draft.version, begin_import)))
    assert sorted(found) == ["NotFound"] * 3 + ["done"]
    assert (Profile.objects.count(), Run.objects.count(), WizardDraft.objects.count()) == (1, 1, 0)
    assert Entry.objects.filter(action="wizard.finished").count() == 1


def test_finish_twin_that_only_looks_first_is_done_by_everybody(
    draft: WizardDraft, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each looked at the draft before the other began, and takes what it saw for what is there."""
    looked = drafts.find(ROOT, draft.pk)
    monkeypatch.setattr(drafts, "locked", lambda *_: WizardDraft(**vars_of(looked)))
    monkeypatch.setattr(drafts, "find", lambda *_: looked)
    finish.finish(ROOT, draft.pk, draft.version)
    Profile.objects.update(name="acme-first")  # the name alone would have stopped the second
    finish.finish(ROOT, draft.pk, draft.version)
    assert Profile.objects.count() == 2


def vars_of(draft: WizardDraft) -> dict[str, Any]:
    """The columns of a draft."""
    return {field.attname: getattr(draft, field.attname) for field in draft._meta.concrete_fields}


# ── a kill at the end ───────────────────────────────────────────────────────────────────────────────────────────────


def left() -> tuple[int, int, int]:
    """Drafts, profiles, first imports."""
    return WizardDraft.objects.count(), Profile.objects.count(), Run.objects.filter(kind="backfill").count()


def test_finish_killed_anywhere_leaves_the_draft_or_a_profile_with_its_import(draft: WizardDraft) -> None:
    point = 1
    while killed_at(point, lambda: finish.finish(ROOT, draft.pk, draft.version, begin_import)):
        assert left() in [(1, 0, 0), (0, 1, 1)], f"killed at step {point}"
        if left() == (0, 1, 1):
            break
        point += 1
    assert (left(), point > 10) == ((0, 1, 1), True)


def test_finish_twin_that_begins_the_import_afterwards_loses_it(draft: WizardDraft) -> None:
    def afterwards() -> None:
        begin_import(finish.finish(ROOT, draft.pk, draft.version))

    found, point = set(), 1
    while left() == (1, 0, 0) and killed_at(point, afterwards):
        found.add(left())
        point += 1
    assert (0, 1, 0) in found


# ── keys ────────────────────────────────────────────────────────────────────────────────────────────────────────────

OTHER = REFRESH_TOKEN + "x"


def save_other(draft: WizardDraft) -> None:
    drafts.save(ROOT, draft.pk, draft.version, steps.TOKEN, {"refresh_token": OTHER})


def test_rotation_waits_for_a_draft_that_is_being_saved(draft: WizardDraft) -> None:
    sealed, go_on = threading.Event(), threading.Event()

    def save() -> None:
        with transaction.atomic():
            save_other(draft)
            sealed.set()
            assert go_on.wait(PATIENCE)
        connections.close_all()

    def rotate() -> None:
        rotate_keys(ROOT)
        connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        saving = pool.submit(save)
        assert sealed.wait(PATIENCE)
        rotating = pool.submit(rotate)
        with pytest.raises(TimeoutError):
            rotating.result(0.3)
        go_on.set()
        saving.result(PATIENCE)
        rotating.result(PATIENCE)
    assert drafts.unsealed(WizardDraft.objects.get()) == {"client_secret": CLIENT_SECRET, "refresh_token": OTHER}


def test_rotation_twin_without_the_ring_leaves_the_draft_shut(draft: WizardDraft) -> None:
    sealed_before = keys.read().first.encrypt(b"{}")
    rotate_keys(ROOT)
    WizardDraft.objects.update(sealed=sealed_before)
    with pytest.raises(Misconfigured):
        drafts.unsealed(WizardDraft.objects.get())


def test_draft_saved_by_many_while_keys_rotate_is_saved_once_and_opens(draft: WizardDraft) -> None:
    turns = iter(["rotate", "save", "save", "rotate"])

    def work() -> str:
        if next(turns) == "rotate":
            rotate_keys(ROOT)
            return "rotated"
        return outcome(lambda: save_other(draft))

    assert sorted(threads(4, work)) == ["Overtaken", "done", "rotated", "rotated"]
    keys.read(anew=True)
    assert drafts.unsealed(WizardDraft.objects.get())["refresh_token"] == OTHER
