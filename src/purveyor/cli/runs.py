"""Long work: list, cancel, resume."""

from __future__ import annotations

from typing import Any

import click

from purveyor.cli.door import Command, table
from purveyor.common.errors import NotFound


def _run(number: int) -> Any:
    from purveyor.jobs.models import Run

    found = Run.objects.filter(pk=number).first()
    if found is None:
        raise NotFound(f"there is no run {number}", hint="purveyor run list shows them.")
    return found


def _row(run: Any) -> dict[str, Any]:
    from purveyor.jobs.schemas import run_row

    return run_row(run)


@click.group()
def run() -> None:
    """Long work such as a back-fill: list, cancel, resume."""


@run.command(
    "list", cls=Command, show=lambda a: table(a["runs"], ["id", "kind", "state", "done", "total", "step"], "None.")
)
def list_() -> dict[str, Any]:
    """List the latest runs with their progress."""
    from purveyor.jobs.models import Run

    return {"runs": [_row(r) for r in Run.objects.order_by("-id")[:50]]}


@run.command("show", cls=Command)
@click.argument("number", type=int)
def show(number: int) -> dict[str, Any]:
    """Show one run with its estimate."""
    return _row(_run(number))


@run.command("cancel", cls=Command)
@click.argument("number", type=int)
def cancel(number: int) -> dict[str, Any]:
    """Stop a run after the step it is in; what is stored stays."""
    from purveyor.jobs import runs
    from purveyor.people.who import Who

    runs.cancel(_run(number), by=Who.cli().name)
    return _row(_run(number))


@run.command("resume", cls=Command)
@click.argument("number", type=int)
def resume(number: int) -> dict[str, Any]:
    """Go on with a run where it stopped."""
    from purveyor.jobs import runs
    from purveyor.people.who import Who

    runs.resume(_run(number), by=Who.cli().name)
    return _row(_run(number))
