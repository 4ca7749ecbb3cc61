"""One search over every list for any number a person may hold in hand: PO, ASIN, EAN, SKU, center, transaction id.

Each list says itself what it is known by (``Listing.known_by``); only lists the asker may see are asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from purveyor.base import listings
from purveyor.base.listing import Listing
from purveyor.common.lenient import trimmed

ORDER = ("orders", "products", "centers", "documents")
"""In which order the lists answer; others follow by name."""
MOST = 20
LONGEST = 100


@dataclass(frozen=True, slots=True)
class Found:
    """What one list has under a text: its first rows, and whether there are ``more`` of them."""

    listing: Listing[Any]
    rows: Sequence[Any]
    more: bool = False


def search(who: Any, text: str, most: int = MOST) -> list[Found]:
    """What the lists ``who`` may see have under a text, those that have something; nothing for a blank one.

    ``most`` rows a list at most. A list costs one question.
    """
    text = trimmed(text)[:LONGEST]
    return [found for one in _known(who) if (found := _in(one, who, text, most)).rows] if text else []


def _known(who: Any) -> list[Listing[Any]]:
    names = sorted(listings.names(), key=lambda name: (ORDER.index(name) if name in ORDER else len(ORDER), name))
    found = (listings.find(name) for name in names)
    return [one for one in found if one.known_by and who.may_somewhere(one.permission)]


def _in(listing: Listing[Any], who: Any, text: str, most: int) -> Found:
    assert listing.rows is not None
    assert listing.known_by is not None
    rows = listing.known_by(listing.rows(who), text).order_by(*listing.sorts[0].fields)[: most + 1]
    found = list(rows)
    return Found(listing, found[:most], len(found) > most)


def told(found: Sequence[Found]) -> list[dict[str, Any]]:
    """The same as machines see it: each list with its rows as its export has them."""
    return [{"list": one.listing.name, "more": one.more, "rows": one.listing.records(one.rows)} for one in found]
