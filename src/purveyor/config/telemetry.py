"""Logs: one shape for ours and the libraries', on the error channel, for people or as JSON; no secret in any of them.

What is secret is known in two places: ``redact`` functions registered here (the wire's own among them), and the values
of the options marked secret.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable, MutableMapping
from typing import Any
from urllib.parse import unquote, urlsplit

import structlog

from purveyor.config.options import OPTIONS, option

Redactor = Callable[[str], str]
Event = MutableMapping[str, Any]

_redactors: list[Redactor] = []
_HIDDEN = "[hidden]"
# Libraries that tell every step at the level at which we tell what matters.
# Templates would tell, of every name that is not there, all that a page shows: also a token that is shown once.
_TALKATIVE = (
    "apscheduler",
    "procrastinate",
    "httpx2",
    "httpcore2",
    "asyncio",
    "asyncssh",
    "django.template",
    "django.db.backends",
)
# What we ourselves hand out and never show again: API tokens, the secret of a second factor, sealed values.
_OURS = re.compile(r"pvy_[0-9a-f]{8}_[\w-]{20,}|otpauth://[^\s'\"<>]+|gAAAAA[\w-]{20,}=*")


def register_redactor(redact: Redactor) -> Redactor:
    """Pass every text that is logged through ``redact``."""
    if redact not in _redactors:
        _redactors.append(redact)
    return redact


def redacted(text: str) -> str:
    """A text without any secret this process knows of."""
    for redact in _redactors:
        text = redact(text)
    text = _OURS.sub(_HIDDEN, text)
    for value in _secret_options():
        text = text.replace(value, _HIDDEN)
    return text


def _secret_options() -> list[str]:
    found = [str(option(o.name)) for o in OPTIONS if o.secret and option(o.name)]
    password = urlsplit(option("PURVEYOR_DATABASE_URL") or "").password
    return [*found, password, unquote(password)] if password else found


def redact_event(_logger: Any, _method: str, event: Event) -> Event:
    """structlog's processor: every text in an event, however deep."""
    for name, value in event.items():
        event[name] = _clean(value)
    return event


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return redacted(value)
    if isinstance(value, dict):
        return {k: _clean(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(v) for v in value]
    return value if value is None or isinstance(value, bool | int | float) else redacted(str(value))


class RedactingFormatter(structlog.stdlib.ProcessorFormatter):
    """The last look at a line, tracebacks included, before it is written."""

    def format(self, record: logging.LogRecord) -> str:
        return redacted(super().format(record))


def formatter(shape: str, colors: bool = False) -> logging.Formatter:
    """``text`` for people or ``json``, one document a line."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.ExtraAdder(),
    ]
    last: list[Any] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if shape == "json":
        last += [structlog.processors.format_exc_info, redact_event, structlog.processors.JSONRenderer()]
    else:
        plain = structlog.dev.plain_traceback
        last += [redact_event_but_errors, structlog.dev.ConsoleRenderer(colors=colors, exception_formatter=plain)]
    return RedactingFormatter(foreign_pre_chain=shared, processors=last)


def redact_event_but_errors(logger: Any, method: str, event: Event) -> Event:
    """As ``redact_event``; the traceback is left to the renderer, whose text is redacted as a whole."""
    error = event.pop("exc_info", None)
    redact_event(logger, method, event)
    if error is not None:
        event["exc_info"] = error
    return event


def configure() -> None:
    """Set logging up for this process, once at its start."""
    from purveyor.amazon import redact

    register_redactor(redact.text)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter(option("PURVEYOR_LOG_FORMAT"), colors=sys.stderr.isatty()))
    level = str(option("PURVEYOR_LOG_LEVEL")).upper()
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(max(logging.getLevelName(level), logging.WARNING))
    # A page not found or a form refused is the reader's to know; the access log of a proxy has it anyway.
    logging.getLogger("django.request").setLevel(logging.ERROR)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
