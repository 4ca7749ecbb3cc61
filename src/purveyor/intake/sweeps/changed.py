"""Orders Amazon changed after placing them: quantities, costs, windows, ship-to, cancellation (FACTS §5.1)."""

from __future__ import annotations

from purveyor.intake.kinds import ORDERS
from purveyor.intake.sweeps.windowed import Sweep

CHANGED = Sweep("changed", ORDERS, "changed")
