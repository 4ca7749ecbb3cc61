"""Ready days. Each is a little data; the buyer does the rest."""

from __future__ import annotations

from purveyor.common.errors import Refused
from purveyor.simulator.scenarios.day import DAY
from purveyor.simulator.scenarios.faulty import FAULTY
from purveyor.simulator.scenarios.month import MONTH
from purveyor.simulator.scenarios.peak import PEAK
from purveyor.simulator.scenarios.quiet import QUIET
from purveyor.simulator.scenarios.shape import Scenario

SCENARIOS = {scenario.name: scenario for scenario in (QUIET, DAY, PEAK, FAULTY, MONTH)}


def scenario_named(name: str) -> Scenario:
    """The scenario of that name. Raises Refused, naming those there are."""
    try:
        return SCENARIOS[name]
    except KeyError:
        raise Refused(f"no scenario {name!r}; there are: {', '.join(SCENARIOS)}") from None


__all__ = ["SCENARIOS", "Scenario", "scenario_named"]
