"""A folder channel for tests, whose looks are had by hand while the clock is held."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from channels.making import ME, bring, lines
from purveyor.channels import setup, watch
from purveyor.channels.models import Arrival, Channel, Departure, Upload
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


def of_profile(profile: Any) -> dict[str, Any]:
    """A channel of a profile with a file that was refused and one that could not go out, by the words of addresses."""
    now = clock.now()
    found = watched("channel-of-profile", "erp-in", profile=profile).channel
    out = watched("channel-out", "erp-out", "pick-list", profile=profile, outgoing=True).channel
    told = {"kind": "products", "columns": {"sku": "SKU"}, "via": found, "by": "system:channel.erp-in"}
    upload = bring(lines("SKU;Title", "A-7;Tea"))
    Upload.objects.filter(pk=upload.pk).update(state="done", **told)
    arrival = Arrival.objects.create(channel=found, name="list.csv", size=9, stamp=1, state="refused", upload=upload)
    failed = {"subject": 1, "name": "pick.csv", "sha256": "0" * 64, "state": "failed", "state_at": now}
    departure = Departure.objects.create(channel=out, **failed)
    return {
        "channel_id": found.pk,
        "channel": found.name,
        "out_channel": out.name,
        "arrival_id": arrival.pk,
        "departure_id": departure.pk,
        "way": "folder",
    }
