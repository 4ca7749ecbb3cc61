"""The profile of these tests has Amazon's own visibility time, so that the schedule is the real one."""

from __future__ import annotations

import pytest

from plug import connect
from purveyor.profiles.models import Profile
from purveyor.simulator.world import World


@pytest.fixture
def profile(db: None, plugged: World) -> Profile:
    """A profile connected to the world's first account; it sends, and Amazon shows answers within half an hour."""
    return connect(plugged.accounts[0], visibility_seconds=1800)
