"""Every list there is, by name: for what works on any of them, such as saved views and exports.

A package describes its lists in its ``tables`` module and registers them there.
"""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar

from django.db.models import Model
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext as _

from purveyor.base.listing import Listing
from purveyor.common.errors import NotFound

M = TypeVar("M", bound=Model)

_listings: dict[str, Listing[Any]] = {}


def register(listing: Listing[M]) -> Listing[M]:
    """Make a list known. Raises ValueError when the name is taken, or when it does not say whose its rows are."""
    if listing.name in _listings:
        raise ValueError(f"there is a list named {listing.name} already")
    if not listing.permission or listing.rows is None:
        raise ValueError(f"the list {listing.name} does not say who may see what")
    _listings[listing.name] = listing
    return listing


@cache
def _discover() -> None:
    autodiscover_modules("tables")


def names() -> list[str]:
    """The names of all lists."""
    _discover()
    return sorted(_listings)


def find(name: str) -> Listing[Any]:
    """The list of a name. Raises NotFound, which names those there are."""
    if name not in names():
        words = {"name": name, "names": ", ".join(names())}
        raise NotFound(_("There is no list %(name)s; there are %(names)s.") % words)
    return _listings[name]
