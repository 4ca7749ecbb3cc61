"""Setting up a connection, page by page."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cast import Cast
from plug import CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, SIMULATOR
from purveyor.audit.models import Entry
from purveyor.common import clock
from purveyor.jobs.models import Run
from purveyor.jobs.testing import run_due
from purveyor.orders.models import Order
from purveyor.profiles.models import Profile, WizardDraft
from purveyor.profiles.wizard import drafts, steps
from purveyor.simulator.world import World

from .conftest import Browser
from .test_order import text_of

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

START = {"name": "acme-new", "marketplace": "DE", "environment": "simulator", "endpoint": SIMULATOR}
OTHER_SECRET = "amzn1.oa2-cs.v1." + "ab" * 32


def begun(client: Client, **other: Any) -> WizardDraft:
    """A draft behind its first step."""
    answer = client.post("/connect/", START | other)
    assert answer.status_code == 302, text_of(answer)
    return WizardDraft.objects.latest("pk")


def put(client: Client, draft: WizardDraft, key: str, **given: Any) -> HttpResponse:
    """Send a step at the draft's present version."""
    draft.refresh_from_db()
    return client.post(f"/connect/{draft.pk}/{key}/", {"version": draft.version, **given})  # type: ignore[return-value]  # Django's answer of a test


def filled(client: Client, world: World, **other: Any) -> WizardDraft:
    """A draft with all four values of the world's first account."""
    account = world.accounts[0]
    draft = begun(client, **other)
    put(client, draft, "codes", vendor_codes=" ".join(account.vendor_codes))
    put(client, draft, "credentials", client_id=account.client_id, client_secret=account.client_secret)
    put(client, draft, "token", refresh_token=account.refresh_token)
    draft.refresh_from_db()
    return draft


def secrets_of(draft: WizardDraft) -> dict[str, Any]:
    draft.refresh_from_db()
    return drafts.unsealed(draft)


# ---- walking


@pytest.mark.django_db(transaction=True)
def test_walk_from_the_name_to_the_first_order(root: Client, plugged: World) -> None:
    plugged.place(lines=2)
    draft = filled(root, plugged)
    for key in ("sign-in", "developer", "app"):
        assert put(root, draft, key).status_code == 302
    assert put(root, draft, "check").headers["Location"] == f"/connect/{draft.pk}/check/"
    assert "The connection works." in text_of(root.get(f"/connect/{draft.pk}/check/"))
    history = text_of(root.get(f"/connect/{draft.pk}/history/"))
    assert "30 days back about 4 orders, less than a minute" in history
    assert put(root, draft, "history", cutoff="30", acknowledged="fetch").status_code == 302
    assert put(root, draft, "features", features=["import", "status"], do="later").status_code == 302
    assert "Nothing reaches Amazon" not in text_of(root.get(f"/connect/{draft.pk}/finish/"))
    assert put(root, draft, "finish").headers["Location"] == "/connect/started/acme-new/"
    made = Profile.objects.get(name="acme-new")
    assert (made.sending, made.importing, made.import_acknowledged) == (True, True, True)
    assert made.import_from == clock.now() - timedelta(days=30)
    assert not WizardDraft.objects.exists()
    assert Run.objects.get(profile=made).kind == "backfill"
    assert "hx-get" in root.get("/connect/started/acme-new/").content.decode()
    run_due()
    order = Order.objects.get(profile=made)
    page = root.get("/connect/started/acme-new/part/").content.decode()
    assert f'href="/orders/{order.pk}/"' in page
    assert "hx-get" not in page


