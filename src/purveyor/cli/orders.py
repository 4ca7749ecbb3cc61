"""Orders: list, show, acknowledge."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from purveyor.cli.door import Command, Failed, ambiguous, as_it_came, facts, note, read, read_stdin, table
from purveyor.cli.profiles import profile_named
from purveyor.common.errors import PurveyorError, Refused
from purveyor.common.windows import local

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from purveyor.orders.domain.answer import Answers
    from purveyor.orders.models import Order

PROFILE = click.option("--profile", default="", help="Only this profile; needed where a number is ambiguous.")


@click.group()
def order() -> None:
    """Purchase orders: list, show, acknowledge, hold, release."""


def find(number: str, profile: str) -> Order:
    """The order of a number. Raises NotFound, and a usage error that names the profiles where there are several."""
    from purveyor.common.errors import Ambiguous
    from purveyor.orders import queries
    from purveyor.people.who import Who

    try:
        return queries.find(Who.cli(), number, profile)
    except Ambiguous as error:
        raise ambiguous(error) from None


def _show_list(answer: dict[str, Any]) -> str:
    which = ["number", "profile", "state", "ship_to", "ordered_at", "due_at", "window"]
    how_much = ["line_count", "eaches", "total", "currency"]
    rows = [
        row | {"window": _window(row["delivery_window"] or row["ship_window"], row["time_zone"])}
        for row in answer["orders"]
    ]
    return table(rows, which + how_much, "No such order.")


@order.command("list", cls=Command, show=_show_list)
@click.option("--state", default="", help="new, acknowledging, acknowledged, answer failed, answered elsewhere, …")
@click.option("--type", "kind", default="", help="bulk, weekly, undefined.")
@click.option("--waiting", is_flag=True, help="Only those Amazon waits for an answer to.")
@click.option("--overdue", is_flag=True, help="Only those waiting beyond Amazon's 24 hours.")
@click.option("--search", "text", default="", help="How a PO number begins, or an ASIN, EAN or SKU of a line.")
@click.option("--limit", type=click.IntRange(1), help="At most so many, newest first; all unless said.")
@PROFILE
def list_(
    state: str, kind: str, waiting: bool, overdue: bool, text: str, limit: int | None, profile: str
) -> dict[str, Any]:
    """List orders, newest first."""
    from purveyor.orders import queries
    from purveyor.orders.schemas import order_rows
    from purveyor.people.who import Who

    profile = profile_named(profile).name if profile else ""
    rows = queries.visible_to(Who.cli()).order_by("-ordered_at", "-pk")
    rows = queries.narrow(rows, state=state, type=kind, q=text, profile=profile, waits=waiting, late=overdue)
    found = list(order_rows((rows[:limit] if limit else rows).iterator()))
    return {"orders": found, "count": len(found)}


def _show_order(answer: dict[str, Any]) -> str:
    lines = [
        {
            "line": line["line"],
            "asin": line["asin"],
            "ordered": _words(line["ordered"]),
            "acknowledged": _words(line["acknowledged"]),
            "received": _words(line["received"]),
            "cost": line["net_cost"],
            "findings": [finding["message"] for finding in line["findings"]],
        }
        for line in answer["lines"]
    ]
    windows = {key: _window(answer[key], answer["time_zone"]) for key in ("ship_window", "delivery_window")}
    changes = [{"version": one["version"], "what": said} for one in answer["changes"] for said in one["said"]]
    history = [{k: step[k] for k in ("at", "by", "what", "because")} for step in answer["history"]]
    parts = [
        facts({key: value for key, value in (answer | windows).items() if not isinstance(value, list | dict)}),
        table(lines, ["line", "asin", "ordered", "acknowledged", "received", "cost", "findings"], "No lines."),
        table(changes, ["version", "what"], "Amazon changed nothing."),
        table(answer["holds"], ["id", "check", "because", "by", "at"], "Nothing holds it."),
        table(answer["deadlines"], ["kind", "due", "percent", "means"], "Nothing is due."),
        table(answer["differences"], ["line", "message"], "Amazon counts as we answered."),
        table(answer["documents"], ["id", "state", "sent_at", "transaction_id", "problem"], "Nothing was sent."),
        table(history, ["at", "by", "what", "because"], "Nothing happened yet."),
    ]
    return "\n\n".join(parts)


def _window(window: dict[str, str | None] | None, zone: str) -> str:
    """From when to when by the center's clock, its zone named; nothing where Amazon gave none."""
    ends = [local(at, zone) if at else "…" for at in (window["start"], window["end"])] if window else []
    return f"{' – '.join(ends)} {zone}" if ends else ""


