"""Files for tests, written as people's spreadsheets write them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import xlsxwriter

from purveyor.base import filekinds
from purveyor.channels import load
from purveyor.channels.kinds import upload as door
from purveyor.channels.models import Upload
from purveyor.channels.report import upload_report
from purveyor.people.who import Who

ME = Who.system("test")
EAN = "4006381333931"
HEAD = "SKU;EAN;Title;Case pack"


def lines(*rows: str) -> bytes:
    return "\r\n".join(rows).encode() + b"\r\n"


def bring(content: bytes, kind: str = "products", who: Who = ME, name: str = "list.csv", **more: Any) -> Upload:
    return door.bring(who, filekinds.find(kind), name, [content], **more)


def taken(content: bytes, kind: str = "products", **more: Any) -> Upload:
    """Brought and taken at once."""
    return load.work_off(load.take(ME, bring(content, kind, **more)))


def checked(content: bytes, kind: str = "products", **more: Any) -> Upload:
    return load.work_off(load.check(ME, bring(content, kind, **more)))


def told(upload: Upload) -> tuple[int, list[tuple[int, str, str]], dict[str, int]]:
    """What was taken, row, column and value of what was not, the effects."""
    found = upload_report(upload)
    refused = [(one["row"], one["column"], one["value"]) for one in found["refused"]]
    return found["taken"], refused, found["effects"]


def workbook(path: Path, rows: list[list[Any]], at: int = 0) -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for number, row in enumerate(rows, at):
            for place, value in enumerate(row):
                if hasattr(value, "isoformat"):
                    sheet.write_datetime(number, place, value, day)
                elif value is not None:
                    sheet.write(number, place, value)
    return path
