"""Another's SFTP server, with the hub as its client: signed in by password or key, known by its confirmed host key.

A connection is kept between looks, for a minute at most. asyncssh is imported when the first channel is looked at.
"""

from __future__ import annotations

import contextlib
import posixpath
import re
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from purveyor.base.db import assert_no_transaction
from purveyor.channels.sftp import keys, line
from purveyor.channels.sftp.kept import Kept, Refusals, close
from purveyor.channels.ways import Field, Place, Seen, Tested, Unreachable, register
from purveyor.common.errors import Problem, PurveyorError, Refused
from purveyor.profiles.doctor.report import Check

if TYPE_CHECKING:
    from purveyor.channels.sftp.remote import Link, Target

T = TypeVar("T")
LONGEST_FILE = 240.0
"""Seconds for one file, however slowly it comes."""
LONGEST_TEST = 15.0
"""Seconds for each step of a test: a person waits."""
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.:_-]{0,250}[A-Za-z0-9])?")


class Remote:
    """An open connection to a folder of another's server."""

    def __init__(self, link: Link, longest: float = LONGEST_FILE) -> None:
        self._link, self._longest = link, longest

    def list(self) -> list[Seen]:
        """Everything in the folder that does not wait, oldest first."""
        from purveyor.channels.sftp.remote import LISTING

        return self._do(self._link.list(), LISTING)

    def fetch(self, seen: Seen) -> Iterator[bytes]:
        """The bytes of a file that is, before and after, as it was seen. Raises Gone, Changed."""
        from purveyor.channels.sftp.remote import STEP

        pieces = self._link.pieces(seen)
        until = time.monotonic() + LONGEST_FILE
        try:
            while piece := self._do(_next(pieces), 4 * STEP):
                yield piece
                if time.monotonic() > until:
                    raise Unreachable(_("%(name)s takes too long to come.") % {"name": seen.name})
        finally:
            with contextlib.suppress(Exception):
                self._do(pieces.aclose(), 2 * STEP)

    def has(self, where: str) -> bool:
        """Whether anything lies there."""
        return self._do(self._link.now(where)) is not None

    def file_away(self, seen: Seen, where: str, report: bytes) -> bool:
        """Move a file, and write the report beside it."""
        return self._do(self._link.file_away(seen, where, report))

    def put(self, name: str, data: bytes) -> None:
        """Lay a file there, all at once."""
        from purveyor.channels.sftp.remote import STEP

        self._do(self._link.put(name, data), STEP * (2 + len(data) / 1024**2))

    def try_out(self, *, outgoing: bool) -> None:
        """Do with an empty file what is done with every file, and remove it."""
        self._do(self._link.try_out(outgoing=outgoing))

    def _do(self, work: Coroutine[Any, Any, T], seconds: float = 0.0) -> T:
        from purveyor.channels.sftp import remote

        assert_no_transaction()
        try:
            return line.run(work, min(seconds or 3 * remote.STEP, self._longest))
        except PurveyorError:
            raise
        except Exception as error:
            raise remote.why(error, self._link.target) from None


async def _next(pieces: Any) -> bytes:
    return bytes(await anext(pieces, b""))


KEPT_LINKS = Kept()
REFUSALS = Refusals()


