"""One change of an offer at a time: whoever decides about it holds it until the transaction ends, and raises its
version."""

from __future__ import annotations

from django.db.models import F
from django.utils.translation import gettext as _

from purveyor.common.errors import Conflict, NotFound, Problem, Refused
from purveyor.common.lenient import Unreadable
from purveyor.offers.domain import facts
from purveyor.offers.domain.decide import LONGEST
from purveyor.offers.models import Offer, Stage
from purveyor.offers.states import OfferState


def lock(offer: Offer, *states: str, expect_version: int | None = None) -> Offer:
    """The offer as it is now, held until the caller's transaction ends. SQLite's write transactions are alone anyway.

    Raises NotFound where it is gone, Refused where it is in none of these states, and Conflict where it is no longer
    the version the caller saw.
    """
    rows = Offer.objects.select_related("profile").select_for_update(of=("self",))
    now = rows.filter(pk=offer.pk).first()
    if now is None:
        raise NotFound(_("There is no offer %(number)s any more.") % {"number": offer.number})
    if states and now.state not in states:
        raise Refused(_state_words(now), hint=_state_hint(now))
    if expect_version is not None and now.version != expect_version:
        said = _("Somebody changed offer %(number)s in the meantime.") % {"number": now.number}
        raise Conflict(said, hint=_("Look at it again."))
    return now


def touch(offer: Offer) -> None:
    """The offer changed: raise its version. The instance shows the new one."""
    Offer.objects.filter(pk=offer.pk).update(version=F("version") + 1)
    offer.version += 1


def stages_of(offer: Offer) -> list[Stage]:
    """Its stages in their order, each with this very offer at hand."""
    return list(offer.stages.order_by("position"))


def stage_of(offer: Offer, stages: list[Stage], key: str) -> Stage:
    """The stage of a key. Raises NotFound, which names those there are."""
    found = next((stage for stage in stages if stage.key == key), None)
    if found is None:
        words = {"number": offer.number, "key": key, "keys": ", ".join(stage.key for stage in stages)}
        raise NotFound(_("Offer %(number)s has no stage %(key)s; it has %(keys)s.") % words)
    return found


def reason_of(text: str, said: str) -> str:
    """A reason, tidied. Raises Refused with these words where there is none, and as ``tidy_reason`` does."""
    found = tidy_reason(text)
    if not found:
        raise Refused(said, [Problem(said, where="reason")])
    return found


def tidy_reason(text: str) -> str:
    """A reason in one line, blank where nothing can be read. Raises Refused for one that is too long, or that looks
    like a secret: everybody who sees the offer reads it."""
    try:
        return facts.text(LONGEST)(" ".join(text.split()))
    except Unreadable as error:
        raise Refused(str(error), [Problem(str(error), where="reason")]) from None


def _state_words(offer: Offer) -> str:
    words = {"number": offer.number}
    said = {
        OfferState.OPEN: _("Offer %(number)s is open."),
        OfferState.COMPLETED: _("Offer %(number)s is completed: its answers are frozen."),
        OfferState.WITHDRAWN: _("Offer %(number)s was given up."),
    }
    return said[OfferState(offer.state)] % words


def _state_hint(offer: Offer) -> str:
    said = {
        OfferState.OPEN: _("Look at it again."),
        OfferState.COMPLETED: _("Open it again first."),
        OfferState.WITHDRAWN: _("Take it up again first."),
    }
    return said[OfferState(offer.state)]
