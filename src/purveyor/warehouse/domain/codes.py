"""What the symbols on a pick list say: the list's own number, and behind a stroke the number of a line. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

_CODE = re.compile(r"(?P<list>[^/\s]+-\d+)(?:/(?P<line>[^/\s]+))?")


@dataclass(frozen=True, slots=True)
class Code:
    """A pick list by its number, and the number of one of its lines or blank."""

    pick_list: str
    line: str = ""

    def __str__(self) -> str:
        return f"{self.pick_list}/{self.line}" if self.line else self.pick_list


def read(scanned: str) -> Code | None:
    """What a scanner read, when it is a symbol of a pick list; None for anything else, such as a product's EAN."""
    found = _CODE.fullmatch(scanned.strip().upper())
    return Code(found["list"], found["line"] or "") if found else None
