"""Offers, continued: what is done about the whole, its workbook, its rows without product, deputies."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from purveyor.cli.door import Command, table
from purveyor.cli.offers import NUMBER, PROFILE, VERSION, find, full, me, offer, show_offer
from purveyor.common.errors import Refused

__all__ = ["offer"]

F = TypeVar("F", bound=Callable[..., Any])
REASON = click.option("--reason", required=True, help="Why; everybody who looks at the offer reads it.")


@offer.command("hand-on", cls=Command, show=show_offer)
@NUMBER
@VERSION
@PROFILE
def hand_on(number: str, version: int | None, profile: str) -> dict[str, Any]:
    """Hand the offer on: the next stage begins, or a second person looks."""
    from purveyor.offers.domain import stages

    return full(stages.hand_on(me(), find(number, profile), expect_version=version))


@offer.command("confirm", cls=Command, show=show_offer)
@NUMBER
@VERSION
@PROFILE
def confirm(number: str, version: int | None, profile: str) -> dict[str, Any]:
    """Confirm the stage that waits for a second person."""
    from purveyor.offers.domain import stages

    return full(stages.confirm(me(), find(number, profile), expect_version=version))


@offer.command("decline", cls=Command, show=show_offer)
@NUMBER
@REASON
@PROFILE
def decline(number: str, reason: str, profile: str) -> dict[str, Any]:
    """Decline the stage that waits for a second person: it is open again."""
    from purveyor.offers.domain import stages

    return full(stages.decline(me(), find(number, profile), reason))


@offer.command("send-back", cls=Command, show=show_offer)
@NUMBER
@click.option("--to", "stage", required=True, help="The earlier stage that answers again.")
@REASON
@PROFILE
def send_back(number: str, stage: str, reason: str, profile: str) -> dict[str, Any]:
    """Give the offer back to an earlier stage."""
    from purveyor.offers.domain import stages

    return full(stages.send_back(me(), find(number, profile), stage, reason))


@offer.command("revoke", cls=Command, show=show_offer)
@NUMBER
@click.option("--stage", required=True, help="The stage that takes its approval back.")
@REASON
@PROFILE
def revoke(number: str, stage: str, reason: str, profile: str) -> dict[str, Any]:
    """Take back that a stage handed the offer on."""
    from purveyor.offers.domain import stages

    return full(stages.revoke(me(), find(number, profile), stage, reason))


@offer.command("complete", cls=Command, show=show_offer)
@NUMBER
@click.option("--reason", default="", help="Needed once the offer has expired.")
@click.option("--leave-unmapped", is_flag=True, help="Leave rows without a product unanswered.")
@VERSION
@PROFILE
def complete(number: str, reason: str, leave_unmapped: bool, version: int | None, profile: str) -> dict[str, Any]:
    """Complete the offer: its answers are frozen."""
    from purveyor.offers.domain import complete as verbs

    told: dict[str, Any] = {"reason": reason, "leave_unmapped": leave_unmapped, "expect_version": version}
    return full(verbs.complete(me(), find(number, profile), **told))


@offer.command("reopen", cls=Command, show=show_offer)
@NUMBER
@REASON
@PROFILE
def reopen(number: str, reason: str, profile: str) -> dict[str, Any]:
    """Open a completed offer again."""
    from purveyor.offers.domain import complete as verbs

    return full(verbs.reopen(me(), find(number, profile), reason))


@offer.command("withdraw", cls=Command, show=show_offer)
@NUMBER
@REASON
@PROFILE
def withdraw(number: str, reason: str, profile: str) -> dict[str, Any]:
    """Give an offer up: nobody answers it any more."""
    from purveyor.offers.domain import complete as verbs

    return full(verbs.withdraw(me(), find(number, profile), reason))


@offer.command("take-up", cls=Command, show=show_offer)
@NUMBER
@REASON
@PROFILE
def take_up(number: str, reason: str, profile: str) -> dict[str, Any]:
    """Take an offer up again that was given up."""
    from purveyor.offers.domain import complete as verbs

    return full(verbs.take_up(me(), find(number, profile), reason))


_FACTS = (
    ("--number", "new_number", "Its new number."),
    ("--title", "title", "What it is called."),
    ("--program", "program", "bulk buy, born to run or advance purchase."),
    ("--unsold", "unsold", "What becomes of unsold pieces: none, return or keep."),
    ("--vendor-code", "vendor_code", "The vendor code it was sent to."),
    ("--expires", "expires_at", "When it expires: 2026-03-31 17:00 by the clock of its zone; blank for nobody knows."),
    ("--zone", "zone", "Its time zone, such as Europe/Berlin."),
)


def _facts(command: F) -> F:
    for option, name, words in reversed(_FACTS):
        command = click.option(option, name, help=words)(command)
    return command


@offer.command("change", cls=Command, show=show_offer)
@NUMBER
@_facts
@VERSION
@PROFILE
def change(number: str, version: int | None, profile: str, **facts: str | None) -> dict[str, Any]:
    """Correct what is said of an open offer; what is not named stays."""
    from purveyor.offers.domain.keep import change_facts

    given = {name: value for name, value in facts.items() if value is not None}
    if "new_number" in given:
        given["number"] = given.pop("new_number")
    return full(change_facts(me(), find(number, profile), given, expect_version=version))


@offer.command("map", cls=Command)
@NUMBER
@click.argument("row", type=click.IntRange(1))
@click.option("--sku", default="", help="The SKU or ASIN of a product there is.")
@click.option("--new", "given", default="", metavar="JSON", help='A new product instead, such as {"sku": "A-8"}.')
@PROFILE
def map_(number: str, row: int, sku: str, given: str, profile: str) -> dict[str, Any]:
    """Say which product a row is that nobody knows; all rows and orders that say the same go on."""
    from purveyor.offers.domain.mapping import map_row

    try:
        new = json.loads(given) if given else None
    except ValueError:
        raise Refused("The new product is not JSON.") from None
    return {"row": row, "sku": map_row(me(), find(number, profile), row, sku=sku, new=new).sku}


_UNMAPPED = ["asin", "vendor_product", "title", "offer_number", "profile", "row", "rows", "expires_at"]


@offer.command("unmapped", cls=Command, show=lambda a: table(a["unmapped"], _UNMAPPED, "Every product is known."))
def unmapped() -> dict[str, Any]:
    """List the products nobody knows that rows of open offers wait for."""
    from purveyor.offers.domain import mapping

    return {"unmapped": [one.as_dict() for one in mapping.unmapped(me())]}


@offer.command("export", cls=Command, show=lambda answer: f"Written to {answer['file']}.")
@NUMBER
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Where to; else its own name.")
@click.option("--stage", default="", help="A stage's cells instead, to fill in: purveyor file import offer-answers.")
@click.option("--comments", is_flag=True, help="Write the comments too; they are meant for colleagues.")
@PROFILE
def export(number: str, output: Path | None, stage: str, comments: bool, profile: str) -> dict[str, Any]:
    """Write the answers of a completed offer into a copy of Amazon's workbook."""
    from purveyor.channels.workbooks.answers import answers_into
    from purveyor.channels.workbooks.stage import stage_workbook

    found = find(number, profile)
    made = stage_workbook(me(), found, stage) if stage else answers_into(me(), found, comments=comments)
    return write(made.content, output or Path(made.name)) | {"cells": made.cells, "notes": list(made.notes)}


