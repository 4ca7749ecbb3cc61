"""Names of files that others give: which wait, which are refused, and how ours are made. No database, no disk."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

LONGEST = 180
"""Bytes: room is left for a mark and for the name of the report within the 255 of common file systems."""
MARKED = 255
"""Bytes of a name that has got its mark and what a report ends in."""
# What programs call a file they are still writing; upper and lower case alike.
_UNFINISHED = (".tmp", ".part", ".partial", ".filepart", ".crdownload", ".download", ".swp", "~")
# Windows opens a device by these, whatever its folder and its ending.
_DEVICES = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])\s*(\..*)?", re.IGNORECASE)
_SEPARATORS = re.compile(r'[/\\:*?"<>|]')


def waits(name: str) -> bool:
    """Whether a file of this name is still being written, or is none of ours to take."""
    return name.startswith((".", "~")) or name.lower().endswith(_UNFINISHED)


def trouble(name: str, longest: int = LONGEST) -> str:
    """Why a file of this name is not taken, in a sentence with the cure; blank for a good name of so many bytes."""
    if not name or name in (".", "..") or not name.isprintable():
        return _("Its name holds signs that cannot be shown. Rename it.")
    if _SEPARATORS.search(name):
        return _('Its name holds one of the signs / \\ : * ? " < > |, which are no part of a name. Rename it.')
    if _DEVICES.fullmatch(name) or name.endswith((".", " ")) or name.startswith(" "):
        return _("Its name is that of a device, or begins or ends in a blank or a point. Rename it.")
    if len(name.encode(errors="replace")) > longest:
        return _("Its name is longer than %(most)d bytes. Rename it.") % {"most": longest}
    return ""


def marked(name: str, mark: str) -> str:
    """The name with a mark before its ending: ``picks.csv`` becomes ``picks.MARK.csv``."""
    stem, dot, ending = name.rpartition(".")
    return f"{stem}.{mark}.{ending}" if dot and stem else f"{name}.{mark}"