def test_walk_in_production_keeps_sending_off_and_says_why(root: Client, cast: Cast) -> None:
    draft = begun(root, environment="production", endpoint="")
    put(root, draft, "credentials", block=f"ACME1\n{CLIENT_ID}\n{CLIENT_SECRET}\n{REFRESH_TOKEN}")
    assert "Off at first, so that nothing reaches Amazon" in text_of(root.get(f"/connect/{draft.pk}/features/"))
    put(root, draft, "history", cutoff="now", acknowledged="leave")
    assert "The connection check has not passed." in text_of(root.get(f"/connect/{draft.pk}/finish/"))
    assert put(root, draft, "finish").status_code == 302
    made = Profile.objects.get(name="acme-new")
    assert (made.sending, made.import_acknowledged, made.import_from) == (False, False, clock.now())
    page = text_of(root.get("/connect/started/acme-new/"))
    assert "Answers you decide are kept and nothing reaches Amazon" in page


@pytest.mark.django_db(transaction=True)
def test_first_import_without_orders_says_so(root: Client, plugged: World) -> None:
    draft = filled(root, plugged)
    put(root, draft, "finish")
    run_due()
    assert "No order came" in text_of(root.get("/connect/started/acme-new/"))


@pytest.mark.once
@pytest.mark.parametrize("key", steps.KEYS)
def test_every_step_has_its_words_and_drawing(root: Client, plugged: World, key: str) -> None:
    draft = filled(root, plugged)
    answer = root.get(f"/connect/{draft.pk}/{key}/")
    step, page = steps.BY_KEY[key], text_of(answer)
    assert answer.status_code == 200
    assert str(step.title) in page
    assert [click for click in step.clicks if str(click) not in page] == []
    assert ('class="drawing"' in answer.content.decode()) == bool(step.drawing)
    assert (f'href="{SIMULATOR}/portal/"' in answer.content.decode()) == step.portal
    assert ('name="not_yet"' in answer.content.decode()) == (step.portal and not step.needs)


def test_portal_of_the_country_is_linked_in_production(root: Client, cast: Cast) -> None:
    draft = begun(root, environment="production", endpoint="", marketplace="FR")
    assert 'href="https://vendorcentral.amazon.fr"' in root.get(f"/connect/{draft.pk}/sign-in/").content.decode()
    draft = begun(root, environment="production", endpoint="", marketplace="BE", name="acme-be")
    assert "we know no address of its own" in text_of(root.get(f"/connect/{draft.pk}/sign-in/"))


def test_further_roles_are_told_with_what_they_are_for(root: Client, cast: Cast) -> None:
    page = text_of(root.get(f"/connect/{begun(root).pk}/app/"))
    assert "Brand Analytics Reports" in page
    assert "Direct-to-Consumer Shipping Direct fulfillment" in page


# ---- resuming, two people


def test_draft_is_resumed_where_it_was_left(root: Client, plugged: World) -> None:
    draft = begun(root)
    put(root, draft, "codes", vendor_codes="ACME1")
    assert root.get(f"/connect/{draft.pk}/").headers["Location"] == f"/connect/{draft.pk}/credentials/"
    put(root, draft, "credentials", client_id=CLIENT_ID)
    assert root.get(f"/connect/{draft.pk}/").headers["Location"] == f"/connect/{draft.pk}/credentials/"
    page = root.get(f"/connect/{draft.pk}/credentials/").content.decode()
    assert f'value="{CLIENT_ID}"' in page


def test_second_person_sees_the_draft_and_goes_on(root: Client, cast: Cast, browser: Browser) -> None:
    draft = begun(root)
    from cast import make_user

    bea = browser(make_user("bea", "administrator"))
    assert "Go on with acme-new" in text_of(bea.get("/profiles/"))
    assert put(bea, draft, "codes", vendor_codes="ACME1").status_code == 302
    assert "bea" in text_of(root.get("/connect/"))


