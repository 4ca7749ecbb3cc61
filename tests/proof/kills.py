"""Kill -9 the worker again and again while it imports and acknowledges orders, with the dice on; then look.

``python -m proof.kills --orders 200 --kills 50 --seed 7 [--lasting]`` from the folder ``tests``, with PURVEYOR_HOME set
to an empty folder (and PURVEYOR_DATABASE_URL for PostgreSQL). Exit 0 when everything holds:

* every order is present, with every line;
* the stand-in accepted every acknowledgement exactly once;
* every unknown is settled, every document verified; the audit's chain is whole.

With ``--lasting`` the faults that do not go away by themselves are on instead: revoked and missing roles for a while,
answers that stay in processing for ever, failures without a reason. Then nothing is lost or sent twice, and each
document is verified or stands on Today with its remedy.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "purveyor.config.settings")
HERE = Path(__file__).resolve().parent.parent

TRANSIENT = {
    "throttled": 0.03,
    "server-error": 0.03,
    "html-error": 0.02,
    "empty-503": 0.02,
    "slow": 0.01,
    "reset": 0.03,
    "lost-reply": 0.04,
    "spurious-400": 0.05,
    "empty-page": 0.05,
    "malformed-json": 0.03,
}
LASTING = {"processing-for-ever": 0.05, "failure-without-reason": 0.05}
VISIBILITY = 4
ACCESS_LOST = 8
DEADLY = 0.06
LONGEST_START = 60
FIRST_REACH = 0.6


@dataclass
class Worker:
    """The worker process, started anew each time it dies."""

    seed: int
    chance: float
    endpoint: str
    kills: int = 0
    deaths: int = 0
    starts: int = 0
    process: subprocess.Popen | None = field(default=None, repr=False)

    @property
    def sign(self) -> Path:
        """Where a worker says that it is at work: how long it takes to start says nothing of what a kill hits."""
        return Path(os.environ["PURVEYOR_HOME"]) / f"worker-{self.starts}.ready"

    def ensure(self) -> None:
        if self.process and self.process.poll() is None:
            return
        if self.process:
            self.deaths += 1
        self.starts += 1
        arguments = [
            "-m",
            "proof.worker",
            str(self.seed + self.starts),
            str(self.chance),
            self.endpoint,
            str(self.sign),
        ]
        log = open(Path(os.environ["PURVEYOR_HOME"]) / "worker.log", "ab")  # noqa: SIM115  the child's for its life
        self.process = subprocess.Popen([sys.executable, *arguments], cwd=HERE, stdout=log, stderr=log)
        log.close()

    def kill(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.kills += 1
            self.process = None

    def wait_for_work(self) -> None:
        """Wait until it is at work, or dead already."""
        until = time.monotonic() + LONGEST_START
        while not self.sign.exists() and self.process and self.process.poll() is None and time.monotonic() < until:
            time.sleep(0.01)

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(40)


def prepare(args):
    """The stand-in, served by this process, and a connected profile."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    from purveyor.people.who import Who
    from purveyor.profiles.domain.profiles import add_profile
    from purveyor.simulator.model import Settings
    from purveyor.simulator.server import serve
    from purveyor.simulator.world import World

    settings = Settings(outcome_delay=0.3, visibility_delay=0.8)
    world = World(seed=args.seed, scenario="quiet", settings=settings)
    dice = random.Random(args.seed)
    placed = [world.place(lines=dice.randint(1, 8)) for _ in range(args.orders)]
    server = serve(world)
    endpoint = server.address if str(server.address).startswith("http") else f"http://127.0.0.1:{server.address[1]}"
    account = world.account
    profile = add_profile(
        Who.cli(),
        name="proof",
        marketplace=account.marketplace,
        vendor_codes=list(account.vendor_codes),
        client_id=account.client_id,
        client_secret=account.client_secret,
        refresh_token=account.refresh_token,
        environment="simulator",
        endpoint=endpoint,
        login_url=f"{endpoint}/auth/o2/token",
        visibility_seconds=VISIBILITY,
        import_from=None,
    )
    return world, server, profile, placed


def wake_sweeps(profile) -> None:
    """Have the sweep for new orders due now: fifteen minutes are too long to watch."""
    from purveyor.common import clock
    from purveyor.intake.models import Cursor

    Cursor.objects.filter(profile=profile, sweep="new").update(next_at=clock.now())


def answer_what_is_new(numbers: set[str]) -> int:
    """Accept in full what has been imported and waits; as a person would in the list."""
    from purveyor.orders.domain.acknowledge import acknowledge_many
    from purveyor.orders.models import Order
    from purveyor.people.who import Who

    waiting = Order.objects.filter(state="new", number__in=numbers).order_by("pk").values_list("pk", flat=True)[:40]
    return len(acknowledge_many(Who.cli(), list(waiting)))


def progress(numbers: set[str]) -> dict[str, int]:
    from collections import Counter

    from purveyor.orders.models import Order
    from purveyor.outbox.models import Document

    found = Counter(Document.objects.filter(subject__in=numbers).values_list("state", flat=True))
    return {"orders": Order.objects.filter(number__in=numbers).count(), **dict(sorted(found.items()))}


