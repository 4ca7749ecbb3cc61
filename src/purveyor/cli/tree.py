"""A small process tree: start the parts, restart one that dies, stop all on a signal. Knows nothing of the framework,
so that its own process stays small."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

GRACE_SECONDS = 25.0
RESTART_AFTER_SECONDS = 1.0
STEADY_SECONDS = 30.0
TRIES = 5
PR_SET_PDEATHSIG = 1


def purveyor(*arguments: str) -> list[str]:
    """The command line that runs one of our own commands with this interpreter."""
    return [sys.executable, "-m", "purveyor", *arguments]


def stop_politely() -> None:
    """Until a tree runs and takes over: being asked to stop is a clean end, and what was begun is cleaned up."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))


def _die_with_parent() -> Callable[[], None] | None:
    """What a child does before it begins, so that it is asked to stop when its parent is gone, even killed (Linux)."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Part:
    """One child of the tree. ``name`` is for messages; a part that cannot stay up ends the whole tree."""

    name: str
    command: Sequence[str]
    environ: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    falls: int = 0

    def start(self) -> None:
        # A session of its own: Ctrl-C reaches the tree alone, which then stops its parts in order.
        self.process = subprocess.Popen(  # noqa: S603  our own command line
            self.command,
            env={**os.environ, **self.environ},
            start_new_session=True,
            preexec_fn=_die_with_parent(),  # noqa: PLW1509  the tree's root has one thread
        )
        self.started = time.monotonic()

    def fallen(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def clear(self) -> None:
        """End what a fallen part left behind, such as a server's own children, which would hold its port."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def may_restart(self) -> bool:
        """Falling right after the start, again and again, is not worth another try."""
        self.falls = 0 if time.monotonic() - self.started > STEADY_SECONDS else self.falls + 1
        return self.falls < TRIES


class Tree:
    """Parts that run together and stop together, on SIGTERM or SIGINT."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self.parts = list(parts)
        self._stop = threading.Event()

    def start(self, count: int | None = None) -> None:
        """Start the first ``count`` parts, or all that do not run yet."""
        for part in self.parts[:count]:
            if part.process is None:
                part.start()

    def run(self) -> int:
        """Start what does not run yet and watch over all until asked to stop; answers the exit status."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._stop.set())
        self.start()
        try:
            return self._watch()
        finally:
            self.end()

    def _watch(self) -> int:
        while not self._stop.wait(RESTART_AFTER_SECONDS):
            for part in filter(Part.fallen, self.parts):
                part.clear()
                if not part.may_restart():
                    print(f"purveyor: the {part.name} does not stay up; stopping", file=sys.stderr)  # noqa: T201
                    return 1
                print(f"purveyor: the {part.name} ended; starting it again", file=sys.stderr)  # noqa: T201
                part.start()
        return 0

    def end(self) -> None:
        """Ask every part to stop, last first; kill what has not stopped within the grace time."""
        running = [p.process for p in reversed(self.parts) if p.process and p.process.poll() is None]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + GRACE_SECONDS
        for process in running:
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, deadline - time.monotonic()))
        for part in self.parts:
            part.clear()
        for process in running:
            process.wait()
