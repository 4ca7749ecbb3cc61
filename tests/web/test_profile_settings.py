"""The rules and tolerances of a profile, at each of the three doors."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
from django.test import Client

from api.conftest import Make
from api.conftest import caller as caller  # noqa: PLC0414  the fixture
from cast import Cast
from cli.conftest import Run
from cli.conftest import run as run  # noqa: PLC0414  the fixture
from purveyor.profiles import dated, setting_kinds
from purveyor.profiles.dated import Setting
from purveyor.profiles.models import DatedSetting, Profile

from .conftest import Browser
from .test_order import text_of

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

PATH = "/profiles/acme-de/settings/"
HOURS = Setting("deadlines.trial", setting_kinds.number(1, 48), "24", "Trial hours", "How long the trial may take.")
SWITCH = Setting("checks.trial", setting_kinds.yes_no(), "no", "Trial switch", "Whether it is tried.")


@pytest.fixture(autouse=True)
def table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dated, "SETTINGS", {})
    dated.add([HOURS, SWITCH])


@pytest.fixture
def vera(cast: Cast, browser: Browser) -> Client:
    """The vendor manager's browser."""
    return browser(cast.vendor_manager)


def said() -> list[tuple[str, str]]:
    return list(DatedSetting.objects.order_by("pk").values_list("name", "value"))


def test_setting_is_changed_on_its_page(vera: Client, profile: Profile, held_clock: datetime) -> None:
    assert "default" in text_of(vera.get(PATH))
    answer = vera.post(f"{PATH}deadlines.trial/", {"value": "12", "because": "slow post"})
    assert (answer.status_code, answer.headers["Location"], said()) == (302, PATH, [("deadlines.trial", "12")])
    page = text_of(vera.get(f"{PATH}deadlines.trial/"))
    assert ("slow post" in page, "vendor-manager" in page.partition("slow post")[0]) == (True, True)


def test_nonsense_is_said_at_its_field_and_kept_typed(vera: Client, profile: Profile) -> None:
    answer = vera.post(f"{PATH}deadlines.trial/", {"value": "400", "valid_from": "2020-01-01"})
    page = answer.content.decode()
    assert (answer.status_code, 'value="400"' in page, said()) == (422, True, [])
    assert "allowed is a whole number from 1 to 48" in text_of(answer)
    assert "A setting begins now or later" in text_of(answer)


def test_switch_offers_yes_and_no(vera: Client, profile: Profile) -> None:
    assert vera.get(f"{PATH}checks.trial/").content.decode().count('type="radio"') == 2
    assert vera.post(f"{PATH}checks.trial/", {"value": "perhaps"}).status_code == 422
    assert vera.post(f"{PATH}checks.trial/", {"value": "yes"}).status_code == 302


def test_planned_setting_is_taken_back_on_its_page(vera: Client, profile: Profile, held_clock: datetime) -> None:
    vera.post(f"{PATH}deadlines.trial/", {"value": "12", "valid_from": "2026-04-01"})
    assert "Planned" in text_of(vera.get(PATH))
    (planned,) = DatedSetting.objects.all()
    assert vera.post(f"{PATH}deadlines.trial/{planned.pk}/withdraw/").status_code == 302
    assert (said(), "Taken back." in text_of(vera.get(f"{PATH}deadlines.trial/"))) == ([], True)
    assert vera.post(f"{PATH}deadlines.trial/{planned.pk}/withdraw/").status_code == 302
    assert "There is no such planned setting." in text_of(vera.get(f"{PATH}deadlines.trial/"))


def test_who_may_not_sees_no_form_and_changes_nothing(cast: Cast, browser: Browser, profile: Profile) -> None:
    warehouse, stranger = browser(cast.warehouse), browser(cast.stranger)
    assert ("Store" in text_of(warehouse.get(f"{PATH}deadlines.trial/")), stranger.get(PATH).status_code) == (
        False,
        404,
    )
    for client, status in ((warehouse, 403), (stranger, 404)):
        assert client.post(f"{PATH}deadlines.trial/", {"value": "12"}).status_code == status
    assert said() == []


def test_unknown_setting_is_no_page(vera: Client, profile: Profile) -> None:
    assert vera.get(f"{PATH}deadlines.unheard/").status_code == 404


def test_rest_says_the_same(cast: Cast, caller: Make, profile: Profile, held_clock: datetime) -> None:
    vera, warehouse = caller(cast.vendor_manager), caller(cast.warehouse)
    answer = vera.ask("PUT", "/profiles/acme-de/settings/deadlines.trial", {"value": "12", "because": "slow post"})
    assert (answer.status_code, json.loads(answer.content)["by"]) == (200, "token:vendor-manager/erp 0")
    later = {"value": "13", "valid_from": "2026-04-01T00:00:00Z"}
    number = json.loads(vera.ask("PUT", "/profiles/acme-de/settings/deadlines.trial", later).content)["id"]
    told = json.loads(warehouse.get("/profiles/acme-de/settings").content)
    assert [(row["name"], row["value"], row["default"]) for row in told["settings"]] == [
        ("deadlines.trial", "12", "24"),
        ("checks.trial", "no", "no"),
    ]
    assert [row["id"] for row in told["planned"]] == [number]
    assert warehouse.ask("PUT", "/profiles/acme-de/settings/deadlines.trial", {"value": "1"}).status_code == 403
    assert vera.ask("PUT", "/profiles/acme-de/settings/deadlines.trial", {"value": "49"}).status_code == 422
    assert vera.get("/profiles/acme-de/settings/deadlines.unheard").status_code == 404
    assert vera.ask("DELETE", f"/profiles/acme-de/settings/deadlines.trial/{number}").status_code == 204
    assert vera.ask("DELETE", f"/profiles/acme-de/settings/deadlines.trial/{number}").status_code == 404
    assert said() == [("deadlines.trial", "12")]


def test_command_line_says_the_same(run: Run, profile: Profile, held_clock: datetime) -> None:
    assert run("setting", "set", "acme-de", "deadlines.trial", "12", "--because", "slow post").status == 0
    assert "slow post" in run("setting", "show", "acme-de", "deadlines.trial").out
    done = run("setting", "set", "acme-de", "deadlines.trial", "49", "--json")
    assert (done.status, done.json["error"]["problems"][0]["where"]) == (1, "value")
    assert run("setting", "set", "acme-de", "deadlines.unheard", "1").status == 1
    done = run("setting", "set", "acme-de", "deadlines.trial", "13", "--from", "2026-04-01", "--json")
    assert "Planned" in run("setting", "list", "acme-de").out
    assert run("setting", "withdraw", "acme-de", "deadlines.trial", str(done.json["id"])).status == 0
    assert "Planned" not in run("setting", "list", "acme-de").out
    assert said() == [("deadlines.trial", "12")]
