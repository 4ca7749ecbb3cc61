"""Whether Amazon changed an order so that the answer decided for it fits no more. Asked before anything leaves.

Between decision and sending days may pass, while sending is off or held; an answer to what is no longer ordered would
be refused, or promise what nobody wants (OPERATIONS §1.6: answer again after a change of quantities or items).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db.models import Sum
from django.utils.translation import gettext as _

from purveyor.common.errors import Remedy
from purveyor.orders.models import Acknowledgement, Line
from purveyor.outbox.models import Document
from purveyor.outbox.problems import Problem, problem


def outdated(document: Document) -> Problem | None:
    """Why this answer must not leave any more; None when it still fits the order as last seen."""
    decided = Acknowledgement.objects.select_related("order").filter(document=document).first()
    if decided is None:
        return None
    if decided.order.amazon_state.casefold() == "closed":
        return _problem(_("Amazon closed the order before this answer left."), _("Nothing to do."))
    said = dict(decided.answers.order_by().values_list("line__number").annotate(Sum("eaches")))
    wrong = unfitting(said, decided.order.lines.all())
    if not wrong:
        return None
    words = _("Amazon changed the order after this answer was decided: line %(lines)s.") % {"lines": ", ".join(wrong)}
    return _problem(words, _("Answer the order anew."))


def unfitting(said: Mapping[str, int], lines: Iterable[Line]) -> list[str]:
    """The lines an answer (eaches by line) does not fill any more: another quantity, cancelled since, or new."""
    wanted = {line.number: line.eaches for line in lines if not line.cancelled}
    return sorted(number for number in wanted.keys() | said.keys() if wanted.get(number) != said.get(number))


def _problem(said: str, hint: str) -> Problem:
    return problem("order-changed", said, Remedy.MEND_DATA, hint=hint)
