"""Profiles: connecting, health, switching sending with a reason, secrets that never come back, fetching by hand."""

from __future__ import annotations

import pytest
from django.test import Client

from cast import Cast, make_profile
from plug import LOGIN_URL, SIMULATOR
from purveyor.audit.models import Entry
from purveyor.intake import cursors
from purveyor.intake.models import Cursor
from purveyor.jobs.models import Run
from purveyor.jobs.testing import run_due
from purveyor.orders.models import Order
from purveyor.profiles.models import Profile, Secret
from purveyor.simulator.world import World

from .conftest import Browser
from .test_order import text_of

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

GIVEN = {
    "name": "acme-fr",
    "marketplace": "FR",
    "vendor_codes": "ACME1, acme2",
    "client_id": " amzn1.application-oa2-client." + "ab" * 16,
    "client_secret": "amzn1.oa2-cs.v1." + "0" * 64,
    "refresh_token": "Atzr|an-obviously-fake-token",
    "environment": "simulator",
    "endpoint": SIMULATOR,
    "login_url": LOGIN_URL,
}


def test_profile_is_connected_by_its_form(root: Client) -> None:
    assert root.post("/connect/at-once/", GIVEN).headers["Location"] == "/profiles/acme-fr/"
    made = Profile.objects.get(name="acme-fr")
    assert sorted(made.vendor_codes.values_list("code", flat=True)) == ["ACME1", "ACME2"]
    assert made.secrets.count() == 2


def test_swapped_secrets_are_said_at_their_fields_and_not_shown_again(root: Client) -> None:
    swapped = GIVEN | {"client_secret": GIVEN["refresh_token"], "refresh_token": GIVEN["client_secret"]}
    answer = root.post("/connect/at-once/", swapped)
    page = answer.content.decode()
    assert (answer.status_code, text_of(answer).count("The two fields are swapped.")) == (422, 2)
    assert GIVEN["refresh_token"] not in page
    assert GIVEN["client_secret"] not in page
    assert 'value="acme-fr"' in page
    assert not Profile.objects.filter(name="acme-fr").exists()


def test_address_of_a_profile_named_add_is_its_own(root: Client) -> None:
    make_profile("add")
    assert "<h1>add" in root.get("/profiles/add/").content.decode()


def test_who_may_not_connect_is_kept_out(cast: Cast, browser: Browser) -> None:
    client = browser(cast.vendor_manager)
    assert client.get("/connect/at-once/").status_code == 403
    assert client.post("/connect/at-once/", GIVEN).status_code == 403
    assert not Profile.objects.filter(name="acme-fr").exists()


def test_page_shows_facts_and_health_but_no_secret(root: Client, profile: Profile, plugged: World) -> None:
    cursors.ensure(profile)
    Cursor.objects.filter(sweep="new").update(
        problem={"message": "Amazon refused the login.", "hint": "Look at the secret.", "request_id": "r-9"}
    )
    page = text_of(root.get(f"/profiles/{profile.name}/"))
    assert "New orders Trouble" in page
    assert "Amazon refused the login. Look at the secret. · Amazon's request id r-9" in page
    assert profile.client_id in page
    account = plugged.accounts[0]
    assert account.client_secret not in page
    assert account.refresh_token not in page


def test_sending_is_switched_with_a_reason_that_is_kept(anna: Client, profile: Profile) -> None:
    address = f"/profiles/{profile.name}/sending/"
    assert "Switch sending off for" in text_of(anna.get(address))
    assert anna.post(address, {"on": "0", "because": ""}).status_code == 422
    profile.refresh_from_db()
    assert profile.sending is True
    assert anna.post(address, {"on": "0", "because": "holidays"}).headers["Location"] == f"/profiles/{profile.name}/"
    profile.refresh_from_db()
    assert profile.sending is False
    entry = Entry.objects.get(action="profile.sending_switched")
    assert (entry.by, entry.because) == ("user:vendor-manager", "holidays")
    assert "Sending is off for" in text_of(anna.get("/"))


def test_switching_on_says_what_leaves_at_once(anna: Client, profile: Profile, order: Order) -> None:
    from deliver import work
    from purveyor.orders.domain.acknowledge import acknowledge
    from purveyor.people.who import Who

    Profile.objects.update(sending=False)
    acknowledge(Who.cli(), order.pk)
    work()
    assert "1 answer waits and leaves at once." in text_of(anna.get(f"/profiles/{profile.name}/sending/"))


