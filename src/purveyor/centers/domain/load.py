"""Centers by file: each row adds one or changes the one of its code; what its cells leave blank stays as it is. A file
is a person's word: it outweighs every order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from purveyor.audit.secrecy import find_secret
from purveyor.base.db import together
from purveyor.base.filekinds import Loading, Outcome, Row
from purveyor.centers.domain.facts import FIELDS, problems_of, tidy
from purveyor.centers.domain.update import NOTE_LENGTH, Origin, changes_of, origin_problems, store
from purveyor.centers.models import Center, Source
from purveyor.common.errors import Conflict


def take(rows: Sequence[Row], loading: Loading) -> Outcome:
    """Take a group of rows in one short transaction. It may come a second time: then its rows change nothing."""
    outcome = Outcome()
    with transaction.atomic():
        codes = {row.values["code"] for row in rows}
        known = {center.code: center for center in Center.objects.filter(code__in=together(codes)).order_by()}
        for row in rows:
            _take(row, known, loading, outcome)
    return outcome


def _take(row: Row, known: dict[str, Center], loading: Loading, outcome: Outcome) -> None:
    code = row.values["code"]
    facts = tidy({name: row.values[name] for name in FIELDS if name in row.values})
    refused = _refused(row, facts, loading)
    if refused is not None:
        outcome.refuse(row, *refused)
        return
    loading.claims["code", code] = row.number
    note, since = row.values.get("source_note", ""), row.values.get("valid_from")
    origin = Origin(Source.FILE, note, since, file=loading.file[:NOTE_LENGTH])
    try:
        done = _done(known.get(code), facts, origin) if loading.dry_run else _store(code, known, facts, origin, loading)
    except Conflict:
        outcome.refuse(row, "code", _("Somebody changed this center just now. Bring the row again."))
        return
    outcome.taken += 1
    outcome.effects[done] += 1


def _refused(row: Row, facts: Mapping[str, str], loading: Loading) -> tuple[str, str] | None:
    """The column and the reason for which a row is not taken."""
    before = loading.claims.get(("code", row.values["code"]))
    if before is not None:
        return "code", _("The same code stands in row %(row)d of this file already.") % {"row": before}
    problems = problems_of(row.values["code"], facts)
    problems += origin_problems(row.values.get("valid_from"), row.values.get("source_note", ""))
    if problems:
        return problems[0].where, problems[0].message
    if find_secret(facts) is not None:
        return "name", _("This looks like a secret and is not written down. Leave it out.")
    return None


def _done(center: Center | None, facts: Mapping[str, str], origin: Origin) -> str:
    if center is None:
        return "added"
    return "changed" if changes_of(center, facts, origin) else "unchanged"


def _store(code: str, known: dict[str, Center], facts: Mapping[str, str], origin: Origin, loading: Loading) -> str:
    known[code], done = store(loading.by, code, known.get(code), facts, origin, because=loading.file)
    return done
