"""What the warehouse asks of people today, by import."""

from __future__ import annotations

from purveyor.warehouse import packing_work as _packing_work

__all__ = ["_packing_work"]
