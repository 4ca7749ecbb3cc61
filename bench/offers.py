"""How long an invitation of 5,000 rows takes: the preview with every row's verdict, and the export of its answers.

``python -m bench.offers [--rows 5000] [--layout wide] [--database postgresql://…]``. Bounds: 5 seconds each for 5,000
rows, and in proportion for more. The preview is measured from the bytes that were brought; the export must hold an
answer in every answer cell and be taken by the buyer.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from typing import Any

from bench.ground import hub

ROWS = 5_000
BOUND = 5.0


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--layout", default="wide")
    parser.add_argument("--database", default="")
    given = parser.parse_args()
    with hub(given.database):
        return _measure(given.rows, given.layout)


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    begun = time.perf_counter()
    found = work()
    return found, time.perf_counter() - begun


def _measure(rows: int, layout: str) -> int:
    from purveyor.channels import load
    from purveyor.channels.workbooks.offers import answers_into, offer_of, preview
    from purveyor.channels.workbooks.stage import stage_workbook
    from purveyor.people.who import Who
    from purveyor.simulator import offers as buyer
    from purveyor.simulator.world import World

    who, world = Who.cli(), World(scenario="quiet", secrets_from_seed=True)
    of = buyer.invite(world, layout=layout, rows=rows)
    content = buyer.workbook(world, of.number)
    _ground(of, world)

    def seen() -> Any:
        upload = _bring(who, content)
        return upload, preview(who, upload)

    (upload, found), looked = _timed(seen)
    taken, spent = _timed(lambda: load.work_off(load.take(who, upload)))
    offer: Any = offer_of(taken)
    assert offer is not None, taken.problem
    book, stage = _timed(lambda: stage_workbook(who, offer, "commerce"))
    offer = _completed(who, offer)
    done, written = _timed(lambda: answers_into(who, offer))
    _handed, errors = buyer.hand_in(world, of.number, done.content)
    bound = BOUND * max(rows, ROWS) / ROWS
    right = found.counts == {"taken": rows} and taken.taken == rows and errors == [] and book.cells > 0
    ok = right and looked < bound and written < bound
    print(
        f"offers: {rows} rows ({layout}): preview {looked:.2f} s, export of {done.cells} answers {written:.2f} s"
        f" (bound {bound:.0f} s each); taken in {spent:.2f} s, workbook of a stage with {book.cells} cells"
        f" {stage:.2f} s; {'all read back' if right else f'WRONG {found.counts} {errors[:3]}'}"
        f" {'ok' if ok else 'MISSED'}"
    )
    return int(not ok)


def _bring(who: Any, content: bytes) -> Any:
    from purveyor.base import filekinds
    from purveyor.channels.kinds.upload import bring

    facts = {"number": "BENCH", "expires_at": "-"}
    return bring(who, filekinds.find("offer"), "bench.xlsx", [content], facts=facts)


def _ground(of: Any, world: Any) -> None:
    """The profile it is for, and every product it names."""
    from purveyor.base.filekinds import Loading, Row
    from purveyor.common import clock
    from purveyor.products.domain.load import take
    from purveyor.profiles.models import Profile, VendorCode

    profile = Profile.objects.create(
        name="bench", marketplace="DE", environment="simulator", client_id="bench", created_at=clock.now()
    )
    VendorCode.objects.bulk_create(VendorCode(profile=profile, code=code) for code in world.account.vendor_codes)
    rows = [Row(n, {"sku": f"ART-{n:05d}", "asin": row.asin}) for n, row in enumerate(of.rows, 1)]
    take(rows, Loading("bench", "bench", dry_run=False))


def _completed(who: Any, offer: Any) -> Any:
    """The offer, agreed with by every stage."""
    from purveyor.offers.domain.answer import approve
    from purveyor.offers.domain.complete import complete
    from purveyor.offers.domain.stages import hand_on

    for stage in offer.stages.order_by("position"):
        approve(who, offer, stage.key)
        offer = hand_on(who, offer)
    return complete(who, offer)


if __name__ == "__main__":
    sys.exit(main())