def finished(numbers: set[str], lasting: bool) -> bool:
    from purveyor.orders.models import Order
    from purveyor.outbox.models import Document

    if Order.objects.filter(number__in=numbers).count() < len(numbers):
        return False
    documents = Document.objects.filter(subject__in=numbers)
    if documents.count() < len(numbers):
        return False
    ends = ["verified", "failed", "asked"] if lasting else ["verified"]
    return not documents.exclude(state__in=ends).exists()


def storm(args, world, profile, placed, worker: Worker) -> None:
    """The kills: at random moments from outside, and by the worker's own hand at the two points.

    A worker that comes to nothing before it dies may live longer the next time: how fast it is says the machine.
    """
    dice = random.Random(args.seed)
    numbers = set(placed)
    hit = {"importing": 0, "acknowledging": 0}
    reach, before = FIRST_REACH, progress(numbers)
    while worker.kills + worker.deaths < args.kills or (not all(hit.values()) and worker.kills < 4 * args.kills):
        if args.lasting and worker.kills in (1, 3):
            # Access goes away for a while, once as revoked and once as a missing role.
            fault = {1: "revoked", 3: "missing-role"}[worker.kills]
            world.faults.once(fault, operation="submitAcknowledgement", times=ACCESS_LOST)
        worker.ensure()
        worker.wait_for_work()
        until = time.monotonic() + dice.uniform(0.02, reach)
        while time.monotonic() < until:
            wake_sweeps(profile)
            answer_what_is_new(numbers)
            time.sleep(0.05)
        worker.kill()
        now = progress(numbers)
        hit["importing"] += now["orders"] < len(numbers)
        hit["acknowledging"] += now["orders"] > 0 and not finished(numbers, args.lasting)
        reach, before = reach * (1.5 if now == before else 0.9), now
    print(f"  after {worker.kills} kills and {worker.deaths} deaths at the points: {before}, hit {hit}", flush=True)
    if not all(hit.values()):
        raise SystemExit(f"the kills did not hit both the import and the acknowledging: {hit}")


def calm(args, profile, placed, worker: Worker) -> bool:
    """Let it come to rest."""
    numbers = set(placed)
    worker.chance = 0.0
    until = time.monotonic() + args.patience
    said = time.monotonic()
    while time.monotonic() < until:
        worker.ensure()
        wake_sweeps(profile)
        answer_what_is_new(numbers)
        if finished(numbers, args.lasting):
            return True
        if time.monotonic() - said > 15:
            said = time.monotonic()
            print(f"  {progress(numbers)}", flush=True)
        time.sleep(0.5)
    return False


def blind_attempts(number: str) -> int:
    """How often it was sent without a reply being stored."""
    from purveyor.outbox.models import Attempt

    return Attempt.objects.filter(document__subject=number).exclude(outcome__in=["sent", "queued"]).count()


def verdict(args, world, placed) -> list[str]:
    """What does not hold."""
    from purveyor.audit.seal import seal
    from purveyor.audit.verify import verify
    from purveyor.orders.models import Order
    from purveyor.outbox.models import Document

    wrong = []
    for number in placed:
        taken = world.acknowledgements(number)
        acted_on = sum(not world.transaction(one.transaction_id).fault for one in taken)
        if acted_on > 1 or (len(taken) != 1 and not args.lasting):
            wrong.append(f"{number}: acknowledged {len(taken)} times at the stand-in")
        # One that was swallowed goes again only if its reply was never stored: with a transaction id, never.
        if len(taken) - 1 > blind_attempts(number):
            wrong.append(f"{number}: sent again although its transaction was known")
        order = Order.objects.filter(number=number).first()
        if order is None or order.lines.count() != len(world.order(number).lines):
            wrong.append(f"{number}: order or lines missing")
    documents = Document.objects.filter(subject__in=placed)
    if documents.count() != len(placed):
        wrong.append(f"{documents.count()} documents for {len(placed)} orders")
    for document in documents.exclude(state="verified"):
        if not args.lasting:
            wrong.append(f"{document.subject}: {document.state} {document.problem}")
        elif not document.problem.get("remedy"):
            wrong.append(f"{document.subject}: {document.state} without a remedy")
    seal()
    chain = verify()
    if not chain.ok:
        wrong.append(f"the audit's chain is broken: {chain.why}")
    return wrong


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("--orders", type=int, default=200)
    options.add_argument("--kills", type=int, default=50)
    options.add_argument("--seed", type=int, default=7)
    options.add_argument("--lasting", action="store_true")
    options.add_argument("--patience", type=float, default=300)
    args = options.parse_args()
    began = time.monotonic()
    world, server, profile, placed = prepare(args)
    world.faults.dice(args.seed, LASTING if args.lasting else TRANSIENT)
    worker = Worker(args.seed, DEADLY, profile.endpoint)
    try:
        storm(args, world, profile, placed, worker)
        rested = calm(args, profile, placed, worker)
    finally:
        worker.kill()
    wrong = verdict(args, world, placed)
    if not rested:
        wrong.insert(0, f"not at rest after {args.patience:.0f} s: {progress(set(placed))}")
    server.stop()
    from django.db import connection

    faults = sum(world.faults.taken.values())
    print(
        f"proof.kills on {connection.vendor}: {args.orders} orders, {worker.kills} kills, {worker.deaths} deaths "
        f"at the points, {faults} faults{' (lasting)' if args.lasting else ''}, seed {args.seed}, "
        f"{time.monotonic() - began:.0f} s: {progress(set(placed))}: {'holds' if not wrong else 'BROKEN'}"
    )
    print("\n".join(wrong[:30]))
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
