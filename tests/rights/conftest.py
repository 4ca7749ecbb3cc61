"""The world of the walks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from purveyor.alerts import kinds
from purveyor.profiles.models import Profile
from purveyor.simulator.world import World

from .world import ALERT, Things, make


@pytest.fixture
def things(plugged: World, profile: Profile) -> Iterator[Things]:
    """One of everything, and everybody."""
    kinds.add([ALERT])
    yield make(plugged, profile)
    kinds.KINDS.pop(ALERT.name)