def test_switching_needs_its_permission(cast: Cast, browser: Browser, profile: Profile) -> None:
    client = browser(cast.integrator)
    assert client.post(f"/profiles/{profile.name}/sending/", {"on": "0", "because": "x"}).status_code == 403
    profile.refresh_from_db()
    assert profile.sending is True


def test_secret_is_stored_and_never_shown(cast: Cast, browser: Browser, profile: Profile, plugged: World) -> None:
    client = browser(cast.integrator)
    value = plugged.rotate_secret()
    answer = client.post(f"/profiles/{profile.name}/secret/", {"client_secret": value})
    assert answer.headers["Location"] == f"/profiles/{profile.name}/"
    assert Secret.objects.filter(profile=profile, slot="old").count() == 1
    assert value not in client.get(f"/profiles/{profile.name}/").content.decode()


def test_secret_of_the_wrong_shape_is_said_and_not_repeated(cast: Cast, browser: Browser, profile: Profile) -> None:
    answer = browser(cast.integrator).post(f"/profiles/{profile.name}/secret/", {"client_secret": "Atzr|wrong-field"})
    assert answer.status_code == 422
    assert "wrong-field" not in answer.content.decode()


def test_fetching_now_is_watched_to_its_end(anna: Client, profile: Profile, plugged: World) -> None:
    number = plugged.place()
    answer = anna.post(f"/profiles/{profile.name}/sync/")
    run = Run.objects.get()
    assert answer.headers["Location"] == f"/runs/{run.pk}/"
    waiting = anna.get(f"/runs/{run.pk}/").content.decode()
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in waiting
    assert f'hx-get="/runs/{run.pk}/part/"' in waiting
    run_due(["jobs.run"])
    done = anna.get(f"/runs/{run.pk}/")
    assert "Done" in text_of(done)
    assert "hx-get" not in done.content.decode()
    assert Order.objects.get().number == number


def test_backfill_from_a_day_is_started_cancelled_and_resumed(anna: Client, profile: Profile) -> None:
    answer = anna.post(f"/profiles/{profile.name}/backfill/", {"since": "2026-01-15"})
    run = Run.objects.get()
    assert answer.headers["Location"] == f"/runs/{run.pk}/"
    assert run.params["since"] == "2026-01-14T23:00:00Z"
    assert "Back-fill" in text_of(anna.get(f"/runs/{run.pk}/part/"))
    again = anna.post(f"/profiles/{profile.name}/backfill/", {"since": "2026-01-15"})
    assert (again.status_code, "running already" in text_of(again)) == (409, True)
    anna.post(f"/runs/{run.pk}/cancel/")
    run.refresh_from_db()
    assert run.state == "cancelled"
    anna.post(f"/runs/{run.pk}/resume/")
    run.refresh_from_db()
    assert run.state == "waiting"


def test_backfill_without_or_with_a_coming_day_is_refused(anna: Client, profile: Profile) -> None:
    for since, code in (("", 422), ("soon", 422), ("2027-01-01", 409)):
        assert anna.post(f"/profiles/{profile.name}/backfill/", {"since": since}).status_code == code, since
    assert Run.objects.count() == 0


def test_importing_is_switched_by_who_manages(cast: Cast, browser: Browser, profile: Profile) -> None:
    assert browser(cast.vendor_manager).post(f"/profiles/{profile.name}/importing/", {"on": "0"}).status_code == 403
    browser(cast.integrator).post(f"/profiles/{profile.name}/importing/", {"on": "0"})
    profile.refresh_from_db()
    assert profile.importing is False


def test_without_profiles_today_teaches_to_connect(browser: Browser) -> None:
    from cast import make_user

    page = text_of(browser(make_user("anna", "administrator")).get("/"))
    assert "Connect your vendor account" in page
    assert "Connect it step by step" in page


def test_stand_in_is_named_on_every_page(anna: Client, profile: Profile) -> None:
    for path in ("/", "/orders/", "/account/"):
        assert f"a simulator or a custom endpoint: {profile.name}" in text_of(anna.get(path))
    Profile.objects.update(environment="production")
    assert "a simulator or a custom endpoint" not in text_of(anna.get("/"))