def write(content: bytes, path: Path) -> dict[str, Any]:
    """Write a workbook, whole or not at all. Raises Refused."""
    draft = path.with_name(f".{path.name}.part")
    try:
        draft.write_bytes(content)
        draft.replace(path)
    except OSError as error:
        raise Refused(f"{path} cannot be written: {error.strerror}.") from None
    finally:
        draft.unlink(missing_ok=True)
    return {"file": str(path), "bytes": len(content)}


@offer.group("deputy")
def deputy() -> None:
    """Deputies, who answer a stage in another's place: list, add, remove."""


_DEPUTY = ["id", "profile", "stage", "absent", "deputy", "begins_at", "ends_at"]


@deputy.command("list", cls=Command, show=lambda answer: table(answer["deputies"], _DEPUTY, "There are none."))
def deputies() -> dict[str, Any]:
    """List deputies, the latest to end first."""
    from purveyor.offers import queries
    from purveyor.offers.schemas import deputy_row

    return {"deputies": [deputy_row(one) for one in queries.deputies(me())]}


@deputy.command("add", cls=Command)
@click.argument("profile")
@click.argument("stage")
@click.option("--absent", required=True, help="The user name of who is away.")
@click.option("--deputy", "stands_in", required=True, help="The user name of who answers instead.")
@click.option("--from", "begins_at", required=True, help="2026-03-31T08:00+02:00; without an offset in UTC.")
@click.option("--until", "ends_at", required=True, help="Likewise; not included.")
def add(profile: str, stage: str, absent: str, stands_in: str, begins_at: str, ends_at: str) -> dict[str, Any]:
    """Appoint a deputy."""
    from purveyor.cli.profiles import profile_named
    from purveyor.offers.domain.deputies import appoint
    from purveyor.offers.schemas import deputy_row
    from purveyor.people.domain.users import find_user

    times = _moment(begins_at), _moment(ends_at)
    people = find_user(absent), find_user(stands_in)
    return deputy_row(appoint(me(), profile_named(profile), stage, *people, *times))


def _moment(text: str) -> datetime:
    from purveyor.offers.domain.facts import moment

    try:
        found = moment(text, "UTC")
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    if found is None:
        raise click.UsageError("say when")
    return found


@deputy.command("remove", cls=Command)
@click.argument("number", metavar="ID", type=click.IntRange(1))
def remove(number: int) -> dict[str, Any]:
    """Dismiss a deputy, from now on."""
    from purveyor.offers import queries
    from purveyor.offers.domain.deputies import dismiss

    dismiss(me(), queries.deputy(me(), number))
    return {"id": number, "removed": True}
