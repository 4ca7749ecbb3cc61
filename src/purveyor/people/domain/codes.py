"""Codes that a person reads off one screen and types at another: made at random, kept as a hash, read leniently."""

from __future__ import annotations

import re
import secrets

from purveyor.common import canon

# Without the letters and digits that look alike; 5 bits each.
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def make(length: int) -> str:
    """A new code in groups of four."""
    code = "".join(secrets.choice(ALPHABET) for _each in range(length))
    return "-".join(code[i : i + 4] for i in range(0, length, 4))


def bare(typed: str) -> str:
    """What was typed, without the blanks and hyphens people put in."""
    return re.sub(r"[\s-]", "", typed)


def hash_of(typed: str) -> str:
    """The hash of a code in any spelling. A fast one will do: the codes are random, and tries are throttled."""
    return canon.sha256(bare(typed).upper().encode())
