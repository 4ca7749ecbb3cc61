"""Orders, many at once: assign them, export them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from purveyor.cli.door import Command, Failed, note, table
from purveyor.cli.order_work import order
from purveyor.cli.orders import PROFILE
from purveyor.cli.profiles import profile_named
from purveyor.cli.views import COLUMNS, FILTER, filters
from purveyor.common.errors import Refused

__all__ = ["order"]


def _show(answer: dict[str, Any]) -> str:
    return table(answer["orders"], ["number", "profile", "ok", "error"], "No order was named.")


def _treat(do: str, numbers: tuple[str, ...], **told: Any) -> dict[str, Any]:
    """Raises Failed with the whole answer when one was refused."""
    from purveyor.outbox import bulk_named
    from purveyor.people.who import Who

    answer = bulk_named.treat(Who.cli(), do, numbers, **told)
    if answer["refused"]:
        said = f"{answer['refused']} of {len(answer['orders'])} orders were left out."
        problems = [
            {"where": row["number"], "message": row["error"]["message"], "check": ""}
            for row in answer["orders"]
            if row["error"]
        ]
        raise Failed(said, answer, problems=problems)
    return answer


BECAUSE = click.option("--because", default="", help="The reason, for the audit.")
DRY = click.option("--dry-run", is_flag=True, help="Say what would happen and why some are left out; do nothing.")
NUMBERS = click.argument("numbers", metavar="PO...", nargs=-1, required=True)


@order.command("assign", cls=Command, show=_show)
@NUMBERS
@click.option("--to", default="", help="The user name; nobody unless said.")
@BECAUSE
@DRY
@PROFILE
def assign(numbers: tuple[str, ...], to: str, because: str, dry_run: bool, profile: str) -> dict[str, Any]:
    """Give orders to a person, each alone; without --to to nobody."""
    return _treat("assign", numbers, to=to, because=because, dry_run=dry_run, profile=profile)


@order.command("export", cls=Command)
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "xlsx", "json"]),
    default="csv",
    show_default=True,
    help="What kind of file.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The file.")
@click.option("--state", default="", help="new, acknowledging, …, or waiting.")
@click.option("--search", "text", default="", help="How a PO number begins, or an ASIN, EAN or SKU of a line.")
@click.option("--sort", default="", help="As the list's page has it in its address, such as due or -placed.")
@FILTER
@COLUMNS
@click.option("--view", type=int, help="Instead: what a saved view shows.")
@PROFILE
def export(
    form: str,
    output: Path,
    state: str,
    text: str,
    sort: str,
    pairs: tuple[str, ...],
    columns: str,
    view: int | None,
    profile: str,
) -> dict[str, Any]:
    """Write orders to a file: what filters let through, in the list's order; every field unless columns are named."""
    from purveyor.channels import exports
    from purveyor.channels.sheets import write
    from purveyor.people.who import Who

    profile = profile_named(profile).name if profile else ""
    said = {"state": [state], "q": [text], "sort": [sort], "profile": [profile]}
    query = filters(pairs) | {name: value for name, value in said.items() if value[0]}
    chosen = [one for one in columns.split(",") if one]
    sheet = exports.sheet_of(Who.cli(), "orders", query, chosen, view=view)
    try:
        for written in write(sheet, form, output):
            note(f"{written} of {len(sheet.keys)} rows")
    except OSError as error:
        raise Refused(f"{output} cannot be written: {error.strerror}.") from None
    return {"file": str(output), "format": form, "rows": len(sheet.keys)}
