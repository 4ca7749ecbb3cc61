"""The command line's door: every command takes ``--json``, speaks one shape of error, and ends with a named status."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from importlib import import_module
from typing import Any, NoReturn

import click

from purveyor.cli import status
from purveyor.cli.schema import ensure_tables, outdated
from purveyor.common.errors import PurveyorError, Refused, Remedy
from purveyor.common.windows import zulu

Show = Callable[[Any], str]

log = logging.getLogger(__name__)


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


def as_json(value: Any) -> str:
    """One JSON document."""
    return json.dumps(value, default=plain, ensure_ascii=False)


def note(text: str) -> None:
    """Progress and remarks go to the error channel, so that the answer stays clean."""
    click.echo(text, err=True)


def table(rows: Sequence[dict[str, Any]], columns: Sequence[str], empty: str) -> str:
    """Rows as aligned text with a head; ``empty`` is what to say when there are none."""
    if not rows:
        return empty
    cells = [[_cell(row.get(c)) for c in columns] for row in rows]
    widths = [max(len(c), *(len(line[i]) for line in cells)) for i, c in enumerate(columns)]
    head = "  ".join(c.upper().ljust(w) for c, w in zip(columns, widths, strict=True)).rstrip()
    body = ("  ".join(v.ljust(w) for v, w in zip(line, widths, strict=True)).rstrip() for line in cells)
    return "\n".join([head, *body])


def facts(answer: dict[str, Any]) -> str:
    """The plain values of an answer, one a line; what is nested is left to ``--json``."""
    shown = {key: _cell(value) for key, value in answer.items() if not isinstance(value, dict)}
    width = max(map(len, shown), default=0)
    return "\n".join(f"{key.replace('_', ' ').ljust(width)}  {value}".rstrip() for key, value in shown.items())


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return zulu(value)
    if isinstance(value, dict):
        return str(value.get("message", value) if value else "")
    return ", ".join(map(_cell, value)) if isinstance(value, list | tuple) else str(value)


def read(document: bytes) -> Any:
    """A document of Amazon's as JSON; as text where it cannot be read."""
    try:
        return json.loads(document)
    except (ValueError, RecursionError):
        return document.decode("utf-8", "replace")


def as_it_came(answer: dict[str, Any]) -> str:
    """The ``document`` of an answer alone, easy to read."""
    document = answer["document"]
    return document if isinstance(document, str) else json.dumps(document, indent=2, ensure_ascii=False)


def say(error: dict[str, Any]) -> None:
    """An error for people: the sentence, each problem with its place, the hint."""
    note(str(error["message"]))
    for problem in error.get("problems", ()):
        place = f"{problem['where']}: " if problem["where"] else ""
        note(f"  {place}{problem['message']}" + (f" [{problem['check']}]" if problem["check"] else ""))
    if error.get("hint"):
        note(f"  {error['hint']}")
    if error.get("request_id"):
        note(f"  Amazon's request id: {error['request_id']}")


def told(error: PurveyorError) -> dict[str, Any]:
    """An error in the contract's shape (DESIGN §6); ``request_id`` is Amazon's, empty where Amazon had no part."""
    return {"request_id": ""} | error.as_dict()


class Failed(PurveyorError):
    """Some of what was asked was refused. ``answer`` holds the good and the bad, ``problems`` all that was wrong."""

    code = "partly-refused"
    remedy = Remedy.MEND_DATA

    def __init__(self, message: str, answer: dict[str, Any], problems: Sequence[dict[str, str]] = ()) -> None:
        super().__init__(message)
        self.answer = answer
        self.problems = list(problems)

    def as_dict(self) -> dict[str, Any]:
        return super().as_dict() | {"problems": self.problems}


