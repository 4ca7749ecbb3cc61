"""A month as months are: forty orders a day, changed, cancelled, wrongly priced, and a day when nothing answers."""

from __future__ import annotations

from purveyor.simulator.scenarios.shape import Scenario, Spell

MONTH = Scenario(
    name="month",
    says="A month: forty orders a day with changes, cancellations, wrong costs and unknown products; one day is lost.",
    gap=1640.0,
    changed=0.1,
    cancelled=0.04,
    uncancelled=0.5,
    mispriced=0.03,
    unknown=0.02,
    any_change=True,
    receives=True,
    dice={"lost-reply": 0.01},
    weather=(
        Spell("throttled", begins=28.0, hours=5.0, chance=0.3),
        Spell("refused", begins=43.0, hours=16.0),
    ),
)
