"""Whether the answer decided for an order may still leave. Asked just before it would.

Between decision and sending days may pass, while sending is off or held. An answer to what is no longer ordered would
be refused, or promise what nobody wants (OPERATIONS §1.6: answer again after a change of quantities or items); one that
breaks a rule by now would be refused; and one given elsewhere meanwhile would be replaced without anybody knowing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from purveyor.base.phrase import _, joined
from purveyor.common import clock
from purveyor.common.errors import Remedy
from purveyor.orders.domain.answer import Answers
from purveyor.orders.domain.answer_rules import problems_of_answers
from purveyor.orders.domain.ground import answers_of, ground
from purveyor.orders.domain.receive_status import shown_elsewhere
from purveyor.orders.domain.standing import CLOSED, word_of
from purveyor.orders.models import Acknowledgement, Line, Order
from purveyor.outbox.enqueue import shown_on
from purveyor.outbox.judge import NOTHING, status_of
from purveyor.outbox.models import Document
from purveyor.outbox.problems import Problem, problem
from purveyor.outbox.states import DocumentState


def outdated(document: Document) -> Problem | None:
    """Why this answer must not leave any more; None when it still fits the order as last seen."""
    decided = Acknowledgement.objects.select_related("order__profile").filter(document=document).first()
    if decided is None:
        return None
    order = decided.order
    if word_of(order).lower() == CLOSED:
        return _problem(_("Amazon closed the order before this answer left."), _("Nothing to do."))
    if (_moved_since(document, order) and shown_elsewhere(order)) or _called_answered(document, decided):
        return _elsewhere()
    return _unfit(order, answers_of(decided))


def _unfit(order: Order, answers: Answers) -> Problem | None:
    """The answer, judged anew by the order as it is now: its quantities, then every other rule."""
    before = ground(order)
    said = {number: sum(entry.eaches for entry in entries) for number, entries in answers.items()}
    if wrong := unfitting(said, before.lines):
        words = _("Amazon changed the order after this answer was decided: line %(lines)s.")
        return _problem(words % {"lines": ", ".join(wrong)}, _("Answer the order anew."))
    if broken := problems_of_answers(before, answers, clock.now()):
        words = _("This answer may not leave any more: %(why)s") % {"why": joined(p.message for p in broken)}
        return _problem(words, _("Answer the order anew."))
    return None


def unfitting(said: Mapping[str, int], lines: Iterable[Line]) -> list[str]:
    """The lines an answer (eaches by line) does not fill any more: another quantity, cancelled since, or new."""
    wanted = {line.number: line.eaches for line in lines if not line.cancelled}
    return sorted(number for number in wanted.keys() | said.keys() if wanted.get(number) != said.get(number))


def may_be_shown(document: Document) -> bool:
    """Whether what Amazon shows by now may be this very answer: a try at sending it may have arrived after all."""
    order = Order.objects.filter(acknowledgements__document=document).first()
    return order is not None and _may_have_arrived(document) and _moved_since(document, order)


def _moved_since(document: Document, order: Order) -> bool:
    """Whether Amazon shows another answer than when this document was made, or last released by a person."""
    before = status_of(document.baseline)
    return any(now != before.get(number, NOTHING) for number, now in shown_on(order).items())


def _may_have_arrived(document: Document) -> bool:
    """Whether a try at sending it left without proof that it did not arrive."""
    return document.attempts.exclude(outcome=str(DocumentState.QUEUED)).exists()


def _called_answered(document: Document, decided: Acknowledgement) -> bool:
    """Whether Amazon calls an order answered that we never answered; its status, which says how, comes later."""
    order = decided.order
    if decided.elsewhere_confirmed or order.answered_at is not None or _may_have_arrived(document):
        return False
    return order.amazon_state.casefold() == "acknowledged"


def _elsewhere() -> Problem:
    return problem(
        "answered-elsewhere",
        _("Somebody answered the order elsewhere before this answer left."),
        Remedy.MEND_DATA,
        hint=_("Look at that answer; answer the order anew only if yours shall replace it."),
    )


def _problem(said: str, hint: str) -> Problem:
    return problem("order-changed", said, Remedy.MEND_DATA, hint=hint)
