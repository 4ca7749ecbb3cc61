"""Who may do what in the warehouse."""

from __future__ import annotations

VIEW = "warehouse.view"
RELEASE = "warehouse.release"
PICK = "warehouse.pick"
PACK = "warehouse.pack"
RESOLVE = "warehouse.resolve"
