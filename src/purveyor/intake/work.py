"""What came from Amazon and could not be understood."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from purveyor.base.work import SHOWN, Found, Item, Source, register
from purveyor.common.errors import Remedy
from purveyor.intake import queries
from purveyor.intake.models import Aside
from purveyor.people.who import Who


def _find(who: Who, scope: str) -> Found:
    rows = queries.open_asides(who)
    rows = rows.filter(profile__name=scope) if scope else rows
    return Found([_item(aside) for aside in rows[:SHOWN]], rows.order_by().count())


def _item(aside: Aside) -> Item:
    return Item(
        subject=aside.number or str(aside.pk),
        sentence=_("A document of Amazon stands aside: %(reason)s") % {"reason": aside.reason},
        link=("aside", aside.pk),
        profile=aside.profile,
        remedy=str(Remedy.TELL_DEVELOPER),
    )


register(Source("asides", gettext_lazy("Documents that stand aside"), "orders.view", "sync.run", _find, ("asides", "")))