class SftpWay:
    """The way itself."""

    name = "sftp"
    every = 5.0
    leads: tuple[str, ...] = ("host", "port", "user")
    shared: tuple[str, ...] = ()
    label = gettext_lazy("SFTP server of others")
    fields: tuple[Field, ...] = (
        Field("host", gettext_lazy("Host"), gettext_lazy("Name or address of the server."), needed=True),
        Field("port", gettext_lazy("Port"), kind="number", default="22"),
        Field("user", gettext_lazy("User"), gettext_lazy("Who the hub signs in as."), needed=True),
        Field(
            "secret",
            gettext_lazy("Password or private key"),
            gettext_lazy("A key from its first line to its last, without a passphrase: the hub seals it."),
            kind="long",
            needed=True,
            secret=True,
        ),
        Field(
            "folder",
            gettext_lazy("Folder on the server"),
            gettext_lazy("Blank is the folder one lands in. Files are moved to done and error in it."),
        ),
        Field(
            "host_key",
            gettext_lazy("Host key"),
            gettext_lazy(
                "What the server is known by. The test of the connection finds it; compare it and take it over."
            ),
            kind="long",
        ),
    )

    def settle(self, place: Place) -> dict[str, Any]:
        """Host, port, user, folder and host key, tidied. Raises Refused, also for a secret that cannot be used."""
        told, problems = _tidied(place.options)
        problems += _of_secret((place.secrets.get("secret") or "").strip())
        if problems:
            raise Refused(problems[0].message, problems)
        return told

    def spot(self, place: Place) -> tuple[Any, ...]:
        """The folder on the server, as its user sees it."""
        return tuple(place.options[name] for name in ("host", "port", "user", "folder"))

    def facts(self, place: Place) -> list[tuple[Any, str]]:
        """What people compare of the host key."""
        pinned = target_of(place).pinned
        return [(_("Fingerprint of the host key"), keys.fingerprint(pinned) if pinned else _("not confirmed yet"))]

    def prepare(self, place: Place) -> None:
        """Nothing is needed on our side."""

    @contextlib.contextmanager
    def reach(self, place: Place) -> Iterator[Remote]:
        """The folder, open: by the connection kept of the last look, else by a new one. Raises Unreachable."""
        assert_no_transaction()
        link = _linked(target_of(place))
        try:
            yield Remote(link)
        except Unreachable:
            close(link)
            raise
        KEPT_LINKS.give(link)

    def test(self, place: Place) -> Tested:
        """Meet the server, sign in, list the folder, file a trial file away and remove it."""
        from purveyor.channels.sftp import remote

        target = target_of(place)
        begun = Check("host-key", _("Meet the server %(host)s, port %(port)d") % _where(target))
        try:
            met = line.run(remote.meet(target), 2 * remote.CONNECT)
        except Exception as error:
            return Tested([_failed(begun, remote.why(error, target))])
        learned = {"host_key": met.line}
        if met.blob != target.pinned:
            return Tested([_unconfirmed(begun, met, target)], learned)
        checks = [begun.good(_("It shows the confirmed key %(met)s.") % {"met": met.fingerprint})]
        return Tested([*checks, *_tried(target, outgoing=place.outgoing)], learned)


def target_of(place: Place) -> Target:
    """Where a channel leads. The options are those ``settle`` answered."""
    from purveyor.channels.sftp.remote import Target

    told = place.options
    pin = str(told.get("host_key") or "")
    pinned = keys.read_public(pin) if pin else None
    secret = str(place.secrets.get("secret") or "").strip()
    return Target(
        host=str(told.get("host", "")),
        port=int(told.get("port") or 22),
        user=str(told.get("user", "")),
        folder=str(told.get("folder") or "."),
        pinned=pinned.blob if pinned else b"",
        pinned_kind=pinned.kind if pinned else "",
        **{"key" if keys.looks_like_key(secret) else "password": secret},
    )


def _linked(target: Target) -> Link:
    from purveyor.channels.sftp import remote

    try:
        link = KEPT_LINKS.take(target)
        if link is not None:
            if line.run(link.alive(), remote.STEP):
                return link
            close(link)
        _require_welcome(target)
        link = line.run(remote.connect(target), 2 * remote.CONNECT)
        REFUSALS.forget(target)
        return link
    except remote.NotLetIn:
        REFUSALS.note(target)
        raise
    except PurveyorError:
        raise
    except Exception as error:
        raise remote.why(error, target) from None


def _require_welcome(target: Target) -> None:
    """Go on only to a server whose key is confirmed and that has not just refused us. Raises Unreachable."""
    if not target.pinned:
        said = _("Nobody has confirmed yet what the server %(host)s is known by.") % _where(target)
        hint = _("Test the connection, compare the host key it shows, and store the channel with it.")
        raise Unreachable(said, hint=hint, code="host-key-unknown")
    if (left := REFUSALS.left(target)) > 0:
        words = _where(target) | {"user": target.user, "seconds": int(left) + 1}
        said = _("The server %(host)s refuses user %(user)s. It is asked again in %(seconds)d seconds.") % words
        hint = _("Compare user, password or key with what its people know of us. A test asks at once.")
        raise Unreachable(said, hint=hint)


