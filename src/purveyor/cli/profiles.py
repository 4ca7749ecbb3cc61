"""Profiles: connections to vendor accounts."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from purveyor.cli.door import Command, facts, read_stdin, table
from purveyor.common.errors import NotFound, Problem, Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from purveyor.profiles.models import Profile

SECRETS = ("client_secret", "refresh_token")
DAY = click.DateTime(["%Y-%m-%d"])


def moment(day: datetime | None) -> datetime | None:
    """The beginning of a day given on the command line, in UTC."""
    return day.replace(tzinfo=UTC) if day else None


def profile_named(name: str) -> Profile:
    """The profile of a name, in any case. Raises NotFound."""
    from purveyor.people.who import Who
    from purveyor.profiles import queries

    try:
        return queries.by_name(Who.cli(), name)
    except NotFound as error:
        raise NotFound(error.message, hint="purveyor profile list shows them.") from None


def _secrets(needed: tuple[str, ...]) -> dict[str, str]:
    """Secrets as one JSON object on standard input. Raises Refused naming what is missing or unknown, never a value."""
    try:
        given = json.loads(read_stdin("the secrets, as JSON,"))
    except json.JSONDecodeError as error:
        raise Refused(f"the secrets on standard input are not JSON (line {error.lineno})") from None
    if not isinstance(given, dict) or not all(isinstance(v, str) for v in given.values()):
        raise Refused('the secrets must be one JSON object of texts: {"client_secret": …, "refresh_token": …}')
    if unknown := sorted(set(given) - set(SECRETS)):
        raise Refused(f"unknown names among the secrets: {', '.join(unknown)}")
    if missing := [name for name in needed if not given.get(name)]:
        raise Refused(f"missing among the secrets: {', '.join(missing)}")
    return given


def _block(said: dict[str, Any]) -> dict[str, Any]:
    """The four values out of one pasted text on standard input; what was said as an option goes before. Raises Refused
    for what is missing, doubtful or of no good shape, never with a value."""
    from purveyor.profiles.shapes import words_of
    from purveyor.profiles.wizard.reading import read_block

    change = read_block(read_stdin("the pasted text"))
    values = dict(change.data) | change.secrets | {name: value for name, value in said.items() if value}
    lacking = [name for name in ("vendor_codes", "client_id", *SECRETS) if not values.get(name)]
    problems = change.problems + [
        Problem(f"The pasted text has not {words_of(name)}.", where=name)
        for name in lacking
        if name not in {problem.where for problem in change.problems}
    ]
    if problems:
        raise Refused("The profile was not added.", problems)
    return values


@click.group()
def profile() -> None:
    """Connections to vendor accounts: add, change, list, show, check, secret, send, import, disconnect, remove."""


def show_profile(answer: dict[str, Any]) -> str:
    """One profile for people: its facts, its trouble, since when its secrets are stored, how its sweeps do."""
    plain = {key: value for key, value in answer.items() if key not in ("sweeps", "trouble", "secrets")}
    trouble = answer["trouble"]
    said = f"\n\n{trouble['message']}\n{trouble.get('hint', '')}".rstrip() if trouble else ""
    sweeps = [
        row | {"state": "running" if row["running"] else "failed" if row["problem"] else ""}
        for row in answer.get("sweeps", ())
    ]
    columns = ["sweep", "position", "last_run_at", "next_at", "state", "problem"]
    kept = ["kind", "slot", "stored_at", "drops_at", "issued_at", "expires_at"]
    secrets = table(answer["secrets"], kept, "No secret is stored.")
    return facts(plain) + said + f"\n\n{secrets}" + (f"\n\n{table(sweeps, columns, '')}" if sweeps else "")


@profile.command("add", cls=Command, show=show_profile)
@click.argument("name")
@click.option("--marketplace", required=True, help="Country code, such as DE or US.")
@click.option("--vendor-code", "codes", multiple=True, help="Repeatable.")
@click.option("--client-id", default="", help="The LWA client id.")
@click.option("--secrets-stdin", is_flag=True, help="Read the secrets as JSON from standard input.")
@click.option(
    "--block-stdin",
    is_flag=True,
    help="Read vendor codes, client id and both secrets from standard input, as one text in any order.",
)
@click.option(
    "--environment",
    type=click.Choice(["production", "sandbox", "simulator", "custom"]),
    help="Follows from the endpoint unless said.",
)
@click.option("--endpoint", default="", help="Address of a simulator or custom endpoint.")
@click.option("--login-url", default="", help="Whole address of its token endpoint.")
@click.option(
    "--visibility", type=click.IntRange(1), help="Seconds until an answer shows in the status; 1800 at Amazon."
)
@click.option("--since", type=DAY, help="Cut-off date of the first import.")
@click.option("--only-new", is_flag=True, help="Of the time before, fetch only orders that are still New at Amazon.")
@click.option("--issued", type=DAY, help="The day on which the client secret was made at Amazon.")
def add(
    name: str,
    marketplace: str,
    codes: tuple[str, ...],
    client_id: str,
    secrets_stdin: bool,
    block_stdin: bool,
    environment: str | None,
    endpoint: str,
    login_url: str,
    visibility: int | None,
    since: Any,
    only_new: bool,
    issued: Any,
) -> dict[str, Any]:
    """Connect a vendor account. The secrets are read from standard input, never from the arguments: as JSON, or with
    the other values in one text as it was copied from Vendor Central."""
    from purveyor.people.who import Who
    from purveyor.profiles.domain.profiles import add_profile
    from purveyor.profiles.schemas import profile_row

    if secrets_stdin == block_stdin:
        raise click.UsageError("Say --secrets-stdin or --block-stdin.")
    values: dict[str, Any] = {"vendor_codes": list(codes), "client_id": client_id}
    if block_stdin:
        values = _block(values)
    elif missing := [option for option, value in (("--vendor-code", codes), ("--client-id", client_id)) if not value]:
        raise click.UsageError(f"Missing option {missing[0]!r}.")
    else:
        values |= _secrets(SECRETS)
    added = add_profile(
        Who.cli(),
        name=name,
        marketplace=marketplace,
        **values,
        environment=environment or "",
        endpoint=endpoint,
        login_url=login_url,
        visibility_seconds=visibility,
        import_from=moment(since),
        import_acknowledged=not only_new,
        secret_issued_at=moment(issued),
    )
    return profile_row(added)


@profile.command("change", cls=Command, show=show_profile)
@click.argument("name")
@click.option("--marketplace", help="Country code, such as DE or US.")
@click.option("--vendor-code", "vendor_codes", multiple=True, help="All of them; repeatable.")
@click.option("--client-id", help="The LWA client id.")
@click.option("--secrets-stdin", is_flag=True, help="Read the secrets as JSON from standard input.")
@click.option(
    "--environment",
    type=click.Choice(["production", "sandbox", "simulator", "custom"]),
    help="Follows from the endpoint unless said.",
)
@click.option("--endpoint", help="Address of a simulator or custom endpoint.")
@click.option("--login-url", help="Whole address of its token endpoint.")
@click.option("--visibility", "visibility_seconds", type=click.IntRange(1), help="Seconds until an answer shows.")
@click.option(
    "--import-acknowledged/--only-new",
    default=None,
    help="Of the time before connecting, fetch everything, or only orders that are still New at Amazon.",
)
def change(name: str, secrets_stdin: bool, vendor_codes: tuple[str, ...], **given: Any) -> dict[str, Any]:
    """Change what is named. Another address, marketplace or client id wipes the stored secrets: give both along."""
    from purveyor.people.who import Who
    from purveyor.profiles.domain.profiles import change_profile
    from purveyor.profiles.schemas import profile_row

    found = profile_named(name)
    changes = {key: value for key, value in given.items() if value is not None}
    changes |= {"vendor_codes": list(vendor_codes)} if vendor_codes else {}
    changes |= _secrets(()) if secrets_stdin else {}
    if not changes:
        raise click.UsageError("say what to change")
    return profile_row(change_profile(Who.cli(), found, **changes))


@profile.command("remove", cls=Command, show=lambda a: f"Profile {a['name']} is removed.")
@click.argument("name")
def remove(name: str) -> dict[str, Any]:
    """Remove a profile that never had an order or a document, with its secrets."""
    from purveyor.people.who import Who
    from purveyor.profiles.domain.profiles import remove_profile

    found = profile_named(name)
    remove_profile(Who.cli(), found)
    return {"name": found.name, "removed": True}


def _list(answer: dict[str, Any]) -> str:
    columns = ["name", "marketplace", "environment", "sending", "trouble"]
    return table(answer["profiles"], columns, "No profile yet: purveyor profile add")


@profile.command("list", cls=Command, show=_list)
def list_() -> dict[str, Any]:
    """List the profiles."""
    from purveyor.profiles.models import Profile
    from purveyor.profiles.schemas import profile_row

    return {"profiles": [profile_row(p) for p in Profile.objects.prefetch_related("vendor_codes", "secrets")]}


@profile.command("show", cls=Command, show=show_profile)
@click.argument("name")
def show(name: str) -> dict[str, Any]:
    """Show one profile with the health of its sweeps; never its secrets."""
    from purveyor.intake.queries import sweep_health
    from purveyor.profiles.schemas import profile_row

    found = profile_named(name)
    return profile_row(found) | {"sweeps": sweep_health(found)}


MARKS = {"good": "ok", "warn": "LOOK", "bad": "FAILED", "unknown": "?", "skipped": "-"}


def _show_checks(answer: dict[str, Any]) -> str:
    lines = [f"{MARKS[c['state']]:6}  {c['name']:12}  {c['tried']}  {c['said']}".rstrip() for c in answer["checks"]]
    for check in answer["checks"]:
        if check["state"] in ("bad", "warn"):
            lines += ["", f"{check['name']}: {check['means']}"]
            lines += [f"  {number}. {cause}" for number, cause in enumerate(check["causes"], 1)]
            lines += [f"  {check['do']}"]
            lines += [f"  Amazon's request id: {check['request_id']}"] if check["request_id"] else []
    return "\n".join(lines)


@profile.command("check", cls=Command, show=_show_checks)
@click.argument("name")
def check(name: str) -> dict[str, Any]:
    """Check the connection step by step: what Amazon said, what it means, what to do. Status 1 when it is not good."""
    from purveyor.people.who import Who
    from purveyor.profiles.doctor import check_profile

    return check_profile(Who.cli(), profile_named(name))


@profile.command("secret", cls=Command, show=lambda a: f"Stored: {', '.join(a['stored'])} ({a['trial']}).")
@click.argument("name")
@click.option(
    "--stdin", "from_stdin", is_flag=True, required=True, help="Read the new secret as JSON from standard input."
)
@click.option("--untried", is_flag=True, help="Store it though Amazon cannot be asked now whether it works.")
@click.option("--issued", type=DAY, help="The day on which the client secret was made; today unless said.")
def secret(name: str, from_stdin: bool, untried: bool, issued: Any) -> dict[str, Any]:
    """Try a rotated secret at Amazon, then store it; the old one keeps working for seven more days."""
    from purveyor.people.who import Who
    from purveyor.profiles.domain.secrets import replace_secret

    given, found = _secrets(()), profile_named(name)
    trial = replace_secret(Who.cli(), found, **given, untried=untried, issued_at=moment(issued))
    return {"name": found.name, "stored": sorted(given), "trial": str(trial)}


@profile.command(
    "import", cls=Command, show=lambda a: f"Importing is {'on' if a['importing'] else 'off'} for {a['name']}."
)
@click.argument("name")
@click.argument("switch", type=click.Choice(["on", "off"]))
@click.option("--because", default="", help="The reason, for the audit.")
def import_(name: str, switch: str, because: str) -> dict[str, Any]:
    """Switch the scheduled import of orders on or off; purveyor sync works all the same."""
    from purveyor.profiles.domain.profiles import switch_importing

    return turned(switch_importing, name, switch, because) | {"importing": switch == "on"}


@profile.command("send", cls=Command, show=lambda a: f"Sending is {'on' if a['sending'] else 'off'} for {a['name']}.")
@click.argument("name")
@click.argument("switch", type=click.Choice(["on", "off"]))
@click.option("--because", default="", help="The reason, for the audit.")
def send(name: str, switch: str, because: str) -> dict[str, Any]:
    """Switch sending on or off. A new production profile sends nothing until this is said."""
    from purveyor.profiles.domain.profiles import switch_sending

    return turned(switch_sending, name, switch, because) | {"sending": switch == "on"}


def turned(verb: Callable[..., None], name: str, switch: str, because: str) -> dict[str, Any]:
    """Turn one switch of a profile."""
    from purveyor.people.who import Who

    found = profile_named(name)
    verb(Who.cli(), found, switch == "on", because=because)
    return {"name": found.name}
