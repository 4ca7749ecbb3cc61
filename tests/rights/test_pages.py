"""Every page and every form of it, asked for by every role, the stranger, and those who are not in."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.http import HttpResponseBase
from django.template.base import Template
from django.test import Client, RequestFactory
from django.urls import URLPattern, get_resolver, reverse

from .fingerprint import fingerprint, watched
from .pages import PAGES
from .table import PUBLIC, Row
from .walk import refused, undone
from .world import Actor, Things

pytestmark = [pytest.mark.integration, pytest.mark.django_db, pytest.mark.once]

PATTERNS = {p.name: p for p in get_resolver().url_patterns if isinstance(p, URLPattern) and p.name}
# Opening it makes a secret to photograph; it opens nothing before its first code is typed.
READS_THAT_WRITE = {"GET my-second-factor"}


def methods_of(pattern: URLPattern) -> set[str]:
    """What a page takes, by its own word."""
    words = dict.fromkeys(pattern.pattern.regex.groupindex, 1)
    answer = pattern.callback(RequestFactory().options("/"), **words)
    assert answer.status_code == 405, f"{pattern.name} does not say which methods it takes"
    return {method for method in answer.headers["Allow"].split(", ") if method != "HEAD"}


def test_every_page_stands_in_the_table() -> None:
    there = {f"{method} {name}" for name, pattern in PATTERNS.items() for method in methods_of(pattern)}
    assert there == {row.name for row in PAGES}


def test_no_page_stands_in_the_table_twice() -> None:
    assert len({row.full_name for row in PAGES}) == len(PAGES)


def cookies_of(things: Things) -> dict[str, str]:
    """The session of everybody who ever signed in, the deactivated one too."""
    found = {}
    for actor in things.actors.values():
        if actor.user is not None:
            client = Client()
            client.force_login(actor.user)
            found[actor.name] = client.cookies[settings.SESSION_COOKIE_NAME].value
    return found


def ask(client: Client, actor: Actor, row: Row, things: Things) -> HttpResponseBase:
    words = things.arguments(row, PATTERNS[row.route].pattern.regex.groupindex, actor)
    address = f"{reverse(row.route, kwargs=words)}?{row.query}".rstrip("?")
    answer = client.get(address) if row.method == "GET" else client.post(address, things.filled(row.fill, actor))
    if answer.streaming:
        b"".join(answer.streaming_content)
    return answer


def refusal(actor: Actor, row: Row) -> tuple[int, str]:
    """How the pages refuse: to the sign-in, or as the row says."""
    if not actor.is_in:
        return 302, "/sign-in/"
    code = refused(actor, row)
    return code, "/orders/" if code == 302 else ""


def said(answer: HttpResponseBase) -> tuple[int, str]:
    return answer.status_code, answer.headers.get("Location", "").partition("?")[0]


@pytest.mark.parametrize("half", [0, 1])
def test_page_does_what_its_row_says(half: int, things: Things, monkeypatch: pytest.MonkeyPatch) -> None:
    # What pages show is looked at in ``test_offers``; here it would only take its time, thousands of times.
    monkeypatch.setattr(Template, "_render", lambda page, context: "")
    walk = Walk(things)
    wrong = [
        f"{row.full_name} by {actor.name}: {found}"
        for row in PAGES[half::2]
        for actor in things.asked(row)
        if (found := walk.one(row, actor))
    ]
    if wrong:
        pytest.fail("\n".join(wrong), pytrace=False)


class Walk:
    """Every row by everybody, each call on the same world: what it does is undone."""

    def __init__(self, things: Things) -> None:
        self.things = things
        self.client = Client()
        self.cookies = cookies_of(things)
        self.before = fingerprint()

    def one(self, row: Row, actor: Actor) -> str:
        """What is wrong with one call; empty for nothing."""
        self.client.cookies.clear()
        if cookie := self.cookies.get(actor.name):
            self.client.cookies[settings.SESSION_COOKIE_NAME] = cookie
        with undone(), watched() as wrote:
            answer = ask(self.client, actor, row, self.things)
            changed = wrote() and fingerprint() != self.before
        if actor.may(row):
            return _allowed(row, answer, changed)
        if said(answer) != refusal(actor, row):
            return f"{said(answer)} instead of {refusal(actor, row)}"
        return "it is refused and changed something" if changed else ""


def _allowed(row: Row, answer: HttpResponseBase, changed: bool) -> str:
    code, where = said(answer)
    usual = (200,) if row.method == "GET" and row.where != PUBLIC else (200, 302)
    good = code == row.answers if row.answers else code in usual
    if not good or (where == "/sign-in/" and row.route != "sign-out" and row.where != PUBLIC):
        return f"{code} {where} instead of being let in"
    if row.name in READS_THAT_WRITE or changed == row.changes:
        return ""
    return f"it {'changed something' if changed else 'changed nothing'}"
