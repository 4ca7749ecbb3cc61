"""Pages by key: a page costs its own length, however many orders there are, and stays put while others come in."""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import msgspec

from purveyor.common.canon import fingerprint
from purveyor.simulator.book import Book, Index, Key
from purveyor.simulator.model import Order
from purveyor.simulator.spapi.envelope import invalid
from purveyor.simulator.spapi.parameters import Args, Span


class Cursor(msgspec.Struct, array_like=True):
    """Where the next page begins. Clients see it as an opaque token (FACTS §11 row 10)."""

    at: int | None
    number: str
    filters: str
    nonce: str = ""

    @property
    def key(self) -> Key | None:
        return None if self.at is None else (self.at, self.number)


@dataclass(frozen=True, slots=True)
class Page:
    """The orders of one page and the token of the next, empty on the last."""

    orders: list[Order]
    token: str


def digest(args: Args, names: Iterable[str]) -> str:
    """A mark of the filters a token belongs to: they must be sent again with it."""
    return fingerprint({name: args.get(name) for name in sorted(names) if name in args})[:12]


def write(cursor: Cursor) -> str:
    return base64.b64encode(msgspec.json.encode(cursor)).decode()


def read(token: str, filters: str) -> Cursor:
    """The cursor in a token. Raises Bad for one that is not ours, or comes with other filters than it was made for."""
    try:
        found = msgspec.json.decode(base64.b64decode(token, validate=True), type=Cursor)
    except (binascii.Error, ValueError, msgspec.MsgspecError):
        raise invalid("The nextToken is invalid.") from None
    if found.filters != filters:
        raise invalid("The nextToken does not belong to these parameters.")
    return found


def cut(
    book: Book, index: Index, span: Span, cursor: Cursor, limit: int, keep: Callable[[Order], bool], descending: bool
) -> Page:
    """One page of the orders of a range that pass the filters, and the token of the next if any more do."""
    found: list[Order] = []
    last: Key | None = None
    for key in index.walk(*span, cursor.key, descending):
        order = book.orders[key[1]]
        if not keep(order):
            continue
        if len(found) == limit:
            assert last is not None
            return Page(found, write(Cursor(*last, cursor.filters)))
        found.append(order)
        last = key
    return Page(found, "")


def empty(cursor: Cursor) -> Page:
    """An empty page whose token leads on from the very same place, as Amazon's sometimes are."""
    fresh = msgspec.structs.replace(cursor, nonce=secrets.token_hex(4))
    return Page([], write(fresh))
