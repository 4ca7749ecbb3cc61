"""A chat's incoming webhook: JSON with one ``text``. Its address opens the chat to whoever has it, so it is sealed."""

from __future__ import annotations

import re
from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from purveyor.alerts.deliver import Said, said_to
from purveyor.alerts.directory import Person
from purveyor.alerts.message import Message
from purveyor.alerts.models import Route
from purveyor.common import canon
from purveyor.common.errors import Misconfigured
from purveyor.vault.sealing import unseal_row

TITLE = gettext_lazy("Chat")
MASK = "•••"
# <!channel>, <@U1>, <https://…|words>; @here, @all; [words](https://…)
_CALLS = re.compile(r"<(?=[!@#\w])|@(?=\w)|\]\(")
_BREAK = "\u200b"


def send(route: Route, person: Person | None, message: Message) -> Said:
    """One post. What the other side says is shown without the address."""
    if route.sealed is None:
        return _lost()
    try:
        address = unseal_row(route).decode()
    except Misconfigured:
        return _lost()
    body = canon.canonical({"text": quiet(f"{message.subject}\n\n{message.text}")})
    said = said_to(address, body, {})
    return replace(said, answer=_hide(address, said.answer))


def quiet(text: str) -> str:
    """A text in which nothing calls the whole room or hides where a link leads: names in alerts are other people's.

    Chats escape in different ways or not at all; an invisible break works in all of them.
    """
    return _CALLS.sub(lambda found: found[0][0] + _BREAK + found[0][1:], text)


def _hide(address: str, text: str) -> str:
    """A text without the address, nor its path, which is the part that opens."""
    path = address.split("/", 3)[-1]
    for secret in (address, path):
        text = text.replace(secret, MASK) if len(secret) > 3 else text
    return text


def _lost() -> Said:
    return Said(False, None, "", _("The chat's address is not stored or cannot be opened. Store it again."), 0.0)
