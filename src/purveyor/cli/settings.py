"""The rules and tolerances of a profile: list, show, set, withdraw."""

from __future__ import annotations

from typing import Any

import click

from purveyor.cli.door import Command, table
from purveyor.cli.profiles import moment, profile_named
from purveyor.common.errors import Refused

MOMENT = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%SZ"])


@click.group()
def setting() -> None:
    """The rules and tolerances of a profile, each in force from a moment on: list, show, set, withdraw."""


def _show(answer: dict[str, Any]) -> str:
    found = table(answer["settings"], ["name", "value", "valid_from", "by", "allowed"], "There is no setting.")
    planned = table(answer["planned"], ["id", "name", "value", "valid_from", "by"], "")
    return f"{found}\n\nPlanned\n{planned}" if planned else found


def _show_history(answer: dict[str, Any]) -> str:
    columns = ["id", "value", "valid_from", "by", "because"]
    return table(answer["history"], columns, "Nobody said anything yet; the default counts.")


@setting.command("list", cls=Command, show=_show)
@click.argument("name")
def list_(name: str) -> dict[str, Any]:
    """List the settings of a profile: what is in force, what is allowed, what is planned."""
    from purveyor.profiles.setting_schemas import settings_row

    return settings_row(profile_named(name))


@setting.command("show", cls=Command, show=_show_history)
@click.argument("name")
@click.argument("setting_name", metavar="SETTING")
def show(name: str, setting_name: str) -> dict[str, Any]:
    """Show all that was ever said of one setting."""
    from purveyor.profiles.setting_schemas import history_row

    return history_row(profile_named(name), setting_name)


@setting.command("set", cls=Command, show=lambda a: f"{a['name']} is {a['value']} from {a['valid_from']} on.")
@click.argument("name")
@click.argument("setting_name", metavar="SETTING")
@click.argument("value")
@click.option("--from", "begins", type=MOMENT, help="From this moment on (UTC); now unless said.")
@click.option("--because", default="", help="The reason, for the audit.")
def set_(name: str, setting_name: str, value: str, begins: Any, because: str) -> dict[str, Any]:
    """Say what a setting is, from now or from a later moment on."""
    from purveyor.people.who import Who
    from purveyor.profiles.domain.settings import set_setting
    from purveyor.profiles.setting_schemas import said_row

    found = profile_named(name)
    return said_row(set_setting(Who.cli(), found, setting_name, value, valid_from=moment(begins), because=because))


@setting.command("withdraw", cls=Command, show=lambda a: f"{a['name']} {a['id']} is taken back.")
@click.argument("name")
@click.argument("setting_name", metavar="SETTING")
@click.argument("number", type=click.IntRange(1))
@click.option("--because", default="", help="The reason, for the audit.")
def withdraw(name: str, setting_name: str, number: int, because: str) -> dict[str, Any]:
    """Take back what was said for a moment to come; its number is in the list."""
    from purveyor.people.who import Who
    from purveyor.profiles.domain.settings import withdraw_setting

    withdraw_setting(Who.cli(), profile_named(name), number, name=setting_name, because=because)
    return {"name": setting_name, "id": number}


def _show_dry_run(answer: dict[str, Any]) -> str:
    columns = ["number", "ordered", "would", "accepts", "was", "accepted_was", "findings"]
    if "offers" in answer:
        columns = ["number", "ordered", "would", "offer", "uses", "was", "was_offer", "failed"]
    return table(answer["rows"], columns, "There was no order in the last 90 days.")


@setting.command("dry-run", cls=Command, show=_show_dry_run)
@click.argument("name")
@click.argument("changes", metavar="[SETTING=VALUE]...", nargs=-1)
@click.option("--types", is_flag=True, help="Tell of which type orders would be, by changed types.… settings.")
def dry_run(name: str, changes: tuple[str, ...], types: bool) -> dict[str, Any]:
    """Tell what changed policies and rules would have answered over the last 90 days; nothing is changed."""
    from purveyor.jobs import runs
    from purveyor.orders import dryrun, typing_dryrun
    from purveyor.people.who import Who

    pairs = [change.partition("=") for change in changes]
    if not all(mark for _name, mark, _value in pairs):
        raise click.UsageError("SETTING=VALUE is expected, such as policy.undefined=on_arrival_full")
    begin = typing_dryrun.start if types else dryrun.start
    run = begin(Who.cli(), profile_named(name), {key.strip(): value.strip() for key, _mark, value in pairs})
    runs.work(run.pk)
    run.refresh_from_db()
    if run.result is None:
        raise Refused(run.problem or "The dry run goes on elsewhere; look at the runs.")
    return {"run": run.pk, **run.result}
