"""Pack results by file: one row for each content, the rows of one reference anywhere in the file.

All of a file is one transaction: a packing is what its file says, never half of it. A reference that comes again, in a
later file, replaces what was said. Rows that cannot be taken are refused alone; what they would have packed is then
missing, which the comparison shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _

from purveyor.base.filekinds import Loading, Outcome, Row, Source
from purveyor.common.errors import Problem, Refused
from purveyor.people.who import Who
from purveyor.profiles.models import Profile
from purveyor.warehouse import rules
from purveyor.warehouse.domain.given import EACHES, GivenBox, GivenContent, Known, Parts, Wrong, look_up, plant
from purveyor.warehouse.domain.pack import MOST_CONTENTS, read_reference, replace
from purveyor.warehouse.domain.tree import CARTON, PALLET, Tree
from purveyor.warehouse.models import Packing

ADDED, REPLACED, CARTONS = "packings added", "packings replaced", "cartons"
BOX_COLUMNS: Mapping[str, Mapping[str, str]] = {
    CARTON: {
        "carton_sscc": "sscc",
        "carton_weight": "weight_grams",
        "carton_tare": "tare_grams",
        "carton_length": "length_mm",
        "carton_width": "width_mm",
        "carton_height": "height_mm",
    },
    PALLET: {
        "pallet_sscc": "sscc",
        "pallet_weight": "weight_grams",
        "pallet_tare": "tare_grams",
        "pallet_length": "length_mm",
        "pallet_width": "width_mm",
        "pallet_height": "height_mm",
    },
}
"""What a row says of its boxes, by column."""
_COLUMN_OF = {"order": "po"}


@dataclass
class _Said:
    """What the rows of one reference say: its boxes, and each content with the row it stands in."""

    boxes: list[GivenBox] = field(default_factory=list)
    contents: list[tuple[Row, GivenContent]] = field(default_factory=list)
    ship_to: str = ""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What was looked up before the transaction: the packings there are, and what the rows name."""

    there: Mapping[str, int]
    known: Known


def owner(who: Who, facts: Mapping[str, str]) -> Profile | None:
    """The profile a file is for where nobody names one: the only one its bringer may pack for."""
    found = list(who.profiles(rules.PACK).filter(disconnected_at=None)[:2])
    return found[0] if len(found) == 1 else None


def ready(source: Source) -> list[Problem]:
    """What is missing before its rows may be looked at."""
    return [] if source.profile is not None else [Problem(_("Say whose orders these are."), where="profile")]


def prepare(rows: Sequence[Row], source: Source) -> Prepared:
    """Look up orders, lines and products of the rows, and the packings that are said anew."""
    references = {row.values["reference"] for row in rows}
    mine = Packing.objects.filter(profile=source.profile).order_by().values_list("reference", "pk")
    there = {name: key for name, key in mine if name in references}
    contents = [_content(row) for row in rows]
    return Prepared(there, look_up(source.profile, contents, list(there.values())))


def take(rows: Sequence[Row], loading: Loading) -> Outcome:
    """Take the rows of a file; each reference becomes the packing that its rows say."""
    outcome, prepared = Outcome(), loading.prepared or prepare(rows, loading.origin)
    said = _by_reference(rows, outcome)
    with transaction.atomic():
        for name, one in said.items():
            tree, taken = _tree(one, prepared.known, outcome)
            if not taken:
                continue
            outcome.taken += taken
            outcome.effects[REPLACED if name in prepared.there else ADDED] += 1
            outcome.effects[CARTONS] += len(tree.cartons)
            if not loading.dry_run:
                source = loading.origin
                replace(source.who, source.profile, name, tree, ship_to=one.ship_to, upload_id=source.upload)
    return outcome


def _by_reference(rows: Sequence[Row], outcome: Outcome) -> dict[str, _Said]:
    found: dict[str, _Said] = {}
    for row in rows:
        wrong = _problem(row)
        if wrong is not None:
            outcome.refuse(row, *wrong)
            continue
        one = found.setdefault(row.values["reference"], _Said())
        if len(one.contents) >= MOST_CONTENTS:
            said = _("A packing has at most %(most)d contents.") % {"most": MOST_CONTENTS}
            outcome.refuse(row, "reference", said)
            continue
        one.boxes += _boxes(row)
        one.contents.append((row, _content(row)))
        one.ship_to = one.ship_to or row.values.get("ship_to", "")
    return found


def _problem(row: Row) -> tuple[str, str] | None:
    """What is wrong with a row by itself: the column and the reason."""
    try:
        read_reference(row.values["reference"])
    except Refused as error:
        return "reference", error.message
    if not (_key(row, CARTON) or _key(row, PALLET)):
        return "carton", _("Say in which carton the pieces lie, or on which pallet.")
    return None


def _key(row: Row, table: str) -> str:
    """What a row calls a box; where it has no name, its SSCC is one."""
    return str(row.values.get(table) or row.values.get(f"{table}_sscc") or "")


def _boxes(row: Row) -> Iterable[GivenBox]:
    pallet = _key(row, PALLET)
    for table in (PALLET, CARTON):
        key = _key(row, table)
        if key:
            columns = BOX_COLUMNS[table].items()
            facts = {name: row.values[column] for column, name in columns if row.values.get(column)}
            yield GivenBox(table, key, str(row.number), facts, pallet if table == CARTON else "")


def _content(row: Row) -> GivenContent:
    given = row.values
    return GivenContent(
        where=str(row.number),
        order=given["po"],
        quantity=given["quantity"],
        carton=_key(row, CARTON),
        pallet=_key(row, PALLET),
        line=given.get("line", ""),
        ean=given.get("ean", ""),
        sku=given.get("sku", ""),
        asin=given.get("asin", ""),
        unit=given.get("unit", EACHES),
        lot=given.get("lot", ""),
        expiry=given.get("expiry"),
    )


def _tree(said: _Said, known: Known, outcome: Outcome) -> tuple[Tree, int]:
    """The tree of the rows that can be taken, and how many these are. A row whose box says otherwise than a row before
    it is refused, and with it its content."""
    contents = [(row, given, known.parts(given)) for row, given in said.contents]
    refused = {given.where: parts for _row, given, parts in contents if isinstance(parts, Wrong)}
    boxes = [box for box in said.boxes if box.where not in refused]
    for wrong in plant(boxes, ())[1]:
        refused.setdefault(wrong.where, wrong)
    good: list[tuple[GivenContent, Parts]] = []
    for row, given, parts in contents:
        wrong_here = refused.get(given.where)
        if wrong_here is not None:
            outcome.refuse(row, _column(wrong_here), wrong_here.reason)
        elif not isinstance(parts, Wrong):
            good.append((given, parts))
    tree, _wrong = plant([box for box in boxes if box.where not in refused], good)
    return tree, len(good)


def _column(wrong: Wrong) -> str:
    """The column that is named as wrong."""
    columns = BOX_COLUMNS.get(wrong.table, {}).items()
    return next((column for column, name in columns if name == wrong.name), _COLUMN_OF.get(wrong.name, wrong.name))
