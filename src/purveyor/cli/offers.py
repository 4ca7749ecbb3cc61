"""Bulk-buy offers: list, show, answer, hand on, complete, export."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from purveyor.cli.door import Command, Failed, ambiguous, facts, read_stdin, table
from purveyor.common.errors import Ambiguous, Refused

if TYPE_CHECKING:
    from purveyor.offers.domain.answer import Given, Taken
    from purveyor.offers.models import Offer
    from purveyor.people.who import Who

PROFILE = click.option("--profile", default="", help="Only this profile; needed where a number is ambiguous.")
NUMBER = click.argument("number", metavar="OFFER")
STAGE = click.option("--stage", required=True, help="commerce, manufacturing, warehouse, finance or management.")
VERSION = click.option("--version", type=click.IntRange(1), help="Refuse if the offer has another version by now.")


@click.group()
def offer() -> None:
    """Bulk-buy offers: list, show, answer, hand on, complete, export."""


def me() -> Who:
    """The operator at the shell."""
    from purveyor.people.who import Who

    return Who.cli()


def find(number: str, profile: str) -> Offer:
    """The offer of a number. Raises NotFound, and a usage error that names the profiles where there are several."""
    from purveyor.offers import queries

    try:
        return queries.find(me(), number, profile)
    except Ambiguous as error:
        raise ambiguous(error) from None


def full(found: Offer) -> dict[str, Any]:
    """An offer as it is now, as machines see it."""
    from purveyor.offers import queries
    from purveyor.offers.schemas import offer_full

    return offer_full(queries.one(me(), found.pk))


def show_offer(answer: dict[str, Any]) -> str:
    """An offer for people."""
    history = [{name: step[name] for name in ("at", "by", "what", "because")} for step in answer["history"]]
    stages = ["stage", "state", "state_at", "approved_by", "second_by", "reason"]
    parts = [
        facts({key: value for key, value in answer.items() if not isinstance(value, list | dict)}),
        table(answer["deliveries"], ["delivery", "name", "first_day", "last_day"], "No deliveries."),
        table(answer["stages"], stages, "No stages."),
        table(history, ["at", "by", "what", "because"], "Nothing happened yet."),
    ]
    return "\n\n".join(parts)


def _show_list(answer: dict[str, Any]) -> str:
    columns = ["number", "profile", "state", "stage", "expires_at", "rows", "unmapped", "value", "currency", "open"]
    return table(answer["offers"], columns, "No such offer. Bring one: purveyor file import offer FILE")


@offer.command("list", cls=Command, show=_show_list)
@click.option("--state", default="", help="open, completed, withdrawn or expired.")
@click.option("--stage", default="", help="Only those whose turn this stage is.")
@click.option("--search", default="", help="A part of number or title, or an ASIN or SKU of a row as a whole.")
@click.option("--limit", type=click.IntRange(1), help="At most so many, the latest first; all unless said.")
@PROFILE
def list_(state: str, stage: str, search: str, limit: int | None, profile: str) -> dict[str, Any]:
    """List offers, the latest first."""
    from purveyor.cli.profiles import profile_named
    from purveyor.offers import queries
    from purveyor.offers.schemas import offer_rows
    from purveyor.offers.tables import OFFERS

    name = profile_named(profile).name if profile else ""
    rows = OFFERS.narrow(queries.visible_to(me()), {"state": state, "stage": stage, "q": search, "profile": name})
    found = list(offer_rows(rows[:limit] if limit else rows))
    return {"offers": found, "count": len(found)}


@offer.command("show", cls=Command, show=show_offer)
@NUMBER
@PROFILE
def show(number: str, profile: str) -> dict[str, Any]:
    """Show one offer: deliveries, stages, liability, history."""
    return full(find(number, profile))


def _show_board(answer: dict[str, Any]) -> str:
    rows = [
        {
            "row": row["row"],
            "asin": row["asin"],
            "delivery": cell["delivery"],
            "asked": cell["asked"]["quantity"],
            "finds": cell["finds"]["quantity"],
            "answer": _words(cell["mine"]),
            "comes to": _words(cell["now"]),
            "version": cell["version"],
        }
        for row in answer["rows"]
        for cell in row["cells"]
    ]
    columns = ["row", "asin", "delivery", "asked", "finds", "answer", "comes to", "version"]
    sums = [{"stage": one["stage"], "state": one["state"]} | one["totals"] for one in answer["stages"]]
    head = table(sums, ["stage", "state", "cells", "decided", "eaches", "value"], "No stages.")
    return f"{table(rows, columns, 'No such rows.')}\n\n{head}"


def _words(value: dict[str, Any] | None) -> str:
    if value is None:
        return ""
    price = f" × {value['price']}" if value["price"] is not None else ""
    return f"{value['quantity']}{price}" if value["verdict"] else "no"


@offer.command("board", cls=Command, show=_show_board)
@NUMBER
@click.option("--stage", default="", help="As this stage sees it.")
@click.option("--only", default="", help="mine, undecided, changed or unmapped.")
@PROFILE
def board(number: str, stage: str, only: str, profile: str) -> dict[str, Any]:
    """Show every cell: what is asked, what a stage finds and says, what it comes to."""
    from purveyor.offers.domain.board import board as board_of
    from purveyor.offers.schemas import board_full

    return board_full(board_of(find(number, profile), stage, only=only))


def show_taken(answer: dict[str, Any]) -> str:
    """What became of answers, for people."""
    clashes = [
        {"row": one["row"], "delivery": one["delivery"], "by": one["by"], "theirs": _words(one["now"])}
        | {"yours": _words(one["mine"]), "version": one["version"]}
        for one in answer["clashes"]
    ]
    parts = [f"{len(answer['cells'])} cells are answered."]
    if clashes:
        parts.append(table(clashes, ["row", "delivery", "by", "theirs", "yours", "version"], ""))
    if answer["problems"]:
        parts.append(table(answer["problems"], ["where", "message"], ""))
    return "\n\n".join(parts)


def told(taken: Taken) -> dict[str, Any]:
    """What became of answers. Raises Failed with all of it where some were not kept."""
    from purveyor.offers.schemas import taken_full

    answer = taken_full(taken)
    if not taken.clashes and not taken.problems:
        return answer
    count = len(taken.clashes) + len(taken.problems)
    problems = [{"where": one.where, "message": one.message, "check": one.check} for one in taken.problems]
    raise Failed(f"{count} of {count + len(taken.cells)} answers were not kept.", answer, problems)


@offer.command("answer", cls=Command, show=show_taken)
@NUMBER
@STAGE
@click.option("--row", type=click.IntRange(1), help="The row's number in the workbook.")
@click.option("--delivery", type=click.IntRange(1), default=1, show_default=True, help="The delivery's position.")
@click.option("--yes/--no", "verdict", default=None, help="Take it or not.")
@click.option("--quantity", type=click.IntRange(0), help="Pieces; alone it is a yes, 0 a no.")
@click.option("--price", default=None, help="For one each.")
@click.option("--comment", default=None, help="What the next ones shall know.")
@click.option("--clear", is_flag=True, help="Take the whole answer back.")
@click.option("--seen", type=click.IntRange(0), help="The cell's version as you saw it.")
@click.option("--because", default="", help="The reason, for the audit.")
@click.option(
    "--answers", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True), help="A JSON file; - is stdin."
)
@PROFILE
def answer(number: str, stage: str, answers: Path | None, because: str, profile: str, **one: Any) -> dict[str, Any]:
    """Answer one cell, or many by a file.

    The file is {"answers": [{"row", "delivery", "version", "verdict", "quantity", "price", "comment", "clear"}]}.
    """
    from purveyor.offers.domain.answer import answer as answer_it
    from purveyor.offers.models import Said

    if (one["row"] is None) == (answers is None):
        raise click.UsageError("say either --row or --answers FILE")
    given = _read(answers) if answers is not None else [_given(one | {"version": one["seen"]})]
    return told(answer_it(me(), find(number, profile), stage, given, how=Said.How.CLI, because=because))


_NAMES = ("row", "delivery", "version", "verdict", "quantity", "price", "comment", "clear")


def _given(told: dict[str, Any]) -> Given:
    """One answer. Raises Refused for what cannot be one."""
    from purveyor.common import money
    from purveyor.offers.domain.answer import Given

    try:
        found = {name: told[name] for name in _NAMES if told.get(name) is not None}
        if "price" in found:
            found["price"] = money.decimal_of(str(found["price"]))
        for name in ("row", "delivery", "version", "quantity"):
            if name in found and (isinstance(found[name], bool) or not isinstance(found[name], int)):
                raise ValueError(name)
        for name, kind in (("verdict", bool), ("clear", bool), ("comment", str)):
            if name in found and not isinstance(found[name], kind):
                raise ValueError(name)
        return Given(**found)
    except (TypeError, ValueError):
        raise Refused(f"This is no answer: {json.dumps(told)[:200]}") from None


def _read(file: Path) -> list[Given]:
    try:
        text = read_stdin("the answers") if str(file) == "-" else file.read_text(encoding="utf-8")
        rows = json.loads(text)["answers"]
        if any(strange := sorted(set(row) - set(_NAMES)) for row in rows):
            raise Refused(f"An answer has no {', '.join(strange)}; there are {', '.join(_NAMES)}.")
        return [_given(row) for row in rows]
    except OSError as error:
        raise Refused(f"{file} cannot be read: {error.strerror}.") from None
    except (ValueError, KeyError, TypeError):
        raise Refused("The answers are no JSON document with answers in it.") from None


@offer.command("approve", cls=Command, show=show_taken)
@NUMBER
@STAGE
@click.option("--all", "every", is_flag=True, help="Over the stage's own answers too; else only what is undecided.")
@VERSION
@PROFILE
def approve(number: str, stage: str, every: bool, version: int | None, profile: str) -> dict[str, Any]:
    """Say yes to everything as it stands; answers that are there stay, unless --all."""
    from purveyor.offers.domain.answer import approve as approve_it
    from purveyor.offers.models import Said

    more: dict[str, Any] = {"undecided_only": not every, "how": Said.How.CLI, "expect_version": version}
    return told(approve_it(me(), find(number, profile), stage, **more))
