"""The pages of channels in a real browser: on a desk and on a telephone, in light and dark; a folder set up by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from cast import Cast, make_cast
from channels import channelling
from purveyor.channels.models import Channel
from purveyor.profiles.models import Profile

from .conftest import Visit
from .test_browser import CHROMIUM, SMALL, TOO_WIDE, _axe, _violations, sign_in
from .test_orders_one_can_trust import headline, look

sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.integration,
    pytest.mark.django_db(transaction=True),
    pytest.mark.once,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="no Chromium"),
]


@pytest.fixture
def cast(profile: Profile) -> Cast:
    return make_cast(profile)


@pytest.mark.skipif(_axe() is None, reason="axe-playwright-python is not installed")
@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 320)])
def test_pages_of_channels_fit_and_are_accessible(visit: Visit, cast: Cast, scheme: str, width: int) -> None:
    told = channelling.of_profile(cast.profile)
    Channel.objects.filter(name="erp-in").update(problem="The folder cannot be used.", failed_since="2026-03-02T09:00Z")
    small = {"has_touch": True, "is_mobile": True} if width < 400 else {}
    page = visit(viewport={"width": width, "height": 900}, color_scheme=scheme, **small)
    engine, wrong = Path(str(_axe())).read_text(encoding="utf-8"), {}
    sign_in(page, "administrator")
    at, out = f"/channels/{told['channel_id']}/", f"/channels/{Channel.objects.get(outgoing=True).pk}/"
    paths = ("/channels/", "/channels/add/folder/", at, f"{at}change/", out, f"/arrivals/{told['arrival_id']}/")
    for path in paths:
        page.goto(path)
        look(page, f"channels-{paths.index(path)}-{width}")
        wrong[path] = (
            _violations(page, engine) + page.evaluate(TOO_WIDE) + (page.evaluate(SMALL) if width < 400 else [])
        )
    assert {path: found for path, found in wrong.items() if found} == {}


def test_a_folder_is_set_up_and_tested_by_hand(visit: Visit, cast: Cast, tmp_path: Path) -> None:
    page = visit()
    sign_in(page, "administrator")
    page.goto("/channels/")
    page.get_by_role("link", name="Files come in Folder").click()
    headline(page, "Set up a channel")
    page.get_by_label("Name").fill("wms-in")
    page.get_by_label("What its files hold").select_option("products")
    page.get_by_label("Folder").fill(tmp_path.name)
    page.get_by_role("button", name="Add").click()
    headline(page, "wms-in On")
    page.get_by_role("button", name="Test the connection").click()
    assert page.get_by_text("Both worked.").is_visible()
    assert Channel.objects.get().name == "wms-in"
