"""More about profiles: the age of a secret, the own parties, features, disconnecting. Hangs below ``profile``."""

from __future__ import annotations

import json
from typing import Any

import click

from purveyor.cli.door import Command, facts, read_stdin, table
from purveyor.cli.profiles import DAY, moment, profile, profile_named, show_profile, turned
from purveyor.common.errors import Refused


@profile.command("secret-age", cls=Command, show=show_profile)
@click.argument("name")
@click.option("--on", "day", type=DAY, help="The day on which the client secret was made at Amazon.")
@click.option("--unknown", is_flag=True, help="Nobody knows: it counts from the day it was stored.")
def secret_age(name: str, day: Any, unknown: bool) -> dict[str, Any]:
    """Say how old the present client secret is, since Amazon takes none longer than 180 days."""
    from purveyor.people.who import Who
    from purveyor.profiles.domain.secret_age import answer_age
    from purveyor.profiles.schemas import profile_row

    if bool(day) == unknown:
        raise click.UsageError("say --on DAY or --unknown")
    found = profile_named(name)
    answer_age(Who.cli(), found, moment(day))
    return profile_row(profile_named(name))


def _show_parties(answer: dict[str, Any]) -> str:
    said = [f"{role.replace('_', ' ')}\n{facts(party)}" for role, party in answer["parties"].items()]
    missing = ", ".join(answer["missing"])
    return "\n\n".join([*said, f"Still to be filled in: {missing}"] if missing else said)


@profile.command("parties", cls=Command, show=_show_parties)
@click.argument("name")
@click.option("--stdin", "from_stdin", is_flag=True, help="Store what standard input says, as JSON.")
def parties(name: str, from_stdin: bool) -> dict[str, Any]:
    """Show the vendor's own parties, or store them: {"selling": {"party_id": …, "name": …, "address_line1": …,
    "country_code": …}, "ship_from": …, "remit_to": …, "bill_to": …}.

    A role not named stays as it is, one that is null or empty is taken away.
    """
    from purveyor.people.who import Who
    from purveyor.profiles.domain.parties import set_parties
    from purveyor.profiles.schemas import parties_row

    found = profile_named(name)
    if from_stdin:
        set_parties(Who.cli(), found, _given())
    return parties_row(profile_named(name))


def _given() -> dict[str, Any]:
    """Raises Refused for what is no table of tables."""
    try:
        given = json.loads(read_stdin("the parties, as JSON,"))
    except json.JSONDecodeError as error:
        raise Refused(f"the parties on standard input are not JSON (line {error.lineno})") from None
    if not isinstance(given, dict) or not all(isinstance(party, dict | None) for party in given.values()):
        raise Refused('the parties must be one JSON object by role: {"selling": {"party_id": …}}')
    return given


def _show_features(answer: dict[str, Any]) -> str:
    rows = [f | {"state": ("on" if f["on"] else "off") if f["available"] else "coming"} for f in answer["features"]]
    return table(rows, ["key", "state", "role", "sentence"], "")


@profile.command("features", cls=Command, show=_show_features)
@click.argument("name")
def features(name: str) -> dict[str, Any]:
    """Show what a profile can do, which of it is on, what it needs at Amazon, and what is coming."""
    from purveyor.profiles.schemas import features_row

    return features_row(profile_named(name))


@profile.command(
    "read-status",
    cls=Command,
    show=lambda a: f"Reading the status is {'on' if a['reading_status'] else 'off'} for {a['name']}.",
)
@click.argument("name")
@click.argument("switch", type=click.Choice(["on", "off"]))
@click.option("--because", default="", help="The reason, for the audit.")
def read_status(name: str, switch: str, because: str) -> dict[str, Any]:
    """Switch reading the status of orders by schedule on or off; our own answers are read back all the same."""
    from purveyor.profiles.domain.profiles import switch_reading_status

    return turned(switch_reading_status, name, switch, because) | {"reading_status": switch == "on"}


@profile.command("disconnect", cls=Command, show=lambda a: f"{a['name']} is disconnected; its orders are kept.")
@click.argument("name")
@click.option("--yes", is_flag=True, required=True, help="Say that its secrets shall be wiped.")
@click.option("--because", default="", help="The reason, for the audit.")
def disconnect(name: str, yes: bool, because: str) -> dict[str, Any]:
    """Switch importing and sending off and wipe the secrets; orders and documents are kept."""
    from purveyor.people.who import Who
    from purveyor.profiles.domain.disconnect import disconnect_profile
    from purveyor.profiles.schemas import profile_row

    found = profile_named(name)
    disconnect_profile(Who.cli(), found, because)
    return profile_row(profile_named(name))
