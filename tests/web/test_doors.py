"""Set-up, sign-in with its second step, sign-out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django_otp.oath import TOTP

from cast import PASSWORD, make_user
from purveyor.common import clock
from purveyor.people.domain.second_factor import confirm_second_factor, enrol_second_factor
from purveyor.people.domain.setup import new_setup_code
from purveyor.people.models import Authenticator, Grant, User
from purveyor.vault import sealing

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


def _set_up(client: Client, code: str, **other: str) -> object:
    told = {"code": code, "username": "Anna", "password": PASSWORD, "again": PASSWORD}
    return client.post("/setup/", told | other)


@pytest.mark.parametrize("path", ["/", "/orders/", "/sign-in/", "/people/add/", "/no/such/page/"])
def test_without_a_user_every_page_leads_to_set_up(client: Client, path: str) -> None:
    assert client.get(path).headers["Location"] == "/setup/"


def test_set_up_makes_an_administrator_who_is_signed_in(client: Client) -> None:
    answer = _set_up(client, new_setup_code())
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert list(Grant.objects.values_list("user__username", "role", "profile")) == [("anna", "administrator", None)]
    assert client.get("/").status_code == 200


def test_set_up_with_a_wrong_code_makes_nobody_and_keeps_what_was_typed(client: Client) -> None:
    new_setup_code()
    answer = _set_up(client, "AAAA-BBBB-CCCC-DDDD")
    assert (answer.status_code, User.objects.count()) == (422, 0)
    page = answer.content.decode()
    assert 'value="Anna"' in page
    assert PASSWORD not in page


def test_set_up_keeps_what_was_typed_in_another_language(client: Client) -> None:
    answer = _set_up(client, "AAAA-BBBB-CCCC-DDDD", language="de")
    page = answer.content.decode()
    assert (answer.status_code, User.objects.count(), PASSWORD in page) == (200, 0, False)
    assert [word in page for word in ('value="Anna"', 'value="AAAA-BBBB-CCCC-DDDD"', '<html lang="de"')] == [True] * 3
    assert '<html lang="de"' in client.get("/setup/").content.decode()


def test_set_up_in_no_language_of_ours_is_a_set_up(client: Client) -> None:
    assert _set_up(client, new_setup_code(), language="xx").headers["Location"] == "/"


def test_set_up_shows_a_weak_password_at_its_field(client: Client) -> None:
    answer = _set_up(client, new_setup_code(), password="short", again="short")
    assert answer.status_code == 422
    assert b"at least 10 characters" in answer.content
    assert b'aria-invalid="true"' in answer.content


def test_set_up_closes_for_good(client: Client) -> None:
    code = new_setup_code()
    _set_up(client, code)
    other = Client()
    assert other.get("/setup/").headers["Location"] == "/sign-in/"
    assert _set_up(other, code, username="mallory").headers["Location"] == "/sign-in/"
    assert User.objects.count() == 1


def test_sign_in_leads_where_one_wanted_to_go(client: Client) -> None:
    make_user("anna", "administrator")
    away = client.get("/orders/?state=new")
    assert away.headers["Location"] == "/sign-in/?next=%2Forders%2F%3Fstate%3Dnew"
    answer = client.post("/sign-in/", {"username": "ANNA ", "password": PASSWORD, "next": "/orders/?state=new"})
    assert answer.headers["Location"] == "/orders/?state=new"


ELSEWHERE = ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_sign_in_leads_nowhere_else(client: Client, wanted: str) -> None:
    make_user("anna", "administrator")
    answer = client.post("/sign-in/", {"username": "anna", "password": PASSWORD, "next": wanted})
    assert answer.headers["Location"] == "/"


def test_wrong_password_is_refused_without_telling_which_was_wrong(client: Client) -> None:
    make_user("anna", "administrator")
    pages = []
    for name in ("anna", "nobody"):
        answer = client.post("/sign-in/", {"username": name, "password": "something else"})
        assert answer.status_code == 422
        pages.append(answer.content.decode().partition('class="notice')[2].partition("</div>")[0])
    assert pages[0] == pages[1] != ""
    assert client.get("/").status_code == 302


def test_guessing_is_slowed_down(client: Client) -> None:
    make_user("anna", "administrator")
    codes = [client.post("/sign-in/", {"username": "anna", "password": "guess"}).status_code for _ in range(6)]
    assert codes == [422, 422, 422, 422, 422, 429]
    assert client.post("/sign-in/", {"username": "anna", "password": PASSWORD}).status_code == 429


def test_deactivated_person_has_no_session_any_more(client: Client) -> None:
    user = make_user("anna", "administrator")
    client.force_login(user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert client.get("/").headers["Location"] == "/sign-in/"


def _enrol(user: User) -> None:
    enrol_second_factor(user)
    device = Authenticator.objects.get(user=user)
    confirm_second_factor(user, _code(device))


def _code(device: Authenticator) -> str:
    """The code an authenticator shows a little later: none opens twice."""
    clock.turn(timedelta(seconds=90))
    reckoned = TOTP(sealing.unseal_row(device))
    reckoned.time = clock.now().timestamp()
    return f"{reckoned.token():06d}"


@pytest.fixture
def with_factor(held_clock: object) -> User:
    """Somebody with a second factor."""
    user = make_user("anna", "administrator")
    _enrol(user)
    return user


def test_password_alone_does_not_let_in_where_a_second_factor_is_on(client: Client, with_factor: User) -> None:
    answer = client.post("/sign-in/", {"username": "anna", "password": PASSWORD})
    assert answer.headers["Location"] == "/sign-in/code/"
    assert client.get("/").headers["Location"] == "/sign-in/"


def test_second_step_lets_in_with_the_code(client: Client, with_factor: User) -> None:
    client.post("/sign-in/", {"username": "anna", "password": PASSWORD, "next": "/orders/"})
    answer = client.post("/sign-in/code/", {"code": _code(Authenticator.objects.get())})
    assert answer.headers["Location"] == "/orders/"
    assert client.get("/").status_code == 200


def test_second_step_refuses_a_wrong_code(client: Client, with_factor: User) -> None:
    client.post("/sign-in/", {"username": "anna", "password": PASSWORD})
    assert client.post("/sign-in/code/", {"code": "000000"}).status_code == 422
    assert client.get("/").headers["Location"] == "/sign-in/"


def test_second_step_comes_too_late_after_five_minutes(client: Client, with_factor: User) -> None:
    client.post("/sign-in/", {"username": "anna", "password": PASSWORD})
    clock.turn(timedelta(seconds=301))
    answer = client.post("/sign-in/code/", {"code": _code(Authenticator.objects.get())})
    assert answer.headers["Location"] == "/sign-in/"
    assert client.get("/").headers["Location"] == "/sign-in/"


def test_second_step_without_the_first_leads_back(client: Client, with_factor: User) -> None:
    assert client.get("/sign-in/code/").headers["Location"] == "/sign-in/"


def test_sign_out_ends_the_session_and_takes_no_get(client: Client) -> None:
    client.force_login(make_user("anna", "administrator"))
    assert client.get("/sign-out/").status_code == 405
    assert client.get("/").status_code == 200
    assert client.post("/sign-out/").headers["Location"] == "/sign-in/"
    assert client.get("/").status_code == 302
