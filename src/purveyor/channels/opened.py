"""Workbooks are opened by another process (``channels.unpack``): one may be made to fill a machine."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from purveyor.channels import unpack
from purveyor.common.errors import Problem, Refused

Row = list[Any]
Span = tuple[int, int, int, int]
"""The first and the last cell of a merged range: row, column, row, column, from 0."""


def rows_of(path: Path, sheet: str = "") -> Iterator[Row]:
    """The rows of a sheet, or of the first that shows. Raises Refused for a workbook that cannot be read."""
    return _said(path, unpack.ROWS, sheet)


def sheets_of(path: Path) -> list[str]:
    """The names of a workbook's sheets that show, in their order. Raises Refused where there is none."""
    return [str(name) for names in _said(path, unpack.SHEETS) for name in names]


def merged_of(path: Path, sheet: str = "") -> list[Span]:
    """The merged cells of a sheet, or of the first that shows. Raises Refused."""
    return [(one[0], one[1], one[2], one[3]) for one in _said(path, unpack.MERGED, sheet)]


def _said(path: Path, what: str, sheet: str = "") -> Iterator[Row]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PURVEYOR_")}
    process = subprocess.Popen(  # noqa: S603  our own program
        [sys.executable, "-m", unpack.__name__, str(path), what, sheet],
        env=environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    with process, contextlib.ExitStack() as last:
        last.callback(process.kill)  # whoever wants the first rows alone waits for no others
        assert process.stdout is not None
        for said in unpack.heard(process.stdout):
            if isinstance(said, tuple):
                return _ended(*said)
            yield from said
    raise _refused(_("This workbook unpacks to far more than a list would. It is not opened."))


def _ended(word: str, why: str) -> None:
    if word == unpack.LOCKED:
        raise _refused(_("This workbook is locked. Save it without a password."))
    if word == unpack.HIDDEN:
        raise _refused(_("The workbook has no sheet that shows."))
    if word == unpack.BROKEN:
        raise _refused(_("This workbook cannot be read: %(why)s.") % {"why": why})


def _refused(said: str) -> Refused:
    return Refused(said, [Problem(said, where="file")], code="unreadable-file")
