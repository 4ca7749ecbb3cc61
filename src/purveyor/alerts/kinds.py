"""The kinds of alerts: what each says, and what ends it. docs/admin/alerts.md is made from this table.

A package adds its own with ``add`` when the application starts; an alert of a kind that is not here cannot be raised.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy


class UnknownKind(LookupError):
    """The alerts know no such kind; add it to the table."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of alert.

    ``sentence`` says when it is raised, ``ends`` what closes it. ``by_hand`` lets a person close it, for causes whose
    end the hub cannot see. ``on_today`` lists it on the page Today, unless that page tells the cause anyway.
    """

    name: str
    sentence: str | Lazy
    ends: str | Lazy
    by_hand: bool = False
    on_today: bool = True


KINDS: dict[str, Kind] = {}


def add(kinds: Iterable[Kind]) -> None:
    """Make kinds known. The same kind twice is nothing; a name with two meanings raises ValueError."""
    for kind in kinds:
        if KINDS.setdefault(kind.name, kind) != kind:
            raise ValueError(f"{kind.name} is already another kind of alert")


def find(name: str) -> Kind:
    """The kind of this name. Raises UnknownKind."""
    try:
        return KINDS[name]
    except KeyError:
        raise UnknownKind(f"the alerts know no kind {name!r}; add it to their table") from None


def by_hand() -> list[str]:
    """The kinds that a person may close."""
    return [kind.name for kind in KINDS.values() if kind.by_hand]


def on_today() -> list[str]:
    """The kinds that the page Today lists."""
    return [kind.name for kind in KINDS.values() if kind.on_today]


add(
    [
        Kind(
            "profile.trouble",
            _("The connection of a profile is in trouble that only a person can mend."),
            _("The connection works again."),
            on_today=False,
        ),
        Kind(
            "webhook.failing",
            _("The receiver of a webhook has taken nothing for an hour; after three days it is switched off."),
            _("The receiver takes an event again, or a person switches the webhook on or off or removes it."),
        ),
        Kind(
            "webhook.maker_gone",
            _("A webhook was switched off because the person who made it may not manage webhooks any more."),
            _("Somebody who may switches the webhook on, answering for it from then on, or removes it."),
        ),
        Kind(
            "route.failing",
            _("What a route has to tell could not be told three times in a row."),
            _("The route gets through again, or a person changes or removes it."),
        ),
    ]
)
