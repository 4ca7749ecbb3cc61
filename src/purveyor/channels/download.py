"""A kind of file as an answer over HTTP, for the pages and for REST alike."""

from __future__ import annotations

import tempfile
from pathlib import Path

from django.http import FileResponse, StreamingHttpResponse

from purveyor.base.filekinds import Kind
from purveyor.channels.write import FORMS, csv_of, json_of, xlsx_of
from purveyor.people.who import Who


def download(who: Who, kind: Kind, form: str, name: str) -> StreamingHttpResponse | FileResponse:
    """Everything of a kind as a file of this name; ``form`` is csv, xlsx or json. Raises Denied."""
    if form != "xlsx":
        pieces = csv_of(who, kind) if form == "csv" else json_of(who, kind)
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return StreamingHttpResponse(pieces, content_type=FORMS[form], headers=headers)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file.xlsx"
        xlsx_of(who, kind, path)
        # Open, it can be read though its name is gone.
        return FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type=FORMS[form])
