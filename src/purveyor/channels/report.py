"""What was taken of a file, what not, and why: for machines, and as a file to mend the rows by."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from collections.abc import Mapping as PlainMapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from purveyor.base import filekinds
from purveyor.base.listing import by_key
from purveyor.channels.models import Arrival, Mapping, RowReport, Upload
from purveyor.channels.states import UploadState
from purveyor.channels.write import Line, safe


def is_dry(upload: Upload) -> bool:
    """Whether what there is to tell is that of a dry run."""
    return upload.state == UploadState.KEPT


def reasons(upload: Upload) -> QuerySet[RowReport]:
    """Why rows are not taken, in the order of the file."""
    return RowReport.objects.filter(upload=upload, dry=is_dry(upload)).order_by("row", "pk")


def summary(upload: Upload) -> dict[str, Any]:
    """Counts alone: ``taken``, ``refused`` rows, ``effects``."""
    nothing: dict[str, Any] = {"taken": 0, "refused": 0, "effects": {}}
    if is_dry(upload):
        return nothing | dict(upload.checked)
    return {"taken": upload.taken, "refused": upload.refused, "effects": upload.effects}


def upload_row(upload: Upload) -> dict[str, Any]:
    """A file as machines see it in a list."""
    counts = summary(upload)
    return {
        "id": upload.pk,
        "kind": upload.kind,
        "profile": upload.profile.name if upload.profile else None,
        "facts": upload.facts,
        "name": upload.name,
        "state": upload.state,
        "dry_run": is_dry(upload),
        "size": upload.size,
        "sha256": upload.sha256,
        "rows": upload.rows,
        "position": upload.position,
        "taken": counts["taken"],
        "refused_rows": counts["refused"],
        "effects": counts["effects"],
        "columns": upload.columns,
        "heads": upload.heads,
        **_said(upload.options),
        "encoding": upload.shape.get("encoding", ""),
        "separator": upload.shape.get("separator", ""),
        "repeats": upload.repeats_id,
        "problem": upload.problem or (upload.run.problem if upload.run else ""),
        "working": upload.run is not None and not upload.run.settled,
        "by": upload.by,
        "created_at": upload.created_at,
        "finished_at": upload.finished_at,
    }


def upload_report(upload: Upload) -> dict[str, Any]:
    """A file with every row that was not taken: ``refused`` is the contract's list."""
    return upload_row(upload) | {"refused": [_reason(one) for one in reasons(upload)]}


def beside(arrival: Arrival) -> bytes:
    """What lies beside a file that was filed away, as CSV: what it came to, then every row that was not taken. What
    holds for the whole of it stands in rows without a number."""
    upload = arrival.upload
    writer = csv.writer(Line())
    lines = ["\ufeff", writer.writerow(_head())]
    lines += [writer.writerow(["", "", "", safe(said)]) for said in _about(arrival) if said]
    if upload is not None:
        lines += _lines(upload)
    return "".join(lines).encode()


def _about(arrival: Arrival) -> Iterator[str]:
    yield arrival.problem
    upload = arrival.upload
    if upload is None or is_dry(upload):
        return
    if upload.repeats_id is not None:
        said = _("The same content was taken before, as file %(number)s; nothing was done.")
        yield said % {"number": upload.repeats_id}
        return
    yield _("Rows taken: %(taken)d. Rows refused: %(refused)d.") % {"taken": upload.taken, "refused": upload.refused}
    if upload.effects:
        yield _("Effects: %(effects)s.") % {"effects": ", ".join(f"{n} {word}" for word, n in upload.effects.items())}


def _reason(one: RowReport) -> dict[str, Any]:
    return {"row": one.row, "column": one.column, "value": one.value, "reason": one.reason}


def mapping_row(one: Mapping) -> dict[str, Any]:
    """A saved mapping as machines see it."""
    return {"kind": one.kind, "name": one.name, "columns": one.columns, "by": one.by, "at": one.at} | _said(one.options)


def _said(options: PlainMapping[str, Any]) -> dict[str, Any]:
    """What was said of how a file's texts are meant; a file's own encoding and separator are told beside it."""
    return {
        "mark": options.get("mark", ""),
        "headless": bool(options.get("headless")),
        "dates": options.get("dates", ""),
        "units": options.get("units", {}),
        "constants": options.get("constants", {}),
        "encoding": options.get("encoding", ""),
        "separator": options.get("separator", ""),
    }


def as_csv(upload: Upload) -> Iterator[str]:
    """The rows that were not taken, as CSV."""
    yield "\ufeff"
    yield csv.writer(Line()).writerow(_head())
    yield from _lines(upload)


def _head() -> list[str]:
    return [_("Row"), _("Column"), _("Value"), _("Reason")]


def _lines(upload: Upload) -> Iterator[str]:
    writer = csv.writer(Line())
    kind = filekinds.find(upload.kind)
    labels = {column.name: upload.columns.get(column.name, column.label) for column in kind.columns}
    for one in by_key(reasons(upload)):
        cells = [one.row, labels.get(one.column, one.column), one.value, one.reason]
        yield writer.writerow([safe(str(value)) for value in cells])
