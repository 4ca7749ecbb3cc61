"""The tolerant base of every message Amazon sends.

Reading has two ways. The straight one decodes into the struct, takes numbers as text, and stumbles over the first
field it does not know. Where that fails, the mending one walks over all keys, takes the unknown ones out and names
them; where that is not enough, it drops nulls, turns numbers into text where text is expected, and leaves out moments
that cannot be read; only what then still does not fit is Unreadable. Unknown fields and enum values never hurt: they
are kept in the raw document.

Checked against amzn/selling-partner-api-models 34dc93f (5 Aug 2026).
"""

from __future__ import annotations

import types
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any, Generic, NamedTuple, TypeVar, Union, get_args, get_origin

import msgspec

from purveyor.amazon.errors import Said, Unreadable, said_in
from purveyor.common import windows
from purveyor.common.errors import Remedy

__all__ = ["Message", "Moment", "Reading", "Said", "Unreadable", "aware", "payload_of", "read", "unreadable"]

BROKEN = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""Everything a decoder raises on bytes that are not what was expected."""

MOST_NAMES = 100
_NUL = b"\\u0000"
_YEARS = range(1990, 2200)

Moment = datetime | None
"""Aware and in whatever zone Amazon wrote; None where absent or unreadable."""


class Message(msgspec.Struct, rename="camel", kw_only=True, frozen=True, gc=False, forbid_unknown_fields=True):
    """A message or part of one: fields in Python's spelling, Amazon's on the wire. ``read`` takes unknown ones out."""


Struct = TypeVar("Struct", bound=Message)


class Reading(NamedTuple, Generic[Struct]):
    """A message, and the dotted names of moments that could not be read and were left out, and of fields it has and the
    model does not (sorted, at most a hundred)."""

    message: Struct
    left_out: list[str]
    unknown: list[str]


def aware(message: Message, *names: str) -> None:
    """For ``__post_init__``: a moment without a zone is UTC. Raises ValueError for years nobody means."""
    for name in names:
        at: Moment = getattr(message, name)
        if at is not None and at.year not in _YEARS:
            raise ValueError(f"{name} is not a moment of our time")
        if at is not None and at.tzinfo is None:
            msgspec.structs.force_setattr(message, name, at.replace(tzinfo=UTC))


def payload_of(body: bytes) -> bytes:
    """The payload of a v1 reply, still as JSON. Raises Unreadable when there is none: never an empty success."""
    try:
        found = _envelope.decode(body)
    except BROKEN as error:
        raise Unreadable(_what_is_wrong(body, error)) from None
    payload = bytes(found.payload)
    if payload in (b"", b"null"):
        said = said_in(body)
        words = f": {said[0]}" if said else ""
        raise Unreadable(f"the reply has no payload{words}", said=said)
    return payload


class _Envelope(msgspec.Struct):
    payload: msgspec.Raw = msgspec.Raw()


_envelope = msgspec.json.Decoder(_Envelope)


def _what_is_wrong(body: bytes, error: Exception) -> str:
    if not body.strip():
        return "the reply is empty"
    if body.lstrip().startswith(b"<"):
        return "the reply is a web page instead of JSON"
    return f"the reply is not the JSON agreed on: {_reason(error)}"


def _reason(error: BaseException) -> str:
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)


@cache
def _decoder(kind: type[Struct]) -> msgspec.json.Decoder[Struct]:
    return msgspec.json.Decoder(kind, strict=False)


_anything = msgspec.json.Decoder(float_hook=Decimal)


def read(raw: bytes, kind: type[Struct]) -> Reading[Struct]:
    """The message, however much of it we know. Raises Unreadable."""
    # A single character is found ten times faster; most documents have nothing escaped.
    if b"\\" in raw and _NUL in raw:
        raise unreadable("it holds a NUL character")
    try:
        return Reading(_decoder(kind).decode(raw), [], [])
    except BROKEN:
        return mended(raw, kind)


def mended(raw: bytes, kind: type[Struct]) -> Reading[Struct]:
    """As ``read``, the slow way at once. Raises Unreadable."""
    unknown: set[str] = set()
    left_out: list[str] = []
    try:
        value = _anything.decode(raw)
        _take_out(value, _tree(kind), "", unknown)
        message = _converted(value, kind, left_out)
    except BROKEN as error:
        raise unreadable(_reason(error)) from None
    return Reading(message, left_out, sorted(unknown)[:MOST_NAMES])


def _converted(value: Any, kind: type[Struct], left_out: list[str]) -> Struct:
    try:
        return msgspec.convert(value, kind, strict=False)
    except BROKEN:
        return msgspec.convert(_fit(value, kind, "", left_out), kind, strict=False)


def unreadable(reason: str, number: str = "") -> Unreadable:
    """One document that cannot be read: it stands aside while the rest of its page goes on."""
    return Unreadable(
        reason,
        number=number,
        remedy=Remedy.TELL_DEVELOPER,
        hint="The document is kept as it came; report it with its reason.",
    )


def _fit(value: Any, kind: Any, name: str, left_out: list[str]) -> Any:
    """The value bent towards a type as far as its meaning stays the same."""
    kind = _without_none(kind)
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return _fit_fields(value, kind, name, left_out) if isinstance(value, dict) else value
    if get_origin(kind) is list:
        (inner,) = get_args(kind)
        return [_fit(v, inner, name, left_out) for v in value] if isinstance(value, list) else value
    return _fit_leaf(value, kind)


def _fit_fields(value: dict[str, Any], kind: type[msgspec.Struct], name: str, left_out: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field, inner in _shape(kind):
        given = value.get(field)
        if given is None:
            continue
        dotted = f"{name}.{field}" if name else field
        if _without_none(inner) is datetime:
            given = _moment(given)
            if given is None:
                left_out.append(dotted)
                continue
        found[field] = _fit(given, inner, dotted, left_out)
    return found


def _fit_leaf(value: Any, kind: Any) -> Any:
    if kind is str and isinstance(value, int | Decimal):
        return str(value).lower() if isinstance(value, bool) else str(value)
    if kind is int and not isinstance(value, bool) and isinstance(value, str | Decimal):
        return _whole(value)
    return value


def _whole(value: str | Decimal) -> Any:
    """``5.0`` and ``" 5 "`` are 5; anything else stays and is refused by its type."""
    try:
        number = Decimal(value)
        return int(number) if number == number.to_integral_value() and abs(number.adjusted()) < 20 else value
    except ArithmeticError:
        return value


def _moment(value: Any) -> Moment:
    try:
        at = windows.moment(value) if isinstance(value, str) else None
    except (ValueError, OverflowError):
        return None
    return at if at is not None and at.year in _YEARS else None


def _without_none(kind: Any) -> Any:
    """The type behind ``Annotated`` and ``| None``."""
    if get_origin(kind) in (Union, types.UnionType):
        (kind,) = (part for part in get_args(kind) if part is not type(None))
    return get_args(kind)[0] if hasattr(kind, "__metadata__") else kind


@cache
def _shape(kind: type[msgspec.Struct]) -> tuple[tuple[str, Any], ...]:
    """Wire name and type of each field Amazon may send; names in brackets are ours."""
    return tuple((f.encode_name, f.type) for f in msgspec.structs.fields(kind) if not f.encode_name.startswith("("))


def _part(kind: Any) -> type[msgspec.Struct] | None:
    """The struct inside a field's type, or inside its list."""
    kind = _without_none(kind)
    inner = _without_none(get_args(kind)[0]) if get_origin(kind) is list else kind
    return inner if isinstance(inner, type) and issubclass(inner, msgspec.Struct) else None


Tree = tuple[frozenset[str], tuple[tuple[str, Any], ...]]
"""The known names at one place, and those with a tree of their own."""


def _take_out(value: Any, tree: Tree, prefix: str, found: set[str]) -> None:
    """Take the unknown fields out of a message and name them."""
    if not isinstance(value, dict):
        return
    known, parts = tree
    if not value.keys() <= known:
        for name in value.keys() - known:
            del value[name]
            found.add(prefix + name)
    for name, part in parts:
        inner = value.get(name)
        for one in inner if isinstance(inner, list) else (inner,):
            _take_out(one, part, f"{prefix}{name}.", found)


@cache
def _tree(kind: type[msgspec.Struct]) -> Tree:
    parts = {name: _part(inner) for name, inner in _shape(kind)}
    return frozenset(parts), tuple((name, _tree(part)) for name, part in parts.items() if part is not None)
