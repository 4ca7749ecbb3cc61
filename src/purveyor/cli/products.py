"""Products: list, show, add, change, other names, costs, stock."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from purveyor.cli.door import Command, table

if TYPE_CHECKING:
    from purveyor.people.who import Who
    from purveyor.products.models import Product

F = TypeVar("F", bound=Callable[..., Any])

_FACTS = (
    ("--asin", "Amazon's number; blank takes it away."),
    ("--gtin", "EAN, UPC or GTIN-14; blank takes it away."),
    ("--title", "What it is called."),
    ("--case-pack", "Eaches in a case."),
    ("--inner-pack", "Eaches in an inner pack."),
    ("--weight-grams", "Weight of one each in grams, or with its unit: 1.5kg."),
    ("--length-mm", "Length of one each in millimetres, or with its unit: 12cm."),
    ("--width-mm", "Width, likewise."),
    ("--height-mm", "Height, likewise."),
    ("--expiry-tracked", "Whether it has an expiry date: yes or no."),
    ("--location", "Where it stands in the warehouse; blank takes it away."),
    ("--prep", "What Amazon wants done to it before it ships; blank takes it away."),
    ("--active", "Whether it is sold: yes or no."),
)


def _facts(command: F) -> F:
    for option, words in reversed(_FACTS):
        command = click.option(option, help=words)(command)
    return command


def _given(facts: dict[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in facts.items() if value is not None}


@click.group()
def product() -> None:
    """The house's catalogue: products with their names, costs and stock."""


def _me() -> Who:
    from purveyor.people.who import Who

    return Who.cli()


def _find(name: str) -> Product:
    from purveyor.products.queries import find

    return find(_me(), name)


def _full(found: Product) -> dict[str, Any]:
    from purveyor.products.schemas import product_full

    return product_full(found)


def _show_list(answer: dict[str, Any]) -> str:
    columns = ["sku", "asin", "ean", "title", "case_pack", "on_hand", "reserved", "active"]
    return table(answer["products"], columns, "No such product. Bring a file: purveyor file import products FILE")


def _show(answer: dict[str, Any]) -> str:
    shown = {name: value for name, value in answer.items() if name not in ("costs", "gtin", "id")}
    width = max(map(len, shown))
    lines = [f"{name.replace('_', ' ').ljust(width)}  {_said(value)}".rstrip() for name, value in shown.items()]
    columns = ["marketplace", "amount", "currency", "valid_from", "valid_until"]
    return "\n".join([*lines, "", table(answer["costs"], columns, "No cost is agreed.")])


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(value) if isinstance(value, list) else "" if value is None else str(value)


@product.command("list", cls=Command, show=_show_list)
@click.option("--search", default="", help="ASIN, EAN or another name as a whole, or a part of SKU or title.")
@click.option("--active/--inactive", default=None, help="Only those that are sold, or that are not.")
@click.option("--lacking", default="", help="Only those that lack asin, ean, case_pack, stock or cost.")
@click.option("--limit", type=click.IntRange(1), help="At most so many.")
def list_(search: str, active: bool | None, lacking: str, limit: int | None) -> dict[str, Any]:
    """List products by SKU."""
    from purveyor.products import queries
    from purveyor.products.schemas import product_row

    rows = queries.narrow(queries.visible_to(_me()), q=search, active=active, lacking=lacking)
    found = rows.order_by("sku")
    return {"products": [product_row(one) for one in (found[:limit] if limit else found)], "count": rows.count()}


@product.command("show", cls=Command, show=_show)
@click.argument("name")
def show(name: str) -> dict[str, Any]:
    """Show a product, named by SKU, EAN, ASIN or another name."""
    return _full(_find(name))


@product.command("add", cls=Command, show=_show)
@click.argument("sku")
@_facts
def add(sku: str, **facts: str | None) -> dict[str, Any]:
    """Add a product."""
    from purveyor.products.domain.update import create

    return _full(create(_me(), {"sku": sku} | _given(facts)))


@product.command("change", cls=Command, show=_show)
@click.argument("name")
@click.option("--sku", help="Its new SKU.")
@click.option("--version", type=click.IntRange(1), help="Refuse if it has another version by now.")
@_facts
def change(name: str, version: int | None, **facts: str | None) -> dict[str, Any]:
    """Change the facts named; a blank value takes one away."""
    from purveyor.products.domain import update

    return _full(update.change(_me(), _find(name), _given(facts), seen=version))


@product.command("alias", cls=Command, show=_show)
@click.argument("name")
@click.argument("value")
@click.option("--remove", is_flag=True, help="Take the name away.")
def alias(name: str, value: str, remove: bool) -> dict[str, Any]:
    """Give a product another name, as it stands in orders, or take one away."""
    from purveyor.products.domain.update import add_alias, remove_alias

    found = _find(name)
    (remove_alias if remove else add_alias)(_me(), found, value)
    return _full(found)


@product.command("cost", cls=Command, show=_show)
@click.argument("name")
@click.argument("marketplace")
@click.argument("amount", required=False)
@click.option("--currency", help="The marketplace's own unless said.")
@click.option("--from", "valid_from", help="The first day; today unless said.")
@click.option("--until", "valid_until", help="The last day; until further notice unless said.")
@click.option("--remove", is_flag=True, help="Take away the cost that begins --from.")
def cost(name: str, marketplace: str, amount: str | None, remove: bool, **more: str | None) -> dict[str, Any]:
    """Agree a cost for one each in a marketplace; it closes the period before it."""
    from purveyor.base.columns import day
    from purveyor.products.domain.costs import remove_cost, set_cost
    from purveyor.products.domain.facts import marketplace as known

    found, begins = _find(name), more["valid_from"]
    if not remove:
        set_cost(_me(), found, {"marketplace": marketplace, "amount": amount} | more)
        return _full(found)
    if amount is not None or not begins:
        raise click.UsageError("--remove wants the day the cost begins, as --from, and no amount")
    try:
        remove_cost(_me(), found, known(marketplace), day(begins))
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    return _full(found)


@product.command("count", cls=Command, show=_show)
@click.argument("name")
@click.argument("pieces", type=int)
def count(name: str, pieces: int) -> dict[str, Any]:
    """Write down how many pieces of a product there are."""
    from purveyor.products.domain import stock

    return _full(stock.count(_me(), _find(name), pieces))