def test_overtaken_save_stores_nothing_and_keeps_what_was_typed(root: Client, cast: Cast) -> None:
    draft = begun(root)
    old = draft.version
    put(root, draft, "codes", vendor_codes="ACME1")
    told = {"version": old, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    answer = root.post(f"/connect/{draft.pk}/credentials/", told)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Somebody else has changed this meanwhile." in page
    assert f'value="{CLIENT_ID}"' in page
    assert CLIENT_SECRET not in page
    draft.refresh_from_db()
    assert ("client_id" in draft.data, draft.sealed) == (False, None)
    assert put(root, draft, "credentials", client_id=CLIENT_ID, client_secret=CLIENT_SECRET).status_code == 302


# ---- values


def test_good_secret_survives_a_failed_step(root: Client, cast: Cast) -> None:
    draft = begun(root)
    answer = put(root, draft, "credentials", client_id="nonsense", client_secret=CLIENT_SECRET)
    assert answer.status_code == 422
    assert 'value="nonsense"' in answer.content.decode()
    assert "Client secret is stored" in text_of(answer)
    assert secrets_of(draft) == {"client_secret": CLIENT_SECRET}


def test_values_in_each_others_fields_are_swapped_with_one_click(root: Client, cast: Cast) -> None:
    draft = begun(root)
    answer = put(root, draft, "credentials", client_id=CLIENT_SECRET, client_secret=CLIENT_ID)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "This is the client secret, not the client id." in page
    assert (CLIENT_SECRET in page, CLIENT_ID in page) == (False, False)
    assert put(root, draft, "credentials", do="right").status_code == 302
    assert secrets_of(draft) == {"client_secret": CLIENT_SECRET}
    assert (draft.data["client_id"], draft.data["misplaced"]) == (CLIENT_ID, [])


def test_values_just_typed_are_swapped_with_one_click(root: Client, cast: Cast) -> None:
    draft = begun(root)
    told = {"client_id": CLIENT_SECRET, "client_secret": CLIENT_ID}
    assert put(root, draft, "credentials", do="right", **told).status_code == 302
    assert secrets_of(draft) == {"client_secret": CLIENT_SECRET}
    assert draft.data["client_id"] == CLIENT_ID


def test_token_in_the_field_of_the_secret_goes_where_it_belongs(root: Client, cast: Cast) -> None:
    draft = begun(root)
    put(root, draft, "credentials", client_id=CLIENT_ID, client_secret=REFRESH_TOKEN)
    put(root, draft, "credentials", do="right")
    assert secrets_of(draft) == {"refresh_token": REFRESH_TOKEN}


def test_block_of_all_four_fills_every_field(root: Client, cast: Cast) -> None:
    draft = begun(root)
    block = f'Refresh token: {REFRESH_TOKEN}\nclient_secret = "{CLIENT_SECRET}"\nVendor code: ACME1\n{CLIENT_ID}'
    assert put(root, draft, "codes", block=block).status_code == 302
    assert secrets_of(draft) == {"client_secret": CLIENT_SECRET, "refresh_token": REFRESH_TOKEN}
    assert (draft.data["client_id"], draft.data["vendor_codes"]) == (CLIENT_ID, ["ACME1"])


def test_block_without_values_says_so_and_is_not_shown(root: Client, cast: Cast) -> None:
    draft = begun(root)
    answer = put(root, draft, "token", block="something private")
    assert (answer.status_code, "something private" in answer.content.decode()) == (422, False)
    assert "None of the four values was found" in text_of(answer)


def test_look_says_what_is_wrong_and_stores_nothing(root: Client, cast: Cast) -> None:
    draft = begun(root)
    address = f"/connect/{draft.pk}/credentials/look/"

    def said(name: str, value: str) -> str:
        return text_of(root.post(address, {name: value}, headers={"HX-Trigger-Name": name})).strip()

    assert said("client_secret", f' "{CLIENT_SECRET}" ').startswith("Looks right. Taken off the client secret")
    swapped = "This is the refresh token, not the client secret. Put each where it belongs"
    assert said("client_secret", REFRESH_TOKEN) == swapped
    assert said("refresh_token", REFRESH_TOKEN) == ""
    assert root.get(address).status_code == 405
    version = draft.version
    draft.refresh_from_db()
    assert (draft.version, draft.sealed) == (version, None)


def test_secrets_are_wiped_when_the_draft_goes_elsewhere(root: Client, cast: Cast) -> None:
    draft = begun(root)
    put(root, draft, "token", refresh_token=REFRESH_TOKEN)
    put(root, draft, "start", **START | {"environment": "production", "endpoint": ""})
    assert secrets_of(draft) == {}
    assert draft.data["stored"] == {}


def test_changed_value_forgets_the_check(root: Client, plugged: World) -> None:
    draft = filled(root, plugged)
    put(root, draft, "check")
    put(root, draft, "credentials", client_secret=OTHER_SECRET)
    assert "report" not in (draft.refresh_from_db() or draft.data)
    put(root, draft, "check")
    page = text_of(root.get(f"/connect/{draft.pk}/check/"))
    assert "Start with the first step that is wrong." in page


def test_secrets_stand_on_no_page_and_in_no_entry(root: Client, plugged: World, caplog: Any) -> None:
    caplog.set_level("DEBUG")
    draft = filled(root, plugged)
    put(root, draft, "check")
    account = plugged.accounts[0]
    pages = [root.get(f"/connect/{draft.pk}/{key}/").content.decode() for key in steps.KEYS]
    told = [str((e.old, e.new, e.object_name, e.because)) for e in Entry.objects.all()]
    draft.refresh_from_db()
    for secret in (account.client_secret, account.refresh_token):
        assert [text for text in (*pages, *told, caplog.text, str(draft.data)) if secret in text] == []
    assert secrets_of(draft) == {"client_secret": account.client_secret, "refresh_token": account.refresh_token}


def test_missing_values_are_named_before_the_check_and_the_end(root: Client, cast: Cast) -> None:
    draft = begun(root)
    assert put(root, draft, "check").status_code == 409
    answer = put(root, draft, "finish")
    assert answer.status_code == 409
    assert "Still missing Vendor code Client id and client secret Refresh token" in text_of(answer)
    assert not Profile.objects.filter(name="acme-new").exists()


def test_name_that_is_taken_meanwhile_keeps_the_draft(root: Client, plugged: World, profile: Profile) -> None:
    draft = filled(root, plugged, name=profile.name)
    answer = put(root, draft, "finish")
    assert (answer.status_code, WizardDraft.objects.count()) == (409, 1)
    assert "There is a profile of this name already." in text_of(answer)


def test_parties_are_prefilled_from_the_order_and_stored(root: Client, plugged: World) -> None:
    plugged.place(lines=1)
    draft = filled(root, plugged)
    put(root, draft, "check")
    page = root.get(f"/connect/{draft.pk}/features/").content.decode()
    found = dict(re.findall(r'name="selling\.(\w+)" value="([^"]+)"', page))
    code = plugged.accounts[0].vendor_codes[0]
    assert found["party_id"] == code
    told = {f"selling.{name}": value for name, value in found.items()}
    given = told | {"selling.name": "Acme", "selling.address_line1": "Street 1", "selling.country_code": "DE"}
    assert put(root, draft, "features", features=["import"], same=["ship_from"], **given).status_code == 302
    put(root, draft, "finish")
    made = Profile.objects.get(name="acme-new")
    assert sorted(made.parties.values_list("role", "name")) == [("selling", "Acme"), ("ship_from", "Acme")]
    assert (made.importing, made.reading_status) == (True, False)


def test_party_half_filled_in_is_said_at_its_field(root: Client, cast: Cast) -> None:
    draft = begun(root)
    answer = put(root, draft, "features", features=["import"], **{"remit_to.name": "Acme"})
    assert answer.status_code == 422
    assert text_of(answer).count("This is missing.") == 3
    draft.refresh_from_db()
    assert "features" not in draft.data


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"cutoff": "day", "since_day": ""}, "Give a day in the past."),
        ({"cutoff": "day", "since_day": "2099-01-01"}, "Give a day in the past."),
        ({"cutoff": "", "since_day": ""}, "Choose one."),
    ],
)
def test_history_needs_a_choice(root: Client, cast: Cast, given: dict[str, str], said: str) -> None:
    answer = put(root, begun(root), "history", **given)
    assert (answer.status_code, said in text_of(answer)) == (422, True)


