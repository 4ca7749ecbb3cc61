"""Words for what the code calls by short names: remedies, reasons, kinds of documents and of work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy, pgettext_lazy

from purveyor.common.errors import Remedy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy

WORDS: dict[str, dict[str, Lazy]] = {
    "remedy": {
        Remedy.WAIT: gettext_lazy("Wait: it goes on by itself"),
        Remedy.MEND_DATA: gettext_lazy("Mend the data"),
        Remedy.MEND_SETTINGS: gettext_lazy("Mend the settings"),
        Remedy.ASK_AMAZON: gettext_lazy("Ask Amazon"),
        Remedy.TELL_DEVELOPER: gettext_lazy("Tell the developer"),
    },
    "reason": {
        "TemporarilyUnavailable": gettext_lazy("temporarily unavailable"),
        "InvalidProductIdentifier": gettext_lazy("wrong product number"),
        "ObsoleteProduct": gettext_lazy("no longer made"),
    },
    "clock": {
        "answer": gettext_lazy("Answer due"),
        "change": gettext_lazy("Change until"),
        "ship": gettext_lazy("Ship until"),
        "deliver": gettext_lazy("Deliver until"),
    },
    "document": {"acknowledgement": gettext_lazy("Acknowledgement")},
    "run": {
        "backfill": gettext_lazy("Back-fill"),
        "sync": gettext_lazy("Fetching now"),
        "orders.bulk": gettext_lazy("Many orders at once"),
        "export": gettext_lazy("Export"),
        "policy-dry-run": gettext_lazy("Dry run"),
        "type-dry-run": gettext_lazy("Dry run of types"),
        "file": gettext_lazy("File"),
    },
    "count": {
        "seen": gettext_lazy("seen"),
        "stored": gettext_lazy("new"),
        "changed": gettext_lazy("changed"),
        "unchanged": gettext_lazy("unchanged"),
        "aside": gettext_lazy("put aside"),
        "orders": gettext_lazy("orders"),
        "windows": gettext_lazy("windows"),
        "done": gettext_lazy("done"),
        "refused": gettext_lazy("left out"),
        "rows": gettext_lazy("rows"),
    },
    "effect": {
        "added": gettext_lazy("added"),
        "changed": pgettext_lazy("effect", "changed"),
        "unchanged": pgettext_lazy("effect", "as they were"),
        "answered": pgettext_lazy("effect", "answered"),
        "waits": pgettext_lazy("effect", "wait for mapping"),
        "skipped": pgettext_lazy("effect", "nothing asked"),
        "packings added": pgettext_lazy("effect", "packings added"),
        "packings replaced": pgettext_lazy("effect", "packings replaced"),
        "cartons": pgettext_lazy("effect", "cartons"),
        "lists": pgettext_lazy("effect", "pick lists"),
        "replaced": pgettext_lazy("effect", "earlier results replaced"),
        "excess": pgettext_lazy("effect", "pieces too many"),
    },
    "environment": {
        "production": gettext_lazy("Production"),
        "sandbox": gettext_lazy("Amazon's sandbox"),
        "simulator": gettext_lazy("Simulator"),
        "custom": gettext_lazy("Custom endpoint"),
    },
    "secret": {
        "client_secret": gettext_lazy("Client secret"),
        "refresh_token": gettext_lazy("Refresh token"),
    },
    "check": {
        "secrets": gettext_lazy("Secrets"),
        "network": gettext_lazy("Network"),
        "clock": gettext_lazy("Clock"),
        "login": gettext_lazy("Sign-in at Amazon"),
        "orders": gettext_lazy("Purchase orders"),
        "order": gettext_lazy("Right account"),
        "status": gettext_lazy("Order status"),
        "transactions": gettext_lazy("Outcome of answers"),
    },
    "dry": {
        "full": gettext_lazy("accepted in full"),
        "part": gettext_lazy("accepted in part"),
        "nothing": gettext_lazy("rejected"),
        "person": gettext_lazy("left to a person"),
        "pick": gettext_lazy("answered by the pick result"),
        "none": gettext_lazy("not answered"),
    },
    "plan": {
        "full": gettext_lazy("in full"),
        "stock": gettext_lazy("what is free"),
        "way": gettext_lazy("as a way out says"),
        "picked": gettext_lazy("as picked"),
        "refused": gettext_lazy("rejected before"),
    },
    "program": {
        "bulk buy": gettext_lazy("Bulk buy"),
        "born to run": gettext_lazy("Born to Run"),
        "advance purchase": gettext_lazy("Advance purchase"),
    },
    "unsold": {
        "none": gettext_lazy("nothing was agreed"),
        "return": gettext_lazy("they come back, for 110 % of their cost"),
        "keep": gettext_lazy("Amazon keeps them for 25 % of their cost"),
    },
    "how": {
        "grid": gettext_lazy("in the grid"),
        "form": gettext_lazy("in the plain form"),
        "bulk": gettext_lazy("all at once"),
        "file": gettext_lazy("by spreadsheet"),
        "api": gettext_lazy("by REST"),
        "cli": gettext_lazy("at the shell"),
    },
    "outcome": {
        "sent": gettext_lazy("taken by Amazon"),
        "queued": gettext_lazy("did not arrive; tried again"),
        "failed": gettext_lazy("refused by Amazon"),
        "unknown": gettext_lazy("no reply"),
    },
}


def words(kind: str, name: str) -> str:
    """What a person reads for a name; one that is not in the table is shown as it is written."""
    return str(WORDS[kind].get(name, name))
