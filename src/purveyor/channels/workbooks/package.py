"""A workbook as the zip it is: its parts, which of them holds a sheet, and a copy with one part replaced.

Nothing is ever unpacked to the disk, no part is larger than it says it is, and no document type is read: entities that
expand, or that fetch something, have no way in.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.parsers import expat

from django.utils.translation import gettext as _

from purveyor.channels.read import MOST_RATIO, MOST_UNPACKED
from purveyor.common.errors import Problem, Refused

_BOOK = "xl/workbook.xml"
_LINKS = "xl/_rels/workbook.xml.rels"
_LOCKED = 0x1
_LEAST = 64 * 1024
Handler = Callable[[str, dict[str, str]], None]


class Package:
    """The parts of one workbook. Raises Refused for a file that is damaged, locked, or names its parts oddly."""

    def __init__(self, path: Path) -> None:
        try:
            content = path.read_bytes()
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except (OSError, zipfile.BadZipFile, NotImplementedError, ValueError):
            raise damaged() from None
        self._parts = self._zip.infolist()
        names = [part.filename for part in self._parts]
        if len(set(names)) != len(names) or any(not _is_plain(name) for name in names):
            raise damaged()
        if any(part.flag_bits & _LOCKED for part in self._parts):
            raise refused(_("This workbook is locked. Save it without a password."))
        unpacked = sum(part.file_size for part in self._parts)
        if unpacked > min(MOST_UNPACKED, max(len(content), _LEAST) * MOST_RATIO):
            raise refused(_("This workbook unpacks to far more than a list would. It is not opened."))

    @property
    def names(self) -> list[str]:
        """The parts in their order."""
        return [part.filename for part in self._parts]

    def read(self, name: str) -> bytes:
        """One part. Raises Refused where it is missing, or not as long as it says it is."""
        try:
            return self._zip.read(name)
        except (KeyError, zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
            raise damaged() from None

    def sheet(self, title: str) -> str:
        """The name of the part that holds a sheet; a blank title means the first one that shows. Raises Refused."""
        found: list[tuple[str, str, str]] = []
        links: dict[str, str] = {}

        def book(name: str, given: dict[str, str]) -> None:
            if local(name) == "sheet":
                link = next((value for key, value in given.items() if local(key) == "id" and ":" in key), "")
                found.append((given.get("name", ""), given.get("state", "visible"), link))

        def link(name: str, given: dict[str, str]) -> None:
            if local(name) == "Relationship" and given.get("TargetMode", "Internal") == "Internal":
                links[given.get("Id", "")] = given.get("Target", "")

        walk(self.read(_BOOK), book)
        walk(self.read(_LINKS), link)
        fitting = (key for name, state, key in found if (name == title if title else state == "visible"))
        target = links.get(next(fitting, ""), "")
        member = target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
        if not target or member not in self.names:
            raise refused(_("The workbook has no sheet “%(name)s” any more.") % {"name": title})
        return member

    def copy(self, name: str, content: bytes) -> bytes:
        """The workbook with one part replaced; every other part byte for byte, in the same order."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as packed:
            packed.comment = self._zip.comment
            for part in self._parts:
                packed.writestr(_again(part), content if part.filename == name else self.read(part.filename))
        return out.getvalue()


def _again(part: zipfile.ZipInfo) -> zipfile.ZipInfo:
    """The head of a part for the copy: its name, time, manner of packing, rights and remark."""
    made = zipfile.ZipInfo(part.filename, part.date_time)
    made.compress_type = part.compress_type if part.compress_type == zipfile.ZIP_STORED else zipfile.ZIP_DEFLATED
    for name in ("comment", "create_system", "external_attr", "internal_attr"):
        setattr(made, name, getattr(part, name))
    return made


def _is_plain(name: str) -> bool:
    """Whether a part stays inside the package: no root, no way up, no other disk."""
    return not name.startswith("/") and "\\" not in name and ":" not in name and ".." not in name.split("/")


def local(name: str) -> str:
    """A name of XML without its prefix."""
    return name.rpartition(":")[2]


def walk(xml: bytes, start: Handler, end: Callable[[str], None] | None = None, text: Any = None) -> None:
    """Read XML, telling the beginning of each element. Raises Refused for XML that is broken or names a document type,
    and for any encoding but UTF-8."""
    parser = parser_for(start, end, text)
    parse(parser, xml)


def parser_for(start: Handler, end: Callable[[str], None] | None = None, text: Any = None) -> Any:
    """A parser that reads no document type. ``parse`` feeds it."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _no_doctype
    parser.EntityDeclHandler = _no_doctype
    parser.XmlDeclHandler = _only_utf8
    return parser


def parse(parser: Any, xml: bytes) -> None:
    """Feed a parser everything. Raises Refused."""
    if xml[:2] in (b"\xff\xfe", b"\xfe\xff"):
        _only_utf8("", "utf-16", 0)
    try:
        parser.Parse(xml, True)
    except expat.ExpatError:
        raise damaged() from None


def _no_doctype(*_told: Any) -> None:
    raise refused(_("This workbook holds a document type, which no workbook needs. It is not opened."))


def _only_utf8(_version: str, encoding: str | None, _alone: int) -> None:
    if encoding and encoding.lower() not in ("utf-8", "utf8", "us-ascii"):
        raise refused(_("This workbook is written in %(encoding)s. Save it again.") % {"encoding": encoding})


def damaged() -> Refused:
    """The refusal of a file that is no sound workbook."""
    return refused(_("This workbook is damaged. Save it again."))


def refused(said: str) -> Refused:
    """The refusal of a file, with its code."""
    return Refused(said, [Problem(said, where="file")], code="unreadable-file")
