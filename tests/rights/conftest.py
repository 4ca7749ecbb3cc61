"""The world of the walks: made once for each module, and put back after each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from conftest import START
from plug import SIMULATOR, connect
from purveyor.alerts import kinds
from purveyor.amazon.transport import WsgiTransport
from purveyor.common import clock
from purveyor.jobs import engines
from purveyor.jobs.testing import Collector
from purveyor.profiles import clients
from purveyor.simulator.app import create_app
from purveyor.simulator.world import World

from .world import ALERT, Things, make


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Things]:
    """One of everything, and everybody, in a transaction that is undone at the end of the module."""
    clock.hold(START)
    engines.use(Collector())
    kinds.add([ALERT])
    world = World(scenario="quiet", secrets_from_seed=True)
    clients.plug(SIMULATOR, WsgiTransport(create_app(world)))
    with django_db_blocker.unblock(), transaction.atomic():
        # Like those around each test it is none to the code, which must not talk within one.
        transaction.get_connection().atomic_blocks[-1]._from_testcase = True
        yield make(world, connect(world.accounts[0]))
        transaction.set_rollback(True)
    clients.unplug(SIMULATOR)
    world.close()
    kinds.KINDS.pop(ALERT.name)


@pytest.fixture
def things(made: Things, db: None) -> Things:
    """The same, for one test."""
    clock.hold(START)
    return made
