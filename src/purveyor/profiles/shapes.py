"""What pasted values look like, and whether they stand in the right field. Pure; never repeats a value.

Shapes: FACTS §1.1 (tokens), PRODUCT §2 (client id); client secrets come in two shapes, 64 hexadecimal digits before
2023 and ``amzn1.oa2-cs.v1.`` since. An unknown shape of a secret is taken with a doubt, because Amazon may change it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from purveyor.common.errors import Problem
from purveyor.common.lenient import identifier

CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN = "client_id", "client_secret", "refresh_token"
VENDOR_CODES = "vendor_codes"

_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (CLIENT_ID, re.compile(r"amzn1\.application-oa2-client\.", re.IGNORECASE)),
    (CLIENT_SECRET, re.compile(r"amzn1\.oa2-cs\.|[0-9a-f]{64}$", re.IGNORECASE)),
    (REFRESH_TOKEN, re.compile(r"Atzr\|", re.IGNORECASE)),
    ("access_token", re.compile(r"Atza\|", re.IGNORECASE)),
    ("application_id", re.compile(r"amzn1\.sp\.solution\.", re.IGNORECASE)),
    ("aws_key", re.compile(r"AKIA[0-9A-Z]{16}$")),
)
_WORDS: dict[str, str | Promise] = {
    CLIENT_ID: gettext_lazy("the client id"),
    CLIENT_SECRET: gettext_lazy("the client secret"),
    REFRESH_TOKEN: gettext_lazy("the refresh token"),
    VENDOR_CODES: gettext_lazy("the vendor code"),
    "access_token": gettext_lazy("an access token, good for an hour"),
    "application_id": gettext_lazy("the application id"),
    "aws_key": gettext_lazy("an AWS key, which is not needed"),
}
_EXACT = {
    CLIENT_ID: re.compile(r"amzn1\.application-oa2-client\.[0-9A-Za-z]{8,160}"),
    CLIENT_SECRET: re.compile(r"[!-~]{8,512}"),
    REFRESH_TOKEN: re.compile(r"Atzr\|[!-~]{8,2043}"),  # at most 2048 bytes (FACTS §1.1)
}
_SECRET_INSIDE = re.compile(r"Atz[ra]\||amzn1\.oa2-cs\.|(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])", re.IGNORECASE)
_VENDOR_CODE = re.compile(r"[0-9A-Z]{3,10}")


def kind_of(value: str) -> str | None:
    """What a trimmed value is, by its look: one of the fields, something else of Amazon's, or None."""
    return next((kind for kind, look in _KINDS if look.match(value)), None)


def is_secret(value: str) -> bool:
    """Whether a trimmed value looks like something that is never shown."""
    return kind_of(value) in {CLIENT_SECRET, REFRESH_TOKEN, "access_token"}


def holds_secret(text: str) -> bool:
    """Whether anywhere in a text, as in a pasted block, stands what is never shown."""
    return is_secret(identifier(text)) or _SECRET_INSIDE.search(text) is not None


def problem_of(field: str, value: str) -> Problem | None:
    """What is wrong with a trimmed value for ``client_id``, ``client_secret`` or ``refresh_token``; None if nothing."""
    if not value:
        return Problem(_("This is missing."), where=field)
    kind = kind_of(value)
    if kind is not None and kind != field:
        return Problem(_misplaced(kind, field), where=field, check="swapped")
    if _EXACT[field].fullmatch(value):
        return None
    if kind == field and field != CLIENT_SECRET:
        return Problem(_("This looks cut off or has characters that do not belong in it. Copy it again."), where=field)
    return Problem(_expected(field), where=field)


def words_of(kind: str) -> str:
    """What a field or a kind of value is called."""
    return str(_WORDS[kind])


def misplaced(kind: str, field: str) -> Problem:
    """What to say about a value of one field that stands in another."""
    said = _("This is %(found)s, not %(wanted)s.") % {"found": _WORDS[kind], "wanted": _WORDS[field]}
    return Problem(said, where=field, check="swapped")


def _misplaced(kind: str, field: str) -> str:
    if kind in _EXACT:
        return _("This is %(found)s, not %(wanted)s. The two fields are swapped.") % {
            "found": _WORDS[kind],
            "wanted": _WORDS[field],
        }
    return _("This is %(found)s, not %(wanted)s.") % {"found": _WORDS[kind], "wanted": _WORDS[field]}


def _expected(field: str) -> str:
    if field == CLIENT_ID:
        return _("A client id begins with amzn1.application-oa2-client.")
    if field == REFRESH_TOKEN:
        return _("A refresh token begins with Atzr|")
    return _("A client secret has 8 to 512 characters without blanks.")


def doubt_about_secret(client_secret: str) -> str | None:
    """A warning when a client secret has neither of the shapes Amazon is known to use; it is taken all the same."""
    value = identifier(client_secret)
    if not value or kind_of(value) is not None:
        return None
    return _("This does not look like the client secrets Amazon issues today. The connection check will tell.")


def vendor_codes(given: Iterable[str]) -> tuple[list[str], list[Problem]]:
    """Vendor codes as Amazon writes them (usually five letters and digits), each once, and what is wrong with them."""
    codes = list(dict.fromkeys(code for text in given for code in identifier_parts(text)))
    if not codes:
        return [], [Problem(_("Name at least one vendor code."), where="vendor_codes")]
    wrong = [code for code in codes if not _VENDOR_CODE.fullmatch(code)]
    said = _("A vendor code has 3 to 10 letters and digits, usually five. One of these has not.")
    return codes, [Problem(said, where="vendor_codes")] if wrong else []


def identifier_parts(text: str) -> list[str]:
    """Codes of one text, parted by blanks, commas or semicolons."""
    return [identifier(part).upper() for part in re.split(r"[\s,;]+", text) if identifier(part)]
