"""The SFTP server as a process: open the door, and serve until told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import AsyncIterator, Callable

from purveyor.channels.sftp import hostkey
from purveyor.channels.sftp.guests import Book
from purveyor.channels.sftp.jail import Jail
from purveyor.channels.sftp.partners import Ledger
from purveyor.channels.sftp.serve import Hall, Limits, listen
from purveyor.common.errors import Misconfigured
from purveyor.config.home import home

log = logging.getLogger(__name__)


def serve(host: str, port: int, ready: Callable[[int], None] | None = None) -> None:
    """Serve until SIGTERM or SIGINT; ``ready`` is told the port once the door is open. Raises Misconfigured when the
    port is taken or there is no good host key."""
    host_key = hostkey.ensure()
    _sweep()
    asyncio.run(_serve(Ledger(), host, port, host_key, ready))


async def _serve(book: Book, host: str, port: int, host_key: str, ready: Callable[[int], None] | None) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with serving(book, host, port, host_key) as opened:
        met = hostkey.public()
        log.info("The SFTP server listens on %s, port %d, known by %s", host, opened, met.fingerprint if met else "?")
        if ready is not None:
            ready(opened)
        await stop.wait()


@contextlib.asynccontextmanager
async def serving(book: Book, host: str, port: int, host_key: str, limits: Limits | None = None) -> AsyncIterator[int]:
    """An open door, for as long as the block lasts; answers the port. Raises Misconfigured."""
    hall = Hall(book, limits)
    try:
        door = await listen(hall, host, port, host_key)
    except OSError as error:
        words = f"The SFTP server cannot listen on {host}, port {port}: {error.strerror}."
        raise Misconfigured(words, hint="Choose another with PURVEYOR_SFTP_PORT.") from None
    watching = asyncio.create_task(hall.watch())
    try:
        yield door.get_port()
    finally:
        watching.cancel()
        door.close()
        hall.close()


def _sweep() -> None:
    """Remove what was being brought when the last server ended."""
    with contextlib.suppress(OSError):
        for root in (home() / "sftp").iterdir():
            with contextlib.suppress(OSError):
                Jail(root).sweep()