class Command(click.Command):
    """A command whose function answers a JSON-able value; ``show`` makes it readable without ``--json``.

    ``django`` and ``tables`` say whether it wants the framework and a database that is not empty. An answer with
    ``"ok": false`` ends with status 1, as a refusal does.
    """

    def __init__(
        self, *args: Any, show: Show | None = None, django: bool = True, tables: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.show, self.django, self.tables = show, django, tables
        self.params.append(click.Option(["--json", "as_json"], is_flag=True, help="Print one JSON document."))

    def invoke(self, ctx: click.Context) -> None:
        """Run it and print the answer; errors go up to ``Root``, which says them."""
        ctx.meta["json"] = wants_json = ctx.params.pop("as_json")
        if self.django:
            boot()
        if self.django and self.tables:
            ensure_tables()
        try:
            answer = super().invoke(ctx)
        except Failed as error:
            if self.show and not wants_json:
                click.echo(self.show(error.answer))
            raise
        if answer is None:
            return
        if wants_json:
            click.echo(as_json(answer))
        else:
            click.echo(self.show(answer) if self.show else facts(answer))
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


class Root(Lazy):
    """The whole tree. Whatever ends it, ends it with one shape of error and a named status; no trace is shown."""

    def main(  # type: ignore[override]  # always ends by SystemExit, as the parent does in its usual mode
        self, args: Sequence[str] | None = None, prog_name: str | None = None, **more: Any
    ) -> NoReturn:
        given = list(sys.argv[1:] if args is None else args)
        more["standalone_mode"] = False
        try:
            ended = super().main(given, prog_name, **more)
        except BaseException as error:
            sys.exit(_end(error, "--json" in given))
        sys.exit(ended if isinstance(ended, int) else status.DONE)


def _end(error: BaseException, wants_json: bool) -> int:
    """Say what went wrong; answers the status."""
    match _known(error):
        case SystemExit(code=code):
            return code if isinstance(code, int) else status.FAILED
        case Failed() as known:
            _tell(told(known), wants_json, known.answer)
        case PurveyorError() as known:
            _tell(told(known), wants_json)
        case click.UsageError() as known:
            _usage(known, wants_json)
            return status.USAGE
        case click.ClickException() as known:
            _tell(_shape("failed", known.format_message(), Remedy.MEND_DATA), wants_json)
        case click.Abort() | KeyboardInterrupt():
            _tell(_shape("stopped", "Stopped.", Remedy.WAIT), wants_json)
        case BrokenPipeError():
            # Whoever read our answer has gone; there is nobody left to tell.
            sys.stdout = None
        case _:
            log.error("The command failed in an unforeseen way.", exc_info=error)
            words = f"Something failed that nobody foresaw: {type(error).__name__}. The log has the details."
            _tell(_shape("internal", words, Remedy.TELL_DEVELOPER), wants_json)
    return status.FAILED


def _known(error: BaseException) -> BaseException:
    """The error itself, or what it means when it comes from a database of another version."""
    from_database = type(error).__module__.startswith("django.db")
    return (outdated(error) if from_database and isinstance(error, Exception) else None) or error


def _shape(code: str, message: str, remedy: Remedy) -> dict[str, Any]:
    return {"code": code, "message": message, "remedy": str(remedy), "request_id": ""}


def _tell(error: dict[str, Any], wants_json: bool, answer: dict[str, Any] | None = None) -> None:
    if wants_json:
        click.echo(as_json((answer or {}) | {"error": error}))
    else:
        say(error)


def _usage(error: click.UsageError, wants_json: bool) -> None:
    """Wrong usage: what is wrong and where the help is; each profile where a number is ambiguous."""
    if wants_json:
        click.echo(as_json({"error": _shape("usage", error.format_message(), Remedy.MEND_DATA)}))
    else:
        error.show()


def ambiguous(error: Refused) -> click.UsageError:
    """A refusal that an option would settle, as wrong usage (status 2)."""
    return click.UsageError(f"{error.message} Say which with --profile.")


def read_stdin(what: str) -> str:
    """Standard input whole. Raises a usage error when it is a terminal: secrets are piped, never typed as arguments."""
    if sys.stdin.isatty():
        raise click.UsageError(f"{what} is read from standard input; pipe it in")
    return sys.stdin.read()
