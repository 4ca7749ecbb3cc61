"""Headers on every answer, the language of the person, doors that stay shut, forms that need their token."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.test import Client

from cast import PASSWORD, Cast, make_user
from purveyor.audit.models import Entry
from purveyor.people.models import User
from purveyor.web.middleware import HEADERS, LONGEST_ADDRESS

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.mark.parametrize(
    "path", ["/sign-in/", "/", "/nowhere/", "/health/live", "/static/purveyor/app.css", "/metrics", "/api/v1/orders"]
)
def test_every_answer_carries_the_strict_headers(client: Client, path: str) -> None:
    make_user("anna", "administrator")
    answer = client.get(path)
    b"".join(answer)
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS


def test_content_policy_allows_nothing_inline_or_foreign() -> None:
    policy = HEADERS["Content-Security-Policy"]
    assert policy == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )


def test_address_beyond_all_measure_goes_no_further(client: Client) -> None:
    make_user("anna", "administrator")
    answers = [client.get(f"/orders/?q={'x' * count}") for count in (LONGEST_ADDRESS - 10, LONGEST_ADDRESS - 9)]
    assert [answer.status_code for answer in answers] == [302, 400]
    assert answers[1].headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/orders/?q=%00", "/orders/?state=a%00b", "/profiles/a%00b/"])
def test_address_with_a_character_no_database_keeps_goes_no_further(client: Client, path: str) -> None:
    client.force_login(make_user("anna", "administrator"))
    assert client.get(path).status_code == 400


@pytest.mark.parametrize("given", [{"q": "a\0b"}, {"a\0b": "q"}, {"q": ["b", "\0"]}])
def test_form_with_a_character_no_database_keeps_goes_no_further(client: Client, given: dict[str, Any]) -> None:
    client.force_login(make_user("anna", "administrator"))
    before = Entry.objects.count()
    answers = [client.post(path, given | {"because": "x"}) for path in ("/documents/hold/", "/lists/orders/columns/")]
    assert [answer.status_code for answer in answers] == [400, 400]
    assert Entry.objects.count() == before


def test_forms_of_strangers_are_not_even_read(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    make_user("anna", "administrator")
    monkeypatch.setattr(WSGIRequest, "_load_post_and_files", lambda self: pytest.fail("it was read"))
    assert client.post("/documents/hold/", {"q": "a\0b"}).headers["Location"] == "/sign-in/"


def test_pages_are_kept_by_no_cache_and_files_are(client: Client) -> None:
    make_user("anna", "administrator")
    assert client.get("/sign-in/").headers["Cache-Control"].split(", ")[-1] == "private"
    answer = client.get("/static/purveyor/app.css")
    assert (b"".join(answer)[:2], answer.headers["Cache-Control"]) == (b"/*", "max-age=3600, public")


def test_htmx_part_without_a_session_sends_the_whole_page_to_the_sign_in(client: Client) -> None:
    make_user("anna", "administrator")
    answer = client.get("/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/sign-in/")


def test_post_without_a_session_is_not_remembered(client: Client) -> None:
    make_user("anna", "administrator")
    assert client.post("/orders/acknowledge/", {"order": "1"}).headers["Location"] == "/sign-in/"


@pytest.mark.parametrize(("language", "word"), [("en", "Orders"), ("de", "Bestellungen")])
def test_pages_speak_the_persons_language_before_the_browsers(client: Client, language: str, word: str) -> None:
    client.force_login(make_user("anna", "administrator", language=language))
    answer = client.get("/orders/", headers={"Accept-Language": "de" if language == "en" else "en"})
    assert answer.headers["Content-Language"] == language
    assert f"<h1>{word}</h1>" in answer.content.decode()
    assert f'<html lang="{language}"' in answer.content.decode()


def test_sign_in_speaks_the_browsers_language_until_another_is_chosen(client: Client) -> None:
    make_user("anna", "administrator")
    german = {"Accept-Language": "de"}
    assert 'lang="de"' in client.get("/sign-in/", headers=german).content.decode()
    assert client.post("/language/", {"language": "en", "back": "/sign-in/"}).headers["Location"] == "/sign-in/"
    assert '<html lang="en"' in client.get("/sign-in/", headers=german).content.decode()


def test_form_without_its_token_changes_nothing_and_says_so(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.administrator)
    answer = client.post("/account/", {"full_name": "Mallory", "language": "en"})
    assert answer.status_code == 403
    assert "The form was too old" in answer.content.decode()
    assert User.objects.get(pk=cast.administrator.pk).full_name == ""


def test_session_cookie_is_out_of_reach_of_script_and_other_sites(client: Client) -> None:
    make_user("anna", "administrator")
    client.post("/sign-in/", {"username": "anna", "password": PASSWORD})
    cookie = client.cookies["purveyor_session"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_look_is_remembered_and_nonsense_is_not(client: Client) -> None:
    make_user("anna", "administrator")
    client.post("/look/", {"look": "dark", "back": "/sign-in/"})
    assert '<html lang="en" data-theme="dark">' in client.get("/sign-in/").content.decode()
    client.post("/look/", {"look": '"><script>', "back": "https://evil.example"})
    assert '<html lang="en">' in client.get("/sign-in/").content.decode()


def test_unknown_address_is_a_page_of_ours_for_people_who_are_in(client: Client) -> None:
    client.force_login(make_user("anna", "administrator"))
    answer = client.get("/nowhere/")
    assert answer.status_code == 404
    assert 'aria-label="Main"' in answer.content.decode()


def test_address_the_hub_does_not_go_by_is_told_with_what_mends_it(client: Client) -> None:
    make_user("anna", "administrator")
    answer = client.get("/sign-in/", headers={"host": "<b>evil</b>.example"})
    assert (answer.status_code, answer.headers["Content-Security-Policy"]) == (400, HEADERS["Content-Security-Policy"])
    told = "This hub does not answer under the address &lt;b&gt;evil&lt;/b&gt;.example. Set PURVEYOR_PUBLIC_URL"
    assert told in answer.content.decode()


def test_what_is_refused_before_any_page_says_what_to_do(client: Client, settings: Any) -> None:
    make_user("anna", "administrator")
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 1
    answer = client.post("/sign-in/", {"username": "anna", "password": PASSWORD, "next": "/"})
    assert answer.status_code == 400
    assert "It was refused before any page saw it." in answer.content.decode()
