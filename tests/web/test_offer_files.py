"""The page of an invitation that was brought: what it says of itself can be said anew, and nobody else sees it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from django.test import Client

from cast import Cast
from channels.workbooks.inviting import brought
from offers.making import ROOT, through
from purveyor.channels.models import Upload
from purveyor.channels.workbooks.offers import offer_of
from purveyor.offers.domain.complete import complete
from purveyor.offers.models import Offer
from purveyor.simulator import offers as buyer
from purveyor.simulator.world import World

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def world(held_clock: datetime) -> Iterator[World]:
    found = World(scenario="quiet", secrets_from_seed=True)
    yield found
    found.close()


def invitation(world: World, cast: Cast) -> Upload:
    of = buyer.invite(world, layout="plain")
    return brought(buyer.workbook(world, of.number), cast.profile)


def form(upload: Upload, do: str, **facts: str) -> dict[str, str]:
    columns = {f"column-{name}": head for name, head in upload.columns.items()}
    said = {f"fact-{name}": text for name, text in facts.items()}
    return {"columns": "1", "facts": "1", "do": do, "mark": "", "profile": "acme-de"} | columns | said


def test_invitation_is_said_anew_checked_and_taken(world: World, cast: Cast, anna: Client) -> None:
    upload = invitation(world, cast)
    path = f"/files/{upload.pk}/"
    page = anna.get(path).content.decode()
    for shown in ('name="fact-number"', 'name="fact-expires_at"', "<option selected>acme-de</option>", "Offer number"):
        assert shown in page
    refused = anna.post(path, form(upload, "check"))
    assert (refused.status_code, "Say the number of the offer" in refused.content.decode()) == (422, True)
    facts = {"number": "BB-5", "expires_at": "2026-03-20 12:00"}
    assert anna.post(path, form(upload, "check", **facts)).status_code == 302
    page = anna.get(path).content.decode()
    for shown in ('value="BB-5"', "What would be taken", "wait for mapping"):
        assert shown in page
    assert anna.post(path, form(upload, "take", **facts)).status_code == 302
    upload.refresh_from_db()
    offer = offer_of(upload)
    assert offer is not None
    assert (offer.number, upload.state, offer.rows.count()) == ("BB-5", "done", 12)


def test_invitation_of_a_profile_shows_to_nobody_elsewhere(world: World, cast: Cast, browser: Client) -> None:
    upload = invitation(world, cast)
    for player, status in ((cast.stranger, 404), (cast.auditor, 200)):
        answer = browser(player).get(f"/files/{upload.pk}/")  # type: ignore[operator]  # a fixture that makes a client
        assert answer.status_code == status
    assert "invitation.xlsx" not in browser(cast.stranger).get("/files/").content.decode()  # type: ignore[operator]  # a fixture that makes a client


def test_name_of_a_workbook_is_told_whole(world: World, cast: Cast, anna: Client) -> None:
    """A name of any alphabet, with quotes, is the name under which the browser keeps the copy."""
    upload = invitation(world, cast)
    Upload.objects.filter(pk=upload.pk).update(name='Großkauf "€".xlsx')
    assert anna.post(f"/files/{upload.pk}/", form(upload, "take", number="BB-5", expires_at="-")).status_code == 302
    complete(ROOT, through(offer_of(upload)), leave_unmapped=True)  # type: ignore[arg-type]  # it was just taken
    told = anna.get(f"/offers/{Offer.objects.get().pk}/workbook.xlsx").headers["Content-Disposition"]
    assert told == "attachment; filename*=utf-8''Gro%C3%9Fkauf%20%22%E2%82%AC%22-answered.xlsx"


def test_offers_are_neither_brought_nor_exported_on_the_page_of_files(anna: Client) -> None:
    page = anna.get("/files/").content.decode()
    assert 'value="offer' not in page
    assert "/files/export/offer" not in page
    assert anna.get("/files/export/offer.csv").status_code == 422
