"""Where a worker's threads wait for asyncssh: one loop in a thread of this process, made when first used."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
_making = threading.Lock()
_loop: asyncio.AbstractEventLoop | None = None


def loop() -> asyncio.AbstractEventLoop:
    """The loop of this process."""
    global _loop
    with _making:
        if _loop is None or _loop.is_closed():
            _loop = asyncio.new_event_loop()
            threading.Thread(target=_loop.run_forever, name="sftp", daemon=True).start()
        return _loop


def run(work: Coroutine[Any, Any, T], seconds: float) -> T:
    """Have it done, and wait. Raises TimeoutError, and whatever it raises.

    What is over its time is told to stop and not waited for: tidying up may ask the very server that does not answer.
    Closing the connection ends it.
    """
    return asyncio.run_coroutine_threadsafe(_bounded(work, seconds), loop()).result()


async def _bounded(work: Coroutine[Any, Any, T], seconds: float) -> T:
    task = asyncio.ensure_future(work)
    await asyncio.wait({task}, timeout=seconds)
    if not task.done():
        task.cancel()
        task.add_done_callback(_forgotten)
        raise TimeoutError
    return task.result()


def _forgotten(task: asyncio.Future[Any]) -> None:
    """Nobody asks any more how it ended."""
    if not task.cancelled():
        task.exception()
