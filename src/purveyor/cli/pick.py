"""Pick lists: release orders to the warehouse, look, hold, let go, take back; say what was picked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from purveyor.cli.door import Command, Failed, ambiguous, facts, read_stdin, table
from purveyor.common.errors import Ambiguous, Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from purveyor.people.who import Who
    from purveyor.warehouse.models import PickList

PROFILE = click.option("--profile", default="", help="Only this profile; needed where a number is ambiguous.")
NUMBER = click.argument("number", metavar="LIST")
BECAUSE = click.option("--because", default="", help="The reason, for everybody who meets the list.")
_LINE = ("line", "ean", "sku", "asin", "quantity", "unit", "picked_at", "lot", "expiry", "reason", "prepared")
_RESULT = ("order", "profile", "reference", "picked_at", "lines")


@click.group()
def pick() -> None:
    """Pick lists: release, list, show, hold, go on, take back, say what was picked."""


def me() -> Who:
    """The operator at the shell."""
    from purveyor.people.who import Who

    return Who.cli()


def find(number: str, profile: str) -> PickList:
    """The list of a number, or the latest of an order. Raises NotFound, and a usage error that names the profiles."""
    from purveyor.warehouse import queries

    try:
        return queries.find(me(), number, profile)
    except Ambiguous as error:
        raise ambiguous(error) from None


def _full(list_id: int) -> dict[str, Any]:
    from purveyor.warehouse import queries
    from purveyor.warehouse.schemas import pick_list_full

    return pick_list_full(queries.one(me(), list_id))


def _show(answer: dict[str, Any]) -> str:
    columns = ["position", "line", "sku", "ean", "location", "quantity", "picked", "excess", "short"]
    results = ["reference", "way", "state", "by", "at", "said"]
    parts = [
        facts({key: value for key, value in answer.items() if not isinstance(value, list | dict)}),
        table(answer["items"], columns, "No lines."),
        table(answer["results"], results, "Nothing was picked yet."),
        table(answer["history"], ["at", "by", "what", "because"], "Nothing happened yet."),
    ]
    return "\n\n".join(parts)


def _show_list(answer: dict[str, Any]) -> str:
    columns = ["number", "profile", "state", "ship_to", "ship_by", "lines", "asked", "picked", "excess", "reason"]
    return table(answer["pick_lists"], columns, "No such pick list. Release an order: purveyor pick release PO")


@pick.command("list", cls=Command, show=_show_list)
@click.option("--state", default="", help="released, held, picked or cancelled.")
@click.option("--search", default="", help="How the number begins, or an ASIN, EAN or SKU of a line.")
@click.option("--limit", type=click.IntRange(1), help="At most so many, the latest first; all unless said.")
@PROFILE
def list_(state: str, search: str, limit: int | None, profile: str) -> dict[str, Any]:
    """List pick lists, the latest first."""
    from purveyor.cli.profiles import profile_named
    from purveyor.warehouse import queries
    from purveyor.warehouse.schemas import pick_list_rows
    from purveyor.warehouse.tables import PICK_LISTS

    name = profile_named(profile).name if profile else ""
    rows = PICK_LISTS.narrow(queries.visible_to(me()), {"state": state, "q": search, "profile": name})
    found = list(pick_list_rows(rows[:limit] if limit else rows))
    return {"pick_lists": found, "count": len(found)}


@pick.command("show", cls=Command, show=_show)
@NUMBER
@PROFILE
def show(number: str, profile: str) -> dict[str, Any]:
    """Show one pick list with its lines and what was picked; an order's number means its latest."""
    return _full(find(number, profile).pk)


@pick.command("print", cls=Command, show=lambda answer: f"{answer['file']}: {answer['pick_lists']} pick lists.")
@click.argument("numbers", metavar="LIST...", nargs=-1, required=True)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The PDF to write."
)
@PROFILE
def print_(numbers: tuple[str, ...], output: Path, profile: str) -> dict[str, Any]:
    """Write pick lists as one PDF, with symbols a scanner reads for each list and each of its lines."""
    from purveyor.warehouse.papers import print_lists

    lists = [find(number, profile) for number in dict.fromkeys(numbers)]
    made = print_lists(me(), lists)
    try:
        output.write_bytes(made)
    except OSError as error:
        raise Refused(f"{output} cannot be written: {error.strerror}.") from None
    return {"file": str(output), "pick_lists": len(lists)}


def _show_released(answer: dict[str, Any]) -> str:
    return table(answer["orders"], ["order", "pick_list", "error"], "No order was named.")