def _where(target: Target) -> dict[str, Any]:
    return {"host": target.host, "port": target.port}


def _unconfirmed(begun: Check, met: keys.PublicKey, target: Target) -> Check:
    words = {"met": met.fingerprint, "known": keys.fingerprint(target.pinned)}
    if not target.pinned:
        return begun.unknown(
            _("It shows the key %(met)s.") % words,
            _("Nobody has confirmed yet that this is its key. Until then nothing is sent to it, not even a name."),
            _("Compare it with what the server's people say. If it is theirs, store the channel with it."),
        )
    return begun.bad(
        _("It shows the key %(met)s; confirmed is %(known)s.") % words,
        _("Either its people changed the key, or somebody stands between. Nothing was sent."),
        _(
            "Ask the server's people. Only if they changed it, empty the host key, test once more, and store the new "
            "one."
        ),
        code="host-key-changed",
    )


def _failed(begun: Check, error: BaseException) -> Check:
    said = getattr(error, "message", "") or type(error).__name__
    hint = getattr(error, "hint", "") or _("Look at the log of the hub.")
    return begun.bad(said, _("No file can come or go."), hint, code=getattr(error, "code", ""))


def _tried(target: Target, *, outgoing: bool) -> Iterator[Check]:
    """The steps behind the meeting, until one fails."""
    from purveyor.channels.sftp import remote

    begun = Check("sign-in", _("Sign in as %(user)s") % {"user": target.user})
    try:
        link = line.run(remote.connect(target), 2 * remote.CONNECT)
    except Exception as error:
        yield _failed(begun, remote.why(error, target))
        return
    yield begun.good(_("It let us in."))
    there = Remote(link, LONGEST_TEST)
    try:
        yield from _steps(there, target, outgoing=outgoing)
    finally:
        close(link)


def _steps(there: Remote, target: Target, *, outgoing: bool) -> Iterator[Check]:
    def listed() -> str:
        found = there.list()
        return _("%(count)d files lie there.") % {"count": len(found)}

    def filed() -> str:
        there.try_out(outgoing=outgoing)
        return _("Both worked.")

    write = _("Lay a file there and remove it") if outgoing else _("Lay a file there, and move it to done and error")
    steps: tuple[tuple[Check, Callable[[], str]], ...] = (
        (Check("folder", _("List the folder %(folder)s") % {"folder": target.folder}), listed),
        (Check("write", write), filed),
    )
    for begun, step in steps:
        try:
            yield begun.good(step())
        except PurveyorError as error:
            yield _failed(begun, error)
            return


def _tidied(given: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    told: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, read in (("host", _host), ("port", _port), ("user", _user), ("folder", _folder), ("host_key", _pin)):
        try:
            told[name] = read(str(given.get(name) or "").strip())
        except ValueError as error:
            problems.append(Problem(str(error), where=name))
    return told, problems


def _host(given: str) -> str:
    if not _HOST.fullmatch(given):
        raise ValueError(_("Name the server, such as sftp.example.com, without sftp:// and without a folder."))
    return given.lower()


def _port(given: str) -> int:
    if not given.isascii() or not (given or "22").isdigit() or not 1 <= int(given or 22) <= 65535:
        raise ValueError(_("A port is a number from 1 to 65535; SFTP servers mostly have 22."))
    return int(given or 22)


def _user(given: str) -> str:
    if not given or len(given) > 200 or not given.isprintable():
        raise ValueError(_("Say who the hub signs in as."))
    return given


def _folder(given: str) -> str:
    if len(given) > 400 or not given.isprintable():
        raise ValueError(_("Name the folder as the server does, such as outbox or /data/outbox."))
    return posixpath.normpath(given) if given else "."


def _pin(given: str) -> str:
    return keys.read_public(given).line if given else ""


def _of_secret(given: str) -> list[Problem]:
    said = ""
    if not given:
        said = _("Give a password or a private key.")
    elif keys.looks_like_key(given):
        try:
            keys.check_private(given)
        except keys.BadKey as error:
            said = str(error)
    elif len(given) > 200 or not given.isprintable():
        said = _("This is neither a password of one line nor a private key.")
    return [Problem(said, where="secret")] if said else []


SFTP = SftpWay()
register(SFTP)
