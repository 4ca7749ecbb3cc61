"""Documents to Amazon: list, show, send and follow, decide."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from purveyor.cli.door import Command, facts, note, table
from purveyor.common.errors import NotFound

if TYPE_CHECKING:
    from purveyor.outbox.models import Document

PROFILE = click.option("--profile", default="", help="Only this profile.")


@click.group()
def outbox() -> None:
    """Documents to Amazon: list, show, run, resolve, withdraw, hold, release."""


def _find(number: int, profile: str) -> Document:
    """The document of an id. Raises NotFound, also where it belongs to another profile than the one named."""
    from purveyor.outbox import queries
    from purveyor.people.who import Who

    found = queries.document(Who.cli(), number)
    if profile and found.profile.name != profile:
        raise NotFound(f"Profile {profile} has no document {number}.", hint="purveyor outbox list shows them.")
    return found


def _full(number: int) -> dict[str, Any]:
    from purveyor.outbox.schemas import document_full

    return document_full(_find(number, ""))


def _show_list(answer: dict[str, Any]) -> str:
    columns = ["id", "profile", "kind", "subject", "state", "sent_at", "transaction_id", "problem"]
    listed = table(answer["documents"], columns, "No such document.")
    return listed + (f"\n\nSending is held: {answer['held']}" if answer["held"] else "")


@outbox.command("list", cls=Command, show=_show_list)
@click.option("--state", default="", help="queued, sending, sent, presumed accepted, unknown, asked, verified, failed.")
@click.option("--search", "text", default="", help="How an order number or a transaction id begins.")
@click.option("--limit", type=click.IntRange(1), help="At most so many, newest first; all unless said.")
@PROFILE
def list_(state: str, text: str, limit: int | None, profile: str) -> dict[str, Any]:
    """List documents, newest first."""
    from purveyor.cli.profiles import profile_named
    from purveyor.outbox import queries
    from purveyor.outbox.decide import current_hold
    from purveyor.outbox.schemas import document_row
    from purveyor.people.who import Who

    profile = profile_named(profile).name if profile else ""
    rows = queries.documents(Who.cli(), profile=profile, state=_known(state), search=text.strip())
    found = [document_row(one) for one in (rows[:limit] if limit else rows).iterator()]
    standing = current_hold()
    return {"documents": found, "count": len(found), "held": standing.reason if standing else ""}


def _known(state: str) -> str:
    """A state, as it is spelt. Raises a usage error that names them all."""
    from purveyor.outbox.states import DocumentState

    if state and state not in set(DocumentState):
        raise click.BadParameter(f"{state}: choose from {', '.join(DocumentState)}", param_hint="--state")
    return state


def _show_document(answer: dict[str, Any]) -> str:
    tries = [{**a, "response": _answered(a["exchange"])} for a in answer["attempts"]]
    parts = [
        facts({key: value for key, value in answer.items() if not isinstance(value, list) and key != "problem"}),
        _problem(answer["problem"]) if answer["problem"] else "",
        table(tries, ["number", "started_at", "outcome", "status", "request_id", "response"], "Not tried yet."),
        json.dumps(answer["body"], indent=2, ensure_ascii=False),
    ]
    return "\n\n".join(part for part in parts if part)


def _answered(exchange: dict[str, Any]) -> str:
    """What Amazon said, on one line."""
    said = " ".join(str(exchange.get("response", {}).get("body", "")).split())
    return said[:117] + "..." if len(said) > 120 else said


def _problem(problem: dict[str, Any]) -> str:
    said = [f"Amazon said: {words}" for words in problem.get("said", ())]
    lines = [problem["message"], *said, problem.get("hint", ""), f"Remedy: {problem['remedy']}"]
    return "\n".join(line for line in lines if line)


@outbox.command("show", cls=Command, show=_show_document)
@click.argument("number", metavar="ID", type=int)
@PROFILE
def show(number: int, profile: str) -> dict[str, Any]:
    """Show one document: exact body, attempts with their exchange, problem with its remedy."""
    from purveyor.outbox.schemas import document_full

    return document_full(_find(number, profile))


def _show_run(answer: dict[str, Any]) -> str:
    states = ", ".join(f"{count} {state}" for state, count in answer["states"].items())
    said = f"{answer['sent']} sent, {answer['looked']} looks; " + (
        "everything is settled." if answer["settled"] else f"not settled yet: {states}."
    )
    return said + (f"\nSending is held: {answer['held']}" if answer["held"] else "")


@outbox.command("run", cls=Command, show=_show_run)
@click.option(
    "--wait",
    type=click.FloatRange(0),
    default=60.0,
    show_default=True,
    help="Seconds to follow what is not settled; 0 does what is due now.",
)
@PROFILE
def run(wait: float, profile: str) -> dict[str, Any]:
    """Send what is due and follow it until everything is settled or the time is over.

    A worker may run beside it. What is not settled after the time is no failure: Amazon takes up to half an hour.
    """
    from purveyor.cli.profiles import profile_named
    from purveyor.outbox.run import run as work
    from purveyor.people.who import Who

    summary = work(Who.cli(), profile_named(profile) if profile else None, wait)
    if summary.held:
        note("Sending is held: purveyor outbox release lets it go on.")
    return summary.as_dict()


@outbox.command("resolve", cls=Command, show=_show_document)
@click.argument("number", metavar="ID", type=int)
@click.argument("verdict", type=click.Choice(["arrived", "resend", "give-up"]))
@click.option("--because", required=True, help="What you saw, for the audit.")
@PROFILE
def resolve(number: int, verdict: str, because: str, profile: str) -> dict[str, Any]:
    """Decide what became of a document of which nobody can tell, after a look into Vendor Central."""
    from purveyor.outbox import decide
    from purveyor.people.who import Who

    _find(number, profile)
    decide.resolve(Who.cli(), number, verdict.replace("-", " "), because)
    return _full(number)


@outbox.command("withdraw", cls=Command, show=_show_document)
@click.argument("number", metavar="ID", type=int)
@click.option("--because", default="", help="The reason, for the audit.")
@PROFILE
def withdraw(number: int, because: str, profile: str) -> dict[str, Any]:
    """Take a queued document back before it leaves; its order can then be answered anew."""
    from purveyor.outbox import decide
    from purveyor.people.who import Who

    _find(number, profile)
    decide.withdraw(Who.cli(), number, because)
    return _full(number)


def _show_hold(answer: dict[str, Any]) -> str:
    return f"Sending is held: {answer['reason']}" if answer["held"] else "Sending is not held."


@outbox.command("hold", cls=Command, show=_show_hold)
@click.option("--because", required=True, help="Shown to everybody while it is held.")
def hold(because: str) -> dict[str, Any]:
    """Hold sending for the whole installation; what is on its way is still followed."""
    from purveyor.outbox import decide
    from purveyor.people.who import Who

    standing = decide.hold_sending(Who.cli(), because)
    return {"held": True, "reason": standing.reason, "by": standing.by, "at": standing.at}


@outbox.command("release", cls=Command, show=_show_hold)
@click.option("--because", default="", help="The reason, for the audit.")
def release(because: str) -> dict[str, Any]:
    """Let sending go on, for example after a restore. To take a queued document back, see withdraw."""
    from purveyor.outbox import decide
    from purveyor.people.who import Who

    return {"held": False, "released": decide.release_hold(Who.cli(), because)}
