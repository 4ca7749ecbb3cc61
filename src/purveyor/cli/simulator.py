"""The stand-in Amazon alone."""

from __future__ import annotations

from pathlib import Path

import click

from purveyor.cli.door import Command


@click.command(cls=Command, django=False)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8001, show_default=True, help="Port to listen on.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed places the same orders.")
@click.option("--scenario", default="day", show_default=True, help="The kind of day: quiet, day, peak, faulty.")
@click.option("--speed", type=click.FloatRange(min=0.01), default=1.0, show_default=True, help="Shortens the delays.")
@click.option(
    "--state", type=click.Path(path_type=Path, dir_okay=False), help="File that keeps the world over restarts."
)
def simulator(host: str, port: int, seed: int, scenario: str, speed: float, state: Path | None) -> None:
    """Run the stand-in Amazon alone: login, vendor API, and a page to drive it."""
    from purveyor.simulator.server import run

    run(host=host, port=port, seed=seed, scenario=scenario, speed=speed, path=state)
