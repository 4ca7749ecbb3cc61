"""The dated settings of a profile for packing: what a carton may hold, how grave a breach is, what closes by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from purveyor.profiles import setting_kinds as kinds
from purveyor.profiles.dated import Setting
from purveyor.warehouse.domain.limits import BLOCK, OFF, SIDE, WARN

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy

SEVERITIES: tuple[tuple[str, str | Lazy], ...] = (
    (OFF, _("not checked")),
    (WARN, _("wants a reason")),
    (BLOCK, _("stands against closing a packing")),
)


def _check(key: str, default: str, title: str | Lazy, sentence: str | Lazy) -> Setting:
    words = [word for word, _title in SEVERITIES]
    return Setting(f"packing.{key}", kinds.choice(*words), default, title, sentence, SEVERITIES)


PACKING_SETTINGS = [
    Setting(
        "packing.close",
        kinds.yes_no(),
        "yes",
        _("Close what adds up"),
        _("What a warehouse's system packed closes by itself once nothing stands against it."),
    ),
    _check("carton_limits", WARN, _("Weight and size of cartons"), _("PK-02: a carton too heavy or too long.")),
    Setting(
        "packing.carton_kg",
        kinds.decimal("0", "1000", 3),
        "0",
        _("Weight of a carton"),
        _("So many kilograms a carton may weigh; 0 is what Amazon's region allows: 23 kg, in North America 50 lb."),
    ),
    Setting(
        "packing.carton_side_mm",
        kinds.number(1, 10000),
        str(SIDE),
        _("Side of a carton"),
        _("So many millimetres the longest side of a carton may measure."),
    ),
    _check(
        "mixing",
        BLOCK,
        _("Mixing orders"),
        _("PK-03: too many orders in a carton, several fulfillment centers or vendor codes in a packing."),
    ),
    Setting(
        "packing.carton_orders",
        kinds.number(1, 1000),
        "5",
        _("Orders in a carton"),
        _("So many orders may lie in one carton."),
    ),
    _check("lots", BLOCK, _("Lots and expiry dates"), _("PK-04: lots mixed, an expiry date missing or too near.")),
    Setting(
        "packing.expiry_days",
        kinds.number(0, 3650),
        "90",
        _("Days until the expiry"),
        _("So many days ahead an expiry date lies at least."),
    ),
    _check("prep", WARN, _("Preparing"), _("PK-05: a product that nobody said was prepared as Amazon wants it.")),
]
