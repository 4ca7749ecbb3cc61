"""Webhooks: receivers of events, and what was sent to each."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import click

from purveyor.cli.door import Command, facts, table
from purveyor.cli.profiles import moment
from purveyor.cli.settings import MOMENT

_NUMBER = click.argument("number", type=click.IntRange(1))
_ON_OFF = click.Choice(["on", "off"])


@click.group()
def webhook() -> None:
    """Webhooks, which receive events: add, list, change, test, see deliveries, send again."""


def _who() -> Any:
    from purveyor.people.who import Who

    return Who.cli()


def _show(answer: dict[str, Any]) -> str:
    columns = ["id", "name", "on", "profile", "events", "url", "failing_since"]
    return table(answer["webhooks"], columns, "No webhook yet; purveyor webhook add makes one.")


def _show_secret(answer: dict[str, Any]) -> str:
    return f"{answer['secret']}\n(shown once; keep it safe)"


@webhook.command("list", cls=Command, show=_show)
def list_() -> dict[str, Any]:
    """List webhooks; never their secrets."""
    from purveyor.alerts.domain import webhooks
    from purveyor.alerts.outward import webhook_row

    return {"webhooks": [webhook_row(one) for one in webhooks.webhooks(_who())]}


@webhook.command("add", cls=Command, show=_show_secret)
@click.argument("name")
@click.argument("url")
@click.option("--profile", help="Only this profile's events; without it, those of every profile and of none.")
@click.option("--event", "events", multiple=True, help="A type or its beginning, such as order. Repeatable; else all.")
def add(name: str, url: str, profile: str | None, events: tuple[str, ...]) -> dict[str, Any]:
    """Add a webhook. Its secret is printed once."""
    from purveyor.alerts.domain import webhooks
    from purveyor.alerts.outward import webhook_row

    made, secret = webhooks.add(_who(), name, url, profile, events)
    return webhook_row(made) | {"secret": secret}


@webhook.command("change", cls=Command)
@_NUMBER
@click.option("--name", help="Another name.")
@click.option("--url", help="Another address.")
@click.option("--event", "events", multiple=True, help="These events instead. Repeatable.")
@click.option("--all-events", is_flag=True, help="Every event instead.")
def change(number: int, name: str | None, url: str | None, events: tuple[str, ...], all_events: bool) -> dict[str, Any]:
    """Change a webhook's name, address or events."""
    from purveyor.alerts.domain import webhooks
    from purveyor.alerts.outward import webhook_row

    types = [] if all_events else list(events) or None
    return webhook_row(webhooks.change(_who(), number, name=name, url=url, types=types))


@webhook.command("switch", cls=Command)
@_NUMBER
@click.argument("state", type=_ON_OFF)
def switch(number: int, state: str) -> dict[str, Any]:
    """Switch a webhook on or off. Switched on, it takes what happens from then on."""
    from purveyor.alerts.domain import webhooks
    from purveyor.alerts.outward import webhook_row

    return webhook_row(webhooks.change(_who(), number, on=state == "on"))


@webhook.command("remove", cls=Command)
@_NUMBER
def remove(number: int) -> dict[str, Any]:
    """Remove a webhook with its deliveries."""
    from purveyor.alerts.domain import webhooks

    webhooks.remove(_who(), number)
    return {"id": number, "removed": True}


@webhook.command("secret", cls=Command, show=_show_secret)
@_NUMBER
@click.option(
    "--keep-hours",
    type=click.IntRange(0, 720),
    default=24,
    show_default=True,
    help="How long the old secret signs beside the new one.",
)
def secret(number: int, keep_hours: int) -> dict[str, Any]:
    """Give a webhook a new secret. It is printed once."""
    from purveyor.alerts.domain import webhooks

    return {"id": number, "secret": webhooks.rotate(_who(), number, timedelta(hours=keep_hours))}


@webhook.command("test", cls=Command, show=facts)
@_NUMBER
def test(number: int) -> dict[str, Any]:
    """Send an event of the type webhook.test now and say what the other side answers."""
    from purveyor.alerts.domain import webhooks
    from purveyor.alerts.outward import said_row

    return said_row(webhooks.try_out(_who(), number))


def _show_deliveries(answer: dict[str, Any]) -> str:
    columns = ["id", "state", "type", "object", "tries", "status", "error", "tried_at"]
    return table(answer["deliveries"], columns, "Nothing was sent to it yet.")


@webhook.command("deliveries", cls=Command, show=_show_deliveries)
@_NUMBER
@click.option(
    "--state",
    type=click.Choice(["all", "waiting", "done", "dead"]),
    default="all",
    show_default=True,
    help="Only those in this state.",
)
@click.option("--limit", type=click.IntRange(1, 10000), default=100, show_default=True, help="The latest so many.")
def deliveries(number: int, state: str, limit: int) -> dict[str, Any]:
    """List what was and will be sent to a webhook, the latest first. Dead is what never got through."""
    from purveyor.alerts.domain import webhooks
    from purveyor.alerts.outward import delivery_row

    rows = webhooks.deliveries(_who(), number)
    rows = rows if state == "all" else rows.filter(state=state)
    return {"deliveries": [delivery_row(one) for one in rows[:limit]]}


@webhook.command("delivery", cls=Command)
@_NUMBER
def delivery(number: int) -> dict[str, Any]:
    """Show one delivery by its number: the event, and what the other side said."""
    from purveyor.alerts.domain import webhooks
    from purveyor.alerts.outward import delivery_full

    return delivery_full(webhooks.delivery(_who(), number))


@webhook.command("replay", cls=Command)
@click.argument("number", type=click.IntRange(1), required=False)
@click.option("--failed-of", type=click.IntRange(1), help="All that never got through to this webhook.")
@click.option("--since", type=MOMENT, help="With --failed-of: also what happened from then on while it was off.")
def replay(number: int | None, failed_of: int | None, since: datetime | None) -> dict[str, Any]:
    """Send one delivery again by its number, under its own id, or all that a webhook missed."""
    from purveyor.alerts.domain import resend, webhooks

    if (number is None) == (failed_of is None) or (since is not None and failed_of is None):
        raise click.UsageError("name a delivery, or a webhook with --failed-of")
    if failed_of is not None:
        return {"count": resend.replay_missed(_who(), failed_of, moment(since))}
    webhooks.replay(_who(), int(number or 0))
    return {"count": 1}


@webhook.command("schemas", cls=Command, tables=False)
def schemas() -> dict[str, Any]:
    """Print the JSON schema of every type of event."""
    from purveyor.alerts import events

    return {"schemas": events.schemas()}
