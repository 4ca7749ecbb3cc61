"""What the workers do in the warehouse, by import."""

from __future__ import annotations

from purveyor.warehouse import packing_tasks as _packing_tasks

__all__ = ["_packing_tasks"]
