"""The stages an offer may go through: their keys, what each is called, and the permission each needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy


@dataclass(frozen=True, slots=True)
class StageKey:
    """One stage there can be. ``permission`` is what its people hold."""

    key: str
    title: str | Lazy
    permission: str


KEYS: dict[str, StageKey] = {
    one.key: one
    for one in (
        StageKey("commerce", _("Commerce"), "offers.commerce"),
        StageKey("manufacturing", _("Manufacturing"), "offers.manufacturing"),
        StageKey("warehouse", _("Warehouse"), "offers.warehouse"),
        StageKey("finance", _("Finance"), "offers.finance"),
        StageKey("management", _("Management"), "offers.management"),
    )
}
USUAL = ("commerce", "manufacturing", "warehouse")


def read(text: str) -> tuple[str, ...]:
    """The keys of a text such as ``commerce, warehouse``, in its order. Raises ValueError for an unknown or doubled
    one, or none at all."""
    found = tuple(word.strip().lower() for word in text.split(",") if word.strip())
    if not found or len(set(found)) != len(found) or any(word not in KEYS for word in found):
        raise ValueError(text)
    return found
