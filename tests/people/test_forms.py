from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from cast import PASSWORD, Cast, make_cast, make_user
from purveyor.people import forms
from purveyor.people.who import Who

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

ADD = {
    "username": "anna",
    "language": "en",
    "role": "warehouse",
    "profile": "acme-de",
    "password": PASSWORD,
    "again": PASSWORD,
}


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def errors(form: Any) -> dict[str, list[str]]:
    return {field: [str(each) for each in found] for field, found in form.errors.items()}


def test_set_up_form_order_and_good_data() -> None:
    form = forms.SetUpForm({"code": "AAAA", "username": "anna", "password": PASSWORD, "again": PASSWORD})
    assert (list(form.fields), errors(form)) == (["code", "username", "password", "again"], {})


def test_new_password_tells_what_is_wrong_at_its_field() -> None:
    told = {"code": "x", "username": "AnnaVendor", "password": "annavendor", "again": "other"}
    assert errors(forms.SetUpForm(told)) == {
        "password": ["The password must not be the user name."],
        "again": ["The two passwords differ."],
    }


def test_set_password_knows_the_person() -> None:
    form = forms.SetPasswordForm({"password": "annavendor", "again": "annavendor"})
    form.person = "annavendor"
    assert errors(form) == {"password": ["The password must not be the user name."]}


def test_passwords_keep_their_blanks() -> None:
    form = forms.SignInForm({"username": " anna ", "password": " blanks "})
    assert form.is_valid()
    assert form.cleaned_data == {"username": "anna", "password": " blanks "}


@pytest.mark.parametrize(
    ("form", "field", "autocomplete"),
    [
        (forms.SignInForm, "username", "username"),
        (forms.SignInForm, "password", "current-password"),
        (forms.SecondFactorForm, "code", "one-time-code"),
        (forms.SetUpForm, "password", "new-password"),
        (forms.ChangePasswordForm, "old", "current-password"),
    ],
)
def test_fields_tell_browsers_what_they_are(form: Any, field: str, autocomplete: str) -> None:
    assert form().fields[field].widget.attrs["autocomplete"] == autocomplete


def test_add_user_form_offers_the_profiles_one_manages(cast: Cast) -> None:
    form = forms.AddUserForm(ADD, who=cast.who("administrator"))
    assert (next(iter(form.fields)), [value for value, _ in form.fields["profile"].choices]) == (  # type: ignore[attr-defined]  # a field with choices
        "username",
        ["", "acme-de", "other-uk"],
    )
    assert (errors(form), form.cleaned_data["profile"]) == ({}, "acme-de")


def test_add_user_form_every_profile_is_none(cast: Cast) -> None:
    form = forms.AddUserForm(ADD | {"profile": ""}, who=cast.who("administrator"))
    assert (errors(form), form.cleaned_data["profile"]) == ({}, None)


def test_add_user_form_of_a_local_administrator_offers_theirs_only(cast: Cast) -> None:
    local = Who.of(make_user("local", "administrator", cast.profile))
    assert errors(forms.AddUserForm(ADD, who=local)) == {}
    for profile in ("", "other-uk"):
        assert list(errors(forms.AddUserForm(ADD | {"profile": profile}, who=local))) == ["profile"]


def test_token_form_offers_what_one_holds(cast: Cast) -> None:
    form = forms.TokenForm(
        {"name": "erp", "scopes": ["orders.view"], "profile": "acme-de", "days": "30"}, who=cast.who("finance")
    )
    offered = [value for value, _ in form.fields["scopes"].choices]  # type: ignore[attr-defined]  # a field with choices
    assert offered == [
        "orders.view",
        "documents.view",
        "products.view",
        "centers.view",
        "offers.view",
        "offers.finance",
        "warehouse.view",
        "channels.view",
        "profiles.view",
        "alerts.view",
    ]
    assert (errors(form), form.expires_in) == ({}, timedelta(days=30))
    more = {"name": "erp", "scopes": ["people.manage"], "profile": "acme-de", "days": "731"}
    assert list(errors(forms.TokenForm(more, who=cast.who("finance")))) == ["scopes", "days"]
