"""What people paste, taken apart: the value without what came along, or all four values out of one text. Pure.

Only what is recognised by its look is cut out of its surroundings (``shapes``). Anything else stays as it was given but
for blanks and invisible characters, and ``Tidied.taken_off`` says what went; nothing is altered in silence. No value is
ever part of a message.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from purveyor.common.lenient import identifier
from purveyor.profiles import shapes
from purveyor.profiles.shapes import CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, VENDOR_CODES

LONGEST = 20_000
"""Characters of a text that are looked at; the four values together have less than 3000."""

# Every run of blanks and decoration is taken whole (``*+``): tried in parts, a long one would cost hours.
_LOOKS: Mapping[str, str] = {
    CLIENT_ID: r"amzn1\.application-oa2-client\.[0-9A-Za-z]{8,160}",
    CLIENT_SECRET: r"amzn1\.oa2-cs\.v[0-9]+\.[0-9A-Za-z]{8,480}"
    r"|(?<![0-9A-Za-z.|_-])[0-9A-Fa-f]{64}(?![0-9A-Za-z.|_-])",
    REFRESH_TOKEN: r"Atzr\|[0-9A-Za-z|._~+/=-]{8,2043}",
}
_FIND = {kind: re.compile(look) for kind, look in _LOOKS.items()}
_AROUND = r"[\s\"'`´‘’‚“”„«»‹›<>()\[\]{}*,;:=|\\]*+"
_LABEL = r"(?:[^\W\d][\w .()/\\-]{0,59}?[\"'`]?\s*+(?:[:=]|=>|->|→)\s*+)?"
_DECORATED = {
    kind: re.compile(rf"{_AROUND}{_LABEL}{_AROUND}(?P<value>{look}){_AROUND}") for kind, look in _LOOKS.items()
}
_NAMED: Mapping[str, re.Pattern[str]] = {
    CLIENT_ID: re.compile(r"client[\s_-]*(id|identifier|kennung)", re.IGNORECASE),
    CLIENT_SECRET: re.compile(r"secret|geheimnis|geheimer", re.IGNORECASE),
    REFRESH_TOKEN: re.compile(r"refresh|token", re.IGNORECASE),
    VENDOR_CODES: re.compile(r"vendor|lieferant|codes?\b", re.IGNORECASE),
}
_CODES_LINE = re.compile(
    r"(?:vendor|lieferanten)[\s_-]*+codes?[\"'`]?(?:\s*+[:=]|(?=\s*[\t ])\s)\s*+(?P<codes>[\"'`\[\s]*+[0-9A-Za-z]{3,10}"
    r"(?:[\"'`]?(?:[ \t]*+[,;/]|(?=\t* )[ \t])[ \t]*+[\"'`]?[0-9A-Za-z]{3,10}(?![0-9A-Za-z]*+\s*+[:=]))*)"
    r"(?![0-9A-Za-z])",
    re.IGNORECASE,
)
_BARE_CODE = re.compile(r"(?<![0-9A-Za-z_.|-])(?=[0-9A-Z]*[A-Z])[0-9A-Z]{5}(?![0-9A-Za-z_.|-])")
_LINE_ENDS = "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
_WORDS = frozenset({"TOKEN", "VALUE", "CODES", "LABEL", "PASTE"})


@dataclass(frozen=True, slots=True)
class Tidied:
    """A value and what was taken off it: any of ``blanks``, ``around`` (quotes, brackets, commas), ``label``."""

    value: str = field(repr=False)
    taken_off: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Parts:
    """What one text held. ``doubtful`` are fields with several different values, of which none is taken."""

    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    vendor_codes: tuple[str, ...] = ()
    doubtful: tuple[str, ...] = ()

    @property
    def found(self) -> tuple[str, ...]:
        """The fields there is a value for."""
        return (*self.values, *((VENDOR_CODES,) if self.vendor_codes else ()))


def tidy(text: str) -> Tidied:
    """A single pasted value without blanks, invisible characters, quotes around and a label in front.

    Quotes and labels go only where what remains is recognised as a client id, a client secret or a refresh token.
    """
    bare = identifier(text)
    if any(look.fullmatch(bare) for look in _FIND.values()):
        return Tidied(bare, ("blanks",) if bare != text else ())
    seen = _visible(text[:LONGEST])
    for found in (_undecorated(seen), _undecorated(bare[:LONGEST])):
        if found is not None:
            return Tidied(*found)
    return Tidied(bare, ("blanks",) if bare != text else ())


def _undecorated(text: str) -> tuple[str, tuple[str, ...]] | None:
    for pattern in _DECORATED.values():
        if found := pattern.fullmatch(text):
            value = found["value"]
            before, _value, after = text.partition(value)
            labelled = re.search(r"\w", before) is not None
            around = re.search(r"[^\s\w]", after) is not None or (not labelled and bool(before.strip()))
            off = (("blanks", before + after != (before + after).strip()), ("around", around), ("label", labelled))
            return value, tuple(name for name, is_so in off if is_so)
    return None


def take_apart(text: str) -> Parts:
    """The values in one text of any order, with labels or without, as lines, a table or JSON."""
    text = _visible(text[:LONGEST])
    given = _of_json(text)
    if given is not None:
        return _parts_of_pairs(given)
    found: dict[str, list[str]] = {}
    for kind in (REFRESH_TOKEN, CLIENT_ID, CLIENT_SECRET):  # a token may hold what looks like an old secret
        found[kind] = list(dict.fromkeys(m[0] for m in _FIND[kind].finditer(text)))
        text = _FIND[kind].sub("\n", text)
    return _parts(found, _codes_in(text))


def is_block(text: str) -> bool:
    """Whether a text holds more than one of the values, and so is no single one."""
    parts = take_apart(text)
    return len(parts.values) + len(parts.doubtful) > 1


def kind_of(value: str) -> str | None:
    """What a tidied value is by its look, a vendor code among it."""
    found = shapes.kind_of(value)
    if found is not None:
        return found
    return VENDOR_CODES if _BARE_CODE.fullmatch(value) else None


def _parts(found: Mapping[str, list[str]], codes: list[str]) -> Parts:
    return Parts(
        values={kind: values[0] for kind, values in found.items() if len(values) == 1},
        vendor_codes=tuple(codes),
        doubtful=tuple(kind for kind, values in found.items() if len(values) > 1),
    )


def labelled_codes(text: str) -> list[str]:
    """The vendor codes behind their label, none where there is no label."""
    found = (m["codes"] for m in _CODES_LINE.finditer(_visible(text[:LONGEST])))
    return list(dict.fromkeys(code.upper() for codes in found for code in re.findall(r"[0-9A-Za-z]{3,10}", codes)))


def _codes_in(rest: str) -> list[str]:
    """Vendor codes behind their label; without one, what has the usual five capitals and digits."""
    bare = (code for code in _BARE_CODE.findall(rest) if code not in _WORDS)
    return labelled_codes(rest) or list(dict.fromkeys(bare))


def _of_json(text: str) -> list[tuple[str, str]] | None:
    """Key and value of every text in a JSON document; None where it is none."""
    if text.strip()[:1] not in ("{", "["):
        return None
    try:
        return list(_leaves("", json.loads(text)))
    except (ValueError, RecursionError):
        return None


def _leaves(key: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(str(name), inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(key, inner)
    elif isinstance(value, str):
        yield key, value


def _parts_of_pairs(pairs: list[tuple[str, str]]) -> Parts:
    """By the look of a value, or by its key where the look is not known."""
    found: dict[str, list[str]] = {kind: [] for kind in _FIND}
    codes: list[str] = []
    for key, text in pairs:
        value = identifier(text)
        kind = next((k for k, look in _FIND.items() if look.fullmatch(value)), None) or _kind_of_key(key, value)
        if kind == VENDOR_CODES:
            codes += shapes.identifier_parts(text)
        elif kind is not None and value not in found[kind]:
            found[kind].append(value)
    return _parts(found, list(dict.fromkeys(codes)))


def _kind_of_key(key: str, value: str) -> str | None:
    kind = next((kind for kind, name in _NAMED.items() if name.search(key)), None)
    if kind == VENDOR_CODES or (kind == CLIENT_SECRET and shapes.problem_of(kind, value) is None):
        return kind
    return None


def _visible(text: str) -> str:
    """The text without invisible characters; every kind of blank is a plain one, lines stay lines."""
    kept = (c for c in text if c.isspace() or unicodedata.category(c) not in {"Cf", "Cc"})
    return "".join("\n" if c in _LINE_ENDS else c if c == "\t" else " " if c.isspace() else c for c in kept)
