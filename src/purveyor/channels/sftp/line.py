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
    """Have it done, and wait. Raises TimeoutError, the work having been stopped, and whatever it raises."""

    async def bounded() -> T:
        return await asyncio.wait_for(work, seconds)

    return asyncio.run_coroutine_threadsafe(bounded(), loop()).result()
