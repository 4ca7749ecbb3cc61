"""The weeks before the holidays: many orders, long ones, often changed."""

from __future__ import annotations

from purveyor.simulator.scenarios.shape import Scenario

PEAK = Scenario(
    name="peak",
    says="High season: hundreds of orders since yesterday, one more every half minute, often changed.",
    history=400,
    history_hours=24.0,
    gap=30.0,
    lines=(2, 14, 40),
    changed=0.25,
    cancelled=0.1,
    answered=0.5,
    receives=True,
)
