"""Saved views of lists: list, save, change, delete, open with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from purveyor.cli.door import Command, table
from purveyor.common.errors import NotFound

if TYPE_CHECKING:
    from purveyor.people.models import User

LIST = click.option(
    "--list", "listing", default="orders", help="orders, products, centers, documents, alerts, audit, …"
)
FOR = click.option("--for", "user", required=True, help="The person whose it is.")


@click.group()
def view() -> None:
    """Saved views of lists: list, save, change, delete, open with."""


def person(name: str) -> User:
    """The person of a user name. Raises NotFound."""
    from purveyor.people.models import User, spell

    found = User.objects.filter(username=spell(name)).first()
    if found is None:
        raise NotFound(f"There is nobody named {name}.")
    return found


def filters(pairs: tuple[str, ...]) -> dict[str, list[str]]:
    """``NAME=VALUE`` as a list takes it. Raises a usage error for anything else."""
    found: dict[str, list[str]] = {}
    for pair in pairs:
        name, mark, value = pair.partition("=")
        if not mark:
            raise click.UsageError(f"{pair!r} is not NAME=VALUE, such as state=waiting")
        found.setdefault(name, []).append(value)
    return found


FILTER = click.option(
    "--filter", "pairs", multiple=True, metavar="NAME=VALUE", help="As the list's page has it in its address; repeat."
)
COLUMNS = click.option("--columns", default="", help="By name, with commas between; the usual ones unless said.")


def _rows(answer: dict[str, Any]) -> str:
    return table(answer["views"], ["id", "list", "name", "owner", "shared", "profile", "columns"], "No view is kept.")


@view.command("list", cls=Command, show=_rows)
@LIST
def list_(listing: str) -> dict[str, Any]:
    """List everybody's views of a list."""
    from purveyor.base import listings
    from purveyor.people.domain import views
    from purveyor.people.view_schemas import view_row
    from purveyor.people.who import Who

    found = views.kept(Who.cli(), listings.find(listing).name)
    return {"views": [view_row(one) for one in found.views]}


@view.command("save", cls=Command)
@click.argument("name")
@LIST
@FILTER
@COLUMNS
@click.option("--shared", is_flag=True, help="For everybody who may see the list.")
@click.option("--profile", default="", help="Its rows are those of this profile.")
@FOR
def save(
    name: str, listing: str, pairs: tuple[str, ...], columns: str, shared: bool, profile: str, user: str
) -> dict[str, Any]:
    """Keep filters, sort and columns of a list under a name."""
    from purveyor.people.domain import views
    from purveyor.people.view_schemas import view_row
    from purveyor.people.who import Who

    chosen = [one for one in columns.split(",") if one]
    told: dict[str, Any] = {"columns": chosen, "shared": shared, "profile": profile, "owner": person(user)}
    return view_row(views.save(Who.cli(), listing, name, filters(pairs), **told))


@view.command("change", cls=Command)
@click.argument("number", type=int)
@click.option("--name", help="Its new name.")
@click.option("--share/--no-share", "shared", default=None, help="Share it, or share it no longer.")
def change(number: int, name: str | None, shared: bool | None) -> dict[str, Any]:
    """Rename a view, share it, or share it no longer."""
    from purveyor.people.domain import views
    from purveyor.people.view_schemas import view_row
    from purveyor.people.who import Who

    return view_row(views.change(Who.cli(), number, name=name, shared=shared))


@view.command("delete", cls=Command)
@click.argument("number", type=int)
def delete(number: int) -> dict[str, Any]:
    """Take a view away, for everybody it was shared with."""
    from purveyor.people.domain import views
    from purveyor.people.who import Who

    views.delete(Who.cli(), number)
    return {"deleted": number}


@view.command("default", cls=Command)
@click.argument("number", type=int, required=False)
@LIST
@FOR
def default(number: int | None, listing: str, user: str) -> dict[str, Any]:
    """Say with which view a person's list opens; without a number as it is."""
    from purveyor.people.domain import views
    from purveyor.people.who import Who

    views.make_default(Who.cli(), listing, number, person(user))
    return {"list": listing, "user": user, "default": number}
