"""A quiet stand-in whose buyer invites."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest

from purveyor.simulator.world import World


@pytest.fixture
def world(held_clock: datetime) -> Iterator[World]:
    found = World(scenario="quiet", secrets_from_seed=True)
    yield found
    found.close()
