"""People: added with a role, given and taken roles, shut out, helped when they lost something."""

from __future__ import annotations

import pytest
from django.test import Client

from cast import PASSWORD, Cast
from purveyor.people.domain.second_factor import needs_second_factor
from purveyor.people.domain.tokens import find_token, make_token
from purveyor.people.models import Grant, User

from .conftest import Browser
from .test_order import text_of

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

NEW = {"username": "Nora", "full_name": "Nora New", "email": "", "language": "de", "role": "warehouse", "profile": ""}
SECRET = {"password": PASSWORD, "again": PASSWORD}


def test_person_is_added_with_a_role_and_can_sign_in(root: Client, cast: Cast) -> None:
    answer = root.post("/people/add/", NEW | SECRET | {"profile": cast.profile.name})
    made = User.objects.get(username="nora")
    assert answer.headers["Location"] == f"/people/{made.pk}/"
    assert list(made.grants.values_list("role", "profile__name")) == [("warehouse", cast.profile.name)]
    assert Client().post("/sign-in/", {"username": "nora", "password": PASSWORD}).headers["Location"] == "/"


def test_taken_name_is_said_at_its_field_and_nothing_is_lost(root: Client, cast: Cast) -> None:
    answer = root.post("/people/add/", NEW | SECRET | {"username": "Warehouse"})
    page = answer.content.decode()
    assert (answer.status_code, "There is a user warehouse already." in page) == (422, True)
    assert 'value="Nora New"' in page
    assert PASSWORD not in page


def test_role_is_given_and_taken_back(root: Client, cast: Cast) -> None:
    user = cast.warehouse
    root.post(f"/people/{user.pk}/give/", {"role": "finance", "profile": cast.other.name})
    held = user.grants.get(role="finance")
    assert held.profile == cast.other
    root.post(f"/people/{user.pk}/take/{held.pk}/")
    assert list(user.grants.values_list("role", flat=True)) == ["warehouse"]


def test_last_administrator_keeps_the_role(root: Client, cast: Cast) -> None:
    held = Grant.objects.get(user=cast.administrator)
    answer = root.post(f"/people/{cast.administrator.pk}/take/{held.pk}/")
    assert (answer.status_code, "This is the last administrator." in text_of(answer)) == (422, True)
    assert Grant.objects.filter(pk=held.pk).exists()


def test_role_of_another_person_is_not_taken_by_a_wrong_address(root: Client, cast: Cast) -> None:
    held = Grant.objects.get(user=cast.finance)
    assert root.post(f"/people/{cast.warehouse.pk}/take/{held.pk}/").status_code == 404
    assert Grant.objects.filter(pk=held.pk).exists()


def test_person_is_shut_out_and_let_in_again(root: Client, cast: Cast, browser: Browser) -> None:
    user, theirs = cast.warehouse, browser(cast.warehouse)
    _token, plain = make_token(user, "erp", ["orders.view"], cast.profile)
    assert theirs.get("/").status_code == 200
    root.post(f"/people/{user.pk}/shut-out/")
    assert theirs.get("/").headers["Location"] == "/sign-in/"
    assert find_token(plain) is None
    assert "Deactivated" in text_of(root.get(f"/people/{user.pk}/"))
    root.post(f"/people/{user.pk}/let-in/")
    assert Client().post("/sign-in/", {"username": "warehouse", "password": PASSWORD}).headers["Location"] == "/"


def test_new_password_ends_their_sessions(root: Client, cast: Cast, browser: Browser) -> None:
    theirs = browser(cast.warehouse)
    theirs.get("/")
    new = "another long password"
    assert root.post(f"/people/{cast.warehouse.pk}/password/", {"password": new, "again": new}).status_code == 302
    assert theirs.get("/").status_code == 302
    assert Client().post("/sign-in/", {"username": "warehouse", "password": new}).headers["Location"] == "/"


def test_lost_second_factor_is_switched_off(root: Client, cast: Cast) -> None:
    from purveyor.people.models import Authenticator

    Authenticator.objects.create(user=cast.warehouse, confirmed=True)
    root.post(f"/people/{cast.warehouse.pk}/second-factor/off/")
    assert needs_second_factor(cast.warehouse) is False


def test_token_of_theirs_is_revoked(root: Client, cast: Cast) -> None:
    token, plain = make_token(cast.warehouse, "erp", ["orders.view"], cast.profile)
    page = root.get(f"/people/{cast.warehouse.pk}/").content.decode()
    assert (f"pvy_{token.prefix}" in page, plain in page) == (True, False)
    root.post(f"/people/{cast.warehouse.pk}/tokens/{token.pk}/revoke/")
    assert find_token(plain) is None


def test_list_shows_roles_in_words(root: Client, cast: Cast) -> None:
    page = text_of(root.get("/people/"))
    assert f"Vendor manager · {cast.profile.name}" in page
    assert "Administrator · every profile" in page
