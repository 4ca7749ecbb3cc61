from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from purveyor.common.errors import Misconfigured
from purveyor.config import env

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        (env.number(1, 9), "1", 1),
        (env.number(1, 9), "9", 9),
        (env.number(-5, 5), "-5", -5),
        (env.yes_no(), "YES", True),
        (env.yes_no(), "off", False),
        (env.choice("auto", "embedded"), "Embedded", "embedded"),
        (env.duration(timedelta(seconds=1), timedelta(days=1)), "90s", timedelta(seconds=90)),
        (env.duration(timedelta(seconds=1), timedelta(days=1)), "24H", timedelta(days=1)),
        (env.url("https", "http"), "https://hub.example.com/", "https://hub.example.com"),
        (env.url("https"), "https://hub.example.com:8443/x", "https://hub.example.com:8443/x"),
        (env.path(), "/srv/hub", Path("/srv/hub")),
        (env.secret(4), "abcd", "abcd"),
        (env.text(), "::1", "::1"),
        (env.database_url(), "sqlite:///a.sqlite3", "sqlite:///a.sqlite3"),
        (env.database_url(), "postgres://u@h/n", "postgres://u@h/n"),
    ],
)
def test_read_understands(kind: env.Kind, raw: str, value: object) -> None:
    assert env.read("PURVEYOR_X", kind, raw) == value


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        (env.number(1, 9), "0"),
        (env.number(1, 9), "10"),
        (env.number(1, 9), "1.5"),
        (env.number(1, 9), "٣"),
        (env.yes_no(), "maybe"),
        (env.choice("a", "b"), "c"),
        (env.duration(timedelta(seconds=10), timedelta(days=1)), "9s"),
        (env.duration(timedelta(seconds=10), timedelta(days=1)), "2d"),
        (env.duration(timedelta(seconds=10), timedelta(days=1)), "15"),
        (env.url("https"), "http://hub.example.com"),
        (env.url("https"), "https://"),
        (env.url("https"), "https://u:p@hub.example.com"),
        (env.url("https"), "https://hub.example.com:x"),
        (env.url("https"), "https://hub.example.com/?a=1"),
        (env.path(), "a\0b"),
        (env.secret(4), "abc"),
        (env.text(3), "abcd"),
        (env.text(), "a\nb"),
        (env.database_url(), "mysql://u@h/n"),
        (env.database_url(), "sqlite:///"),
    ],
)
def test_read_refuses_nonsense(kind: env.Kind, raw: str) -> None:
    with pytest.raises(Misconfigured):
        env.read("PURVEYOR_X", kind, raw)


def test_read_names_option_value_and_what_is_allowed() -> None:
    with pytest.raises(Misconfigured) as caught:
        env.read("PURVEYOR_PORT", env.number(1, 65535), "http")
    assert caught.value.message == "PURVEYOR_PORT is 'http'; allowed is a whole number from 1 to 65535."


def test_read_never_names_a_secret() -> None:
    with pytest.raises(Misconfigured) as caught:
        env.read("PURVEYOR_SECRET_KEY", env.secret(32), "obviously-fake", hidden=True)
    assert caught.value.message == (
        "PURVEYOR_SECRET_KEY is set to something that cannot be used; allowed is at least 32 characters."
    )
    assert caught.value.__suppress_context__


def test_duration_says_its_bounds_in_the_largest_unit() -> None:
    kind = env.duration(timedelta(seconds=90), timedelta(days=7))
    assert kind.allowed == "a number with its unit (90s, 15m, 12h, 7d) from 90s to 7d"


def test_secret_or_file_prefers_neither_over_the_other(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("  from the file\n")
    assert env.secret_or_file("PURVEYOR_X", {"PURVEYOR_X_FILE": str(file)}) == "from the file"
    assert env.secret_or_file("PURVEYOR_X", {"PURVEYOR_X": " direct "}) == "direct"
    assert env.secret_or_file("PURVEYOR_X", {"PURVEYOR_X": "", "PURVEYOR_X_FILE": " "}) == ""
    with pytest.raises(Misconfigured) as caught:
        env.secret_or_file("PURVEYOR_X", {"PURVEYOR_X": "a", "PURVEYOR_X_FILE": str(file)})
    assert caught.value.message == "PURVEYOR_X and PURVEYOR_X_FILE are both set; keep one of them."


def test_secret_or_file_says_why_a_file_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured) as caught:
        env.secret_or_file("PURVEYOR_X", {"PURVEYOR_X_FILE": str(tmp_path / "none")})
    assert caught.value.message.endswith("it cannot be read: No such file or directory.")
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    with pytest.raises(Misconfigured) as caught:
        env.secret_or_file("PURVEYOR_X", {"PURVEYOR_X_FILE": str(tmp_path / "binary")})
    assert caught.value.message.endswith("it cannot be read: it is not UTF-8 text.")
