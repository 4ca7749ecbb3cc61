"""A quiet world on the held clock, and somebody who talks to it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest

from purveyor.simulator.world import World
from simulator.talk import Talk


@pytest.fixture
def world(held_clock: datetime) -> Iterator[World]:
    found = World(scenario="quiet", secrets_from_seed=True)
    yield found
    found.close()


@pytest.fixture
def talk(world: World) -> Talk:
    return Talk(world, world.account)
