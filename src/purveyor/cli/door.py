"""The command line's door: every command takes ``--json``, speaks one shape of error, and ends with a named status."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from importlib import import_module
from typing import Any

import click

from purveyor.cli import status
from purveyor.common.errors import PurveyorError, Refused
from purveyor.common.windows import zulu

Show = Callable[[Any], str]


def boot() -> None:
    """Make the framework ready. Late, so that help and the process tree's root stay light."""
    from purveyor.config.start import start

    start()


def plain(value: Any) -> Any:
    """What JSON cannot say by itself: moments with Z, decimals as text."""
    if isinstance(value, datetime):
        return zulu(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def note(text: str) -> None:
    """Progress and remarks go to the error channel, so that the answer stays clean."""
    click.echo(text, err=True)


def table(rows: Sequence[dict[str, Any]], columns: Sequence[str], empty: str) -> str:
    """Rows as aligned text with a head; ``empty`` is what to say when there are none."""
    if not rows:
        return empty
    cells = [[str(row.get(c, "") if row.get(c) is not None else "") for c in columns] for row in rows]
    widths = [max(len(c), *(len(line[i]) for line in cells)) for i, c in enumerate(columns)]
    head = "  ".join(c.upper().ljust(w) for c, w in zip(columns, widths, strict=True)).rstrip()
    body = ("  ".join(v.ljust(w) for v, w in zip(line, widths, strict=True)).rstrip() for line in cells)
    return "\n".join([head, *body])


def _say(error: PurveyorError, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"error": error.as_dict()}, default=plain, ensure_ascii=False))
        return
    click.echo(f"{error.message}", err=True)
    for problem in error.problems if isinstance(error, Refused) else ():
        place = f"{problem.where}: " if problem.where else ""
        click.echo(f"  {place}{problem.message}" + (f" [{problem.check}]" if problem.check else ""), err=True)
    if error.hint:
        click.echo(f"  {error.hint}", err=True)


class Command(click.Command):
    """A command whose function answers a JSON-able value; ``show`` makes it readable without ``--json``."""

    def __init__(self, *args: Any, show: Show | None = None, django: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.show, self.django = show, django
        self.params.append(click.Option(["--json", "as_json"], is_flag=True, help="Print one JSON document."))

    def invoke(self, ctx: click.Context) -> None:
        as_json = ctx.params.pop("as_json")
        try:
            if self.django:
                boot()
            answer = super().invoke(ctx)
        except PurveyorError as error:
            _say(error, as_json)
            ctx.exit(status.FAILED)
        if answer is None:
            return
        if as_json:
            click.echo(json.dumps(answer, default=plain, ensure_ascii=False))
        else:
            click.echo(self.show(answer) if self.show else json.dumps(answer, default=plain, indent=2))
        if isinstance(answer, dict) and answer.get("ok") is False:
            ctx.exit(status.FAILED)


class Lazy(click.Group):
    """A group whose commands live in modules loaded only when called: ``{"order": "orders:order"}``."""

    def __init__(self, *args: Any, lazy: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lazy = lazy

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.lazy)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.lazy:
            return None
        module, _, name = self.lazy[cmd_name].partition(":")
        found: click.Command = getattr(import_module(f"purveyor.cli.{module}"), name)
        return found


def read_stdin(what: str) -> str:
    """Standard input whole. Raises a usage error when it is a terminal: secrets are piped, never typed as arguments."""
    if sys.stdin.isatty():
        raise click.UsageError(f"{what} is read from standard input; pipe it in")
    return sys.stdin.read()
