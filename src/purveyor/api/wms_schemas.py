"""JSON schemas of what warehouse systems send and get, made from the shapes of REST: docs/admin/wms/NAME.schema.json.

python -m purveyor.api.wms_schemas docs/admin/wms
"""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any


def documents() -> dict[str, str]:
    """Every schema as text, by its name."""
    from purveyor.api.packing_shapes import PutAsk
    from purveyor.api.pick_shapes import PicksAsk
    from purveyor.api.shape_bases import Open

    class HandedLine(Open):
        position: int
        line: str
        sku: str
        ean: str
        asin: str
        title: str
        location: str
        quantity: int
        case_pack: int | None
        prep: str

    class PickList(Open):
        number: str
        order: str
        vendor_code: str
        ship_to: str
        ship_by: datetime | None
        lines: list[HandedLine]

    shapes: dict[str, Any] = {"pick-list": PickList, "picks": PicksAsk, "packing": PutAsk}
    return {name: _text(shape.model_json_schema()) for name, shape in shapes.items()}


def _text(schema: dict[str, object]) -> str:
    told = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
    return json.dumps(told, indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    """Write them into the folder named on the command line."""
    from purveyor.config.start import start

    if len(sys.argv) != 2:
        sys.exit("usage: python -m purveyor.api.wms_schemas FOLDER")
    start()
    for name, text in documents().items():
        (Path(sys.argv[1]) / f"{name}.schema.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
