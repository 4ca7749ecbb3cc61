"""The alert about rows of an offer whose products nobody knows: raised when the offer comes in, reworded as rows are
mapped, closed with the last of them or with the offer."""

from __future__ import annotations

from purveyor.alerts.models import Severity
from purveyor.alerts.raise_ import close_alert, raise_alert
from purveyor.base.phrase import _, ngettext
from purveyor.common.errors import Remedy
from purveyor.offers.models import Offer, Row
from purveyor.offers.states import OfferState

KIND = "offer.unmapped"


def cause(offer_id: int) -> str:
    """What the alert is known by."""
    return f"offer:{offer_id}:unmapped"


def tell(offer: Offer) -> None:
    """Raise, reword or close the alert, as things stand now."""
    count = Row.objects.filter(offer=offer, product=None).count() if offer.state == OfferState.OPEN else 0
    if not count:
        close_alert(cause(offer.pk), "no row of the offer waits for its product any more")
        return
    said = ngettext(
        "%(count)d row of offer %(number)s names a product nobody knows.",
        "%(count)d rows of offer %(number)s name products nobody knows.",
        count,
    )
    raise_alert(
        cause(offer.pk),
        kind=KIND,
        severity=Severity.WARN,
        message=said % {"count": count, "number": offer.number},
        hint=_("Say which products they are; the other rows go on meanwhile."),
        remedy=Remedy.MEND_DATA,
        profile_id=offer.profile_id,
    )
