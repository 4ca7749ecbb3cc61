"""Everything of a kind of file, piece by piece, in the form that was asked for: for the pages and for REST alike."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from purveyor.base.filekinds import Kind
from purveyor.channels.write import csv_of, json_of, xlsx_of
from purveyor.people.who import Who

_PIECE = 64 * 1024


def pieces(who: Who, kind: Kind, form: str) -> Iterator[bytes]:
    """The bytes of the whole file; ``form`` is csv, xlsx or json. Raises Denied at once."""
    if form == "xlsx":
        return _book(who, kind)
    lines = csv_of(who, kind) if form == "csv" else json_of(who, kind)
    return (line.encode() for line in lines)


def _book(who: Who, kind: Kind) -> Iterator[bytes]:
    """A workbook is there as a whole only: its end says where its parts are."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file.xlsx"
        xlsx_of(who, kind, path)
        whole = path.read_bytes()
    return iter([whole[at : at + _PIECE] for at in range(0, len(whole), _PIECE)])