def _words(quantity: dict[str, Any] | None) -> str:
    """A quantity in eaches, and in cases where it is ordered in cases."""
    if quantity is None:
        return ""
    cases = quantity["unit"] == "Cases" and quantity["amount"] is not None
    return f"{quantity['eaches']}" + (f" ({quantity['amount']} × {quantity['unit_size']})" if cases else "")


@order.command("show", cls=Command, show=_show_order)
@click.argument("number", metavar="PO")
@PROFILE
def show(number: str, profile: str) -> dict[str, Any]:
    """Show one order: lines, findings, versions, history, documents."""
    from purveyor.outbox import answering
    from purveyor.people.who import Who

    return answering.shown(Who.cli(), find(number, profile))


@order.command("version", cls=Command, show=as_it_came)
@click.argument("number", metavar="PO")
@click.argument("version", type=click.IntRange(1))
@click.option("--status", "kind", flag_value="status", default="order", help="A version of its status instead.")
@PROFILE
def version(number: str, version: int, kind: str, profile: str) -> dict[str, Any]:
    """Show one version of an order, or of its status, as Amazon sent it."""
    from purveyor.orders import queries

    found = find(number, profile)
    snapshot = queries.version(found, version, kind)
    told = {"number": found.number, "profile": found.profile.name, "kind": kind, "version": version}
    return told | {"request_id": snapshot.request_id, "document": read(snapshot.document())}


def _show_answered(answer: dict[str, Any]) -> str:
    if "dry_run" in answer:
        return "\n".join(one["text"] for one in answer["orders"])
    return table(answer["orders"], ["number", "profile", "state", "error"], "No order was named.")


@order.command("acknowledge", cls=Command, show=_show_answered)
@click.argument("numbers", metavar="[PO]...", nargs=-1)
@click.option("--accept", is_flag=True, help="Accept every open line in full, at the order's cost.")
@click.option(
    "--answers", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True), help="A JSON file; - is stdin."
)
@click.option("--dry-run", is_flag=True, help="Print exactly what would be sent; decide nothing.")
@click.option("--because", default="", help="The reason, for the audit.")
@click.option("--confirm-elsewhere", is_flag=True, help="Replace an answer given outside of this hub.")
@click.option("--confirm-hold", is_flag=True, help="Answer though an order is on hold.")
@PROFILE
def acknowledge(
    numbers: tuple[str, ...],
    accept: bool,
    answers: Path | None,
    dry_run: bool,
    because: str,
    confirm_elsewhere: bool,
    confirm_hold: bool,
    profile: str,
) -> dict[str, Any]:
    """Answer orders, each alone: accept PO … in full, or as a file says.

    The file is {"orders": [{"number", "lines": [{"line", "answers": [{"code", "eaches", "reason", "ship_date",
    "delivery_date"}]}]}]}; a line that is not named is refused, never guessed. With --answers, PO … picks some of the
    file's orders.
    """
    if accept == (answers is not None):
        raise click.UsageError("say either --accept or --answers FILE")
    if accept and not numbers:
        raise click.UsageError("name the orders to accept")
    given = None if answers is None else _chosen(_read(answers), numbers)
    found = _resolve(list(given or dict.fromkeys(numbers)), profile)
    confirmed = {"confirm_elsewhere": confirm_elsewhere, "confirm_hold": confirm_hold}
    if dry_run:
        return _previews(found, given, confirmed)
    return _decide(found, given, because=because, **confirmed)


