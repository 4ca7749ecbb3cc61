"""Exports of lists that are too long to wait for: long work with progress and cancel, and a file kept for a day.

Only whoever asked for a file may fetch it, and only while they may still see everything in it.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.utils.translation import gettext as _

from purveyor.audit.write import record
from purveyor.base import listings
from purveyor.base.listing import ASKER
from purveyor.channels.sheets import FORMS, Sheet, write
from purveyor.common import clock
from purveyor.common.errors import Denied, NotFound, Problem, Refused
from purveyor.config.home import ensure_home
from purveyor.jobs import runs
from purveyor.jobs.models import Run
from purveyor.jobs.states import RunState
from purveyor.people.domain import carried, views
from purveyor.people.who import Who

KIND = "export"
AT_ONCE = 5_000
KEPT = timedelta(days=1)


def form_of(form: str) -> str:
    """The form itself. Raises Refused for one that is none."""
    if form not in FORMS:
        said = _("There is no such form: %(form)s. There are %(forms)s.") % {"form": form, "forms": ", ".join(FORMS)}
        raise Refused(said, [Problem(said, where="format")])
    return form


def sheet_of(
    who: Who,
    listing: str,
    query: Mapping[str, Any],
    columns: Sequence[str] = (),
    *,
    view: int | None = None,
    only: Sequence[int] | None = None,
) -> Sheet:
    """The rows of a list as they are asked for, or as a saved view shows them. Raises NotFound, Denied, Refused."""
    found = listings.find(listing)
    if view is not None:
        kept = views.find(who, view)
        found, query, columns = listings.find(kept.listing), views.query_of(kept), kept.columns
        columns = columns or [column.name for column in found.chosen()]
    asked = dict(query) | {ASKER: who.user.username if who.user else ""}
    return Sheet.of(who, found, asked, columns, only)


def start(who: Who, sheet: Sheet, form: str) -> Run:
    """Begin to write what the sheet holds. Raises Refused for a form that is none."""
    params = {
        "list": sheet.listing.name,
        "format": form_of(form),
        "columns": [column.name for column in sheet.columns],
        "keys": list(sheet.keys),
        "who": carried.written(who),
    }
    return runs.start(KIND, None, params, who.name)


@runs.run_kind(KIND)
def work(run: Run) -> dict[str, Any] | None:
    """Write the file. Begun anew by another worker it is written anew; cancelled, nothing is left of it."""
    who, listing = carried.found(run.params["who"]), listings.find(run.params["list"])
    who.require_somewhere(listing.permission)
    columns = listing.chosen(run.params["columns"]) if run.params["columns"] else ()
    sheet, form = Sheet(listing, who, run.params["keys"], columns), run.params["format"]
    seen = sorted(who.profiles(listing.permission).values_list("pk", flat=True))
    path = folder() / f"{run.pk}-{secrets.token_hex(8)}.{form}"
    done = False
    try:
        for written in write(sheet, form, path):
            runs.step(run, done=written, total=len(sheet.keys), text=f"{written} rows")
            if runs.should_stop(run):
                return None
        done = True
    finally:
        if not done:
            path.unlink(missing_ok=True)
    told = {"rows": len(sheet.keys), "file": path.name, "bytes": path.stat().st_size, "profiles": seen}
    record("list.exported", by=run.by, name=listing.name, new={"format": form, "rows": len(sheet.keys)})
    return told


def find(who: Who, run_id: int) -> Run:
    """An export of one's own. Raises NotFound."""
    run = Run.objects.filter(pk=run_id, kind=KIND, by=who.name).first()
    if run is None:
        raise NotFound(_("There is no such export, or it is not yours."))
    return run


def file_of(who: Who, run_id: int) -> tuple[Path, str, str]:
    """Where the file of an export lies, under which name it leaves, and its type; rights are asked for again.

    Raises NotFound, Denied, Refused while it is not done and once it is gone.
    """
    run = find(who, run_id)
    listing = listings.find(run.params["list"])
    who.require_somewhere(listing.permission)
    if run.state != RunState.DONE or not run.result:
        raise Refused(_("The export is not done yet."))
    now = set(who.profiles(listing.permission).values_list("pk", flat=True))
    if not set(run.result["profiles"]) <= now:
        raise Denied(_("It holds rows that you may not see any more. Export anew."))
    path = folder() / Path(str(run.result["file"])).name
    if expires_at(run) is None or not path.exists():
        raise Refused(_("The file is gone: it is kept for a day. Export anew."))
    form = str(run.params["format"])
    return path, f"{quote(listing.name)}-{run.created_at:%Y-%m-%d}.{form}", FORMS[form]


def expires_at(run: Run) -> datetime | None:
    """Until when the file can be fetched; None before it is there and after it is gone."""
    if run.finished_at is None or run.state != RunState.DONE:
        return None
    end = run.finished_at + KEPT
    return end if end > clock.now() else None


def row(run: Run, address: str) -> dict[str, Any]:
    """An export as machines see it; ``address`` is where its file is fetched."""
    end = expires_at(run)
    return {
        "id": run.pk,
        "list": run.params["list"],
        "format": run.params["format"],
        "state": str(run.state),
        "done": run.done,
        "total": run.total,
        "rows": run.result.get("rows") if run.result else None,
        "file": address if end else "",
        "expires_at": end,
    }


def folder() -> Path:
    """Where the files lie, made where it is missing; with several machines one that they share."""
    found = ensure_home() / "exports"
    found.mkdir(mode=0o700, exist_ok=True)
    return found


def tidy() -> None:
    """Drop files that nobody can fetch any more, and what a dead worker left half-written."""
    kept = Run.objects.filter(kind=KIND, state=RunState.DONE, finished_at__gt=clock.now() - KEPT)
    names = {str(result["file"]) for result in kept.values_list("result", flat=True) if result}
    writing = Run.objects.filter(kind=KIND, state__in=[RunState.WAITING, RunState.RUNNING])
    begun = tuple(f"{key}-" for key in writing.values_list("pk", flat=True))
    for file in folder().iterdir():
        if file.name not in names and not (begun and file.name.startswith(begun)):
            file.unlink(missing_ok=True)
