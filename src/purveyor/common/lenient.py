"""What people paste: trimmed of the blanks, line breaks and invisible characters that come along."""

from __future__ import annotations

import unicodedata


def trimmed(text: str) -> str:
    """The text without surrounding or embedded invisible characters and line breaks."""
    kept = (c for c in text if unicodedata.category(c) not in {"Cf", "Cc", "Zl", "Zp"})
    return "".join(kept).replace("\u00a0", " ").strip()


def identifier(text: str) -> str:
    """An identifier has no blanks at all: client ids, tokens, vendor codes, PO numbers."""
    return "".join(trimmed(text).split())


def alias_key(text: str) -> str:
    """How another name of a product is looked up: in capitals, blanks neither around it nor inside."""
    return identifier(text).upper()
