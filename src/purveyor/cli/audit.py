"""The audit: verify its chain, export it."""

from __future__ import annotations

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
@click.option("--after", type=int, default=0, help="Continue behind this entry's id.")
def export(after: int) -> None:
    """Print every entry as one JSON document a line, oldest first."""
    from purveyor.audit.queries import export as lines

    out = click.get_binary_stream("stdout")
    for line in lines(after=after):
        out.write(line)
