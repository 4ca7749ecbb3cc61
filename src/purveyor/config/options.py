"""Every option there is, in one table. ``docs/admin/options.md`` is made of it: ``python -m purveyor.config.options``.

An option is read from the environment variable of its name, or from the file its ``_FILE`` twin names.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import Any

from purveyor.common.errors import Misconfigured
from purveyor.config import env


@dataclass(frozen=True, slots=True)
class Option:
    """One option. ``default`` is text as one would write it; empty means: worked out as ``help`` says."""

    name: str
    kind: env.Kind
    default: str
    help: str
    secret: bool = False


OPTIONS: tuple[Option, ...] = (
    Option(
        "PURVEYOR_HOME",
        env.path(),
        "~/.local/share/purveyor",
        "Folder for the database, keys and files. Made at the first start, readable by its owner only.",
    ),
    Option(
        "PURVEYOR_DATABASE_URL",
        env.database_url(),
        "",
        "The database. Without it, SQLite in the home folder. A file name after sqlite:/// is relative to the home"
        " folder; four slashes begin an absolute path.",
        secret=True,
    ),
    Option("PURVEYOR_HOST", env.text(), "127.0.0.1", "Address the web server listens on."),
    Option("PURVEYOR_PORT", env.number(1, 65535), "8000", "Port the web server listens on."),
    Option(
        "PURVEYOR_PUBLIC_URL",
        env.url("https", "http"),
        "",
        "Address people type when a proxy stands in front. Its host is then allowed, and with https cookies are sent"
        " over https only.",
    ),
    Option(
        "PURVEYOR_SECRET_KEY",
        env.secret(32),
        "",
        "Signs sessions and forms. Without it, one is made once and kept in secret.key in the home folder. Machines"
        " that share a database share this key.",
        secret=True,
    ),
    Option(
        "PURVEYOR_KEYS_FILE",
        env.path(),
        "",
        "File with the keys that seal the stored secrets, readable by its owner only. Without it, the file keys in the"
        " home folder.",
    ),
    Option(
        "PURVEYOR_ENGINE",
        env.choice("auto", "embedded", "distributed"),
        "auto",
        "What wakes the workers: embedded is one machine, distributed is many and needs PostgreSQL. auto is embedded on"
        " SQLite and distributed on PostgreSQL.",
    ),
    Option("PURVEYOR_WORKER_THREADS", env.number(1, 64), "8", "How many tasks a worker runs side by side."),
    Option(
        "PURVEYOR_LOG_LEVEL", env.choice("debug", "info", "warning", "error"), "info", "The quietest message logged."
    ),
    Option("PURVEYOR_LOG_FORMAT", env.choice("text", "json"), "text", "Logs for people, or one JSON document a line."),
    Option(
        "PURVEYOR_CUSTOM_ENDPOINTS",
        env.yes_no(),
        "no",
        "Whether profiles may talk to addresses other than Amazon's, such as a proxy of your own.",
    ),
    Option(
        "PURVEYOR_ALLOW_PRIVATE_ADDRESSES",
        env.yes_no(),
        "no",
        "Whether webhooks and chats may be sent to addresses inside your network, also by plain http. Addresses of a"
        " machine's own neighbourhood (link-local, where clouds keep their secrets) stay refused.",
    ),
    Option(
        "PURVEYOR_FOLDERS",
        env.paths(),
        "",
        "Folders below which the folders of channels may lie, a colon between two. Without it, channels in the home"
        " folder.",
    ),
    Option("PURVEYOR_SFTP_HOST", env.text(), "127.0.0.1", "Address the hub's own SFTP server for partners listens on."),
    Option(
        "PURVEYOR_SFTP_PORT",
        env.number(0, 65535),
        "",
        "Its port, such as 2222. Without it, or with 0, purveyor up runs no SFTP server.",
    ),
    Option("PURVEYOR_SMTP_HOST", env.text(), "", "The server that takes mail. Without it, no alert is mailed."),
    Option("PURVEYOR_SMTP_PORT", env.number(1, 65535), "587", "Its port."),
    Option("PURVEYOR_SMTP_USER", env.text(), "", "Name to sign in to it with. Without it, nobody signs in."),
    Option("PURVEYOR_SMTP_PASSWORD", env.secret(8), "", "Password to sign in to it with.", secret=True),
    Option(
        "PURVEYOR_SMTP_TLS",
        env.choice("starttls", "tls", "none"),
        "starttls",
        "How the way to it is closed: starttls after the greeting, tls from the start, none not at all.",
    ),
    Option("PURVEYOR_MAIL_FROM", env.text(), "purveyor@localhost", "Who the mail is from."),
    Option("PURVEYOR_LANGUAGE", env.choice("en", "de"), "en", "Language of pages for people who chose none."),
    Option("PURVEYOR_SESSION_HOURS", env.number(1, 720), "12", "How long a person stays signed in."),
)

_BY_NAME = {o.name: o for o in OPTIONS}
# Read by the tests, the bench and their scripts, never by the product.
_OF_TOOLS = {"PURVEYOR_PG_URL", "PURVEYOR_MODELS"}
_OF_TOOLS_PREFIXES = ("PURVEYOR_TEST_", "PURVEYOR_BENCH_")


def parse(environment: Mapping[str, str]) -> dict[str, Any]:
    """Every option's value. An option that is blank and has no default is None.

    Raises Misconfigured for the first thing that is wrong.
    """
    _refuse_unknown(environment)
    found: dict[str, Any] = {}
    for o in OPTIONS:
        raw = env.secret_or_file(o.name, environment) or o.default
        found[o.name] = env.read(o.name, o.kind, raw, hidden=o.secret) if raw else None
    if found["PURVEYOR_ENGINE"] == "distributed" and not _is_postgres(found["PURVEYOR_DATABASE_URL"]):
        raise Misconfigured(
            "PURVEYOR_ENGINE is 'distributed'; that needs PURVEYOR_DATABASE_URL to name a PostgreSQL database."
        )
    return found


def _is_postgres(url: str | None) -> bool:
    return bool(url) and str(url).startswith("postgres")


def _refuse_unknown(environment: Mapping[str, str]) -> None:
    known = _OF_TOOLS | _BY_NAME.keys() | {f"{n}_FILE" for n in _BY_NAME}
    for name in sorted(environment):
        if not name.startswith("PURVEYOR_") or name in known or name.startswith(_OF_TOOLS_PREFIXES):
            continue
        near = get_close_matches(name, known - _OF_TOOLS, n=1)
        guess = f" Did you mean {near[0]}?" if near else " purveyor check lists the options there are."
        raise Misconfigured(f"{name} is no option of Purveyor.{guess}")


@cache
def values() -> Mapping[str, Any]:
    """The options of this process, read once. Raises Misconfigured."""
    return parse(os.environ)


def option(name: str) -> Any:
    """One option's value of this process. Raises KeyError for a name that is not in the table."""
    return values()[name]


def document() -> str:
    """``docs/admin/options.md``."""
    lines = [
        "# Options",
        "",
        "Every option is an environment variable. Each may also be read from a file: add `_FILE` to its name and give",
        "the path of the file. A blank option counts as not set. An unknown or unusable one refuses the start with one",
        "line.",
        "`purveyor check` shows what is in force.",
        "",
        "This page is made from `src/purveyor/config/options.py`.",
        "",
        "| option | kind | default | allowed | meaning |",
        "| --- | --- | --- | --- | --- |",
    ]
    for o in OPTIONS:
        default = f"`{o.default}`" if o.default else "none"
        lines.append(f"| `{o.name}` | {o.kind.word} | {default} | {o.kind.allowed} | {o.help} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    import sys

    sys.stdout.write(document())
