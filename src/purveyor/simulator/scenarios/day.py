"""An ordinary vendor day, two days into it."""

from __future__ import annotations

from purveyor.simulator.scenarios.shape import Scenario

DAY = Scenario(
    name="day",
    says="An ordinary day: some forty orders of the last two days, then one every few minutes.",
    history=40,
    gap=240.0,
    changed=0.16,
    cancelled=0.08,
    answered=0.9,
    receives=True,
)
