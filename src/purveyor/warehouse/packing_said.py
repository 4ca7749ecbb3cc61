"""Findings, differences and steps of packings in words, in the reader's language, each with its way out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from purveyor.warehouse.domain.checks import Finding
from purveyor.warehouse.domain.compare import Compared
from purveyor.warehouse.domain.line_facts import LineFacts
from purveyor.warehouse.domain.tree import CARTON
from purveyor.warehouse.models import Packing, PackStep

Facts = Mapping[str, Any]


def kilos(grams: int) -> str:
    """Grams as kilograms, with as many places as there are."""
    return f"{grams / 1000:.3f}".rstrip("0").rstrip(".")


def _box(table: str, key: str) -> str:
    return (_("Carton %(key)s") if table == CARTON else _("Pallet %(key)s")) % {"key": key}


def _beyond(one: Finding) -> str:
    said = _("Order %(order)s, line %(line)s (%(sku)s): %(packed)d pieces are packed here, and only %(open)d may be.")
    return said % one.facts


def _weight(one: Finding) -> str:
    words = {"key": one.key, "is": kilos(one.facts["grams"]), "most": kilos(one.facts["most"])}
    return _("Carton %(key)s weighs %(is)s kg; %(most)s kg are allowed.") % words


def _reckoned(one: Finding) -> str:
    words = {"key": one.key, "is": kilos(one.facts["grams"]), "most": kilos(one.facts["most"])}
    return _("Carton %(key)s weighs %(is)s kg as its pieces weigh; %(most)s kg are allowed.") % words


def _side(one: Finding) -> str:
    return _("Carton %(key)s is %(side)d mm long; %(most)d mm are allowed.") % one.facts


def _orders(one: Finding) -> str:
    return _("Carton %(key)s holds pieces of %(orders)d orders; %(most)d are allowed.") % one.facts


def _lots(one: Finding) -> str:
    return _("%(box)s holds %(sku)s of two lots or expiry dates.") % _with_box(one)


def _no_expiry(one: Finding) -> str:
    return _("%(box)s: %(sku)s has an expiry date, and none is said.") % _with_box(one)


def _soon(one: Finding) -> str:
    return _("%(box)s: %(sku)s expires on %(expiry)s, in less than %(days)d days.") % _with_box(one)


def _with_box(one: Finding) -> dict[str, Any]:
    return {**one.facts, "box": _box(one.box, one.key)}


def _unplaced(one: Finding) -> str:
    count = one.facts["eaches"]
    said = ngettext("%(count)d piece is not placed yet.", "%(count)d pieces are not placed yet.", count)
    return said % {"count": count}


WORDS: Mapping[str, tuple[Callable[[Finding], str], Callable[[], str]]] = {
    "beyond": (_beyond, lambda: _("Take pieces out, or move them to another line or packing.")),
    "held": (
        lambda one: _("Order %(order)s is on hold.") % one.facts,
        lambda: _("Settle what holds the order, or leave it out."),
    ),
    "unplaced": (_unplaced, lambda: _("Place them in a carton or on a pallet, or leave them out.")),
    "empty": (
        lambda one: _("%(box)s is empty.") % _with_box(one),
        lambda: _("Place pieces in it, or remove it."),
    ),
    "weight": (_weight, lambda: _("Move pieces to another carton, or say why it goes like this.")),
    "weight_reckoned": (_reckoned, lambda: _("Weigh it, move pieces to another carton, or say why it goes like this.")),
    "side": (_side, lambda: _("Use a smaller carton, or say why it goes like this.")),
    "orders": (_orders, lambda: _("Move the pieces of some orders to another carton.")),
    "centers": (
        lambda one: _("It goes to several fulfillment centers: %(names)s.") % one.facts,
        lambda: _("Move the orders of the others to another packing."),
    ),
    "vendors": (
        lambda one: _("It holds orders of several vendor codes: %(names)s.") % one.facts,
        lambda: _("Move the orders of the others to another packing."),
    ),
    "lots": (_lots, lambda: _("Give each lot a carton of its own.")),
    "no_expiry": (_no_expiry, lambda: _("Say the expiry date.")),
    "soon": (_soon, lambda: _("Take pieces that keep longer.")),
    "prep": (
        lambda one: _("Order %(order)s, line %(line)s (%(sku)s): not said to be done: %(prep)s.") % one.facts,
        lambda: _("Say with the pick result that it was done, or say why it goes like this."),
    ),
}
"""What each finding says, and its way out."""


def finding_words(one: Finding) -> str:
    """A finding in one sentence, with its numbers."""
    return WORDS[one.what][0](one)


def way_out(one: Finding) -> str:
    """What helps."""
    return WORDS[one.what][1]()


def where_of(one: Finding, lines: Mapping[int, LineFacts]) -> str:
    """The place of a finding as a path, such as ``cartons[C3]``."""
    if one.box:
        return f"{one.box}s[{one.key}]"
    line = lines.get(one.line or 0)
    return f"lines[{line.order}/{line.number}]" if line else "packing"


def difference_words(one: Compared) -> str:
    """The numbers of a line that differ, in one sentence."""
    words = {
        "order": one.line.order,
        "line": one.line.number,
        "sku": one.line.sku,
        "acknowledged": one.line.acknowledged,
        "picked": one.line.picked,
        "packed": one.packed,
    }
    if one.line.acknowledged is None and one.line.picked is None:
        return _("Order %(order)s, line %(line)s (%(sku)s): not answered yet, packed %(packed)d.") % words
    if one.line.acknowledged is None:
        said = _("Order %(order)s, line %(line)s (%(sku)s): not answered yet, picked %(picked)d, packed %(packed)d.")
        return said % words
    if one.line.picked is None:
        said = _("Order %(order)s, line %(line)s (%(sku)s): acknowledged %(acknowledged)d, packed %(packed)d.")
        return said % words
    said = _(
        "Order %(order)s, line %(line)s (%(sku)s): acknowledged %(acknowledged)d, picked %(picked)d, packed %(packed)d."
    )
    return said % words


def nothing_packed() -> str:
    """That there is nothing in it."""
    return _("Nothing is packed.")


def not_closed(packing: Packing) -> str:
    """That it is not closed."""
    return _("Packing %(name)s is not closed.") % {"name": packing.reference}


def step_words(step: PackStep) -> str:
    """What a step did, in one sentence; a kind of an other version is named as it is."""
    kind = str(step.what.get("kind", ""))
    known = STEPS.get(kind)
    return known(step.what) if known is not None else kind


def _place(said: Any) -> str:
    if not said:
        return _("not placed")
    table, key = next(iter(said.items()))
    return _box(str(table), str(key))


def _added(what: Facts) -> str:
    names = ", ".join(what["keys"])
    if what["box"] == CARTON:
        return ngettext("Carton added: %(names)s", "%(count)d cartons added: %(names)s", what["count"]) % {
            "count": what["count"],
            "names": names,
        }
    said = ngettext("Pallet added: %(names)s", "%(count)d pallets added: %(names)s", what["count"])
    return said % {"count": what["count"], "names": names}


def _removed(what: Facts) -> str:
    said = _("%(box)s removed; %(eaches)d pieces of it are not placed any more")
    return said % {"box": _box(what["box"], what["key"]), "eaches": what["eaches"]}


def _moved(what: Facts) -> str:
    words = {**what, "from": _place(what.get("from")), "to": _place(what.get("to"))}
    return _("%(eaches)d × %(sku)s: %(from)s → %(to)s") % words


def _on_pallet(what: Facts) -> str:
    if not what["pallet"]:
        return _("Carton %(carton)s taken off its pallet") % what
    return _("Carton %(carton)s put on pallet %(pallet)s") % what


def _lot(what: Facts) -> str:
    words = {**what, "lot": what["lot"] or "–", "expiry": what["expiry"] or "–"}
    return _("%(eaches)d × %(sku)s: lot %(lot)s, expiry %(expiry)s") % words


def _put(what: Facts) -> str:
    said = _("Packed as the warehouse's system says: %(pallets)d pallets, %(cartons)d cartons, %(eaches)d pieces")
    return said % what


def _left_out(what: Facts) -> str:
    if what.get("sku"):
        return _("%(eaches)d × %(sku)s of order %(order)s left out") % what
    return _("Order %(order)s left out, %(eaches)d pieces") % what


STEPS: Mapping[str, Callable[[Facts], str]] = {
    "put": _put,
    "add": _added,
    "remove": _removed,
    "place": _moved,
    "move_content": _moved,
    "split": _moved,
    "move_carton": _on_pallet,
    "move_pallet": lambda what: _("Everything on pallet %(pallet)s put on pallet %(onto)s") % what,
    "set_box": lambda what: _("%(box)s measured") % {"box": _box(what["box"], what["key"])},
    "set_content": _lot,
    "propose": lambda what: _("%(cartons)d cartons proposed for %(eaches)d pieces") % what,
    "clear": lambda what: _("Cleared: %(cartons)d cartons and %(pallets)d pallets") % what,
    "bring": lambda what: (
        _("%(eaches)d pieces of orders %(names)s taken in") % {**what, "names": ", ".join(what["orders"])}
    ),
    "leave_out": _left_out,
    "moved_out": lambda what: _("%(eaches)d pieces moved to packing %(other)s") % what,
    "moved_in": lambda what: _("%(eaches)d pieces came from packing %(other)s") % what,
}
"""What each kind of step says."""
