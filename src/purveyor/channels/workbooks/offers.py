"""Invitations to bulk buys as a kind of file, and what the pages show of one before it is taken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from purveyor.base import filekinds
from purveyor.base.filekinds import Kind, Loading, Outcome, Refusal, Row, Source
from purveyor.channels import load, mapping, read
from purveyor.channels.models import Upload
from purveyor.channels.workbooks import invitation
from purveyor.channels.workbooks.answers import Answered, answers_into
from purveyor.channels.workbooks.columns import COLUMNS, FACTS, ONE_OF, suggest
from purveyor.channels.workbooks.invitation import REFUSED, SKIPPED, TAKEN, WAITS, Reading, Verdict
from purveyor.common.errors import Problem, Refused
from purveyor.offers.domain.keep import NewOffer, take_in
from purveyor.offers.models import Offer
from purveyor.people.who import Who
from purveyor.profiles.models import Profile

__all__ = ["INVITATIONS", "Answered", "Preview", "answers_into", "offer_of", "preview"]

NAME = "offer"
WITHIN = 40
"""The heads are looked for in so many rows from the top of each sheet."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What taking an invitation would do. ``problems`` stand in the way of all of it, by column or fact; ``new`` is the
    offer it would make, None where there is none; ``rows`` hold the verdict on every row, in the file's order."""

    facts: Mapping[str, str]
    problems: list[Problem]
    new: NewOffer | None = None
    rows: list[Verdict] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def counts(self) -> Counter[str]:
        """How many rows have which verdict."""
        return Counter(one.verdict for one in self.rows)


def preview(who: Who, upload: Upload) -> Preview:
    """The verdict on every row of an invitation, before anything of it is kept. Raises Refused where the file cannot be
    read on."""
    source = load.source_of(who, upload)
    if problems := mapping.problems_of(filekinds.find(upload.kind), upload.columns, upload.heads):
        return Preview(upload.facts, problems)
    rows: list[Row] = []
    refused: list[Refusal] = []
    for part in load.parts_of(upload):
        rows += part.rows
        refused += part.refused
    found = invitation.read(source, rows)
    verdicts = sorted([*found.rows, *_unread(refused)], key=lambda one: one.row)
    return Preview(upload.facts, ready(source), found.new, verdicts, found.notes)


def _unread(refused: Sequence[Refusal]) -> list[Verdict]:
    by_row: dict[int, list[Refusal]] = {}
    for one in refused:
        by_row.setdefault(one.row, []).append(one)
    return [Verdict(row, REFUSED, reasons=tuple(reasons)) for row, reasons in by_row.items()]


def ready(source: Source) -> list[Problem]:
    """What is missing before an invitation may be taken."""
    return invitation.facts_of(source)[1]


def owner(who: Who, facts: Mapping[str, str]) -> Profile | None:
    """The profile an invitation is for: the one with its vendor code, else the only one there is to choose."""
    there = who.profiles(INVITATIONS.may_take).filter(disconnected_at=None)
    if code := facts.get("vendor_code", "").strip():
        there = there.filter(vendor_codes__code__iexact=code).distinct()
    found: list[Profile] = list(there[:2])
    return found[0] if len(found) == 1 else None


def prepare(rows: Sequence[Row], source: Source) -> Reading:
    """What becomes of the rows; a large workbook takes a second."""
    return invitation.read(source, rows)


def take(rows: Sequence[Row], loading: Loading) -> Outcome:
    """Take an invitation in, in the caller's transaction. Raises Denied, and Refused as ``keep.take_in`` does."""
    source = loading.origin
    found: Reading = loading.prepared or prepare(rows, source)
    counts = Counter(one.verdict for one in found.rows)
    outcome = Outcome(counts[TAKEN] + counts[WAITS])
    outcome.refused = [reason for one in found.rows if one.verdict == REFUSED for reason in one.reasons]
    outcome.effects = Counter({name: counts[name] for name in (WAITS, SKIPPED) if counts[name]})
    if outcome.taken and found.new is None:
        raise Refused(_("The offer was not taken in."), ready(source))
    if found.new is not None and not loading.dry_run:
        take_in(source.who, source.profile, found.new, upload_id=source.upload)
    return outcome


def offer_of(upload: Upload) -> Offer | None:
    """The offer a file was taken as; None before that."""
    return Offer.objects.filter(upload=upload.repeats or upload).first()


def as_row(found: Preview) -> dict[str, Any]:
    """A preview as machines see it."""
    return {
        "problems": [{"where": one.where, "message": one.message} for one in found.problems],
        "notes": found.notes,
        "counts": {name: found.counts[name] for name in (TAKEN, WAITS, REFUSED, SKIPPED)},
        "offer": _offer(found.new) if found.new else None,
        "rows": [_row(one) for one in found.rows],
    }


def _offer(new: NewOffer) -> dict[str, Any]:
    names = ("number", "title", "program", "unsold", "vendor_code", "currency", "expires_at", "zone")
    days = ("position", "first_day", "last_day")
    deliveries = [{name: getattr(one, name) for name in days} for one in new.deliveries]
    return {name: getattr(new, name) for name in names} | {"deliveries": deliveries}


def _row(one: Verdict) -> dict[str, Any]:
    names = ("row", "verdict", "asin", "vendor_product", "title", "product")
    asked = [
        {"delivery": number, "quantity": eaches, "price": price}
        for number, (eaches, price) in sorted(one.asked.items())
    ]
    reasons = [reason.as_dict() for reason in one.reasons]
    return {name: getattr(one, name) for name in names} | {"asked": asked, "reasons": reasons}


INVITATIONS = Kind(
    NAME,
    gettext_lazy("Bulk-buy offer"),
    gettext_lazy("Takes an invitation in, with everything it asks for."),
    COLUMNS,
    take,
    None,
    may_take="offers.manage",
    may_see="offers.view",
    of_profile=True,
    facts=FACTS,
    within=WITHIN,
    suggest=suggest,
    one_of=ONE_OF,
    passes_over=invitation.is_no_row,
    whole=True,
    form=read.XLSX,
    owner=owner,
    ready=ready,
    prepare=prepare,
    preview=lambda who, upload: as_row(preview(who, upload)),
    own_page=True,
)
