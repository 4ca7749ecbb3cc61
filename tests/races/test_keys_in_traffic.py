"""The keys are rotated while everything runs: sweeps, answers, sign-ins, other processes. Nobody notices."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connections, transaction

from cast import make_user
from cli.shell import Shell, running, stopped
from plug import connect
from purveyor.common import clock
from purveyor.intake import sync
from purveyor.people.models import Authenticator
from purveyor.people.who import Who
from purveyor.profiles.domain.keys import rotate_keys
from purveyor.profiles.models import Profile, Secret, SharedToken
from purveyor.simulator.server import Server, serve
from purveyor.simulator.world import World
from purveyor.vault import keys, rekey, sealing
from purveyor.vault.models import Sealed

pytestmark = [pytest.mark.integration, pytest.mark.django_db(transaction=True)]

ROOT = Who.cli()
PATIENCE = 120
TURNS = 6


@pytest.fixture
def mine(key_file: Path, plugged: World, transactional_db: None) -> Profile:
    return connect(plugged.accounts[0])


def _authenticator() -> None:
    Authenticator.objects.create(user=make_user("anna"), confirmed=True, sealed=sealing.seal(b"seed"))


def test_rotation_covers_every_table_with_a_sealed_value(mine: Profile) -> None:
    with transaction.atomic():
        _authenticator()
        SharedToken.objects.create(profile=mine, key="k", sealed=sealing.seal(b"access"))
    old = keys.read().values
    assert rotate_keys(ROOT) == 4
    assert set(old) & set(keys.read().values) == set()
    opened = {model: [sealing.unseal(row.sealed) for row in model.objects.all()] for model in rekey._tables()}
    assert {model: len(found) for model, found in opened.items() if found} == {
        Secret: 2,
        SharedToken: 1,
        Authenticator: 1,
    }


def test_every_table_with_a_sealed_column_is_one_that_the_rotation_knows() -> None:
    with_column = {m for m in apps.get_models() if any(f.name == "sealed" for f in m._meta.concrete_fields)}
    assert with_column == set(rekey._tables()) == {m for m in apps.get_models() if issubclass(m, Sealed)}


def test_rotations_while_threads_talk_to_amazon(mine: Profile, plugged: World) -> None:
    over = threading.Event()

    def traffic(work: Callable[[], Any]) -> int:
        count = 0
        try:
            while not over.is_set() or count < 2:
                work()
                count += 1
        finally:
            over.set()  # a failure ends the rest at once
            connections.close_all()
        return count

    def sweep() -> None:
        plugged.place(lines=1)
        # Every other time the access token has ended, so that the secrets are opened.
        clock.turn(timedelta(minutes=40))
        sync.sync(mine, ["new", "status"], who=ROOT)

    def open_all() -> None:
        assert [bool(sealing.unseal_row(row)) for row in Secret.objects.all()] == [True, True]

    with ThreadPoolExecutor(2) as pool:
        running = [pool.submit(traffic, work) for work in (sweep, open_all)]
        for _turn in range(TURNS):
            rotate_keys(ROOT)
        over.set()
        assert [one.result(PATIENCE) >= 2 for one in running] == [True, True]
    mine.refresh_from_db()
    assert (mine.trouble, len(keys.read().values)) == ({}, 1)


# ── processes ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def served() -> Iterator[Server]:
    """A stand-in that other processes can reach."""
    world = World(scenario="quiet")
    with serve(world) as found:
        yield found
    world.close()


@pytest.mark.once  # the installation is one on SQLite
def test_rotations_beside_a_worker_on_a_database_of_its_own(served: Server, shell: Shell) -> None:
    shell.connect(served, served.world.account)
    first = shell.home.joinpath("keys").read_text()
    with running(shell.home, "worker") as worker:
        for _turn in range(3):
            number = served.world.place(lines=1)
            assert shell.json("keys", "rotate")["resealed"] >= 2
            assert shell.json("sync", "acme", "--sweep", "new")["sweeps"]["new"]["aside"] == 0
            assert shell.json("order", "show", number)["number"] == number
            assert worker.poll() is None
        assert shell.json("profile", "check", "acme")["ok"] is True
        assert shell.json("profile", "show", "acme")["trouble"] == {}
        assert stopped(worker) == (0, [])
    last = shell.home.joinpath("keys").read_text()
    assert (len(last.splitlines()), first.strip() in last) == (1, False)
    assert shell.json("keys", "check") == {"ok": True}
