"""Packings: list, show, compare, say whole, change by a step, undo, close."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from purveyor.cli.door import Command, ambiguous, facts, read_stdin, table
from purveyor.common.errors import Ambiguous, Problem, Refused
from purveyor.common.lenient import Unreadable, day

if TYPE_CHECKING:
    from purveyor.people.who import Who
    from purveyor.warehouse.models import Packing

PROFILE = click.option("--profile", default="", help="Only this profile; needed where a reference is ambiguous.")
REFERENCE = click.argument("reference", metavar="SHIPMENT")
VERSION = click.option("--version", type=click.IntRange(1), help="Refuse if the packing has another version by now.")
BECAUSE = click.option("--because", default="", help="The reason, for the history.")
LINE = click.option("--line", "line", required=True, help="PO number and line, such as 4ABCDEFG/1.")


@click.group()
def pack() -> None:
    """What is packed: list, show, compare, put, step, undo, close."""


def _me() -> Who:
    from purveyor.people.who import Who

    return Who.cli()


def _find(reference: str, profile: str) -> Packing:
    from purveyor.warehouse import packing_queries as queries

    try:
        return queries.find(_me(), reference, profile)
    except Ambiguous as error:
        raise ambiguous(error) from None


def _full(found: Packing) -> dict[str, Any]:
    from purveyor.warehouse import packing_queries as queries
    from purveyor.warehouse.packing_schemas import packing_full

    return packing_full(queries.one(_me(), found.pk))


def _show_list(answer: dict[str, Any]) -> str:
    columns = ["reference", "profile", "state", "ship_to", "pallets", "cartons", "eaches", "differences", "blocks"]
    return table(answer["packings"], columns, "No such packing. Bring one: purveyor file import pack FILE")


@pack.command("list", cls=Command, show=_show_list)
@click.option("--state", default="", help="open, packed or dropped.")
@click.option("--stands", default="", help="yes: something stands against it; no: it adds up.")
@click.option("--search", default="", help="A part of the reference, or a PO number or SSCC as a whole.")
@click.option("--limit", type=click.IntRange(1), help="At most so many, the latest first; all unless said.")
@PROFILE
def list_(state: str, stands: str, search: str, limit: int | None, profile: str) -> dict[str, Any]:
    """List packings, the latest first."""
    from purveyor.cli.profiles import profile_named
    from purveyor.warehouse import packing_queries as queries
    from purveyor.warehouse.packing_schemas import packing_row
    from purveyor.warehouse.packing_tables import PACKINGS

    name = profile_named(profile).name if profile else ""
    wanted = {"state": state, "stands": stands, "q": search, "profile": name}
    rows = PACKINGS.narrow(queries.counted(queries.visible_to(_me())), wanted)
    found = [packing_row(row) for row in (rows[:limit] if limit else rows)]
    return {"packings": found, "count": len(found)}


def _show_compared(answer: dict[str, Any]) -> str:
    columns = ["order", "line", "sku", "acknowledged", "picked", "packed", "differs", "accepted", "ways"]
    found = [
        {"check": one["check"], "severity": one["severity"], "message": one["message"], "do": one["way_out"]}
        for one in answer["findings"]
    ]
    lines = table(answer["lines"], columns, "Nothing is packed.")
    return f"{lines}\n\n{table(found, ['check', 'severity', 'message', 'do'], 'Nothing is found.')}"


def _show(answer: dict[str, Any]) -> str:
    orders = {line["id"]: f"{line['order']}/{line['line']}" for line in answer["lines"]}
    contents = [
        {"line": orders[one["line"]]}
        | {name: one[name] for name in ("id", "carton", "pallet", "eaches", "lot", "expiry")}
        for one in answer["contents"]
    ]
    boxes = ["key", "pallet", "sscc", "weight_grams", "tare_grams", "length_mm", "width_mm", "height_mm"]
    parts = [
        facts({key: value for key, value in answer.items() if not isinstance(value, list | dict)}),
        table(answer["pallets"], [name for name in boxes if name != "pallet"], "No pallets."),
        table(answer["cartons"], boxes, "No cartons."),
        table(contents, ["id", "carton", "pallet", "line", "eaches", "lot", "expiry"], "No contents."),
        _show_compared(answer),
    ]
    return "\n\n".join(parts)


@pack.command("show", cls=Command, show=_show)
@REFERENCE
@PROFILE
def show(reference: str, profile: str) -> dict[str, Any]:
    """Show a packing: pallets, cartons, contents, what stands against it."""
    return _full(_find(reference, profile))


@pack.command("compare", cls=Command, show=_show_compared)
@REFERENCE
@PROFILE
def compare(reference: str, profile: str) -> dict[str, Any]:
    """Compare packed, picked and acknowledged, line by line, with the ways out."""
    answer = _full(_find(reference, profile))
    names = ("profile", "reference", "state", "version", "lines", "findings", "differences", "blocks", "warnings")
    return {name: answer[name] for name in names}


@pack.command("begin", cls=Command, show=_show)
@REFERENCE
@click.option("--order", "orders", multiple=True, help="A PO number whose pieces come in; as often as needed.")
@click.option("--ship-to", default="", help="The fulfillment center.")
@click.option("--profile", required=True, help="The profile it belongs to.")
def begin(reference: str, orders: tuple[str, ...], ship_to: str, profile: str) -> dict[str, Any]:
    """Begin a packing with what is there to be packed of orders, not placed yet."""
    from purveyor.cli.profiles import profile_named
    from purveyor.warehouse.domain.pack import begin as begin_it

    return _full(begin_it(_me(), profile_named(profile), reference, orders, ship_to=ship_to))


@pack.command("put", cls=Command, show=_show)
@REFERENCE
@click.argument("document", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
@click.option("--profile", required=True, help="The profile it belongs to.")
@VERSION
def put(reference: str, document: Path, profile: str, version: int | None) -> dict[str, Any]:
    """Say all of a packing by a JSON file, as PUT /packings takes it; - is stdin. What was there is replaced."""
    from purveyor.cli.profiles import profile_named
    from purveyor.warehouse.domain.pack import put as put_it
    from purveyor.warehouse.packing_given import flat, read_document

    said = read_document(_text(document))
    given = flat(said)
    more: dict[str, Any] = {"ship_to": said.get("ship_to") or "", "expect_version": version}
    return _full(put_it(_me(), profile_named(profile), reference, given.boxes, given.contents, **more))


def _text(document: Path) -> str:
    if str(document) == "-":
        return read_stdin("the packing")
    try:
        return document.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(f"{document} cannot be read: {error}.") from None


def _show_changed(answer: dict[str, Any]) -> str:
    return f"version {answer['version']}\n\n{_show_compared(answer)}"


@pack.command("step", cls=Command, show=_show_changed)
@REFERENCE
@click.argument("step", metavar="JSON")
@VERSION
@PROFILE
def step(reference: str, step: str, version: int | None, profile: str) -> dict[str, Any]:
    """Change an open packing by one step, as POST …/steps takes it: '{"kind": "propose"}'."""
    from purveyor.warehouse.domain.edit import step as do_it
    from purveyor.warehouse.packing_schemas import changed_full

    found = _find(reference, profile)
    return changed_full(do_it(_me(), found, version or found.version, _asked(step)))


def _asked(text: str) -> dict[str, Any]:
    """A step as JSON. Raises Refused."""
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Refused("The step is no JSON object.")
    if isinstance(found.get("expiry"), str):
        try:
            found["expiry"] = day(found["expiry"])
        except Unreadable:
            raise Refused("The step is not good.", [Problem("This is no day such as 2027-03-31.", "expiry")]) from None
    return found


@pack.command("undo", cls=Command, show=_show_changed)
@REFERENCE
@VERSION
@PROFILE
def undo(reference: str, version: int | None, profile: str) -> dict[str, Any]:
    """Take the last step back that was not taken back yet."""
    from purveyor.warehouse.domain.undo import undo as undo_it
    from purveyor.warehouse.packing_schemas import changed_full

    found = _find(reference, profile)
    return changed_full(undo_it(_me(), found, version or found.version))


def _verb(name: str, sentence: str) -> None:
    @pack.command(name, cls=Command, show=_show_compared, help=sentence)
    @REFERENCE
    @BECAUSE
    @VERSION
    @PROFILE
    def command(reference: str, because: str, version: int | None, profile: str) -> dict[str, Any]:
        from purveyor.warehouse.domain import pack as verbs

        found = _find(reference, profile)
        return _full(getattr(verbs, name)(_me(), found, version or found.version, because))


_verb("close", "Close a packing in which everything adds up; warnings want --because.")
_verb("reopen", "Open a closed packing again, or take one up that was given up.")
_verb("drop", "Give an open packing up: nothing of it counts as packed.")


@pack.command("accept", cls=Command, show=_show_compared)
@REFERENCE
@LINE
@click.option("--because", required=True, help="Why it stands.")
@VERSION
@PROFILE
def accept(reference: str, line: str, because: str, version: int | None, profile: str) -> dict[str, Any]:
    """Let the difference of a line stand as its numbers are now."""
    from purveyor.warehouse.domain.resolve import accept as accept_it

    found = _find(reference, profile)
    accept_it(_me(), found, version or found.version, _line(found, line), because)
    return _full(found)


@pack.command("cut", cls=Command, show=_show_compared)
@REFERENCE
@LINE
@BECAUSE
@VERSION
@PROFILE
def cut(reference: str, line: str, because: str, version: int | None, profile: str) -> dict[str, Any]:
    """Answer the order of a line again by what is packed of it."""
    from purveyor.warehouse.domain.resolve import cut as cut_it

    found = _find(reference, profile)
    cut_it(_me(), found, version or found.version, _line(found, line), because)
    return _full(found)


@pack.command("move-rest", cls=Command, show=_show_compared)
@REFERENCE
@LINE
@click.option("--to", "other", required=True, help="The other packing, made where there is none.")
@VERSION
@PROFILE
def move_rest(reference: str, line: str, other: str, version: int | None, profile: str) -> dict[str, Any]:
    """Put what is acknowledged of a line and packed nowhere into another packing."""
    from purveyor.warehouse.domain.resolve import move_rest as move_it

    found = _find(reference, profile)
    move_it(_me(), found, version or found.version, _line(found, line), other)
    return _full(found)


def _line(found: Packing, named: str) -> int:
    """The key of a line of a packing, named as PO/line. Raises Refused."""
    from purveyor.warehouse.domain.judge import judge

    order, _slash, number = named.partition("/")
    lines = judge(found).lines.values()
    key = next((one.id for one in lines if (one.order, one.number) == (order.upper(), number)), None)
    if key is None:
        said = f"Packing {found.reference} has no line {named}; name it like 4ABCDEFG/1."
        raise Refused(said, [Problem(said, "line")])
    return key
