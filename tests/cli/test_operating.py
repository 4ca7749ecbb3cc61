"""``run``, ``aside``, ``audit``, ``keys``, ``check``, ``migrate``: what keeps an installation going."""

from __future__ import annotations

import json
import zlib
from pathlib import Path

import pytest
from django.db import connection

from cli.conftest import Run
from purveyor.audit.models import Entry
from purveyor.audit.seal import seal
from purveyor.common import canon, clock
from purveyor.intake.models import Aside
from purveyor.jobs import runs
from purveyor.jobs.models import Run as LongWork
from purveyor.orders.models import Order
from purveyor.people.domain import setup
from purveyor.profiles.models import Profile, Secret
from purveyor.vault.sealing import unseal
from secrecy import assert_no_secret

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def work(profile: Profile) -> LongWork:
    """A sync that waits for a worker."""
    return runs.start("sync", profile, {"sweeps": ["new"]}, "cli:test")


def test_runs_are_listed_shown_cancelled_and_resumed(run: Run, work: LongWork) -> None:
    (row,) = run("run", "list", "--json").json["runs"]
    assert (row["id"], row["kind"], row["profile"], row["state"]) == (work.pk, "sync", "acme-de", "waiting")
    assert run("run", "show", str(work.pk), "--json").json["state"] == "waiting"
    assert run("run", "cancel", str(work.pk), "--json").json["state"] == "cancelled"
    assert run("run", "cancel", str(work.pk), "--json").json["error"]["code"] == "refused"
    assert run("run", "resume", str(work.pk), "--json").json["state"] == "waiting"
    assert run("run", "show", "999", "--json").json["error"]["code"] == "not-found"
    assert "sync" in run("run", "list").out


def test_asides_are_listed_and_read_again(run: Run, profile: Profile) -> None:
    raw = b'{"purchaseOrderNumber":"BROKEN","purchaseOrderState":"New"}'
    Aside.objects.create(
        profile=profile,
        kind="order",
        number="BROKEN",
        raw=zlib.compress(raw),
        content_hash=canon.sha256(raw),
        reason="it came without its details",
        at=clock.now(),
    )
    (row,) = run("aside", "list", "--json").json["asides"]
    assert (row["number"], row["profile"], row["reason"]) == ("BROKEN", "acme-de", "it came without its details")
    assert run("aside", "list", "--profile", "acme-de", "--json").json["asides"] == [row]
    shown = run("aside", "show", str(row["id"]), "--json").json
    assert (shown["number"], shown["document"]["purchaseOrderNumber"]) == (row["number"], row["number"])
    assert run("aside", "show", str(row["id"])).out.startswith('{\n  "purchaseOrderNumber"')
    nowhere = run("aside", "show", "99999", "--json")
    assert (nowhere.status, nowhere.json["error"]["message"]) == (1, "There is no such document.")
    assert run("aside", "replay", "acme-de", "--json").json["aside"] == 1
    assert Order.objects.count() == 0
    assert "BROKEN" in run("aside", "list").out


def test_audit_verify_tells_a_break(run: Run, profile: Profile) -> None:
    seal()
    done = run("audit", "verify", "--json")
    assert (done.status, done.json["ok"], done.json["first_bad"]) == (0, True, None)
    assert done.json["checked"] == Entry.objects.count()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_entry SET by = 'somebody else' WHERE position = 1")
    done = run("audit", "verify", "--json")
    assert (done.status, done.json["ok"], done.json["first_bad"]) == (1, False, 1)
    assert run("audit", "verify").out.startswith("The chain is broken at position 1: ")


def test_audit_export_is_lines_or_one_document(run: Run, profile: Profile) -> None:
    lines = [json.loads(line) for line in run("audit", "export").out.splitlines()]
    assert [entry["action"] for entry in lines][:2] == ["profile.added", "profile.secret_stored"]
    assert lines[-1]["action"] == "audit.exported"
    done = run("audit", "export", "--json")
    assert done.json["entries"][: len(lines)] == lines
    last = lines[-1]["id"]
    after = [entry["id"] > last for entry in run("audit", "export", "--after", str(last), "--json").json["entries"]]
    assert after == [True] * 2


def test_keys_rotate_seals_everything_anew(run: Run, profile: Profile, home: Path) -> None:
    before = {s.kind: bytes(s.sealed) for s in Secret.objects.all()}
    done = run("keys", "rotate", "--json")
    assert (done.status, done.json["resealed"]) == (0, 2)
    assert [bytes(s.sealed) != before[s.kind] and bool(unseal(s.sealed)) for s in Secret.objects.all()] == [True, True]
    assert_no_secret(done.out)


def test_keys_forget_gives_up_what_nobody_can_open(run: Run, profile: Profile, home: Path) -> None:
    assert (run("keys", "forget").status, Secret.objects.count()) == (2, 2)
    done = run("keys", "forget", "--yes", "--json")
    assert (done.status, done.json) == (0, {"forgotten": 2})
    assert Secret.objects.count() == 0


def test_check_lists_options_and_never_a_secret(run: Run) -> None:
    done = run("check", "--json")
    assert (done.status, done.json["ok"]) == (0, True)
    options = {o["name"]: o["value"] for o in done.json["options"]}
    assert (options["PURVEYOR_PORT"], options["PURVEYOR_SECRET_KEY"]) == ("8000", "not set")
    assert "PURVEYOR_LOG_LEVEL = info" in run("check").out


def test_check_explains_every_finding(run: Run, profile: Profile, home: Path) -> None:
    keys = home / "keys"
    keys.chmod(0o644)
    try:
        done = run("check", "--json")
    finally:
        keys.chmod(0o600)
    (finding,) = [f for f in done.json["findings"] if f["id"] == "key-file-open"]
    assert (done.status, done.json["ok"], finding["level"]) == (1, False, "error")
    assert finding["sentence"]
    assert "chmod 600" in finding["hint"]


def test_migrate_is_done_twice_without_harm(run: Run, db: None) -> None:
    assert run("migrate", "--json").json == {"migrated": True, "setup_code": None}


def test_migrate_announces_set_up_while_there_is_nobody(run: Run) -> None:
    first = run("migrate", "--announce-setup", "--json").json["setup_code"]
    second = run("migrate", "--announce-setup", "--json").json["setup_code"]
    assert (len(first), first == second) == (19, False)
    run("user", "add", "anna", "--role", "administrator", "--password-stdin", stdin="an obviously fake password")
    setup.forget()
    assert run("migrate", "--announce-setup", "--json").json["setup_code"] is None
