"""What the facts of the audit and of old versions are called: the words of files' columns first, then a table."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.utils.translation import gettext_lazy, pgettext_lazy

from purveyor.base import filekinds

_WORDS: Mapping[str, Any] = {
    "name": gettext_lazy("Name"),
    "state": gettext_lazy("State"),
    "profile": gettext_lazy("Profile"),
    "role": gettext_lazy("Role"),
    "person": gettext_lazy("Person"),
    "owner": gettext_lazy("Owner"),
    "full_name": gettext_lazy("Full name"),
    "email": gettext_lazy("Mail address"),
    "language": gettext_lazy("Language"),
    "address": gettext_lazy("Address"),
    "second_factor": gettext_lazy("Second factor"),
    "scopes": gettext_lazy("What it may do"),
    "expires_at": gettext_lazy("Ends at"),
    "tokens_revoked": gettext_lazy("Tokens revoked"),
    "kind": gettext_lazy("Kind"),
    "kinds": gettext_lazy("Kinds"),
    "severity": gettext_lazy("Severity"),
    "message": gettext_lazy("What it says"),
    "text": gettext_lazy("Text"),
    "check": gettext_lazy("Check"),
    "because": gettext_lazy("Reason"),
    "lines": gettext_lazy("Lines"),
    "orders": gettext_lazy("Orders"),
    "version": gettext_lazy("Version"),
    "vendor_product": gettext_lazy("Vendor's number"),
    "product": gettext_lazy("Product"),
    "count": gettext_lazy("Count"),
    "rows": gettext_lazy("Rows"),
    "format": gettext_lazy("Format"),
    "size": gettext_lazy("Size"),
    "sha256": gettext_lazy("Fingerprint"),
    "columns": gettext_lazy("Columns"),
    "options": gettext_lazy("Options"),
    "listing": gettext_lazy("List"),
    "query": gettext_lazy("Filters"),
    "shared": gettext_lazy("Shared"),
    "event": gettext_lazy("Event"),
    "events": gettext_lazy("Events"),
    "url": gettext_lazy("Address"),
    "host": gettext_lazy("Host"),
    "on": gettext_lazy("Switched on"),
    "sink": gettext_lazy("Where it is told"),
    "webhook": gettext_lazy("Webhook"),
    "pace": gettext_lazy("When it is told"),
    "daily_at": gettext_lazy("Once a day: at"),
    "zone": gettext_lazy("Time zone"),
    "quiet_from": gettext_lazy("Quiet hours from"),
    "quiet_until": gettext_lazy("Quiet hours until"),
    "serious_breaks": gettext_lazy("Tell what is serious in quiet hours too"),
    "old_until": gettext_lazy("Old secret valid until"),
    "environment": gettext_lazy("Environment"),
    "endpoint": gettext_lazy("Endpoint"),
    "login_url": gettext_lazy("Sign-in address"),
    "vendor_codes": gettext_lazy("Vendor codes"),
    "client_id": gettext_lazy("Client id"),
    "issued_on": gettext_lazy("Made on"),
    "issued_at": gettext_lazy("Made on"),
    "cutoff": gettext_lazy("Orders since"),
    "since_day": gettext_lazy("Orders since"),
    "since": gettext_lazy("Since"),
    "features": gettext_lazy("Features"),
    "parties": gettext_lazy("Own parties"),
    "done": gettext_lazy("Steps done"),
    "step": gettext_lazy("Step"),
    "value": pgettext_lazy("of a setting", "Value"),
    "sending": gettext_lazy("Sending"),
    "importing": gettext_lazy("Importing"),
    "ok": gettext_lazy("Passed"),
    "started_at": gettext_lazy("Begun at"),
    "finished_at": gettext_lazy("Ended at"),
    "sent_at": gettext_lazy("Sent at"),
    "answered_at": gettext_lazy("Answered at"),
    "taken_by": gettext_lazy("Who looks after it"),
    "transaction_id": gettext_lazy("Transaction"),
    "request_id": gettext_lazy("Amazon's request id"),
    "digest": gettext_lazy("Fingerprint"),
    "sweep": pgettext_lazy("at Amazon", "Look"),
    "sweeps": pgettext_lazy("at Amazon", "Looks"),
    "seen": pgettext_lazy("count", "Seen"),
    "stored": pgettext_lazy("count", "New"),
    "changed": pgettext_lazy("count", "Changed"),
    "unchanged": pgettext_lazy("count", "Unchanged"),
    "aside": pgettext_lazy("count", "Put aside"),
    "numbers": gettext_lazy("Order numbers"),
    "alias": gettext_lazy("Other name"),
    "source": gettext_lazy("Source"),
}


def word(name: str) -> str:
    """What a fact is called; one that nobody named is its own name without the code's underscores."""
    found = _labels().get(name) or _WORDS.get(name)
    return str(found) if found else name.replace("_", " ").capitalize()


@cache
def _labels() -> Mapping[str, Any]:
    """The labels of the columns of files, in the reader's language when they are read. ``name`` means too much."""
    return {c.name: c.label for kind in filekinds.kinds() for c in kind.columns if c.name not in _WORDS}
