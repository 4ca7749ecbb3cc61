"""A folder channel for tests, whose looks are had by hand while the clock is held."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from channels.making import ME
from purveyor.channels import setup, watch
from purveyor.channels.models import Arrival, Channel
from purveyor.common import clock


@dataclass
class Watched:
    """A channel and its folder."""

    channel: Channel
    at: Path

    def drop(self, content: bytes, name: str = "list.csv") -> None:
        (self.at / name).write_bytes(content)

    def look(self, times: int = 1) -> None:
        """Look so many times, longer apart than a file has to be quiet."""
        for _time in range(times):
            clock.turn(timedelta(seconds=setup.QUIET + 1))
            watch.look(self.channel.pk)

    def took(self, content: bytes, name: str = "list.csv") -> Arrival:
        """Dropped, and looked at until it is filed away."""
        self.drop(content, name)
        self.look(2)
        return self.arrivals()[0]

    def arrivals(self) -> list[Arrival]:
        return list(Arrival.objects.filter(channel=self.channel).select_related("upload").order_by("-pk"))

    def states(self) -> list[tuple[str, str]]:
        """The name and the state of each file, the oldest first."""
        return [(one.name, one.state) for one in reversed(self.arrivals())]

    def lies(self) -> list[str]:
        """Every file below the folder."""
        return sorted(str(file.relative_to(self.at)) for file in self.at.rglob("*") if not file.is_dir())

    def report(self, where: str) -> list[str]:
        text = (self.at / f"{where}.report.csv").read_bytes().decode("utf-8-sig")
        return text.splitlines()[1:]


def watched(folder: str, name: str = "wms", kind: str = "products", **more: Any) -> Watched:
    """A channel of a folder of this name, for products unless said otherwise."""
    found = setup.add(ME, setup.Asked(name=name, kind=kind, options={"folder": folder}, **more))
    return Watched(found, Path(found.options["folder"]))
