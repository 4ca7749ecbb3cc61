"""Races about limits, tokens, keys and switches, between threads and between processes. Each has a twin."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.db import connection, connections, transaction

from plug import CLIENT_SECRET, REFRESH_TOKEN, facts
from purveyor.alerts.models import Alert
from purveyor.amazon import limits
from purveyor.amazon.errors import InvalidGrant
from purveyor.amazon.login import AccessToken
from purveyor.audit.models import Entry
from purveyor.common import clock
from purveyor.common.errors import Misconfigured, Refused
from purveyor.config import options
from purveyor.people.who import Who
from purveyor.profiles import tokens
from purveyor.profiles.doctor import probe
from purveyor.profiles.domain import add_profile, note_trouble, store_secret, switch_sending
from purveyor.profiles.domain.keys import rotate_keys
from purveyor.profiles.limiter import DatabaseLimiter
from purveyor.profiles.models import Bucket, Profile, Secret, SharedToken
from purveyor.profiles.tokens import DatabaseTokenStore
from purveyor.vault import keys, rekey, sealing
from purveyor.vault.keys import Keys
from racing import FORK, PATIENCE, processes, threads

pytestmark = [pytest.mark.integration, pytest.mark.django_db(transaction=True)]

ROOT = Who.cli()
KEY, OPERATION = "app-and-account", "getPurchaseOrders"


@pytest.fixture(autouse=True)
def _key_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("PURVEYOR_KEYS_FILE", str(tmp_path / "keys"))
    options.values.cache_clear()
    yield
    monkeypatch.undo()
    options.values.cache_clear()


# ── limits ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def one_after_the_other(count: int) -> list[float]:
    """The waits that so many requests have when nobody races."""
    state = limits.Bucket(0, 0, *limits.numbers_of(OPERATION))
    found = []
    for _ in range(count):
        state, wait = limits.reserve(state, clock.now().timestamp())
        found.append(round(wait, 3))
    return found


def reserve_ten() -> list[float]:
    limiter = DatabaseLimiter()
    return [round(limiter.reserve(KEY, OPERATION), 3) for _ in range(10)]


@pytest.mark.parametrize("run", [threads, processes])
def test_limiter_gives_no_slot_twice(run: Callable[..., list[list[float]]], held_clock: datetime) -> None:
    found = sorted(wait for waits in run(8, reserve_ten) for wait in waits)
    assert found == pytest.approx(one_after_the_other(80), abs=0.002)


def test_limiter_twin_without_one_statement_gives_slots_twice(held_clock: datetime) -> None:
    Bucket.objects.create(key="naive", rate=10, burst=1)
    everybody_has_read = threading.Barrier(8)

    def read_then_write() -> float:
        row = Bucket.objects.get(key="naive")
        everybody_has_read.wait(PATIENCE)
        found, wait = limits.reserve(limits.Bucket(row.tat, row.seen, row.rate, row.burst), clock.now().timestamp())
        Bucket.objects.filter(pk=row.pk).update(tat=found.tat, seen=found.seen)
        return wait

    assert threads(8, read_then_write) == [0.0] * 8


# ── tokens ──────────────────────────────────────────────────────────────────────────────────────────────────────────


class Login:
    """Counts exchanges over threads and processes."""

    def __init__(self) -> None:
        self.count = FORK.Value("i", 0)

    def __call__(self) -> AccessToken:
        with self.count.get_lock():
            self.count.value += 1
            number = self.count.value
        return AccessToken.living(f"Atza|token-{number}", 3600, clock.now())


@pytest.fixture
def mine() -> Profile:
    return add_profile(ROOT, **facts())


def test_token_of_twenty_threads_is_exchanged_once(mine: Profile) -> None:
    login = Login()
    found = threads(20, lambda: DatabaseTokenStore(mine.pk).obtain("key", login))
    assert (found, login.count.value) == (["Atza|token-1"] * 20, 1)


def test_token_of_twenty_processes_is_exchanged_once(mine: Profile) -> None:
    login = Login()
    found = processes(20, lambda: DatabaseTokenStore(mine.pk).obtain("key", login))
    assert (found, login.count.value) == (["Atza|token-1"] * 20, 1)


@pytest.mark.parametrize("run", [threads, processes])
def test_token_refused_to_all_is_replaced_once(mine: Profile, run: Callable[..., list[str]]) -> None:
    login = Login()
    first = DatabaseTokenStore(mine.pk).obtain("key", login)
    found = run(8, lambda: DatabaseTokenStore(mine.pk).obtain("key", login, first))
    assert (found, login.count.value) == (["Atza|token-2"] * 8, 2)


@pytest.mark.parametrize("run", [threads, processes])
def test_token_twin_without_a_lease_is_exchanged_by_everybody(mine: Profile, run: Callable[..., list[str]]) -> None:
    login = Login()
    everybody_has_looked = (threading if run is threads else FORK).Barrier(8)  # type: ignore[attr-defined]  # two kinds

    def look_then_exchange() -> str:
        assert tokens.held("key") is None
        everybody_has_looked.wait(PATIENCE)
        return login().value

    run(8, look_then_exchange)
    assert login.count.value == 8


def test_token_of_a_renewer_that_is_killed_is_had_by_the_next(mine: Profile, held_clock: datetime) -> None:
    def killed() -> AccessToken:
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError("killed before")

    connections.close_all()
    child = FORK.Process(target=lambda: DatabaseTokenStore(mine.pk).obtain("key", killed))
    child.start()
    child.join(PATIENCE)
    assert (child.exitcode, SharedToken.objects.get().lease_owner != "") == (-signal.SIGKILL, True)
    assert DatabaseTokenStore(mine.pk).obtain("key", Login()) == "Atza|token-1"
    assert clock.now() - held_clock >= timedelta(seconds=30)


# ── keys ────────────────────────────────────────────────────────────────────────────────────────────────────────────

FILE_EVENTS = {"open", "os.link", "os.rename", "os.remove"}


def killed_at(point: int, work: Callable[[], Any]) -> bool:
    """Do the work in a process that is killed at its n-th step (a statement, or a file opened, linked, moved, removed).

    False when it came to its end before.
    """
    connections.close_all()
    pid = os.fork()
    if pid == 0:
        _work_and_die(point, work)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL


def _work_and_die(point: int, work: Callable[[], Any]) -> None:
    left = [point]

    def step(*_: Any) -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def on_event(event: str, args: Any) -> None:
        if event in FILE_EVENTS and "keys" in str(args[0]):
            step()

    def on_statement(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        step()
        return execute(sql, params, many, context)

    try:
        connection.ensure_connection()
        sys.addaudithook(on_event)
        with connection.execute_wrapper(on_statement):
            work()
        os._exit(0)
    finally:
        os._exit(1)


def readable() -> bool:
    """Whether every secret opens with the key file as it is now."""
    keys.read(anew=True)
    try:
        found = {sealing.unseal(row.sealed).decode() for row in Secret.objects.all()}
    except Misconfigured:
        return False
    return found == {CLIENT_SECRET, REFRESH_TOKEN}


def test_rotation_killed_anywhere_loses_no_secret_and_goes_on(mine: Profile) -> None:
    point = 1
    while killed_at(point, lambda: rotate_keys(ROOT)):
        assert readable(), f"killed at step {point}"
        rotate_keys(ROOT)
        assert (readable(), len(keys.read().values)) == (True, 1), f"went on after step {point}"
        point += 1
    assert (readable(), point > 15) == (True, True)


def test_rotation_twin_that_drops_the_old_key_first_loses_secrets(mine: Profile) -> None:
    def drop_first() -> None:
        old = keys.read()
        new = Keys((Fernet.generate_key().decode(),))
        keys.replace(new)
        for row in Secret.objects.all():
            sealed = new.first.encrypt(old.fernet.decrypt(bytes(row.sealed)))
            Secret.objects.filter(pk=row.pk).update(sealed=sealed)

    outcomes = set()
    for point in range(1, 10):
        before, rows = keys.read(anew=True), list(Secret.objects.all())
        if killed_at(point, drop_first):
            outcomes.add(readable())
        keys.replace(before)
        for row in rows:
            row.save()
    assert outcomes == {True, False}


def test_rotation_waits_for_a_secret_that_is_being_stored(mine: Profile) -> None:
    sealed, go_on = threading.Event(), threading.Event()

    def store() -> None:
        with transaction.atomic():
            store_secret(ROOT, mine, client_secret="the-second-client-secret")
            sealed.set()
            assert go_on.wait(PATIENCE)
        connections.close_all()

    def rotate() -> int:
        try:
            return rotate_keys(ROOT)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        storing = pool.submit(store)
        assert sealed.wait(PATIENCE)
        rotating = pool.submit(rotate)
        with pytest.raises(TimeoutError):
            rotating.result(0.3)
        go_on.set()
        storing.result(PATIENCE)
        assert rotating.result(PATIENCE) == 3
    found = sorted(sealing.unseal(row.sealed).decode() for row in Secret.objects.all())
    assert found == sorted([CLIENT_SECRET, REFRESH_TOKEN, "the-second-client-secret"])


def test_rotation_twin_without_the_ring_leaves_a_secret_behind(mine: Profile) -> None:
    sealed_before = keys.read().first.encrypt(b"the-second-client-secret")
    rotate_keys(ROOT)
    Secret.objects.filter(kind="client_secret").update(sealed=sealed_before)
    with pytest.raises(Misconfigured):
        sealing.unseal(Secret.objects.get(kind="client_secret").sealed)


def test_two_rotations_at_once_end_with_one_key(mine: Profile) -> None:
    threads(4, lambda: rotate_keys(ROOT))
    assert (readable(), len(keys.read().values)) == (True, 1)


def test_rotation_that_was_overtaken_seals_nothing_with_its_dropped_key(mine: Profile) -> None:
    first = rekey._begin()
    rotate_keys(ROOT)  # goes on with the same key, and ends
    rotate_keys(ROOT)  # the next one drops it
    assert (rekey._seal_again(Secret, first), readable()) == (0, True)


def test_rotation_that_was_overtaken_twin_without_a_look_at_the_ring_loses_secrets(mine: Profile) -> None:
    first = rekey._begin()
    rotate_keys(ROOT)
    rotate_keys(ROOT)
    for row in Secret.objects.all():
        rekey._seal_row_again(row, first)
    assert readable() is False


def test_two_rotations_twin_without_the_ring_lose_one_of_two_keys(mine: Profile) -> None:
    read = keys.read()
    first, second = (Keys((Fernet.generate_key().decode(), *read.values)) for _ in range(2))
    keys.replace(first)
    sealed = first.first.encrypt(CLIENT_SECRET.encode())
    keys.replace(second)  # it had read the file before the first one wrote it
    Secret.objects.filter(kind="client_secret").update(sealed=sealed)
    assert readable() is False


# ── verbs ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_switch_by_many_at_once_is_told_once(mine: Profile) -> None:
    threads(6, lambda: switch_sending(ROOT, Profile.objects.get(), False))
    assert Entry.objects.filter(action="profile.sending_switched").count() == 1


def test_switch_twin_without_compare_and_set_is_told_by_everybody(mine: Profile) -> None:
    everybody_has_read = threading.Barrier(6)
    told: list[str] = []

    def read_then_write() -> None:
        found = Profile.objects.get()
        everybody_has_read.wait(PATIENCE)
        if found.sending:
            Profile.objects.update(sending=False)
            told.append("switched")

    threads(6, read_then_write)
    assert len(told) == 6


def add_or_refused() -> str:
    try:
        return add_profile(ROOT, **facts(name="another")).name
    except Refused as refused:
        return refused.problems[0].where


def test_add_of_one_name_by_many_makes_one_profile() -> None:
    assert sorted(threads(6, add_or_refused)) == ["another", *["name"] * 5]
    assert Profile.objects.count() == 1


def test_add_twin_that_only_looks_first_finds_the_name_free_for_everybody() -> None:
    everybody_has_looked = threading.Barrier(6)

    def look() -> bool:
        free = not Profile.objects.filter(name="another").exists()
        everybody_has_looked.wait(PATIENCE)
        return free

    assert threads(6, look) == [True] * 6


def test_store_by_many_keeps_two_slots(mine: Profile) -> None:
    numbers = iter(range(6))
    threads(6, lambda: store_secret(ROOT, mine, client_secret=f"the-client-secret-{next(numbers)}"))
    found = {s.slot: sealing.unseal(s.sealed).decode()[:-1] for s in mine.secrets.filter(kind="client_secret")}
    assert found == {"new": "the-client-secret-", "old": "the-client-secret-"}


# ── trouble ─────────────────────────────────────────────────────────────────────────────────────────────────────────

SWEEPS = ("new", "changed", "status", "missing")


def test_sweeps_that_fail_at_once_pause_once_and_are_told_once(mine: Profile) -> None:
    failed = iter(SWEEPS)
    threads(4, lambda: note_trouble(Profile.objects.get(), InvalidGrant("invalid_grant", request_id=next(failed))))
    assert Entry.objects.filter(action="profile.trouble").count() == 1
    assert Entry.objects.filter(action="alert.opened").count() == 1
    assert (Alert.objects.count(), Profile.objects.get().paused_at is not None) == (1, True)


def test_trouble_twin_that_only_looks_first_is_told_by_everybody(mine: Profile) -> None:
    everybody_has_looked = threading.Barrier(4)
    told: list[str] = []

    def look_then_tell() -> None:
        found = Profile.objects.get()
        everybody_has_looked.wait(PATIENCE)
        if not found.trouble:
            Profile.objects.update(trouble={"code": "login-invalid-grant"})
            told.append("trouble")

    threads(4, look_then_tell)
    assert len(told) == 4


def test_a_paused_profile_is_tried_by_one_of_many_workers(mine: Profile) -> None:
    note_trouble(mine, InvalidGrant("invalid_grant"))
    Profile.objects.update(probe_at=clock.now())
    taken = threads(6, lambda: probe._take(Profile.objects.get(), clock.now()))
    assert sorted(taken) == [False] * 5 + [True]


def test_try_twin_without_compare_and_set_is_made_by_everybody(mine: Profile) -> None:
    note_trouble(mine, InvalidGrant("invalid_grant"))
    Profile.objects.update(probe_at=clock.now())
    everybody_has_looked = threading.Barrier(6)

    def look_then_take() -> bool:
        due = Profile.objects.filter(probe_at__lte=clock.now()).exists()
        everybody_has_looked.wait(PATIENCE)
        return due

    assert threads(6, look_then_take) == [True] * 6
