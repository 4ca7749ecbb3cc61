"""Run sweeps now, in the foreground."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import click

from purveyor.cli.door import Command, note, table
from purveyor.cli.profiles import profile_named

SWEEPS = ("new", "changed", "status", "missing")


def _show(answer: dict[str, Any]) -> str:
    rows = [{"sweep": name, **counts} for name, counts in answer["sweeps"].items()]
    return table(rows, ["sweep", "seen", "stored", "changed", "unchanged", "aside"], "Nothing was asked.")


@click.command(cls=Command, show=_show)
@click.argument("name")
@click.option("--since", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]), help="Back-fill from this date (UTC).")
@click.option("--sweep", "sweeps", default="new,changed,status", show_default=True, help=f"Any of {', '.join(SWEEPS)}.")
def sync(name: str, since: datetime | None, sweeps: str) -> dict[str, Any]:
    """Ask Amazon now: new and changed orders, their status, missing ones."""
    from purveyor.intake.sync import sync as run
    from purveyor.people.who import Who

    chosen = list(dict.fromkeys(s.strip() for s in sweeps.split(",") if s.strip()))
    if not chosen:
        raise click.BadParameter(f"choose from {', '.join(SWEEPS)}", param_hint="--sweep")
    if unknown := [s for s in chosen if s not in SWEEPS]:
        raise click.BadParameter(f"{', '.join(unknown)}: choose from {', '.join(SWEEPS)}", param_hint="--sweep")
    found = profile_named(name)
    return run(found, chosen, since=since.replace(tzinfo=UTC) if since else None, who=Who.cli(), progress=note)
