"""One's own page: name and language, password, second factor with its picture, tokens shown once."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django_otp.oath import TOTP

from cast import PASSWORD, Cast
from purveyor.common import clock
from purveyor.people.domain.second_factor import needs_second_factor, recovery_codes_left
from purveyor.people.domain.tokens import find_token, make_token
from purveyor.people.models import Authenticator, Token, User
from purveyor.vault import sealing

from .test_order import text_of

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


def code() -> str:
    clock.turn(timedelta(seconds=90))
    reckoned = TOTP(sealing.unseal_row(Authenticator.objects.get()))
    reckoned.time = clock.now().timestamp()
    return f"{reckoned.token():06d}"


def test_own_facts_are_saved_and_the_language_is_spoken_at_once(anna: Client, cast: Cast) -> None:
    anna.post("/account/", {"full_name": "Anna Berger", "email": "anna@example.com", "language": "de"})
    found = User.objects.get(pk=cast.vendor_manager.pk)
    assert (found.full_name, found.email, found.language) == ("Anna Berger", "anna@example.com", "de")
    assert '<html lang="de"' in anna.get("/account/").content.decode()


def test_wrong_mail_address_is_said_and_kept(anna: Client) -> None:
    answer = anna.post("/account/", {"full_name": "Anna", "email": "nonsense", "language": "en"})
    assert (answer.status_code, 'value="nonsense"' in answer.content.decode()) == (422, True)


def test_password_is_changed_with_the_old_one_and_this_session_stays(anna: Client, cast: Cast) -> None:
    other = Client()
    other.force_login(cast.vendor_manager)
    new = {"password": "another long password", "again": "another long password"}
    wrong = anna.post("/account/password/", new | {"old": "not it"})
    assert (wrong.status_code, "This is not the password you have now." in text_of(wrong)) == (422, True)
    assert anna.post("/account/password/", new | {"old": PASSWORD}).headers["Location"] == "/account/"
    assert anna.get("/").status_code == 200
    assert other.get("/").status_code == 302


def test_second_factor_is_switched_on_with_its_picture_and_codes_shown_once(anna: Client, cast: Cast) -> None:
    page = anna.get("/account/second-factor/").content.decode()
    picture = page.partition('<div class="qr">')[2].partition("</svg>")[0]
    assert (picture.startswith("<svg"), "style" in picture) == (True, False)
    done = anna.post("/account/second-factor/", {"code": code()})
    assert len(re.findall(r"<li>[a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4}</li>", done.content.decode())) == 10
    assert (needs_second_factor(cast.vendor_manager), recovery_codes_left(cast.vendor_manager)) == (True, 10)
    assert anna.get("/account/second-factor/").headers["Location"] == "/account/"
    assert "10 recovery codes are left." in text_of(anna.get("/account/"))


def test_mistyped_code_keeps_the_picture_one_photographed(anna: Client) -> None:
    anna.get("/account/second-factor/")
    key = sealing.unseal_row(Authenticator.objects.get())
    assert anna.post("/account/second-factor/", {"code": "000000"}).status_code == 422
    assert sealing.unseal_row(Authenticator.objects.get()) == key
    assert anna.post("/account/second-factor/", {"code": code()}).status_code == 200


def test_second_factor_is_switched_off(anna: Client, cast: Cast) -> None:
    anna.get("/account/second-factor/")
    anna.post("/account/second-factor/", {"code": code()})
    anna.post("/account/second-factor/off/")
    assert needs_second_factor(cast.vendor_manager) is False


def test_token_is_shown_once_with_no_more_than_one_holds(anna: Client, cast: Cast) -> None:
    form = anna.get("/account/tokens/new/").content.decode()
    assert ('value="orders.view"' in form, 'value="people.manage"' in form) == (True, False)
    told = {"name": "erp", "scopes": ["orders.view"], "profile": cast.profile.name, "days": "30"}
    page = text_of(anna.post("/account/tokens/new/", told))
    plain = re.search(r"pvy_[0-9a-f]{8}_[\w-]{43}", page)
    assert plain
    token = find_token(plain[0])
    assert token is not None
    assert (token.name, token.scopes, token.profile) == ("erp", ["orders.view"], cast.profile)
    assert plain[0] not in anna.get("/account/").content.decode()


def test_scopes_stand_with_the_names_the_api_calls_them(anna: Client) -> None:
    assert '<code class="muted">orders.view</code>' in anna.get("/account/tokens/new/").content.decode()


def test_token_with_a_foreign_scope_is_refused(anna: Client, cast: Cast) -> None:
    told = {"name": "erp", "scopes": ["people.manage"], "profile": cast.profile.name, "days": "30"}
    assert anna.post("/account/tokens/new/", told).status_code == 422
    assert Token.objects.count() == 0


def test_own_token_is_revoked_and_another_persons_is_not(anna: Client, cast: Cast) -> None:
    mine, _plain = make_token(cast.vendor_manager, "mine", ["orders.view"], cast.profile)
    other, plain = make_token(cast.finance, "other", ["orders.view"], cast.profile)
    anna.post(f"/account/tokens/{mine.pk}/revoke/")
    assert anna.post(f"/account/tokens/{other.pk}/revoke/").status_code == 404
    assert (Token.objects.get(pk=mine.pk).revoked_at is None, find_token(plain) is None) == (False, False)
