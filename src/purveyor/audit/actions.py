"""What can be done, by name: the sentence a person reads, and which fields the event carries.

A package adds its own with ``add`` when the application starts; a name that is not here cannot be recorded.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy

    from purveyor.audit.models import Entry


class UnknownAction(LookupError):
    """The audit knows no such action; add it to the table."""


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that can be done.

    ``sentence`` may use ``%(name)s`` (the object), ``%(profile)s``, ``%(old)s`` and ``%(new)s`` (the state, where the
    values hold one). ``fields`` are the keys that ``old`` and ``new`` may hold; None means any. ``version`` is the
    schema's: it rises when a field goes or changes its meaning, not when one is added.
    """

    name: str
    sentence: str | Lazy
    fields: tuple[str, ...] | None = None
    version: int = 1

    def check(self, old: Any, new: Any) -> None:
        """Raises ValueError when ``old`` or ``new`` holds a field the schema does not know."""
        if self.fields is None:
            return
        for side, value in (("old", old), ("new", new)):
            strange = set(value or ()) - set(self.fields) if isinstance(value, dict | None) else {type(value).__name__}
            if strange:
                raise ValueError(f"{self.name}: {side} holds {', '.join(sorted(strange))}, which its schema lacks")

    def schema(self) -> dict[str, Any]:
        """The JSON schema of ``old`` and ``new``."""
        if self.fields is None:
            return {"type": ["object", "null"]}
        return {
            "type": ["object", "null"],
            "properties": {field: {} for field in self.fields},
            "additionalProperties": False,
        }


ACTIONS: dict[str, Action] = {}


def add(actions: Iterable[Action]) -> None:
    """Make actions known. The same action twice is nothing; a name with two meanings raises ValueError."""
    for action in actions:
        if ACTIONS.setdefault(action.name, action) != action:
            raise ValueError(f"{action.name} is already another action")


def find(name: str) -> Action:
    """The action of this name. Raises UnknownAction."""
    try:
        return ACTIONS[name]
    except KeyError:
        raise UnknownAction(f"the audit knows no action {name!r}; add it to its table") from None


def say(entry: Entry) -> str:
    """The sentence of an entry, in the reader's language. An action that is gone since is told by its name."""
    action = ACTIONS.get(entry.action)
    if action is None:
        return entry.action
    values = {"name": entry.object_name or entry.object_id, "profile": entry.profile}
    return str(action.sentence) % (values | {"old": _state(entry.old), "new": _state(entry.new)})


def title(action: Action) -> str:
    """What is done, in the reader's language, without saying to which: for choosing among them."""
    return " ".join((str(action.sentence) % dict.fromkeys(("name", "profile", "old", "new"), "…")).split())


def _state(value: Any) -> str:
    if isinstance(value, dict):
        value = value.get("state", next(iter(value.values()), ""))
    return "" if value is None else str(value)


add(
    [
        Action("state.changed", _("%(name)s went from %(old)s to %(new)s")),
        # profiles
        Action("profile.added", _("Profile %(name)s was added")),
        Action("profile.changed", _("Profile %(name)s was changed")),
        Action("profile.removed", _("Profile %(name)s was removed")),
        Action("profile.secret_stored", _("A secret of profile %(name)s was stored")),
        Action("profile.secrets_wiped", _("The secrets of profile %(name)s were wiped")),
        Action("profile.sending_switched", _("Sending of profile %(name)s was switched")),
        Action("profile.importing_switched", _("Importing of profile %(name)s was switched")),
        Action("profile.checked", _("The connection of profile %(name)s was checked")),
        # intake
        Action("page.received", _("A page of documents was received")),
        Action("document.aside", _("A document stands aside: %(name)s")),
        Action("document.replayed", _("A kept document was read again: %(name)s")),
        Action("sync.run", _("Orders were fetched by hand")),
        Action("backfill.started", _("A back-fill was started")),
        Action("backfill.cancelled", _("A back-fill was cancelled")),
        Action("run.cancelled", _("%(name)s was cancelled")),
        # orders
        Action("order.received", _("Order %(name)s came in")),
        Action("order.changed", _("Amazon changed order %(name)s")),
        Action("order.answered", _("The answer to order %(name)s was edited")),
        Action("order.acknowledged", _("An answer to order %(name)s was decided")),
        Action("order.rejected", _("Order %(name)s was rejected")),
        Action("order.answered_elsewhere", _("Order %(name)s was answered elsewhere")),
        Action("order.taken_over", _("Our answer to order %(name)s replaces the one given elsewhere")),
        # outbox
        Action("document.queued", _("Document %(name)s was queued for Amazon")),
        Action("document.resolved", _("A person decided what became of document %(name)s")),
        # operating
        Action("backup.made", _("A backup was made")),
        Action("restore.done", _("A backup was restored; sending is held")),
        Action("audit.exported", _("The audit was exported")),
    ]
)
