"""The plain forms."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from plug import CLIENT_SECRET, REFRESH_TOKEN, facts
from purveyor.common.errors import Problem, Refused
from purveyor.people.who import Who
from purveyor.profiles.domain import add_profile
from purveyor.profiles.forms import ProfileForm, SecretForm
from purveyor.profiles.models import Profile

pytestmark = pytest.mark.unit


def filled(**other: Any) -> dict[str, Any]:
    return facts(**({"vendor_codes": "ACME1, ACME2", "import_from": "2026-01-05"} | other))


@pytest.mark.django_db
def test_form_adds_a_profile() -> None:
    form = ProfileForm(filled(client_secret=f" {CLIENT_SECRET} "))
    assert form.is_valid(), form.errors
    made = add_profile(Who.cli(), **form.values())
    assert [code.code for code in made.vendor_codes.all()] == ["ACME1", "ACME2"]
    assert str(made.import_from) == "2026-01-05 00:00:00+00:00"
    assert made.visibility_seconds == 60


def test_form_names_every_argument_of_the_verb() -> None:
    form = ProfileForm(filled())
    form.is_valid()
    assert set(form.values()) == {*facts(), "visibility_seconds", "import_from", "import_acknowledged"}


@pytest.mark.parametrize("form", [ProfileForm(filled(name="")), SecretForm(filled())])
def test_form_never_shows_a_secret_again(form: ProfileForm | SecretForm) -> None:
    page = form.as_p()
    assert [value for value in (CLIENT_SECRET, REFRESH_TOKEN) if value in page] == []
    for field in ("client_secret", "refresh_token"):
        shown = str(form[field])
        assert [part for part in ('type="password"', 'autocomplete="off"') if part not in shown] == []


@pytest.mark.parametrize("field", ["name", "client_id", "vendor_codes", "endpoint", "login_url"])
@pytest.mark.parametrize("secret", [CLIENT_SECRET, REFRESH_TOKEN, f" {REFRESH_TOKEN}", "Atza|of-an-hour"])
def test_form_never_shows_a_secret_that_was_typed_into_another_field(field: str, secret: str) -> None:
    assert secret.strip() not in ProfileForm(filled(**{field: secret, "client_secret": "", "refresh_token": ""})).as_p()


def test_form_shows_what_is_no_secret_again() -> None:
    assert "http://127.0.0.1:9" in ProfileForm(filled()).as_p()


@pytest.mark.django_db
def test_form_shows_problems_beside_their_fields() -> None:
    form = ProfileForm(filled(client_id=REFRESH_TOKEN, vendor_codes="!"))
    assert form.is_valid()
    with pytest.raises(Refused) as caught:
        add_profile(Who.cli(), **form.values())
    form.show(caught.value)
    assert (set(form.errors), Profile.objects.count()) == ({"client_id", "vendor_codes"}, 0)


def test_form_shows_problems_of_no_field_on_top() -> None:
    form = SecretForm({})
    assert form.is_valid()
    form.show(Refused("No.", [Problem("Nothing was given.")]))
    form.show(Refused("Not now."))
    assert form.errors["__all__"] == ["Nothing was given.", "Not now."]


def test_secret_form_hands_over_what_was_filled_in() -> None:
    form = SecretForm({"client_secret": "", "refresh_token": REFRESH_TOKEN})
    assert form.is_valid()
    assert form.values() == {"refresh_token": REFRESH_TOKEN}


def test_form_labels_wait_for_the_readers_language() -> None:
    with translation.override("de"):
        assert not isinstance(ProfileForm.base_fields["name"].label, str)
