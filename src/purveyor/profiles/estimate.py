"""How many orders a first import brings, and how long that takes. Pure: from orders a day to words.

Amazon answers at most ten pages of a hundred orders a second, one window of at most seven days at a time at least
(FACTS §5.1); keeping them takes its own time.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

PAGE = 100
PAGES_A_SECOND = 10
KEPT_A_SECOND = 400
"""Orders that an ordinary machine maps and stores in a second, counted on the slow side."""
WINDOW_DAYS = 7


@dataclass(frozen=True, slots=True)
class Estimate:
    """So many orders, in so many seconds."""

    orders: int
    seconds: float

    @property
    def words(self) -> str:
        """Such as: about 1,200 orders, less than a minute."""
        if self.orders == 0:
            return _("probably no order")
        count = number_format(self.orders, use_l10n=True, force_grouping=True)
        orders = ngettext("about %(n)s order", "about %(n)s orders", self.orders) % {"n": count}
        return _("%(orders)s, %(time)s") % {"orders": orders, "time": self._time}

    @property
    def _time(self) -> str:
        minutes = math.ceil(self.seconds / 60)
        if minutes <= 1:
            return _("less than a minute")
        return ngettext("about %(n)s minute", "about %(n)s minutes", minutes) % {"n": minutes}


def estimate(per_day: float, days: float) -> Estimate:
    """What so many days bring when so many orders come in a day."""
    orders = round_off(per_day * days)
    pages = max(math.ceil(orders / PAGE), math.ceil(days / WINDOW_DAYS))
    return Estimate(orders, pages / PAGES_A_SECOND + orders / KEPT_A_SECOND)


def round_off(count: float) -> int:
    """Two figures are as many as such a number is worth."""
    if count < 100:
        return round(count)
    unit: int = 10 ** (len(str(int(count))) - 2)
    return round(count / unit) * unit
