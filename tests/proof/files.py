"""Kill -9 in every step of a file's life, in and out; then look whether anything was lost or taken twice.

``python -m proof.files --seed 7 [--kills 200]`` from the folder ``tests``, with PURVEYOR_HOME set to an empty folder
(and PURVEYOR_DATABASE_URL for PostgreSQL). Exit 0 when everything holds. For each of the ``points`` a file is dropped
and the process that takes it kills itself there; another one goes on. With ``--kills`` as many processes more die at
moments the dice choose. At the end

* every row of every file was taken exactly once, by the audit, and every file lies in ``done`` with its report;
* nothing is left where files are dropped, and no file is open;
* every file that was to go out lies there whole, and is noted as sent.

Each process is a child of this one, forked before it has a connection, so that a death costs no start. No code of the
product knows of this: what it calls is wrapped from here.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "purveyor.config.settings")

ROWS, PART = 60, 20
PATIENCE = 60.0
OUT = "proof"


def points() -> dict[str, Callable[[], None]]:
    """By its name, what makes a process die at a point."""
    from purveyor.channels import arrivals, departures, load, store
    from purveyor.channels.kinds import upload
    from purveyor.channels.ways import folder

    after, before = _after, _before
    return {
        "before it is read": before(folder.Folder, "fetch"),
        "half of it read": _half_read,
        "its bytes kept": after(store, "keep"),
        "its upload made": after(upload, "record"),
        "its upload there, its state not": before(arrivals, "_move"),
        "kept": after(arrivals, "keep"),
        "its taking begun": after(arrivals.load, "take"),
        "a part taken, not committed": after(load._Work, "_go_forward"),
        "a part committed": after(load._Work, "_take"),
        "every row taken, not noted": before(load, "_settle"),
        "every row taken": after(load, "_settle"),
        "taken": after(arrivals, "take"),
        "its place chosen": after(arrivals, "_place"),
        "its place noted": before(folder.Folder, "file_away"),
        "moved": before(folder, "_write"),
        "its report written": after(folder, "_write"),
        "filed away, not noted": after(folder.Folder, "file_away"),
        "done": after(arrivals, "close_alert"),
        "checked as a whole": after(load, "check"),
        "departure made": after(departures, "_make"),
        "laid out, not noted": after(folder.Folder, "put"),
        "half laid out": before(folder.os, "rename"),
    }


def die(*_args: Any, **_more: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _after(where: Any, name: str) -> Callable[[], None]:
    def arm() -> None:
        called = getattr(where, name)
        setattr(where, name, lambda *args, **more: (called(*args, **more), die()))

    return arm


def _before(where: Any, name: str) -> Callable[[], None]:
    return lambda: setattr(where, name, die)


def _half_read() -> None:
    from purveyor.channels.ways import folder

    read = folder.Folder.fetch

    def some(self: Any, seen: Any) -> Any:
        for _piece in read(self, seen):
            yield _piece[:10]
            die()

    folder.Folder.fetch = some  # type: ignore[method-assign]


class Child:
    """A process that looks after the channels, until it dies or nothing is left to do."""

    def __init__(self, arm: Callable[[], None] | None, seconds: float = PATIENCE) -> None:
        self.pid = os.fork()
        if self.pid == 0:
            code = 1
            try:
                if arm is not None:
                    arm()
                code = 0 if work(seconds) else 2
            finally:
                os._exit(code)

    def wait(self) -> int:
        """Its exit code, or minus the signal it died by."""
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def kill(self) -> int:
        os.kill(self.pid, signal.SIGKILL)
        return self.wait()


def work(seconds: float) -> bool:
    """What a worker does, for channels alone; whether nothing is left to do."""
    from purveyor.channels import departures, watch
    from purveyor.channels.models import Channel
    from purveyor.common import clock
    from purveyor.jobs import lease

    until = time.monotonic() + seconds
    while time.monotonic() < until:
        lease.free_the_dead()
        Channel.objects.update(look_at=clock.now())
        for channel in watch.due(clock.now(), 10):
            watch.look(channel)
        for subjects in departures.waiting(100).values():
            for subject in subjects:
                departures.depart(OUT, subject)
        for departure in departures.due(clock.now(), 100):
            departures.send(departure)
        if at_rest():
            return True
        time.sleep(0.02)
    return False


def at_rest() -> bool:
    from purveyor.channels import departures
    from purveyor.channels.models import Arrival, Channel, Departure

    left = [file for one in Channel.objects.filter(outgoing=False) for file in dropped(one)]
    open_ones = Arrival.objects.filter(state__in=["seen", "kept", "taken"]).exists()
    going = Departure.objects.filter(state="queued").exists() or any(departures.waiting(1).values())
    return not left and not open_ones and not going


def dropped(channel: Any) -> list[Path]:
    at = Path(channel.options["folder"])
    return [file for file in at.iterdir() if file.is_file() and not file.name.startswith(".")]


def prepare() -> list[Any]:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    from purveyor.channels import load, outgoing, setup
    from purveyor.jobs import engines
    from purveyor.jobs.testing import Collector
    from purveyor.people.who import Who

    engines.use(Collector())
    load.PART = PART
    outgoing.register(outgoing.Outgoing(OUT, "Proof", _render, lambda _row: 1, _waiting))
    from cast import make_profile

    make_profile("proof")
    made = [
        setup.add(Who.cli(), setup.Asked(name=name, kind="products", whole=whole, quiet=0, options={"folder": name}))
        for name, whole in (("by-row", False), ("whole", True))
    ]
    out = setup.Asked(name="out", kind=OUT, outgoing=True, options={"folder": "out"})
    return [*made, setup.add(Who.cli(), out)]


_asked: list[int] = []


def _render(row: int, _form: str) -> tuple[str, bytes]:
    return f"out-{row}.csv", f"row;{row}\n".encode() * 100


def _waiting(channel: int, _profile: int | None, _since: Any, limit: int) -> list[int]:
    from purveyor.channels.models import Departure

    gone = set(Departure.objects.filter(channel=channel).values_list("subject", flat=True))
    return [row for row in _asked if row not in gone][:limit]


def drop(channel: Any, number: int) -> list[str]:
    """A file of its own products."""
    skus = [f"P{number}-{row}" for row in range(ROWS)]
    text = "\r\n".join(["SKU;Title", *(f"{sku};Tea" for sku in skus)])
    at = Path(channel.options["folder"])
    draft = at / f".{number}.part"
    draft.write_text(text)
    draft.rename(at / f"list-{number}.csv")
    return skus


def run(args: argparse.Namespace) -> tuple[list[str], int, int]:
    from django.db import connections

    channels = prepare()
    armed = points()
    dice, skus, wrong = random.Random(args.seed), [], []
    deaths = kills = 0
    rounds = [*armed.items(), *((f"kill {n}", None) for n in range(args.kills))]
    for number, (name, arm) in enumerate(rounds):
        skus += drop(channels[dice.randrange(2) if name != "checked as a whole" else 1], number)
        _asked.append(number + 1)
        connections.close_all()
        if arm is not None:
            ended = Child(arm).wait()
            deaths += ended == -signal.SIGKILL
            wrong += [] if ended == -signal.SIGKILL else [f"nobody died at “{name}” ({ended})"]
        else:
            child = Child(None)
            time.sleep(dice.uniform(0.0, args.longest))
            kills += child.kill() == -signal.SIGKILL
    # What the dead left undone is much where they died soon: the last one has time for all of it.
    if Child(None, PATIENCE + 2 * len(rounds)).wait() != 0:
        wrong.append("it did not come to rest")
    return wrong + verdict(channels, skus), deaths, kills


def verdict(channels: list[Any], skus: list[str]) -> list[str]:
    """What does not hold."""
    from collections import Counter

    from purveyor.audit.models import Entry
    from purveyor.channels.models import Arrival, Departure, Upload
    from purveyor.products.models import Product

    wrong = []
    added = Counter(Entry.objects.filter(action="product.added").values_list("object_name", flat=True))
    if lost := [sku for sku in skus if not added[sku]]:
        wrong.append(f"{len(lost)} rows were lost, such as {lost[0]}")
    if twice := [sku for sku, count in added.items() if count > 1]:
        wrong.append(f"{len(twice)} rows were taken twice, such as {twice[0]}")
    if Product.objects.count() != len(skus):
        wrong.append(f"{Product.objects.count()} products for {len(skus)} rows")
    for one in Arrival.objects.select_related("channel", "upload"):
        lies = Path(one.channel.options["folder"]) / (one.kept_as or "-")
        whole = one.upload is not None and (one.upload.taken, one.upload.refused) == (ROWS, 0)
        if one.state != "done" or not whole or not lies.exists() or not Path(f"{lies}.report.csv").exists():
            wrong.append(f"{one.name} is {one.state}, {one.upload and one.upload.taken} rows taken: {one.problem}")
    if Upload.objects.count() != len(skus) // ROWS or Arrival.objects.count() != len(skus) // ROWS:
        wrong.append(f"{Upload.objects.count()} uploads, {Arrival.objects.count()} arrivals")
    for row in _asked:
        name, data = _render(row, "csv")
        lies = Path(channels[2].options["folder"]) / name
        if not lies.exists() or lies.read_bytes() != data:
            wrong.append(f"{name} did not go out whole")
    if (sent := Departure.objects.filter(state="sent").count()) != len(_asked):
        wrong.append(f"{sent} departures of {len(_asked)} are sent")
    return wrong


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("--seed", type=int, default=7)
    options.add_argument("--kills", type=int, default=10)
    options.add_argument("--longest", type=float, default=0.25)
    began = time.monotonic()
    wrong, deaths, kills = run(options.parse_args())
    from django.db import connection

    print(
        f"proof.files on {connection.vendor}: {deaths} deaths at the points, {kills} kills by the dice, "
        f"{time.monotonic() - began:.0f} s: {'holds' if not wrong else 'BROKEN'}"
    )
    print("\n".join(wrong[:30]))
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
