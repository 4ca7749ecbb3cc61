"""The lists of the warehouse, by import."""

from __future__ import annotations

from purveyor.warehouse import packing_tables as _packing_tables

__all__ = ["_packing_tables"]
