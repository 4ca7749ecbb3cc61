"""Read what stood aside again, after a fix: what can be understood now becomes an order or a status."""

from __future__ import annotations

import zlib

from purveyor.audit.secrecy import masked
from purveyor.audit.write import record
from purveyor.common import clock
from purveyor.intake import pull
from purveyor.intake.kinds import KINDS, RawPage
from purveyor.intake.models import Aside
from purveyor.orders.records import Counts
from purveyor.people.who import Who
from purveyor.profiles.models import Profile

SOURCE = "replay"


def replay(profile: Profile, *, who: Who) -> Counts:
    """Every document of the profile that stands aside, oldest first. Raises Denied.

    One older than what is held by now takes no effect. ``aside`` counts those that still cannot be understood.
    """
    who.require("sync.run", profile)
    counts = Counts()
    for aside in Aside.objects.filter(profile=profile, resolved_at=None).order_by("at", "pk").iterator(chunk_size=100):
        counts.add(_replay(profile, aside, who.name))
    return counts


def _replay(profile: Profile, aside: Aside, by: str) -> Counts:
    raw = zlib.decompress(bytes(aside.raw))
    page = RawPage([raw], "", aside.request_id, len(raw), {"aside": aside.pk})
    prepared = pull.prepare(profile, KINDS[aside.kind], page, SOURCE)
    if prepared.strays:
        return Counts(seen=1, aside=1)

    def then(counts: Counts) -> None:
        Aside.objects.filter(pk=aside.pk).update(resolved_at=clock.now())
        record("document.replayed", by=by, obj=aside, name=masked(aside.number), profile=profile.name)

    return pull.store(profile, prepared, sweep=SOURCE, by=by, then=then)
