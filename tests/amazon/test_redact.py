"""What never reaches a log or a stored exchange."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest

from purveyor.amazon import redact

pytestmark = pytest.mark.unit

LITERAL = 'odd/se+cret "quoted"'


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("token Atza|IwEB_fake-1.x/y+z== ends", "token [redacted] ends"),
        ("Atzr|fake1", "[redacted]"),
        ("Atc|fake1", "[redacted]"),
        ("atzr%7Cfake1", "[redacted]"),
        ("amzn1.oa2-cs.v1.00ff", "[redacted]"),
        ('{"access_token": "abc", "expires_in": 3600}', '{"access_token": "[redacted]", "expires_in": 3600}'),
        ('{"refresh_token":"abc', '{"refresh_token":"[redacted]'),
        ('{"newClientSecret":"a\\/b"}', '{"newClientSecret":"[redacted]"}'),
        ('"{\\"access_token\\":\\"abc\\"}"', '"{\\"access_token\\":\\"[redacted]\\"}"'),
        (
            "grant_type=refresh_token&client_secret=abc&client_id=x",
            "grant_type=refresh_token&client_secret=[redacted]&client_id=x",
        ),
        ("?nextToken=abc&limit=1", "?nextToken=abc&limit=1"),
        ("nothing here", "nothing here"),
    ],
)
def test_text_loses_what_looks_like_a_secret(given: str, expected: str) -> None:
    assert redact.text(given) == expected


@pytest.mark.parametrize("given", [LITERAL, urlencode({"q": LITERAL})[2:], json.dumps(LITERAL)[1:-1]])
def test_text_loses_known_secrets_in_every_escape(given: str) -> None:
    assert redact.text(f"<{given}>", [LITERAL]) == "<[redacted]>"


def test_text_ignores_secrets_too_short_to_be_any() -> None:
    assert redact.text("a quiet day", ["a", "", "quiet"]) == "a quiet day"


def test_body_without_secrets_stays_the_very_same() -> None:
    page = b'{"payload":{"orders":[],"pagination":{"nextToken":"abc"}}, "\xff": 1}'

    assert redact.body(page, [LITERAL]) is page


@pytest.mark.parametrize(
    "given", [b'{"access_token":"abc"}', b"x Atza|abc y", b"atzr%7Cabc", b"AMZN1.OA2-CS.v1.abc", LITERAL.encode()]
)
def test_body_loses_its_secrets(given: bytes) -> None:
    found = redact.body(given, [LITERAL])

    assert (b"abc" in found, LITERAL.encode() in found, b"[redacted]" in found) == (False, False, True)


def test_headers_lose_the_carriers_by_name_and_others_by_content() -> None:
    given = {"X-Amz-Access-Token": "abc", "Set-Cookie": "s", "x-note": "Atza|abc", "x-own": LITERAL, "accept": "a/b"}

    assert redact.headers(given, [LITERAL]) == {
        "X-Amz-Access-Token": "[redacted]",
        "Set-Cookie": "[redacted]",
        "x-note": "[redacted]",
        "x-own": "[redacted]",
        "accept": "a/b",
    }
