"""The dated settings of a profile for its warehouse: when orders are released to it, and what its word brings about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from purveyor.profiles import setting_kinds as kinds
from purveyor.profiles.dated import Setting

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy

BY_HAND, ON_ARRIVAL, ONCE_ANSWERED = "by_hand", "on_arrival", "once_answered"
RELEASES: tuple[tuple[str, str | Lazy], ...] = (
    (BY_HAND, pgettext_lazy("release", "by hand")),
    (ON_ARRIVAL, _("once the checks have looked at them and nothing holds them")),
    (ONCE_ANSWERED, _("once Amazon has taken the answer")),
)
BY_LOCATION, BY_SKU = "location", "sku"
SORTS: tuple[tuple[str, str | Lazy], ...] = ((BY_LOCATION, _("by location")), (BY_SKU, _("by SKU")))
PERSON, ANSWER = "person", "answer"
SHORTS: tuple[tuple[str, str | Lazy], ...] = (
    (PERSON, _("a person decides")),
    (ANSWER, _("the answer is cut to what was picked, while Amazon allows it")),
)


def _choice(name: str, of: tuple[tuple[str, str | Lazy], ...], title: str | Lazy, sentence: str | Lazy) -> Setting:
    words = kinds.choice(*(word for word, _title in of))
    return Setting(f"warehouse.{name}", words, of[0][0], title, sentence, of)


SETTINGS = [
    _choice("release", RELEASES, _("Release"), _("When orders are released to the warehouse.")),
    _choice("sort", SORTS, _("Order of a pick list"), _("How the lines of a pick list are sorted.")),
    Setting(
        "warehouse.answer_wait",
        kinds.number(0, 1440),
        "0",
        _("Wait before answering"),
        _("So many minutes after a pick result the order is answered by it, so that more of it may still come."),
    ),
    _choice(
        "after_short",
        SHORTS,
        _("Picked short"),
        _("What becomes of an order that was answered already when less of it was picked than was accepted."),
    ),
]
