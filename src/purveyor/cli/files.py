"""Files: import, export, report, the mappings of their columns."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from purveyor.cli.door import Command, Failed, note, table
from purveyor.cli.profiles import profile_named
from purveyor.common.errors import Refused

if TYPE_CHECKING:
    from purveyor.channels.models import Upload
    from purveyor.people.who import Who

PROFILE = click.option(
    "--profile", default="", help="For kinds that belong to one profile, as offers do; the catalogue does not."
)
_PIECE = 1024 * 1024
_LOOK_EVERY = 0.5


@click.group()
def file() -> None:
    """Files in and out: import, export, report, mappings of columns."""


def _me() -> Who:
    from purveyor.people.who import Who

    return Who.cli()


def _show(answer: dict[str, Any]) -> str:
    effects = ", ".join(f"{count} {name}" for name, count in answer["effects"].items())
    head = f"File {answer['id']}: {answer['taken']} rows {'would be ' if answer['dry_run'] else ''}taken"
    head += f" ({effects})" if effects else ""
    if answer["repeats"]:
        head = (
            f"The same content was taken before, as file {answer['repeats']}; nothing was done. --again takes it anew."
        )
    rows = table(answer["refused"], ["row", "column", "value", "reason"], "")
    shown = f"{head}; {answer['refused_rows']} refused.\n{rows}".rstrip()
    return f"{shown}\n{_show_preview(answer['preview'])}".rstrip() if answer.get("preview") else shown


def _show_preview(preview: dict[str, Any]) -> str:
    """The verdict on every row, as a table, with the remarks above it."""
    columns = ["row", "verdict", "asin", "vendor_product", "product", "title"]
    return "\n".join([*preview["notes"], table(preview["rows"], columns, "")])


def _show_list(answer: dict[str, Any]) -> str:
    columns = ["id", "kind", "name", "state", "taken", "refused_rows", "created_at", "by"]
    return table(answer["files"], columns, "No file was brought yet.")


@file.command("import", cls=Command, show=_show)
@click.argument("kind")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
@click.option("--dry-run", is_flag=True, help="Say what would be taken; take nothing.")
@click.option("--mapping", default="", help="A saved mapping of columns; else the heads we know.")
@click.option("--column", "columns", multiple=True, metavar="COLUMN=HEAD", help="Which head is which column.")
@click.option("--save-mapping", default="", metavar="NAME", help="Save this mapping under a name.")
@click.option("--decimal-mark", type=click.Choice([".", ","]), help="Where 1.234 could mean either.")
@click.option("--headless", is_flag=True, help="The first row holds values; heads are then 1, 2, 3 …")
@click.option("--encoding", default="", help="Such as utf-8 or cp1252, where the file is read wrongly.")
@click.option("--separator", default="", help="One sign, or tab, where the file is read wrongly.")
@click.option("--dates", type=click.Choice(["dmy", "mdy", "ymd"]), help="The order in which days are written.")
@click.option("--unit", "units", multiple=True, metavar="COLUMN=UNIT", help="g, kg, oz, lb; mm, cm, m, in.")
@click.option("--constant", "constants", multiple=True, metavar="COLUMN=TEXT", help="The same in every row.")
@click.option("--again", is_flag=True, help="Take it though the same content was taken before.")
@click.option("--fact", "facts", multiple=True, metavar="NAME=VALUE", help="What the file does not say of itself.")
@PROFILE
def import_(
    kind: str,
    path: Path,
    dry_run: bool,
    mapping: str,
    columns: tuple[str, ...],
    save_mapping: str,
    decimal_mark: str | None,
    again: bool,
    facts: tuple[str, ...],
    profile: str,
    **manner: Any,
) -> dict[str, Any]:
    """Import a CSV or XLSX file; - is standard input. KIND is products, stock, costs, aliases, offer, …

    Good rows are taken, bad ones are named with row, column, value and reason; then it ends with 1. The same content
    twice has no second effect.
    """
    from purveyor.base import filekinds
    from purveyor.channels import load
    from purveyor.channels import mapping as mappings
    from purveyor.channels.kinds.upload import bring

    of, who = profile_named(profile) if profile else None, _me()
    found = filekinds.find(kind)
    given: dict[str, Any] = {"saved": mapping, "columns": _pairs(columns, "--column")}
    given |= {"options": _options(decimal_mark, manner)}
    given |= {"profile": of if found.of_profile else None, "facts": _pairs(facts, "--fact")}
    with _open(path) as stream:
        upload = bring(who, found, path.name, iter(lambda: stream.read(_PIECE), b""), **given)
    if save_mapping:
        mappings.save(who, found, save_mapping, upload.columns, upload.options)
    seen = found.preview(who, upload) if dry_run and found.preview else None
    begun = load.check(who, upload) if dry_run else load.take(who, upload, again=again)
    return _answer(_done(begun), seen)


def _options(mark: str | None, manner: dict[str, Any]) -> dict[str, Any]:
    """How the texts of the file are meant."""
    pairs = {name: _pairs(manner.pop(name), f"--{name[:-1]}") for name in ("units", "constants")}
    return {"mark": mark or ""} | manner | pairs


@contextlib.contextmanager
def _open(path: Path) -> Iterator[BinaryIO]:
    if str(path) == "-":
        yield sys.stdin.buffer
        return
    try:
        with path.open("rb") as stream:
            yield stream
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}.") from None


def _pairs(given: tuple[str, ...], option: str) -> dict[str, str]:
    pairs = [one.partition("=") for one in given]
    if wrong := [one[0] for one in pairs if not one[1]]:
        raise click.UsageError(f"{option} wants a name, = and what it is, not {wrong[0]}")
    return {name.strip(): head.strip() for name, _equals, head in pairs}


def _done(upload: Upload) -> Upload:
    """Do it here, or watch the worker that was faster."""
    from purveyor.channels import load

    upload = load.work_off(upload)
    while load.at_work(upload):
        run = upload.run
        note(f"{run.done if run else 0} of {run.total if run and run.total else '?'} rows")
        time.sleep(_LOOK_EVERY)
        upload = load.work_off(upload)
    return upload


def _answer(upload: Upload, preview: dict[str, Any] | None = None) -> dict[str, Any]:
    """The report, with the preview where there is one. Raises Refused where it stopped, Failed with the whole report
    where rows were refused."""
    from purveyor.channels.report import upload_report

    answer = upload_report(upload) | ({"preview": preview} if preview else {})
    if answer["problem"]:
        raise Refused(answer["problem"])
    if answer["refused_rows"]:
        raise Failed(f"{answer['refused_rows']} of {answer['rows']} rows were refused.", answer)
    return answer


@file.command("list", cls=Command, show=_show_list)
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="At most so many.")
@PROFILE
def list_(limit: int, profile: str) -> dict[str, Any]:
    """List the files that were brought, newest first."""
    from purveyor.channels.queries import visible_to
    from purveyor.channels.report import upload_row

    if profile:
        profile_named(profile)
    return {"files": [upload_row(one) for one in visible_to(_me())[:limit]]}


@file.command("report", cls=Command, show=_show)
@click.argument("number", type=click.IntRange(1))
@PROFILE
def report(number: int, profile: str) -> dict[str, Any]:
    """Show what was taken of a file, what not, and why."""
    from purveyor.channels.queries import one
    from purveyor.channels.report import upload_report

    if profile:
        profile_named(profile)
    return upload_report(one(_me(), number))


@file.command("export", cls=Command, show=lambda answer: answer.get("text", ""))
@click.argument("kind")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="CSV, or XLSX or JSON by its ending."
)
@PROFILE
def export(kind: str, output: Path | None, profile: str) -> dict[str, Any] | None:
    """Export everything of a kind as CSV on standard output, or to a file."""
    from purveyor.base import filekinds
    from purveyor.channels.write import csv_of, json_of, xlsx_of

    if profile:
        profile_named(profile)
    found = filekinds.find(kind)
    if output is None:
        return {"kind": found.name, "text": "".join(csv_of(_me(), found)).removesuffix("\r\n")}
    draft = output.with_name(f".{output.name}.{os.getpid()}")
    try:
        if output.suffix.lower() == ".xlsx":
            xlsx_of(_me(), found, draft)
        else:
            pieces = json_of(_me(), found) if output.suffix.lower() == ".json" else csv_of(_me(), found)
            draft.write_text("".join(pieces), encoding="utf-8", newline="")
        draft.replace(output)
    except OSError as error:
        raise Refused(f"{output} cannot be written: {error.strerror}.") from None
    finally:
        draft.unlink(missing_ok=True)
    return {"kind": found.name, "file": str(output), "text": f"Written to {output}."}


@file.command(
    "mappings", cls=Command, show=lambda a: table(a["mappings"], ["kind", "name", "columns", "mark"], "None.")
)
@click.option("--kind", default="", help="Only for this kind of file.")
def mappings(kind: str) -> dict[str, Any]:
    """List the saved mappings of columns."""
    from purveyor.channels.queries import mappings as saved
    from purveyor.channels.report import mapping_row

    return {"mappings": [mapping_row(one) for one in saved(_me(), kind)]}
