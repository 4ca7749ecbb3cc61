"""What Amazon counts as accepted, rejected and received. Orders on their way out are read back by the outbox itself."""

from __future__ import annotations

from purveyor.intake.kinds import STATUSES
from purveyor.intake.sweeps.windowed import Sweep

STATUS = Sweep("status", STATUSES, "updated")
