"""Fulfillment centers: list, show, set, settle what an order offers."""

from __future__ import annotations

from typing import Any

import click

from purveyor.cli.door import Command, facts, table
from purveyor.cli.profiles import DAY

_OPTIONS = {
    "zone": ("time_zone", "Its time zone: a name of the IANA list, such as Europe/Berlin."),
    "reference": ("internal_reference", "What your own systems call the place."),
    "name": ("name", "The name in its address."),
    "street": ("address_line1", "Street and number."),
    "line2": ("address_line2", "Second line of the address."),
    "line3": ("address_line3", "Third line of the address."),
    "postal-code": ("postal_code", "Postal code."),
    "city": ("city", "City."),
    "state": ("state_or_region", "State or region."),
    "country": ("country_code", "Two letters, such as DE."),
    "phone": ("phone", "Phone."),
}
_NAMES = {option.replace("-", "_"): field for option, (field, _help) in _OPTIONS.items()}


@click.group()
def center() -> None:
    """Fulfillment centers, where orders go: list, show, set."""


def _flat(one: dict[str, Any]) -> dict[str, Any]:
    address = one["address"]
    names = ("address_line1", "postal_code", "city", "country_code")
    place = ", ".join(address[name] for name in names if name in address)
    return one | {"place": place, "offered": bool(one["offered"])}


def _show_list(answer: dict[str, Any]) -> str:
    columns = ["code", "place", "time_zone", "internal_reference", "source", "valid_from", "offered"]
    return table([_flat(one) for one in answer["centers"]], columns, "No such center.")


def _show_one(answer: dict[str, Any]) -> str:
    shown = {name: value for name, value in answer.items() if name not in ("history", "address", "offered")}
    history = table(answer["history"], ["version", "at", "by", "source", "source_note", "valid_from"], "")
    offered = answer["offered"] or {}
    parts = [facts(shown | answer["address"]), history]
    if offered:
        said = f"An order of {offered['valid_from']} names another address; take or decline it:"
        parts.insert(1, f"{said}\n{facts(offered['parts'])}")
    return "\n\n".join(parts)


@center.command("list", cls=Command, show=_show_list)
@click.option("--search", "text", default="", help="How the code begins, or a part of name, place or reference.")
@click.option("--source", default="", help="seed, order, person or file.")
@click.option("--country", default="", help="Two letters, such as DE.")
@click.option("--unknown", is_flag=True, help="Only those whose time zone nobody has said.")
def list_(text: str, source: str, country: str, unknown: bool) -> dict[str, Any]:
    """List centers by their code."""
    from purveyor.centers import queries
    from purveyor.centers.schemas import center_row
    from purveyor.people.who import Who

    rows = queries.narrow(queries.visible_to(Who.cli()), q=text, source=source, country=country, unknown=unknown)
    found = [center_row(one) for one in rows.order_by("code")]
    return {"centers": found, "count": len(found)}


@center.command("show", cls=Command, show=_show_one)
@click.argument("code")
def show(code: str) -> dict[str, Any]:
    """Show one center with its history."""
    from purveyor.centers import queries
    from purveyor.centers.schemas import center_full

    return center_full(queries.find(code))


def _every_option(command: Any) -> Any:
    """An option for each fact; what is not named stays, an empty text wipes it."""
    for option, (_field, words) in reversed(_OPTIONS.items()):
        command = click.option(f"--{option}", help=words)(command)
    return command


@center.command("set", cls=Command, show=_show_one)
@click.argument("code")
@_every_option
@click.option("--valid-from", type=DAY, help="The day from which the address holds; today unless said.")
@click.option("--note", default="", help="Where the address is from.")
@click.option("--because", default="", help="The reason, for the audit.")
def set_(code: str, valid_from: Any, note: str, because: str, **given: str | None) -> dict[str, Any]:
    """Say what is known of a center; one whose code is new is added. What is not named stays, "" wipes it."""
    from purveyor.centers.domain.update import set_center
    from purveyor.centers.schemas import center_full
    from purveyor.people.who import Who

    said = {_NAMES[name]: value for name, value in given.items() if value is not None}
    if not said and not valid_from and not note:
        raise click.UsageError("say what is known: --zone, --reference, --street, …")
    day = valid_from.date() if valid_from else None
    return center_full(set_center(Who.cli(), code, said, valid_from=day, note=note, because=because))


@center.command("take", cls=Command, show=_show_one)
@click.argument("code")
@click.option("--because", default="", help="The reason, for the audit.")
def take(code: str, because: str) -> dict[str, Any]:
    """Take the address an order offers."""
    from purveyor.centers.domain.update import take_offer
    from purveyor.centers.schemas import center_full
    from purveyor.people.who import Who

    return center_full(take_offer(Who.cli(), code, because=because))


@center.command("decline", cls=Command, show=_show_one)
@click.argument("code")
@click.option("--because", default="", help="The reason, for the audit.")
def decline(code: str, because: str) -> dict[str, Any]:
    """Keep the address as it is; the other is not offered again."""
    from purveyor.centers.domain.update import decline_offer
    from purveyor.centers.schemas import center_full
    from purveyor.people.who import Who

    return center_full(decline_offer(Who.cli(), code, because=because))