def _read(file: Path) -> Mapping[str, Answers]:
    """The answers of a file by order number. Raises Refused with every problem and its path."""
    from purveyor.orders.domain.answers_file import parse_answers

    try:
        text = read_stdin("the answers") if str(file) == "-" else file.read_text(encoding="utf-8")
        return parse_answers(json.loads(text))
    except OSError as error:
        raise Refused(f"{file} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise Refused("The answers are not text in UTF-8.") from None
    except json.JSONDecodeError as error:
        raise Refused(f"The answers are not JSON: {error.msg} in line {error.lineno}.") from None


def _chosen(answers: Mapping[str, Answers], numbers: Sequence[str]) -> Mapping[str, Answers]:
    """The answers of the orders named, or of all. Raises Refused when an order named has none."""
    if not numbers:
        return answers
    if missing := [number for number in numbers if number not in answers]:
        raise Refused(f"The file answers no order {', '.join(missing)}.")
    if left := sorted(answers.keys() - set(numbers)):
        note(f"Left out, since they were not named: {', '.join(left)}")
    return {number: answers[number] for number in dict.fromkeys(numbers)}


def _resolve(numbers: Sequence[str], profile: str) -> dict[str, Order | PurveyorError]:
    """Every order before the first is decided: an ambiguous number is wrong usage, and nothing is done."""
    from purveyor.common.errors import Ambiguous
    from purveyor.outbox import answering
    from purveyor.people.who import Who

    found = answering.resolve(Who.cli(), numbers, profile)
    for one in found.values():
        if isinstance(one, Ambiguous):
            raise ambiguous(one)
    return found


def _previews(
    found: Mapping[str, Order | PurveyorError], answers: Mapping[str, Answers] | None, confirmed: Mapping[str, bool]
) -> dict[str, Any]:
    """The exact body of each, as JSON and as the very text; the first refusal is raised, since nothing is decided."""
    from purveyor.outbox import answering
    from purveyor.people.who import Who

    rows = []
    for number, one in found.items():
        if isinstance(one, PurveyorError):
            raise one
        mine = answers[number] if answers else None
        text = answering.preview(Who.cli(), one, mine, **confirmed).decode()
        rows.append({"number": number, "profile": one.profile.name, "body": json.loads(text), "text": text})
    every = [entry for row in rows for entry in row["body"]["acknowledgements"]]
    return {"dry_run": True, "orders": rows, "acknowledgements": every}


def _decide(
    found: Mapping[str, Order | PurveyorError], answers: Mapping[str, Answers] | None, **more: Any
) -> dict[str, Any]:
    """Decide each alone. Raises Failed with the whole answer when one was refused; a single one in its own words."""
    from purveyor.outbox import answering
    from purveyor.people.who import Who

    told = answering.answer_many(Who.cli(), found, answers, **more)
    refused = [one.error for one in told if one.error is not None]
    answer = {"orders": [one.row() for one in told], "acknowledged": len(told) - len(refused), "refused": len(refused)}
    if not refused:
        return answer
    if len(told) == 1:
        raise refused[0]
    problems = [p for one in told if one.error for p in _problems(one.number, one.error)]
    raise Failed(f"{len(refused)} of {len(told)} orders were refused.", answer, problems=problems)


def _problems(number: str, error: PurveyorError) -> list[dict[str, str]]:
    """What was wrong with one of several orders, each with the order's number in its place."""
    inner = error.as_dict().get("problems") or [{"message": error.message, "where": "", "check": ""}]
    return [p | {"where": f"{number} {p['where']}".strip()} for p in inner]
