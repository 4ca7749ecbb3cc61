"""Secrets tried before they are stored, their age, parties, switches and disconnecting, on the profile's pages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from cast import Cast
from deliver import placed
from purveyor.common import clock
from purveyor.people.who import Who
from purveyor.profiles.domain import store_secret
from purveyor.profiles.domain.parties import party_row
from purveyor.profiles.models import Profile, Secret
from purveyor.simulator.world import World

from .conftest import Browser
from .test_order import text_of

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

PATH = "/profiles/acme-de/"
WRONG = "amzn1.oa2-cs.v1." + "0" * 64
ACME = {"party_id": "ACME1", "name": "Acme GmbH", "address_line1": "Weg 1", "country_code": "DE"}


@pytest.fixture
def ines(cast: Cast, browser: Browser) -> Client:
    """The integrator's browser."""
    return browser(cast.integrator)


def test_secret_that_is_refused_is_said_at_its_field_and_not_shown(ines: Client, profile: Profile) -> None:
    answer = ines.post(f"{PATH}secret/", {"client_secret": WRONG})
    assert (answer.status_code, "Amazon refuses this: invalid_client" in text_of(answer)) == (422, True)
    page = answer.content.decode()
    assert (WRONG in page, 'name="untried"' in page, Secret.objects.count()) == (False, False, 2)


def test_secret_that_cannot_be_tried_is_asked_about(ines: Client, profile: Profile, plugged: World) -> None:
    fresh = plugged.rotate_secret()
    assert 'name="untried"' not in ines.get(f"{PATH}secret/").content.decode()
    plugged.faults.always("refused")
    answer = ines.post(f"{PATH}secret/", {"client_secret": fresh})
    page = answer.content.decode()
    assert (answer.status_code, 'name="untried"' in page, fresh in page) == (422, True, False)
    answer = ines.post(f"{PATH}secret/", {"client_secret": fresh, "untried": "on", "issued_at": "2026-02-20"})
    assert answer.headers["Location"] == PATH
    assert "Stored, without having been tried at Amazon." in text_of(ines.get(PATH))


def test_secret_that_works_is_stored(ines: Client, profile: Profile, plugged: World) -> None:
    ines.post(f"{PATH}secret/", {"client_secret": plugged.rotate_secret()})
    page = text_of(ines.get(PATH))
    assert "Amazon takes it, and it is stored. The old one is kept seven more days." in page
    assert "180 days left" in page


def test_age_is_asked_once_of_those_who_can_answer(ines: Client, anna: Client, profile: Profile) -> None:
    question = "When was the client secret made?"
    assert [question in text_of(ines.get(page)) for page in (PATH, "/")] == [True, True]
    assert [question in text_of(anna.get(page)) for page in (PATH, "/")] == [False, False]
    answer = ines.post(f"{PATH}secret-age/", {"issued_at": "2026-01-01"})
    assert answer.headers["Location"] == PATH
    assert [question in text_of(ines.get(page)) for page in (PATH, "/")] == [False, False]
    assert "120 days left" in text_of(ines.get(PATH)) or "119 days left" in text_of(ines.get(PATH))


def test_age_that_nobody_knows_counts_from_its_storing(ines: Client, profile: Profile) -> None:
    ines.post(f"{PATH}secret-age/", {"unknown": "1", "issued_at": ""})
    assert Secret.objects.get(kind="client_secret").issued_at == clock.now()
    assert ines.post(f"{PATH}secret-age/", {"issued_at": "2030-01-01"}).status_code == 422
    assert ines.post(f"{PATH}secret-age/", {"issued_at": ""}).status_code == 422


def test_old_secrets_are_warned_of_on_every_page_that_matters(ines: Client, profile: Profile) -> None:
    store_secret(Who.cli(), profile, client_secret=WRONG, issued_at=clock.now() - timedelta(days=175))
    for page in ("/", "/alerts/"):
        assert "The client secret of acme-de expires on 2026-03-07: at most 7 days are left." in text_of(ines.get(page))
    assert "5 days left" in text_of(ines.get(PATH))


def test_parties_are_filled_in_and_shown(ines: Client, profile: Profile) -> None:
    assert "Missing: Selling party, Ship from, Remit to" in text_of(ines.get(PATH))
    sent = {f"{role}-{name}": value for role in ("selling", "ship_from", "remit_to") for name, value in ACME.items()}
    assert ines.post(f"{PATH}parties/", sent).headers["Location"] == PATH
    assert {p.role: party_row(p) for p in profile.parties.all()} == dict.fromkeys(
        ("selling", "ship_from", "remit_to"), ACME
    )
    page = text_of(ines.get(PATH))
    assert ("Acme GmbH" in page, "Fill in your own parties" in page) == (True, False)
    assert 'value="Acme GmbH"' in ines.get(f"{PATH}parties/").content.decode()


def test_parties_say_what_is_wrong_at_its_field_and_lose_nothing(ines: Client, profile: Profile) -> None:
    answer = ines.post(f"{PATH}parties/", {"selling-name": "Acme GmbH", "selling-vat_number": "?"})
    page = answer.content.decode()
    assert (answer.status_code, page.count("This is missing."), 'value="Acme GmbH"' in page) == (422, 3, True)
    assert profile.parties.count() == 0


def test_status_and_history_are_switched(ines: Client, profile: Profile) -> None:
    ines.post(f"{PATH}reading-status/", {"on": "0"})
    ines.post(f"{PATH}history/", {"on": "0"})
    profile.refresh_from_db()
    assert (profile.reading_status, profile.import_acknowledged) == (False, False)
    page = text_of(ines.get(PATH))
    assert "only orders that are still New are fetched" in page
    assert "Read the status" in page


def test_connecting_may_leave_out_the_history(root: Client) -> None:
    from .test_profiles import GIVEN

    root.post("/connect/at-once/", GIVEN | {"only_new": "on"})
    assert Profile.objects.get(name="acme-fr").import_acknowledged is False


def test_disconnecting_asks_first_and_says_what_is_kept(ines: Client, profile: Profile, plugged: World) -> None:
    placed(plugged, profile)
    page = text_of(ines.get(f"{PATH}disconnect/"))
    assert ("Orders kept 1" in page, "Remove it altogether" in page) == (True, False)
    assert ines.post(f"{PATH}disconnect/", {"what": "disconnect"}).status_code == 422
    assert Secret.objects.count() == 2
    ines.post(f"{PATH}disconnect/", {"what": "disconnect", "because": "sold"})
    assert Secret.objects.count() == 0
    page = text_of(ines.get(PATH))
    assert "Its secrets are wiped, its orders and documents kept." in page
    ines.post(f"{PATH}importing/", {"on": "1"})
    assert "The profile is disconnected. Store both of its secrets first." in text_of(ines.get(PATH))


def test_an_empty_profile_is_removed(ines: Client, profile: Profile) -> None:
    assert "Remove it altogether" in text_of(ines.get(f"{PATH}disconnect/"))
    assert ines.post(f"{PATH}disconnect/", {"what": "remove", "because": "x"}).headers["Location"] == "/profiles/"
    assert not Profile.objects.filter(name="acme-de").exists()


def test_one_with_orders_is_not_removed(ines: Client, profile: Profile, plugged: World) -> None:
    placed(plugged, profile)
    ines.post(f"{PATH}disconnect/", {"what": "remove", "because": "x"})
    assert "Disconnect it instead." in text_of(ines.get(f"{PATH}disconnect/"))
    assert Secret.objects.count() == 2
