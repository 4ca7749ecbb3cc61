"""The audit: verify its chain, export it."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import Any

import click

from purveyor.cli.door import Command


@click.group()
def audit() -> None:
    """Who did what: verify, export."""


def _show(answer: dict[str, Any]) -> str:
    tail = f"{answer['unsealed']} newer entries are not linked yet."
    if answer["ok"]:
        return f"The chain of {answer['checked']} entries is whole. {tail}"
    return f"The chain is broken at position {answer['first_bad']}: {answer['why']}. {tail}"


@audit.command("verify", cls=Command, show=_show)
def verify() -> dict[str, Any]:
    """Walk the chain: was an entry changed, removed, added or moved?"""
    from purveyor.audit.verify import verify as walk

    return asdict(walk())


@audit.command("export", cls=Command)
@click.option("--after", type=click.IntRange(0), default=0, help="Continue behind this entry's id.")
@click.pass_context
def export(ctx: click.Context, after: int) -> None:
    """Print every entry, oldest first: one JSON document a line, or with --json one document with all of them."""
    from purveyor.audit import queries
    from purveyor.audit.write import record
    from purveyor.people.who import Who

    record("audit.exported", by=Who.cli().name)
    out, one_document = sys.stdout.buffer, ctx.meta["json"]
    out.write(b'{"entries": [' if one_document else b"")
    for place, line in enumerate(queries.export(after=after)):
        out.write(((b", " if place else b"") + line.rstrip()) if one_document else line)
    out.write(b"]}\n" if one_document else b"")
    out.flush()
