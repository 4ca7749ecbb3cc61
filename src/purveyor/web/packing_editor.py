"""What the editor of a packing says by itself, and what it reads besides the packing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy, ngettext_lazy, pgettext_lazy

from purveyor.people.who import Who
from purveyor.warehouse import packing_said as said
from purveyor.warehouse.models import Packing, PackStep
from purveyor.web.timeline import who_words

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy

SCRIPTS = (
    "pack-tree.js",
    "pack-rows.js",
    "pack-view.js",
    "pack-keep.js",
    "pack-scan.js",
    "pack-keys.js",
    "pack-drag.js",
    "pack-forms.js",
    "pack-bar.js",
    "pack.js",
)


def words() -> dict[str, Any]:
    """Every sentence of the editor in the reader's language; what is counted as one and as many."""
    counted = {name: [str(word % 1), str(word % 2)] for name, word in _COUNTED.items()}
    return {name: str(word) for name, word in _WORDS.items()} | counted


def last_told(who: Who, packing: Packing) -> dict[str, Any] | None:
    """The latest step that stands: who did what; ``mine`` is whether the reader did."""
    step = PackStep.objects.filter(packing=packing).order_by("-version").defer("before").first()
    if step is None:
        return None
    told = {"version": step.version, "kind": step.what.get("kind", ""), "what": said.step_words(step)}
    return told | {"by": who_words(step.by), "mine": step.by == who.name, "undone": step.undone_at is not None}


_COUNTED = {
    "pieces": ngettext_lazy("{count} piece", "{count} pieces"),
    "cartons": ngettext_lazy("{count} carton", "{count} cartons"),
    "pallets": ngettext_lazy("{count} pallet", "{count} pallets"),
    "waiting": ngettext_lazy("{count} step is not saved yet", "{count} steps are not saved yet"),
    "failed": ngettext_lazy(
        "No connection; {count} step waits and is tried again.",
        "No connection; {count} steps wait and are tried again.",
    ),
    "placed": ngettext_lazy("{count} piece of {sku} placed in {to}.", "{count} pieces of {sku} placed in {to}."),
    "movedOf": ngettext_lazy("{count} piece of {sku} moved to {to}.", "{count} pieces of {sku} moved to {to}."),
    "takenOut": ngettext_lazy(
        "{count} piece of {sku} taken out: not placed.", "{count} pieces of {sku} taken out: not placed."
    ),
    "splitOff": ngettext_lazy(
        "{count} piece of {sku} is in carton {to} now.", "{count} pieces of {sku} are in carton {to} now."
    ),
    "left": ngettext_lazy("{count} is left.", "{count} are left."),
    "blocks": ngettext_lazy("{count} block", "{count} blocks"),
    "warnings": ngettext_lazy("{count} warning", "{count} warnings"),
    "differences": ngettext_lazy("{count} difference", "{count} differences"),
}
_WORDS: dict[str, Lazy] = {
    "carton": gettext_lazy("Carton {key}"),
    "pallet": gettext_lazy("Pallet {key}"),
    "loose": gettext_lazy("On no pallet"),
    "lot": gettext_lazy("Lot {lot}"),
    "expiry": gettext_lazy("expires {day}"),
    "reckoned": gettext_lazy("about {weight}"),
    "tare": gettext_lazy("tare {weight}"),
    "empty": gettext_lazy("empty"),
    "case": gettext_lazy("case of {count}"),
    "notPlaced": gettext_lazy("not placed"),
    "filling": gettext_lazy("Scans go into {to}."),
    "noFill": gettext_lazy("Scan or choose what to fill."),
    "saved": gettext_lazy("All saved"),
    "saving": gettext_lazy("Saving …"),
    "refused": gettext_lazy("Not saved."),
    "signedOut": gettext_lazy("You are signed out: sign in again in another window, then try again."),
    "closed": gettext_lazy("It was closed or given up meanwhile. Load the page again."),
    "carrying": gettext_lazy("Move {what}: choose where to."),
    "carryHow": gettext_lazy("Arrows and Enter, a tap, or a scan. Digits say how many. Escape leaves it where it is."),
    "notThere": gettext_lazy("It cannot go there."),
    "nothingToMove": gettext_lazy("Nothing of this is left to place."),
    "left0": gettext_lazy("All of it is placed."),
    "movedCarton": gettext_lazy("Carton {key} stands on pallet {to}."),
    "movedOff": gettext_lazy("Carton {key} stands on no pallet."),
    "movedPallet": gettext_lazy("Everything on pallet {key} is on pallet {to}."),
    "added": gettext_lazy("{box} is there."),
    "removed": gettext_lazy("{box} is gone; what lay in it is not placed."),
    "proposed": gettext_lazy("Cartons are proposed. Undo takes them back."),
    "undone": gettext_lazy("Taken back: {what}."),
    "nothingUndone": gettext_lazy("There is nothing to take back."),
    "kept": gettext_lazy("{what}: kept."),
    "undo": gettext_lazy("Undo: {what}"),
    "unknown": gettext_lazy("Nothing here has the code {code}."),
    "scanFirst": gettext_lazy("Scan a carton or pallet first, then {sku}."),
    "allPlaced": gettext_lazy("All pieces of {sku} are placed already."),
    "theirs": gettext_lazy("{by} changed it meanwhile: {what}."),
    "theirsUndone": gettext_lazy("Taken back meanwhile: {what}."),
    "theirsMine": gettext_lazy("Your step was done on top of it."),
    "parked": gettext_lazy("Your step waits for you: {what}."),
    "goneNow": gettext_lazy("What you meant is not there any more."),
    "canceled": gettext_lazy("Left as it was."),
    "splitHow": gettext_lazy("How many pieces of {what} go into a new carton?"),
    "oneIsWhole": gettext_lazy("One piece cannot be split."),
    "scanning": gettext_lazy("{sku} into {to}"),
    "wayOut": gettext_lazy("Way out: {way}"),
    "standsWell": gettext_lazy("Nothing stands against it."),
    "of": pgettext_lazy("5 of 8 pieces", "of"),
    "byPiece": gettext_lazy("Scan: a piece"),
    "byCase": gettext_lazy("Scan: a case"),
    "chosen": gettext_lazy("Nothing chosen. Tap a row, or walk with the arrows."),
    "whole": gettext_lazy("Say a whole number, or leave it blank."),
}
