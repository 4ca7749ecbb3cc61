"""A second reader of workbooks, which shares nothing with the first: every cell with value, formula, style."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from xml.etree import ElementTree as ET

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@dataclass(frozen=True)
class Cell:
    """A cell as it stands in the XML."""

    value: str
    kind: str
    formula: str
    style: str


def parts(content: bytes) -> dict[str, bytes]:
    """Every part of a workbook by its name, in its order."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return {part.filename: packed.read(part) for part in packed.infolist()}


def cells(content: bytes, sheet: str) -> dict[str, Cell]:
    """The cells of a sheet's part by their name; texts are looked up."""
    found = parts(content)
    shared = []
    if "xl/sharedStrings.xml" in found:
        shared = ["".join(one.itertext()) for one in ET.fromstring(found["xl/sharedStrings.xml"]).iter(f"{MAIN}si")]
    out = {}
    for cell in ET.fromstring(found[sheet]).iter(f"{MAIN}c"):
        kind, text = cell.get("t", ""), cell.findtext(f"{MAIN}v") or ""
        value = shared[int(text)] if kind == "s" else text
        if kind == "inlineStr":
            value = "".join(cell.find(f"{MAIN}is").itertext())  # type: ignore[union-attr]  # such a cell has its text
        out[cell.get("r", "")] = Cell(value, kind, cell.findtext(f"{MAIN}f") or "", cell.get("s", ""))
    return out


def order_is_right(content: bytes, sheet: str) -> bool:
    """Whether the rows, and the cells in them, stand in their order, each once."""
    rows = [int(row.get("r", "0")) for row in ET.fromstring(parts(content)[sheet]).iter(f"{MAIN}row")]
    good = rows == sorted(set(rows))
    for row in ET.fromstring(parts(content)[sheet]).iter(f"{MAIN}row"):
        names = [cell.get("r", "").rstrip("0123456789") for cell in row.iter(f"{MAIN}c")]
        keys = [(len(name), name) for name in names]
        good = good and keys == sorted(set(keys))
    return good
