"""What needs somebody now."""

from __future__ import annotations

from typing import Any

import click

from purveyor.cli.door import Command, facts, table


def _show(answer: dict[str, Any]) -> str:
    orders, documents, profiles = answer["orders"], answer["documents"], answer["profiles"]
    rows = [{"remedy": remedy} | row for remedy, rows in documents["by_remedy"].items() for row in rows]
    counts = {name: documents[name] for name in ("failed", "asked", "under_way", "waiting_for_sending", "held")}
    troubled = [{"profile": name, "problem": problem} for name, problem in profiles["troubled"].items()]
    troubled += [one | {"profile": f"{one['profile']} ({one['sweep']})"} for one in profiles["failing_sweeps"]]
    parts = [
        facts(orders | counts | {"not_sending": profiles["not_sending"]}),
        table(rows, ["remedy", "id", "subject", "profile", "state", "problem"], "No document needs anybody."),
        table(troubled, ["profile", "problem"], "No profile is in trouble."),
    ]
    if profiles["paused"]:
        parts.append(table(profiles["paused"], ["profile", "paused_at", "next_try_at", "waiting", "overdue"], ""))
    parts.append(table(answer["alerts"], ["id", "severity", "profile", "message"], "No alert stands."))
    parts.append(table(answer["work"]["mine"], ["due_at", "subject", "profile", "sentence", "remedy"], "All is done."))
    return "\n\n".join(parts)


@click.command(cls=Command, show=_show)
def today() -> dict[str, Any]:
    """Show what needs somebody now: orders waiting and until when, documents by what helps, profiles in trouble,
    and alerts."""
    from purveyor.outbox.overview import overview
    from purveyor.people.who import Who

    return overview(Who.cli())
