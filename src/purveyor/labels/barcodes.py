"""Symbols a scanner reads, by the library that draws the papers."""

from __future__ import annotations

from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib.units import mm

QUIET = 10
"""Modules kept free on either side of a symbol (ISO/IEC 15417)."""
LEAST_MODULE = 0.19
"""Millimetres; narrower bars are not read from paper printed at 203 dots an inch."""


class TooLong(ValueError):
    """The data does not fit its place with bars a scanner can read; the message names both."""


def code128(data: str, *, width: float, height: float, module: float) -> Code128:
    """A Code 128 symbol without quiet zones, at most ``width`` millimetres wide, with modules of at most ``module``.

    Raises ValueError for data that is not ASCII, and TooLong.
    """
    if not data or not data.isascii() or not data.isprintable():
        raise ValueError(f"Code 128 holds printable ASCII, not {data!r}")
    modules = round(Code128(data, barWidth=1.0, quiet=0).width)
    wide = min(module, width / modules)
    if wide < LEAST_MODULE:
        raise TooLong(f"{data!r} needs {modules} modules; {width:g} mm are too narrow for them")
    return Code128(data, barWidth=wide * mm, barHeight=height * mm, quiet=0, humanReadable=0)
