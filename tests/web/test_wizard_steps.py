"""What of a connection's steps is done, where a pasted text leads, and what is asked where."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from cast import Cast
from plug import CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN
from purveyor.common import clock
from purveyor.profiles.models import Profile, Secret, WizardDraft
from purveyor.profiles.wizard import steps
from purveyor.profiles.wizard.data import is_done
from purveyor.simulator.world import World

from .test_order import text_of
from .test_wizard import OTHER_SECRET, begun, filled, put

# What a page asks and shows is the same whatever the database; drafts and their end are asked of both elsewhere.
pytestmark = [pytest.mark.integration, pytest.mark.django_db, pytest.mark.once]

BLOCK = f"Vendor code: ACME1\n{CLIENT_ID}\n{CLIENT_SECRET}\n{REFRESH_TOKEN}"


def behind(draft: WizardDraft) -> list[str]:
    """The steps that are done."""
    draft.refresh_from_db()
    return [step.key for step in steps.STEPS if is_done(draft, step)]


# ---- done


def test_going_on_from_a_step_in_vendor_central_is_having_done_it(root: Client, cast: Cast) -> None:
    draft = begun(root)
    for key in steps.TICKED:
        assert put(root, draft, key).headers["Location"].endswith(f"/{steps.after(key)}/")
    assert behind(draft) == ["start", *steps.TICKED]


def test_step_said_to_be_not_done_yet_stays_open(root: Client, cast: Cast) -> None:
    draft = begun(root)
    put(root, draft, "sign-in")
    assert put(root, draft, "developer", not_yet="1").headers["Location"].endswith("/app/")
    assert behind(draft) == ["start", "sign-in"]
    put(root, draft, "sign-in", not_yet="1")
    assert behind(draft) == ["start"]


def test_values_do_not_tick_the_steps_before_them(root: Client, cast: Cast) -> None:
    draft = begun(root)
    put(root, draft, "codes", vendor_codes="ACME1")
    put(root, draft, "credentials", client_id="")
    assert behind(draft) == ["start", "codes"]


def test_passed_check_marks_what_had_to_be_done_for_it(root: Client, plugged: World) -> None:
    plugged.place(lines=1)
    draft = filled(root, plugged)
    put(root, draft, "developer", not_yet="1")
    put(root, draft, "check")
    values = ["codes", "credentials", "token"]
    assert behind(draft) == ["start", *steps.TICKED, *values, "check"]
    put(root, draft, "credentials", client_secret=OTHER_SECRET)
    assert behind(draft) == ["start", *steps.TICKED, *values]


def test_failed_check_marks_nothing(root: Client, plugged: World) -> None:
    draft = filled(root, plugged)
    put(root, draft, "credentials", client_secret=OTHER_SECRET)
    put(root, draft, "check")
    assert behind(draft) == ["start", "codes", "credentials", "token"]


# ---- one text with everything


def test_text_with_all_four_values_leads_to_the_check_and_says_what_was_found(root: Client, cast: Cast) -> None:
    draft = begun(root)
    answer = root.post(f"/connect/{draft.pk}/codes/", {"version": draft.version, "block": BLOCK}, follow=True)
    assert answer.redirect_chain == [(f"/connect/{draft.pk}/check/", 302)]
    page = text_of(answer)
    said = page.partition("Taken from the pasted text: ")[2].partition(".")[0]
    assert sorted(said.split(", ")) == ["the client id", "the client secret", "the refresh token", "the vendor code"]
    assert "Check now" in page


def test_text_with_some_values_leads_to_the_first_that_lacks(root: Client, cast: Cast) -> None:
    draft = begun(root)
    answer = put(root, draft, "token", block=f"{CLIENT_ID} {REFRESH_TOKEN}")
    assert answer.headers["Location"] == f"/connect/{draft.pk}/codes/"
    answer = put(root, draft, "codes", block="Vendor code: ACME1")
    assert answer.headers["Location"] == f"/connect/{draft.pk}/credentials/"


def test_value_typed_by_itself_leads_to_the_next_step(root: Client, cast: Cast) -> None:
    draft = begun(root)
    put(root, draft, "credentials", client_id=CLIENT_ID, client_secret=CLIENT_SECRET)
    put(root, draft, "token", refresh_token=REFRESH_TOKEN)
    assert put(root, draft, "codes", vendor_codes="ACME1").headers["Location"].endswith("/credentials/")


# ---- when the secret was made


@pytest.mark.parametrize(
    ("answer", "days"),
    [
        ({"made": "today"}, 0),
        ({"made": "day", "issued_on": "2026-01-02"}, None),
        ({"made": "unknown"}, None),
        ({"made": "unknown", "issued_on": "2026-01-02"}, None),
        ({"issued_on": "2026-01-02"}, None),
        ({}, None),
    ],
)
@pytest.mark.parametrize("key", ["codes", "credentials", "token"])
def test_age_is_asked_where_the_secret_is_pasted(
    root: Client, plugged: World, key: str, answer: dict[str, str], days: int | None
) -> None:
    draft = begun(root)
    put(root, draft, key, block=BLOCK, **answer)
    put(root, draft, "finish")
    secret = Secret.objects.get(kind=Secret.Kind.CLIENT_SECRET, profile__name="acme-new")
    told = secret.issued_at.date().isoformat() if secret.issued_at else ""
    wanted = clock.now().date().isoformat() if days == 0 else answer.get("issued_on", "")
    assert told == wanted


def test_day_without_a_date_or_to_come_is_said_and_the_secret_kept(root: Client, cast: Cast) -> None:
    draft = begun(root)
    answer = put(root, draft, "credentials", client_secret=CLIENT_SECRET, made="day")
    assert (answer.status_code, "Give the day, or choose another answer." in text_of(answer)) == (422, True)
    tomorrow = (clock.now() + timedelta(days=1)).date().isoformat()
    answer = put(root, draft, "credentials", made="day", issued_on=tomorrow)
    assert (answer.status_code, "A secret was made on a day in the past." in text_of(answer)) == (422, True)
    draft.refresh_from_db()
    assert ("client_secret" in draft.data["stored"], "issued_on" in draft.data) == (True, False)


def test_day_that_stays_in_its_field_does_not_overrule_another_answer(root: Client, cast: Cast) -> None:
    draft = begun(root)
    put(root, draft, "credentials", client_secret=CLIENT_SECRET, made="day", issued_on="2026-01-02")
    put(root, draft, "credentials", made="unknown", issued_on="2026-01-02")
    draft.refresh_from_db()
    assert draft.data["issued_on"] == ""


@pytest.mark.parametrize(("known", "asked", "told"), [(True, False, True), (False, True, False)])
def test_profile_says_how_old_its_secret_is_or_asks(
    root: Client, plugged: World, known: bool, asked: bool, told: bool
) -> None:
    draft = begun(root)
    put(root, draft, "codes", block=BLOCK, **({"made": "today"} if known else {}))
    put(root, draft, "finish")
    page = text_of(root.get(f"/profiles/{Profile.objects.get(name='acme-new').name}/"))
    assert ("When was the client secret made?" in page, "179 days left" in page) == (asked, told)


def test_answer_is_today_for_an_app_just_added(root: Client, cast: Cast) -> None:
    draft = begun(root)
    today = 'value="today" checked'
    assert today not in root.get(f"/connect/{draft.pk}/credentials/").content.decode()
    put(root, draft, "app")
    assert today in root.get(f"/connect/{draft.pk}/credentials/").content.decode()


# ---- the page


@pytest.mark.parametrize(("key", "named"), [("credentials", True), ("token", True), ("codes", False)])
def test_value_in_a_wrong_field_is_named_where_it_can_be_mended(
    root: Client, cast: Cast, key: str, named: bool
) -> None:
    draft = begun(root)
    put(root, draft, "credentials", client_secret=REFRESH_TOKEN)
    page = text_of(root.get(f"/connect/{draft.pk}/{key}/"))
    assert ("Values stand in the wrong fields." in page) == named


@pytest.mark.parametrize("key", steps.KEYS)
def test_first_of_the_buttons_is_the_one_to_press(root: Client, plugged: World, key: str) -> None:
    draft = filled(root, plugged)
    foot = root.get(f"/connect/{draft.pk}/{key}/").content.decode().partition('<div class="wizard-foot">')[2]
    buttons = [part.partition('"')[0] for part in foot.split('class="')[1:] if part.startswith("button")]
    assert buttons[0] == "button first"
    assert "button first" not in buttons[1:]


def test_custom_address_leads_to_no_amazon(root: Client, cast: Cast, settings: Any) -> None:
    draft = begun(root)
    told = {"environment": "custom", "endpoint": "https://hub.example.com", "login_url": "https://login.example.com/t"}
    WizardDraft.objects.filter(pk=draft.pk).update(data=draft.data | told)
    answer = root.get(f"/connect/{draft.pk}/sign-in/")
    assert "do this where its keys are made" in text_of(answer)
    assert "vendorcentral" not in answer.content.decode()


def test_finish_says_why_sending_is_on(root: Client, plugged: World) -> None:
    page = text_of(root.get(f"/connect/{filled(root, plugged).pk}/finish/"))
    assert "From the start, since this is not Amazon itself." in page


def test_other_parties_are_the_selling_one_until_somebody_says_else(root: Client, cast: Cast) -> None:
    draft = begun(root)
    page = root.get(f"/connect/{draft.pk}/features/").content.decode()
    assert [f'name="same" value="{role}" checked' in page for role in ("ship_from", "remit_to")] == [True, True]
    put(root, draft, "features", features=["import"])
    page = root.get(f"/connect/{draft.pk}/features/").content.decode()
    assert 'name="same" value="ship_from" checked' not in page
