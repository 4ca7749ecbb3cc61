"""Invitations for tests: from the stand-in's buyer, brought and looked at; some of its products are known here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cast import make_profile
from channels.making import bring
from products.making import product
from purveyor.channels.models import Upload
from purveyor.channels.workbooks.invitation import Verdict
from purveyor.channels.workbooks.offers import Preview, preview
from purveyor.people.who import Who
from purveyor.profiles.models import Profile, VendorCode
from purveyor.simulator import offers as buyer
from purveyor.simulator.offers.model import Invitation, Row
from purveyor.simulator.world import World

ME = Who.cli()
SAID = {"number": "BB-TEST", "expires_at": "2026-03-06 18:00"}
"""What the plain layout does not say of itself."""


def a_profile() -> Profile:
    """A profile with the vendor codes the stand-in's buyer knows."""
    found = make_profile()
    VendorCode.objects.bulk_create(VendorCode(profile=found, code=code) for code in ("WALD1", "WALD2"))
    return found


def invited(world: World, layout: str, variant: str = "", **more: Any) -> tuple[Invitation, bytes]:
    """An invitation and its workbook."""
    found = buyer.invite(world, layout=layout, variant=variant, **more)
    return found, buyer.workbook(world, found.number)


def know(rows: Iterable[Row]) -> None:
    """Take up the products of these rows."""
    for number, row in enumerate(rows, 1):
        product(f"ART-{number}", asin=row.asin, title=row.title)


def brought(content: bytes, profile: Profile | None = None, **facts: str) -> Upload:
    return bring(content, "offer", ME, "invitation.xlsx", profile=profile, facts=facts)


def looked_at(content: bytes, profile: Profile | None = None, **facts: str) -> Preview:
    return preview(ME, brought(content, profile, **facts))


def verdicts(found: Preview) -> list[tuple[int, str]]:
    return [(one.row, one.verdict) for one in found.rows]


def reasons(found: Preview) -> list[tuple[int, str, str, str]]:
    """Row, column, value and sentence of everything that is refused or passed over."""
    return [(one.row, why.column, why.value, why.reason) for one in found.rows for why in one.reasons]


def asked(one: Verdict) -> Mapping[int, tuple[int, str]]:
    return {number: (eaches, str(price)) for number, (eaches, price) in one.asked.items()}
