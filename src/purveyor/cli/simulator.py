"""The stand-in Amazon alone."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from purveyor.cli.door import Command, facts
from purveyor.cli.up import announce
from purveyor.common.errors import Misconfigured

if TYPE_CHECKING:
    from purveyor.simulator.server import Server


@click.command(cls=Command, django=False)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8001, show_default=True, help="Port to listen on.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed places the same orders.")
@click.option("--scenario", default="day", show_default=True, help="The kind of day: quiet, day, peak, faulty.")
@click.option("--speed", type=click.FloatRange(min=0.01), default=1.0, show_default=True, help="Shortens the delays.")
@click.option(
    "--state", type=click.Path(path_type=Path, dir_okay=False), help="File that keeps the world over restarts."
)
@click.option("--quiet", is_flag=True, help="Do not print where it listens and its credentials.")
@click.pass_context
def simulator(
    ctx: click.Context, host: str, port: int, seed: int, scenario: str, speed: float, state: Path | None, quiet: bool
) -> None:
    """Run the simulated Amazon alone: its portal, login, vendor API, and a page to drive it.

    It prints where it listens, how to sign in to its portal, and the credentials of its first account. They open
    nothing else.
    """
    from purveyor.simulator.server import run

    try:
        run(host, port, seed, scenario, speed, state, announce=None if quiet else partial(_say, ctx))
    except OSError as error:
        raise Misconfigured(f"port {port} on {host} cannot be listened on: {error.strerror}") from None


def _say(ctx: click.Context, server: Server) -> None:
    account, primary = server.world.account, server.world.primary
    told = {
        "url": server.address,
        "login_url": server.login_url,
        "control": f"{server.address}/control/",
        "control_token": server.world.control_token,
        "portal": f"{server.address}/portal/",
        "portal_user": primary.user,
        "portal_password": primary.password,
        "marketplace": account.marketplace,
        "vendor_codes": list(account.vendor_codes),
        "client_id": account.client_id,
        "client_secret": account.client_secret,
        "refresh_token": account.refresh_token,
    }
    announce(ctx, told, facts(told))
