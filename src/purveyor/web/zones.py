"""Where clocks stand: a center's own, or a marketplace's where none is asked of. Windows begin at local midnight
(FACTS §9), so local days are shown."""

from __future__ import annotations

from functools import cache
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from purveyor.amazon.regions import MARKETPLACES
from purveyor.centers.domain.resolve import Known, Zone


@cache
def zone_of(marketplace: str) -> ZoneInfo:
    """The zone of a marketplace by its two-letter country code; UTC for one nobody knows."""
    known = MARKETPLACES.get(marketplace.upper())
    return ZoneInfo(known.zone if known else "UTC")


def zone_words(zone: Zone) -> str:
    """The name of a center's zone, and how it is known where nobody said it of the center itself."""
    match zone.known:
        case Known.COUNTRY:
            return _("%(zone)s, usual in the center's country; its own is not known") % {"zone": zone.name}
        case Known.MARKETPLACE:
            return _("%(zone)s, usual in the marketplace; the center's own is not known") % {"zone": zone.name}
        case Known.NOT:
            return _("%(zone)s, since neither center nor marketplace is known") % {"zone": zone.name}
    return zone.name
