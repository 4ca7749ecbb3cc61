"""Looks for secrets where none may be: in logs, exceptions, exchanges, the database, answers and pages.

assert_no_secret(response.content.decode(), world=plugged)
"""

from __future__ import annotations

import base64
import json
import re
import traceback
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from urllib.parse import quote, quote_plus

from django.db import connection

from plug import CLIENT_SECRET, REFRESH_TOKEN
from purveyor.common.errors import Misconfigured
from purveyor.simulator.world import World
from purveyor.vault import keys

# What Amazon's secrets look like, whoever's they are. The bare prefixes stand in help texts.
SHAPES = re.compile(r"Atz[ar](?:\||%7C)[\w\-%+/=]{8,}|amzn1\.oa2-cs\.v1\.[\w\-]{8,}|gAAAAA[\w\-]{40,}", re.IGNORECASE)


def assert_no_secret(text: str, *, world: World | None = None, more: Iterable[str] = (), sealed: bool = False) -> None:
    """No secret of the tests' profiles, of a world's accounts, of ``more`` or of Amazon's shapes stands in a text.

    ``sealed`` allows sealed values, which stand in the database and nowhere else. The failure names no secret either.
    """
    found = [f"known secret number {n}" for n, secret in enumerate(known(world, more)) if any_form(secret, text)]
    shaped = {m[0][:7] for m in SHAPES.finditer(text) if not (sealed and m[0].startswith("gAAAAA"))}
    assert (found, shaped) == ([], set())


def known(world: World | None = None, more: Iterable[str] = ()) -> list[str]:
    """Every secret there is, the keys of the key file among them."""
    found = {CLIENT_SECRET, REFRESH_TOKEN, *more}
    for account in world.accounts if world else ():
        found |= {account.client_secret, account.old_secret, account.refresh_token}
    with suppress(Misconfigured):  # nothing was sealed yet
        found |= set(keys.read().values)
    return sorted(found - {""})


def any_form(secret: str, text: str) -> bool:
    """Whether a secret stands in a text: plain, for an address or a form, in JSON, in base64 or in hexadecimal."""
    raw = secret.encode()
    plain = {secret, quote(secret, safe=""), quote(secret), quote_plus(secret), json.dumps(secret)[1:-1], raw.hex()}
    coded = {base64.b64encode(raw[skip:])[:-4].decode() for skip in range(3)}
    return any(form in text for form in plain | coded)


def told(error: BaseException) -> str:
    """Everything an exception may show: text, representation, fields, and the traceback with its causes."""
    parts = [str(error), repr(error), repr(vars(error)), *traceback.format_exception(error)]
    return "\n".join(parts)


def database_text() -> str:
    """Everything in every table as text; bytes as they are, and unpacked where they are packed."""
    return "\n".join(_cells())


def _cells() -> Iterator[str]:
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                for value in row:
                    yield from _text(value)


def _text(value: object) -> Iterator[str]:
    if isinstance(value, memoryview | bytes):
        yield bytes(value).decode("latin-1")
        for window in (zlib.MAX_WBITS | 32, -zlib.MAX_WBITS):
            try:
                yield zlib.decompress(bytes(value), window).decode("latin-1")
            except zlib.error:
                continue
    elif value is not None:
        yield str(value)