def test_history_from_a_day_begins_in_the_marketplaces_zone(root: Client, plugged: World) -> None:
    draft = filled(root, plugged)
    put(root, draft, "history", cutoff="day", since_day="2026-01-05", acknowledged="fetch")
    put(root, draft, "finish")
    assert str(Profile.objects.get(name="acme-new").import_from) == "2026-01-04 23:00:00+00:00"


# ---- doors


def test_custom_endpoint_needs_the_operators_leave(root: Client, cast: Cast) -> None:
    answer = root.post("/connect/", START | {"environment": "custom", "endpoint": "https://hub.example.com"})
    assert answer.status_code == 422
    assert "PURVEYOR_CUSTOM_ENDPOINTS" in text_of(answer)
    assert not WizardDraft.objects.exists()


@pytest.mark.once
@pytest.mark.parametrize("name", ["vendor_manager", "warehouse", "auditor", "integrator", "stranger"])
def test_draft_is_shut_to_who_may_not_connect(root: Client, cast: Cast, browser: Browser, name: str) -> None:
    draft = begun(root)
    client = browser(getattr(cast, name))
    before = WizardDraft.objects.values().get()
    tried = [
        client.get("/connect/").status_code,
        client.post("/connect/", START).status_code,
        client.get(f"/connect/{draft.pk}/").status_code,
        *(client.get(f"/connect/{draft.pk}/{key}/").status_code for key in steps.KEYS),
        *(put(client, draft, key, vendor_codes="ACME1").status_code for key in steps.KEYS),
        client.post(f"/connect/{draft.pk}/codes/look/", {"vendor_codes": "x"}).status_code,
        client.get(f"/connect/{draft.pk}/discard/").status_code,
        client.post(f"/connect/{draft.pk}/discard/").status_code,
    ]
    assert set(tried) == {403}
    assert WizardDraft.objects.values().get() == before
    assert "acme-new" not in text_of(client.get("/profiles/"))


