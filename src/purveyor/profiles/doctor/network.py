"""Is there a way to Amazon, is it Amazon that answers, and do the clocks agree?

Both hosts are asked for something harmless without any secret; whatever they answer in their own words proves the way.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from purveyor.amazon.client import agent
from purveyor.amazon.errors import AmazonError
from purveyor.amazon.record import Recorder, request_id_of
from purveyor.amazon.transport import Reply, Request
from purveyor.base.phrase import Phrase, _
from purveyor.common import clock
from purveyor.profiles.doctor.connection import Connection
from purveyor.profiles.doctor.report import Check
from purveyor.profiles.doctor.visit import TIMEOUT, Visit
from purveyor.profiles.doctor.words import no_way
from purveyor.profiles.door import door

PROBED = "/vendor/orders/v1/"
"""Beneath it lie the operations; itself it is none, so that asking for it counts for no limit."""
SKEW_WARN, SKEW_BAD = 60, 300
"""Seconds by which our clock may differ from Amazon's."""
STRANGER = "network-stranger"
_SIGN_IN_FIRST = 407


def check(visit: Visit, begun: Check) -> Check:
    """Bad at the first address nothing of Amazon's answers at; then nothing more is tried."""
    connection = visit.connection
    request_id = ""
    for address in (connection.login_url, connection.endpoint + PROBED):
        asked_at = clock.now()
        try:
            reply = _ask(address, connection)
        except AmazonError as error:
            visit.over = True
            visit.failed(error)
            means, do, causes = no_way(error, _host(address))
            return begun.bad(Phrase(error.message), means, do, causes=causes, code=f"network-{error.cause or 'broken'}")
        _note_clock(visit, asked_at, reply)
        strange = _not_amazon(reply, address)
        if strange is not None:
            visit.over = True
            return begun.bad(*strange, request_id=request_id_of(reply), code=STRANGER)
        request_id = request_id_of(reply)
    return begun.good(_("Both addresses answer."), means=_who_answers(connection), request_id=request_id)


def _ask(address: str, connection: Connection) -> Reply:
    import purveyor

    headers = {"user-agent": agent("Purveyor", purveyor.__version__), "accept": "application/json"}
    request = Request("GET", address, headers, operation="reach")
    return Recorder(door()).send(request, TIMEOUT, connection.secrets)


def _host(address: str) -> str:
    return urlsplit(address).netloc


def _who_answers(connection: Connection) -> str:
    if connection.environment == "simulator":
        return _("This is a simulator, not Amazon.")
    if connection.environment == "sandbox":
        return _("This is Amazon's sandbox: its answers are fixed samples, not your orders.")
    if connection.environment == "custom":
        return _("This is a custom endpoint at %(host)s, not Amazon itself.") % {"host": _host(connection.endpoint)}
    return ""


def _not_amazon(reply: Reply, address: str) -> tuple[str, str, str] | None:
    """What was said, what it means and what to do, where somebody else than Amazon answers; else None."""
    host = _host(address)
    said = _("%(host)s answered with status %(status)d.") % {"host": host, "status": reply.status}
    if reply.status == _SIGN_IN_FIRST:
        means = _("A proxy stands between this machine and %(host)s and wants a sign-in.") % {"host": host}
    elif 300 <= reply.status < 400:
        means = _(
            "The address sends us elsewhere. Amazon's never do: the address is wrong, or a sign-in page of your "
            "network stands between."
        )
    elif 200 <= reply.status < 300 and reply.body.lstrip()[:1] == b"<":
        means = _(
            "A web page answers instead of Amazon: the address is wrong, or a proxy or sign-in page of your "
            "network stands between."
        )
    else:
        return None
    do = _("Check the address. If it is right, let whoever runs your network open the way to %(host)s.") % {
        "host": host
    }
    return said, means, do


def _note_clock(visit: Visit, asked_at: datetime, reply: Reply) -> None:
    for told in _date_of(reply):
        halfway = asked_at + (clock.now() - asked_at) / 2
        visit.clocks.append((halfway, told))


def _date_of(reply: Reply) -> Iterator[datetime]:
    try:
        found = parsedate_to_datetime(reply.headers.get("date", ""))
    except ValueError:
        return
    yield found if found.tzinfo else found.replace(tzinfo=UTC)


def check_clock(visit: Visit, begun: Check) -> Check:
    """Warns over a minute, bad over five: deadlines are counted by this machine's clock."""
    if not visit.clocks:
        return begun.unknown(_("No answer named its time."), _("Not known: nothing to compare with."))
    here, there = min(visit.clocks, key=lambda pair: abs(pair[0] - pair[1]))
    seconds = round((here - there).total_seconds())
    said = _("Amazon's clock shows %(time)s.") % {"time": f"{there:%Y-%m-%d %H:%M:%S} UTC"}
    if abs(seconds) <= SKEW_WARN:
        return begun.good(said)
    words = {"count": abs(seconds)}
    means = (
        _("This machine's clock is %(count)d seconds ahead, so deadlines are counted wrong.") % words
        if seconds > 0
        else _("This machine's clock is %(count)d seconds behind, so deadlines are counted wrong.") % words
    )
    do = _("Set this machine's clock and let it be kept by a time server.")
    if abs(seconds) <= SKEW_BAD:
        return begun.warn(said, means, do)
    return begun.bad(said, means, do)
