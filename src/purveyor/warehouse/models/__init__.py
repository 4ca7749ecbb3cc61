"""Tables of the warehouse: pick lists and what was picked; packings with their pallets, cartons and contents."""

from purveyor.warehouse.models.packing import Acceptance, Carton, Content, Packing, PackStep, Pallet
from purveyor.warehouse.models.picking import Picked, PickLine, PickList, PickResult, ReleaseTry, ResultFile

__all__ = [
    "Acceptance",
    "Carton",
    "Content",
    "PackStep",
    "Packing",
    "Pallet",
    "PickLine",
    "PickList",
    "PickResult",
    "Picked",
    "ReleaseTry",
    "ResultFile",
]
