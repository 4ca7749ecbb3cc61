"""New orders: those that became available since the last time (FACTS §5.1: "created" means available to the API)."""

from __future__ import annotations

from purveyor.intake.kinds import ORDERS
from purveyor.intake.sweeps.windowed import Sweep

NEW = Sweep("new", ORDERS, "created")
