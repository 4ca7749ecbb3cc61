"""Pick results by file: many orders a file, rows of one order anywhere in it; rows of one result add up over files.

A group of rows is one short transaction with its place in the file, so a file that breaks off goes on and no row counts
twice; nor do those of the same bytes brought anew. Without a column that names the result, the file itself is it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from purveyor.base.filekinds import Kind, Loading, Outcome, Refusal, Row, Source
from purveyor.common.errors import Problem
from purveyor.people.who import Who
from purveyor.profiles.models import Profile
from purveyor.warehouse import rules
from purveyor.warehouse.columns import PICK
from purveyor.warehouse.domain.keep import Bringer, keep
from purveyor.warehouse.domain.pick import Brought, Group
from purveyor.warehouse.domain.wanted import Said
from purveyor.warehouse.models import PickResult
from purveyor.warehouse.read_rows import NAMES

NAME = "pick"


def take(rows: Sequence[Row], loading: Loading) -> Outcome:
    """Take a group of rows, in the caller's transaction."""
    source = loading.origin
    brought = Brought(source.upload, source.sha256)
    said = [_said(row, brought.own) for row in rows]
    group = Group(source.profile, said, loading.claims, dry=loading.dry_run, brought=brought)
    taken = group.judge()
    if not loading.dry_run:
        keep(group, Bringer(loading.by, PickResult.Way.FILE, source.upload))
    refused = [
        Refusal(row.key.number, column, row.key.texts.get(column, ""), why) for row, column, why in taken.refused
    ]
    return Outcome(taken.taken, refused, taken.effects)


def _said(row: Row, own: str) -> Said:
    """A row by the names of the verb; without a result of its own it is of the file's."""
    values = {NAMES.get(name, name): value for name, value in row.values.items()}
    return Said(row, **{"reference": own, **values})


def ready(source: Source) -> list[Problem]:
    """A pick result belongs to one profile, and its file does not say which."""
    if source.profile is not None:
        return []
    return [Problem(_("Say for which profile this file is."), where="profile")]


def owner(who: Who, facts: Mapping[str, str]) -> Profile | None:
    """The only profile there is to choose."""
    found: list[Profile] = list(who.profiles(rules.PICK).filter(disconnected_at=None)[:2])
    return found[0] if len(found) == 1 else None


PICKS = Kind(
    NAME,
    gettext_lazy("Pick results"),
    gettext_lazy("Says what the warehouse picked: order, product and quantity."),
    PICK,
    take,
    None,
    may_take=rules.PICK,
    may_see=rules.VIEW,
    of_profile=True,
    one_of=(("line", "ean", "sku", "asin"),),
    owner=owner,
    ready=ready,
    mend=gettext_noop(
        "Without the column result send the whole file again, not only the mended rows: it replaces what was taken. "
        "With it send only the mended rows: they add up."
    ),
)
