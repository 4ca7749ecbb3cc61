"""Nothing happens unless somebody makes it happen: the ground for tests and rehearsals."""

from __future__ import annotations

from purveyor.simulator.scenarios.shape import Scenario

QUIET = Scenario(name="quiet", says="No orders come by themselves.")