def test_discarding_asks_first_and_is_written_down(root: Client, cast: Cast) -> None:
    draft = begun(root)
    assert "Discard the draft of acme-new?" in text_of(root.get(f"/connect/{draft.pk}/discard/"))
    assert WizardDraft.objects.exists()
    assert root.post(f"/connect/{draft.pk}/discard/").headers["Location"] == "/profiles/"
    assert not WizardDraft.objects.exists()
    assert Entry.objects.latest("pk").action == "wizard.discarded"
    assert root.get(f"/connect/{draft.pk}/codes/").status_code == 404


def test_unknown_step_is_not_found(root: Client, cast: Cast) -> None:
    assert root.get(f"/connect/{begun(root).pk}/poems/").status_code == 404


def test_list_of_drafts_asks_as_often_for_three_as_for_one(root: Client, cast: Cast) -> None:
    begun(root)
    with CaptureQueriesContext(connection) as one:
        root.get("/connect/")
    begun(root, name="acme-two")
    begun(root, name="acme-three")
    with CaptureQueriesContext(connection) as three:
        page = text_of(root.get("/connect/"))
    assert (page.count("Go on with"), len(three)) == (3, len(one))


@pytest.mark.parametrize("field", ["client_id", "vendor_codes"])
def test_secrets_inside_a_text_in_a_plain_field_are_not_shown_again(root: Client, cast: Cast, field: str) -> None:
    key = {"client_id": "credentials", "vendor_codes": "codes"}[field]
    draft = begun(root, environment="production", endpoint="")
    block = f"Client id: {CLIENT_ID} Secrets: {CLIENT_SECRET} {OTHER_SECRET} Token: {REFRESH_TOKEN}"
    answers = [
        put(root, draft, key, **{field: block}),
        put(root, draft, key, **{field: block, "issued_on": "no day"}),
        root.post(f"/connect/{draft.pk}/{key}/", {"version": 1, field: block}),
    ]
    for answer in answers:
        page = answer.content.decode()
        assert [value for value in (CLIENT_SECRET, OTHER_SECRET, REFRESH_TOKEN) if value in page] == []
    assert answers[0].status_code == 422
