"""Channels: the folders and servers files come and go by."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from purveyor.cli.door import Command, facts, table
from purveyor.cli.profiles import profile_named
from purveyor.common.errors import Refused

if TYPE_CHECKING:
    from purveyor.people.who import Who

_NAME = click.argument("name")
_NUMBER = click.argument("number", type=click.IntRange(1))
_OPTION = click.option(
    "--option", "options", multiple=True, metavar="FIELD=VALUE", help="A field of the way, such as folder=wms."
)
_SECRETS = click.option(
    "--secrets-stdin", is_flag=True, help='Read secret fields from standard input, as JSON: {"secret": …}.'
)
_LIMIT = click.option("--limit", type=click.IntRange(1, 10000), default=50, show_default=True, help="The latest.")


@click.group()
def channel() -> None:
    """Channels, by which files come and go by themselves: set up, test, watch, take again."""


def _me() -> Who:
    from purveyor.people.who import Who

    return Who.cli()


def _show(answer: dict[str, Any]) -> str:
    columns = ["name", "way", "kind", "profile", "outgoing", "state", "problem"]
    return table(answer["channels"], columns, "No channel yet; purveyor channel add makes one.")


def _show_one(answer: dict[str, Any]) -> str:
    columns = ["id", "name", "state", "taken", "refused_rows", "kept_as", "problem"]
    files = answer.get("arrivals", []) or answer.get("departures", [])
    if answer["outgoing"]:
        columns = ["id", "name", "state", "attempts", "due_at", "problem"]
    plain = {name: value for name, value in answer.items() if name not in ("arrivals", "departures")}
    told = facts(plain | answer["options"])
    return told + "\n\n" + table(files, columns, "No file yet.")


def _show_tested(answer: dict[str, Any]) -> str:
    lines = [
        f"{'ok ' if one['ok'] else 'NO ' if one['ok'] is False else '-  '} {one['tried']}: {one['said']} "
        f"{one['means']} {one['do']}".rstrip()
        for one in answer["checks"]
    ]
    return "\n".join([*lines, *(f"{name}: {value}" for name, value in answer["learned"].items())])


@channel.command("list", cls=Command, show=_show)
def list_() -> dict[str, Any]:
    """List the channels with their state."""
    from purveyor.channels import setup
    from purveyor.channels.outward import channel_row

    return {"channels": [channel_row(one) for one in setup.channels(_me())]}


@channel.command("show", cls=Command, show=_show_one)
@_NAME
@_LIMIT
def show(name: str, limit: int) -> dict[str, Any]:
    """Show a channel and its latest files."""
    from purveyor.channels import setup

    return _told(setup.one(_me(), name), limit)


def _told(found: Any, limit: int = 50) -> dict[str, Any]:
    from purveyor.channels import again, departures
    from purveyor.channels.outward import arrival_row, channel_row, departure_row

    came = [] if found.outgoing else again.arrivals(_me(), found)[:limit]
    went = departures.departures(_me(), found)[:limit] if found.outgoing else []
    return channel_row(found) | {
        "arrivals": [arrival_row(one) for one in came],
        "departures": [departure_row(one) for one in went],
    }


@channel.command("add", cls=Command, show=_show_one)
@_NAME
@click.option("--way", default="folder", show_default=True, help="folder, sftp, partner, …")
@click.option("--kind", required=True, help="What its files hold: products, pick, …; going out: pick-list.")
@click.option("--profile", help="Whose files they are; of some kinds it must be said.")
@click.option("--outgoing", is_flag=True, help="It hands files out; else it takes them in.")
@click.option("--mapping", "saved", default="", help="A saved mapping of columns; else the one that fits.")
@click.option("--whole", is_flag=True, help="Take a file only if every row is good.")
@click.option("--quiet", type=click.IntRange(0), default=2, show_default=True, help="Seconds a file must have stayed.")
@click.option("--form", default="csv", show_default=True, help="Form of what goes out: csv or json.")
@_OPTION
@_SECRETS
def add(name: str, options: tuple[str, ...], secrets_stdin: bool, profile: str | None, **said: Any) -> dict[str, Any]:
    """Add a channel. Its secrets come from standard input and are never shown."""
    from purveyor.channels import setup

    of = profile_named(profile) if profile else None
    asked = setup.Asked(name, profile=of, options=_pairs(options), secrets=_secrets(secrets_stdin), **said)
    return _told(setup.add(_me(), asked))


@channel.command("change", cls=Command, show=_show_one)
@_NAME
@click.option("--name", "new_name", help="Another name.")
@click.option("--kind", help="Another kind of files.")
@click.option("--profile", help="Another profile.")
@click.option("--mapping", "saved", help="A saved mapping of columns; blank: the one that fits.")
@click.option("--whole/--rows", default=None, help="Take a file as a whole, or row by row.")
@click.option("--quiet", type=click.IntRange(0), help="Seconds a file must have stayed.")
@click.option("--form", help="Form of what goes out: csv or json.")
@_OPTION
@_SECRETS
def change(
    name: str, new_name: str | None, options: tuple[str, ...], secrets_stdin: bool, profile: str | None, **said: Any
) -> dict[str, Any]:
    """Change what is named of a channel; its secrets stay unless others are given."""
    from purveyor.channels import setup

    asked = setup.asked_of(setup.one(_me(), name))
    changes = {key: value for key, value in said.items() if value is not None}
    changes |= {"name": new_name} if new_name else {}
    changes |= {"profile": profile_named(profile)} if profile else {}
    changes |= {"options": {**asked.options, **_pairs(options)}, "secrets": _secrets(secrets_stdin)}
    return _told(setup.change(_me(), name, replace(asked, **changes)))


@channel.command("on", cls=Command, show=_show_one)
@_NAME
def on(name: str) -> dict[str, Any]:
    """Switch a channel on."""
    from purveyor.channels import setup

    return _told(setup.switch(_me(), name, on=True))


@channel.command("off", cls=Command, show=_show_one)
@_NAME
def off(name: str) -> dict[str, Any]:
    """Switch a channel off: its files lie where they are, what is to go out waits."""
    from purveyor.channels import setup

    return _told(setup.switch(_me(), name, on=False))


@channel.command("remove", cls=Command)
@_NAME
def remove(name: str) -> dict[str, Any]:
    """Remove a channel; its files, and what was taken of them, stay."""
    from purveyor.channels import setup

    setup.remove(_me(), name)
    return {"name": name, "removed": True}


@channel.command("test", cls=Command, show=_show_tested)
@_NAME
def test(name: str) -> dict[str, Any]:
    """Test the connection of a channel, step by step."""
    from purveyor.channels import setup

    return setup.try_out(_me(), name).as_dict()


@channel.command("look", cls=Command, show=_show_one)
@_NAME
def look(name: str) -> dict[str, Any]:
    """Look at a channel now. A file is taken once it was seen twice the same, its quiet seconds apart."""
    from purveyor.channels import again as verbs

    return _told(verbs.look_now(_me(), name))


@channel.command("again", cls=Command, show=facts)
@_NUMBER
@click.option("--dry-run", is_flag=True, help="Say what would be taken; take nothing.")
def again(number: int, dry_run: bool) -> dict[str, Any]:
    """Have a file that was filed away taken again, as it was kept, with what is known now."""
    from purveyor.channels import again as verbs
    from purveyor.channels.outward import arrival_row
    from purveyor.channels.report import upload_report

    if dry_run:
        return upload_report(verbs.check_again(_me(), number))
    return arrival_row(verbs.take_again(_me(), number))


@channel.command("send", cls=Command, show=facts)
@_NUMBER
def send(number: int) -> dict[str, Any]:
    """Have a file that could not go out sent again."""
    from purveyor.channels import departures
    from purveyor.channels.outward import departure_row

    return departure_row(departures.send_again(_me(), number))


def _pairs(given: tuple[str, ...]) -> dict[str, str]:
    pairs = [one.partition("=") for one in given]
    if wrong := [one[0] for one in pairs if not one[1]]:
        raise click.UsageError(f"--option wants a field, = and its value, not {wrong[0]}")
    return {name.strip(): value.strip() for name, _equals, value in pairs}


def _secrets(asked: bool) -> dict[str, str]:
    if not asked:
        return {}
    try:
        found = json.load(sys.stdin)
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise Refused("The secrets are one JSON object of texts on standard input.")
    return found
