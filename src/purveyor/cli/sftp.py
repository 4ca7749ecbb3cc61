"""The hub's own SFTP server alone, for partners' files."""

from __future__ import annotations

from typing import Any

import click

from purveyor.cli.door import Command
from purveyor.common.errors import Misconfigured
from purveyor.config.options import option

_PORT = click.IntRange(1, 65535)


@click.command(cls=Command)
@click.option("--host", help="Address to listen on; PURVEYOR_SFTP_HOST unless said otherwise.")
@click.option("--port", type=_PORT, help="Port to listen on; PURVEYOR_SFTP_PORT unless said otherwise.")
@click.pass_context
def sftp(ctx: click.Context, host: str | None, port: int | None) -> None:
    """Run the SFTP server for partners alone, where their folders are; purveyor up runs it where a port is set."""
    from purveyor.channels.sftp import hostkey
    from purveyor.channels.sftp.run import serve
    from purveyor.cli.up import announce

    chosen, at = host or str(option("PURVEYOR_SFTP_HOST")), port or option("PURVEYOR_SFTP_PORT")
    if not at:
        raise Misconfigured(
            "The SFTP server has no port.", hint="Set PURVEYOR_SFTP_PORT, such as 2222, or give --port."
        )

    def ready(opened: int) -> None:
        """The log says it for people, also where the hub's other parts write beside it."""
        met = hostkey.public()
        told: dict[str, Any] = {"host": chosen, "port": opened, "fingerprint": met.fingerprint if met else ""}
        if ctx.meta["json"]:
            announce(ctx, told, "")

    serve(chosen, int(at), ready)
