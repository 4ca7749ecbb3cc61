from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator

import pytest

from purveyor.amazon import redact
from purveyor.config import metrics, options, telemetry

pytestmark = pytest.mark.unit

KEY = "obviously-fake-signing-key-0123456789"
TOKEN = "Atza|obviously-fake-access-token"


@pytest.fixture(autouse=True)
def _secrets(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    telemetry.register_redactor(redact.text)
    monkeypatch.setenv("PURVEYOR_SECRET_KEY", KEY)
    monkeypatch.setenv("PURVEYOR_DATABASE_URL", "postgresql://hub:fake%40word@h/n")
    options.values.cache_clear()
    yield
    monkeypatch.undo()
    options.values.cache_clear()


def record(message: str, *args: object, **more: object) -> logging.LogRecord:
    made = logging.makeLogRecord({"name": "purveyor.x", "levelno": 30, "levelname": "WARNING", "msg": message} | more)
    made.args = args
    return made


@pytest.mark.parametrize("shape", ["text", "json"])
def test_no_secret_is_written_wherever_it_stands(shape: str) -> None:
    try:
        raise RuntimeError(f"the key {KEY} and {TOKEN}")
    except RuntimeError:
        error = sys.exc_info()
    line = telemetry.formatter(shape).format(
        record("said %s", TOKEN, exc_info=error, extra_field={"deep": [TOKEN, ("fake@word",)]}, key=KEY)
    )
    assert "RuntimeError" in line
    assert [s for s in (KEY, TOKEN, "fake@word", "fake%40word") if s in line] == []


def test_json_is_one_document_a_line() -> None:
    line = telemetry.formatter("json").format(record("counted %s", 3, orders=7))
    found = json.loads(line)
    del found["timestamp"]
    assert found == {"event": "counted 3", "level": "warning", "logger": "purveyor.x", "orders": 7}


def test_redact_event_keeps_what_is_no_text() -> None:
    event = {"n": 1, "none": None, "yes": True, "list": [1, TOKEN]}
    assert telemetry.redact_event(None, "", event) == {"n": 1, "none": None, "yes": True, "list": [1, redact.MARK]}


def test_metrics_are_shown() -> None:
    metrics.SWEEPS.labels("of this test", "done").inc()
    assert b'purveyor_sweeps_total{outcome="done",sweep="of this test"} 1.0' in metrics.exposition()


@pytest.mark.parametrize("shape", ["text", "json"])
@pytest.mark.parametrize(
    "ours",
    [
        "pvy_0a1b2c3d_" + "x" * 43,
        "otpauth://totp/Purveyor%3Aanna?secret=FAKEFAKE&digits=6",
        "gAAAAA" + "x" * 80 + "==",
    ],
)
def test_nothing_we_show_once_is_written(ours: str, shape: str) -> None:
    line = telemetry.formatter(shape).format(record("shown: '%s' and more", ours))
    assert (ours in line, ours[6:] in line) == (False, False)
    assert "shown: '[hidden]' and more" in line


def test_templates_tell_nothing_of_what_they_show(monkeypatch: pytest.MonkeyPatch) -> None:
    """At debug level they quote the whole context for each name that is not there."""
    monkeypatch.setenv("PURVEYOR_LOG_LEVEL", "debug")
    options.values.cache_clear()
    root = logging.getLogger()
    before = root.handlers, root.level
    try:
        telemetry.configure()
        assert root.level == logging.DEBUG
        for name in ("django.template", "django.db.backends", "django.db.backends.schema", "httpcore2.http11"):
            assert not logging.getLogger(name).isEnabledFor(logging.INFO)
    finally:
        root.handlers, _level = before
        root.setLevel(before[1])
