"""Which head of a file is which column: suggested, checked, saved by name."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from purveyor.audit.secrecy import masked
from purveyor.audit.write import record
from purveyor.base.columns import head_key, known_heads
from purveyor.base.filekinds import Kind
from purveyor.channels import manner, models
from purveyor.channels.read import Cells, Seek, once
from purveyor.common import clock
from purveyor.common.errors import NotFound, Problem, Refused
from purveyor.common.lenient import trimmed
from purveyor.people.who import Who

LONGEST_NAME = 80
LONGEST_FACT = 200
_NAMED = 3


def suggest(kind: Kind, heads: Sequence[str]) -> dict[str, str]:
    """The head of each column that goes by one of these, in any order and language; each head serves once."""
    if kind.suggest is not None:
        return kind.suggest(heads)
    by_key: dict[str, str] = {}
    for head in heads:
        if head_key(head):
            by_key.setdefault(head_key(head), head)
    found: dict[str, str] = {}
    for column in kind.columns:
        named = (by_key[key] for key in known_heads(column) if key in by_key)
        free = [head for head in named if head not in found.values()]
        if free:
            found[column.name] = free[0]
    return found


def fits(columns: Mapping[str, str], heads: Sequence[str]) -> bool:
    """Whether a file has every head a mapping names."""
    return bool(columns) and set(columns.values()) <= set(heads)


def choose(kind: Kind, heads: Sequence[str]) -> models.Mapping | None:
    """The saved mapping that fits these heads and names the most of them; of several the newest."""
    saved = models.Mapping.objects.filter(kind=kind.name).order_by("-at", "-pk")
    return max((one for one in saved if fits(one.columns, heads)), key=lambda one: len(one.columns), default=None)


def seek(kind: Kind, wanted: Collection[str] = ()) -> Seek:
    """How the row of heads is found among the first rows: by the heads that are ``wanted``, else by a saved mapping
    that fits, else by the heads we know."""
    saved = [set(one.columns.values()) for one in models.Mapping.objects.filter(kind=kind.name)]

    def score(cells: Cells) -> float:
        heads = once(cells)
        if wanted:
            return len(set(wanted) & set(heads))
        fitting = (len(names) + 0.5 for names in saved if names and names <= set(heads))
        return max([float(len(suggest(kind, heads))), *fitting])

    def best(rows: Sequence[Cells]) -> tuple[float, int]:
        scores = [score(cells) for cells in rows]
        return max(scores), scores.index(max(scores))

    return best


def problems_of(
    kind: Kind, columns: Mapping[str, str], heads: Iterable[str], constants: Iterable[str] = ()
) -> list[Problem]:
    """What is wrong with a mapping for a file of these heads; ``constants`` are columns that hold the same in every
    row, whatever the file says of them."""
    known, heads, given = {column.name: column for column in kind.columns}, set(heads), {*columns, *constants}
    found = [Problem(_("There is no such column."), where=name) for name in columns if name not in known]
    for name, column in known.items():
        if column.needed and name not in given:
            said = _("The file needs a column “%(label)s”, and none is named so. Say which one it is.")
            found.append(Problem(said % {"label": column.label}, where=name))
    for group in kind.one_of:
        if not set(group) & given:
            labels = ", ".join(f"“{known[name].label}”" for name in group[:_NAMED])
            said = _("The file needs one of the columns %(labels)s, and none is named so. Say which one it is.")
            found.append(Problem(said % {"labels": labels}, where=group[0]))
    for name, head in columns.items():
        if head not in heads:
            found.append(Problem(_("The file has no column “%(head)s”.") % {"head": head}, where=name))
        elif list(columns.values()).count(head) > 1:
            found.append(Problem(_("“%(head)s” cannot be two columns at once.") % {"head": head}, where=name))
    return found


def facts_of(kind: Kind, above: Iterable[Cells]) -> dict[str, str]:
    """What the rows above the heads say of the whole: ``label: value`` in one cell, or the value in the next filled
    cell of its row. The first word on each fact counts."""
    named = {key: fact.name for fact in kind.facts for key in known_heads(fact)}
    found: dict[str, str] = {}
    for cells in above:
        filled = [cell for cell in cells if cell]
        for place, cell in enumerate(filled):
            label, value = _said_in(cell, named)
            if not value and label and place + 1 < len(filled):
                value = filled[place + 1]
            if label and value:
                found.setdefault(named[label], masked(value[:LONGEST_FACT]))
    return found


def _said_in(cell: str, named: Mapping[str, str]) -> tuple[str, str]:
    """The known label a cell names, or blank, and the value it says itself, or blank."""
    if head_key(cell) in named:
        return head_key(cell), ""
    for mark, end in ((":", ""), ("(", ")")):
        label, found, value = cell.partition(mark)
        if found and head_key(label) in named:
            return head_key(label), trimmed(value).removesuffix(end)
    return "", ""


def facts_given(kind: Kind, given: Mapping[str, str]) -> dict[str, str]:
    """What somebody says of the whole, tidied. Raises Refused for what is no fact of this kind, or too long."""
    known = {fact.name for fact in kind.facts}
    problems = [
        Problem(_("There is no such fact about this kind of file."), where=name) for name in given if name not in known
    ]
    said = _("A fact has at most %(most)d characters.") % {"most": LONGEST_FACT}
    problems += [Problem(said, where=name) for name, text in given.items() if len(text) > LONGEST_FACT]
    if problems:
        raise Refused(_("What was said of the file does not fit."), problems)
    return {name: masked(trimmed(text)) for name, text in given.items()}


def find(kind: Kind, name: str) -> models.Mapping:
    """A saved mapping by its name. Raises NotFound."""
    found = models.Mapping.objects.filter(kind=kind.name, name=trimmed(name)).first()
    if found is None:
        raise NotFound(_("There is no saved mapping %(name)s for this kind of file.") % {"name": name})
    return found


def save(who: Who, kind: Kind, name: str, columns: Mapping[str, str], options: Mapping[str, Any]) -> models.Mapping:
    """Save a mapping under a name, over one of the same name. Raises Denied and Refused."""
    _may_save(who, kind)
    name = trimmed(name)
    if not name or len(name) > LONGEST_NAME:
        said = _("A mapping has a name of up to %(most)d characters.") % {"most": LONGEST_NAME}
        raise Refused(said, [Problem(said, where="name")])
    tidy = manner.tidied(kind, options)
    if problems := problems_of(kind, columns, columns.values(), tidy.get("constants", ())):
        raise Refused(_("The mapping was not saved."), problems)
    values = {"columns": dict(columns), "options": tidy, "by": who.name, "at": clock.now()}
    with transaction.atomic():
        saved, new = models.Mapping.objects.update_or_create(kind=kind.name, name=name, defaults=values)
        told = {"kind": kind.name, "columns": saved.columns, "options": saved.options}
        record("mapping.added" if new else "mapping.changed", by=who.name, obj=saved, new=told)
    return saved


def _may_save(who: Who, kind: Kind) -> None:
    """Whoever brings such files, or connects the systems that do."""
    if not who.may_somewhere("channels.manage"):
        who.require_somewhere(kind.may_take)


def remove(who: Who, kind: Kind, name: str) -> None:
    """Remove a saved mapping. Raises Denied, NotFound."""
    _may_save(who, kind)
    with transaction.atomic():
        found = find(kind, name)
        record("mapping.removed", by=who.name, obj=found, old={"kind": kind.name, "columns": found.columns})
        found.delete()
