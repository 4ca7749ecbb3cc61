"""Typed readers for what the environment says. Each refuses nonsense with one line."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from purveyor.common.errors import Misconfigured

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


@dataclass(frozen=True, slots=True)
class Kind:
    """How one option is read. ``allowed`` completes the sentence "allowed is …"; ``parse`` raises ValueError."""

    word: str
    allowed: str
    parse: Callable[[str], Any]


def text(longest: int = 200) -> Kind:
    """Any text of one line."""

    def parse(raw: str) -> str:
        if len(raw) > longest or not raw.isprintable():
            raise ValueError(raw)
        return raw

    return Kind("text", f"one line of at most {longest} characters", parse)


def number(low: int, high: int) -> Kind:
    """A whole number within bounds, both included."""

    def parse(raw: str) -> int:
        if not re.fullmatch(r"-?[0-9]{1,18}", raw) or not low <= int(raw) <= high:
            raise ValueError(raw)
        return int(raw)

    return Kind("number", f"a whole number from {low} to {high}", parse)


def decimal(low: str, high: str, places: int = 4) -> Kind:
    """A number with a point, within bounds, both included, with at most so many places behind the point."""

    def parse(raw: str) -> Decimal:
        if not re.fullmatch(rf"-?[0-9]{{1,12}}(\.[0-9]{{1,{places}}})?", raw):
            raise ValueError(raw)
        if not Decimal(low) <= Decimal(raw) <= Decimal(high):
            raise ValueError(raw)
        return Decimal(raw)

    return Kind("decimal", f"a number such as 2.5 from {low} to {high}", parse)


def yes_no() -> Kind:
    """yes or no, in the usual spellings."""
    words = {"yes": True, "true": True, "on": True, "1": True, "no": False, "false": False, "off": False, "0": False}

    def parse(raw: str) -> bool:
        if raw.lower() not in words:
            raise ValueError(raw)
        return words[raw.lower()]

    return Kind("yes/no", "yes or no", parse)


def duration(shortest: timedelta, longest: timedelta) -> Kind:
    """A number with its unit: 90s, 15m, 12h, 7d."""

    def parse(raw: str) -> timedelta:
        found = re.fullmatch(r"([0-9]{1,9})([smhd])", raw.lower())
        if not found:
            raise ValueError(raw)
        length = timedelta(seconds=int(found[1]) * _UNITS[found[2]])
        if not shortest <= length <= longest:
            raise ValueError(raw)
        return length

    allowed = f"a number with its unit (90s, 15m, 12h, 7d) from {_short(shortest)} to {_short(longest)}"
    return Kind("duration", allowed, parse)


def _short(length: timedelta) -> str:
    seconds = int(length.total_seconds())
    unit = next(u for u in reversed(_UNITS) if seconds % _UNITS[u] == 0)
    return f"{seconds // _UNITS[unit]}{unit}"


def choice(*words: str) -> Kind:
    """One of a few words, in any case."""

    def parse(raw: str) -> str:
        return {w.lower(): w for w in words}[raw.lower()]

    return Kind("choice", " or ".join(words), parse)


def url(*schemes: str) -> Kind:
    """An address with one of the schemes and a host; a path is allowed, a query is not; no trailing slash is kept."""

    def parse(raw: str) -> str:
        parts = urlsplit(raw)
        if parts.scheme not in schemes or not parts.hostname or parts.query or parts.fragment or parts.username:
            raise ValueError(raw)
        _ = parts.port  # raises ValueError when it is no number
        return raw.rstrip("/")

    return Kind("address", "an address such as " + " or ".join(f"{s}://hub.example.com" for s in schemes), parse)


def database_url() -> Kind:
    """``sqlite:///file`` (relative to home; four slashes for an absolute path) or ``postgresql://…``."""

    def parse(raw: str) -> str:
        if not re.fullmatch(r"sqlite:///\S.*|postgres(ql)?://\S+", raw):
            raise ValueError(raw)
        return raw

    return Kind("database", "sqlite:///FILE or postgresql://USER@HOST/NAME", parse)


def path() -> Kind:
    """A file or folder; ``~`` is the user's home. Relative to the working folder."""

    def parse(raw: str) -> Path:
        if "\0" in raw:
            raise ValueError(raw)
        return Path(raw).expanduser().absolute()

    return Kind("path", "a path", parse)


def paths() -> Kind:
    """Folders, a colon between two."""

    def parse(raw: str) -> tuple[Path, ...]:
        return tuple(path().parse(one) for one in raw.split(":") if one)

    return Kind("paths", "one or more paths, a colon between two", parse)


def secret(shortest: int) -> Kind:
    """A secret of at least so many characters."""

    def parse(raw: str) -> str:
        if len(raw) < shortest:
            raise ValueError("too short")
        return raw

    return Kind("secret", f"at least {shortest} characters", parse)


def read(name: str, kind: Kind, raw: str, *, hidden: bool = False) -> Any:
    """The value of an option.

    Raises Misconfigured with one line: the option, what it says (never a secret's) and what is allowed.
    """
    try:
        return kind.parse(raw)
    except (ValueError, KeyError):
        said = "set to something that cannot be used" if hidden else f"{raw[:80]!r}"
        raise Misconfigured(f"{name} is {said}; allowed is {kind.allowed}.") from None


def secret_or_file(name: str, environment: Mapping[str, str]) -> str:
    """What the option or its ``_FILE`` twin says, trimmed; empty when neither does.

    Raises Misconfigured when both are set, or the file cannot be read.
    """
    twin = f"{name}_FILE"
    direct, file = environment.get(name, "").strip(), environment.get(twin, "").strip()
    if direct and file:
        raise Misconfigured(f"{name} and {twin} are both set; keep one of them.")
    if not file:
        return direct
    try:
        return Path(file).expanduser().read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise Misconfigured(f"{twin} is {file!r}; it cannot be read: {reason}.") from None