@pick.command("release", cls=Command, show=_show_released)
@click.argument("numbers", metavar="PO...", nargs=-1, required=True)
@PROFILE
def release(numbers: tuple[str, ...], profile: str) -> dict[str, Any]:
    """Release orders to the warehouse, each alone: they become pick lists."""
    from purveyor.common.errors import PurveyorError
    from purveyor.outbox.answering import resolve
    from purveyor.warehouse.domain.release import release_many

    named = resolve(me(), list(dict.fromkeys(numbers)), profile)
    made = dict(release_many(me(), [one.pk for one in named.values() if not isinstance(one, PurveyorError)]))
    rows = []
    for number, one in named.items():
        result = one if isinstance(one, PurveyorError) else made[one.pk]
        error = result.as_dict() if isinstance(result, PurveyorError) else None
        rows.append({"order": number, "pick_list": None if error else str(result), "error": error})
    return _or_failed({"orders": rows}, [row for row in rows if row["error"]], len(rows), "orders were not released")


def _or_failed(answer: dict[str, Any], refused: list[dict[str, Any]], count: int, words: str) -> dict[str, Any]:
    """Raises Failed with the whole answer where some was refused."""
    if not refused:
        return answer
    problems = [
        {"where": row["order"], "message": problem["message"], "check": problem.get("check", "")}
        for row in refused
        for problem in row["error"].get("problems") or [row["error"]]
    ]
    raise Failed(f"{len(refused)} of {count} {words}.", answer, problems)


def _verb(name: str, sentence: str, run: Callable[[PickList, str], PickList]) -> None:
    @pick.command(name, cls=Command, show=_show, help=sentence)
    @NUMBER
    @BECAUSE
    @PROFILE
    def command(number: str, because: str, profile: str) -> dict[str, Any]:
        return _full(run(find(number, profile), because).pk)


def _hold(found: PickList, because: str) -> PickList:
    from purveyor.warehouse.domain.hold import hold

    return hold(me(), found.pk, because)


def _go_on(found: PickList, because: str) -> PickList:
    from purveyor.warehouse.domain.hold import let_go

    return let_go(me(), found.pk, because)


def _cancel(found: PickList, because: str) -> PickList:
    from purveyor.warehouse.domain.hold import cancel

    return cancel(me(), found.pk, because)


def _take_back(found: PickList, because: str) -> PickList:
    from purveyor.warehouse.domain.hold import take_back_result

    return take_back_result(me(), found.pk, because)


_verb("hold", "Stop the picking of a list, for a reason.", _hold)
_verb("go-on", "Let a list on hold go on, by its order as it is now.", _go_on)
_verb("cancel", "Take a list back from the warehouse, for a reason: nothing of it counts any more.", _cancel)
_verb("take-back", "Take back what was said to be picked, for a reason: it is to be picked again.", _take_back)


def _show_taken(answer: dict[str, Any]) -> str:
    return table(
        answer["results"], ["order", "profile", "pick_list", "reference", "ok", "error"], "No result was named."
    )


@pick.command("result", cls=Command, show=_show_taken)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
def result(file: Path) -> dict[str, Any]:
    """Say what was picked by a JSON file; - is stdin.

    The file is {"results": [{"order", "profile", "reference", "picked_at", "lines": [{"line", "ean", "sku", "asin",
    "quantity", "unit", "picked_at", "lot", "expiry", "reason", "prepared"}]}]}. CSV: purveyor file import pick.
    """
    from purveyor.warehouse.many_results import take_many
    from purveyor.warehouse.models import PickResult

    answer = take_many(me(), _read(file), way=PickResult.Way.CLI)
    refused = [row for row in answer["results"] if not row["ok"]]
    return _or_failed(answer, refused, len(answer["results"]), "pick results were not taken")


def _read(file: Path) -> list[dict[str, Any]]:
    try:
        text = read_stdin("the pick results") if str(file) == "-" else file.read_text(encoding="utf-8")
        results = json.loads(text)["results"]
        for one in results:
            _only(one, _RESULT)
            if not isinstance(one["order"], str) or not isinstance(one["lines"], list):
                raise TypeError
            for line in one["lines"]:
                _only(line, _LINE)
    except OSError as error:
        raise Refused(f"{file} cannot be read: {error.strerror}.") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Refused("The pick results are no JSON document with results in it.") from None
    return list(results)


def _only(given: dict[str, Any], known: tuple[str, ...]) -> None:
    if strange := sorted(given.keys() - set(known)):
        raise Refused(f"A pick result has no {', '.join(strange)}; there are {', '.join(known)}.")
