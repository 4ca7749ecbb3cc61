"""Stock: what was counted, and what of it is promised. Two promises never share a piece."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from purveyor.audit.write import record
from purveyor.common import clock
from purveyor.common.errors import Conflict, Problem, Refused
from purveyor.people.who import Who
from purveyor.products.domain.told import changed
from purveyor.products.models import Product

MOST = 10**12
"""More pieces than this of one product is a slip of the pen."""


def reserve(product_id: int, eaches: int) -> bool:
    """Promise pieces; False where so many are not free, or where nobody counted. One statement decides.

    It is called by verbs of other rooms inside their own transaction, which also write down why. Raises ValueError for
    a number below zero.
    """
    _check(eaches)
    if not eaches:
        return True
    free = Product.objects.filter(pk=product_id, on_hand__gte=F("reserved") + eaches)
    return bool(free.update(reserved=F("reserved") + eaches))


def release(product_id: int, eaches: int) -> bool:
    """Give promised pieces free again; False, and nothing changed, where fewer are promised. Raises ValueError."""
    _check(eaches)
    if not eaches:
        return True
    promised = Product.objects.filter(pk=product_id, reserved__gte=eaches)
    return bool(promised.update(reserved=F("reserved") - eaches))


def count(who: Who, product: Product, on_hand: int) -> Product:
    """Write down how many pieces there are. What is promised stays promised, also where it is more than there is.

    Raises Denied, Refused for a number that cannot be, and Conflict where the product is gone.
    """
    who.require_somewhere("products.manage")
    if not 0 <= on_hand <= MOST:
        said = _("Stock is a number of pieces from 0 up.")
        raise Refused(said, [Problem(said, where="on_hand")])
    with transaction.atomic():
        found = Product.objects.select_for_update().filter(pk=product.pk).first()
        if found is None:
            raise Conflict(_("There is no product %(sku)s any more.") % {"sku": product.sku})
        now = clock.now()
        changes = {"on_hand": on_hand, "counted_at": now, "updated_at": now}
        Product.objects.filter(pk=found.pk).update(version=F("version") + 1, **changes)
        if found.on_hand != on_hand:
            was, told = {"on_hand": found.on_hand}, {"on_hand": on_hand}
            record("product.counted", by=who.name, obj=found, old=was, new=told)
            changed([found.pk])
    product.refresh_from_db()
    return product


def _check(eaches: int) -> None:
    if eaches < 0:
        raise ValueError("pieces are promised and released in numbers from 0 up")
