"""The world of the walks."""

from __future__ import annotations

import pytest

from purveyor.profiles.models import Profile
from purveyor.simulator.world import World

from .world import Things, make


@pytest.fixture
def things(plugged: World, profile: Profile) -> Things:
    """One of everything, and everybody."""
    return make(plugged, profile)
