"""A partner's folder on the hub's own SFTP server: what it brings lies in ``in``, what it fetches in ``out``.

The server (``channels.sftp``) is a process of its own; this way only looks at the disk, like the way ``folder``.
"""

from __future__ import annotations

import contextlib
import errno
import socket
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from purveyor.channels import names
from purveyor.channels.sftp import hostkey, keys
from purveyor.channels.sftp.jail import DONE, ERROR, IN, OUT, Jail
from purveyor.channels.sftp.partners import USER, quota_of, root_of
from purveyor.channels.ways import Field, Place, Tested, Unreachable, register
from purveyor.channels.ways.folder import Folder
from purveyor.common.errors import Misconfigured, Problem, Refused
from purveyor.config.options import option
from purveyor.profiles.doctor.report import Check

LARGEST, MOST = "64", "1000"


class Jailed(Folder):
    """A folder of a partner. What was brought is filed beside it, not in it."""

    def __init__(self, jail: Jail, at: int) -> None:
        super().__init__(at)
        self.jail = jail

    @contextlib.contextmanager
    def _beside(self, where: str) -> Iterator[tuple[int, str]]:
        folder, _slash, name = where.partition("/")
        if folder not in (DONE, ERROR) or names.trouble(name, names.MARKED):
            raise ValueError(f"{where} is no place of ours")
        with self.jail.opened(folder) as at:
            yield at, name


class PartnerWay:
    """The way itself."""

    name = "partner"
    every = 1.0
    leads: tuple[str, ...] = ()
    shared: tuple[str, ...] = ("user",)
    label = gettext_lazy("Partner on the hub's SFTP server")
    fields: tuple[Field, ...] = (
        Field(
            "user",
            gettext_lazy("User"),
            gettext_lazy("Who the partner signs in as: small letters, digits, - and _, beginning with a letter."),
            needed=True,
        ),
        Field(
            "keys",
            gettext_lazy("Public keys"),
            gettext_lazy("One a line, as in id_ed25519.pub. Each opens the partner's folder; there are no passwords."),
            kind="long",
            needed=True,
        ),
        Field("largest", gettext_lazy("Largest file (MB)"), kind="number", default=LARGEST),
        Field(
            "files",
            gettext_lazy("Most files at once"),
            gettext_lazy("So many may wait to be taken."),
            kind="number",
            default=MOST,
        ),
    )

    def settle(self, place: Place) -> dict[str, Any]:
        """User, keys and limits, tidied. Raises Refused."""
        told: dict[str, Any] = {}
        problems: list[Problem] = []
        for name, read in (("user", _user), ("keys", _keys), ("largest", _largest), ("files", _files)):
            try:
                told[name] = read(str(place.options.get(name) or "").strip())
            except ValueError as error:
                problems.append(Problem(str(error), where=name))
        if problems:
            raise Refused(problems[0].message, problems)
        return told

    def spot(self, place: Place) -> tuple[Any, ...]:
        """The partner's user, who brings files for one channel and fetches for one."""
        return (place.options["user"], place.outgoing)

    def facts(self, place: Place) -> list[tuple[Any, str]]:
        """What the partner has to know of the server, and by which keys it comes in."""
        opening = ", ".join(key.fingerprint for key in keys.read_list(str(place.options.get("keys") or "")))
        return [
            (_("Fingerprints of the keys"), opening),
            (_("Folder of the partner"), str(_jail(place).root)),
            (_("Host key of the SFTP server"), _known_by() or _("made at its first start")),
            (_("The partner types"), _typed(place) or _("nothing yet: the SFTP server is switched off")),
        ]

    def prepare(self, place: Place) -> None:
        """Make the partner's folders. Raises Unreachable."""
        try:
            _jail(place).ensure()
        except OSError as error:
            raise _unusable(place, error) from None

    @contextlib.contextmanager
    def reach(self, place: Place) -> Iterator[Jailed]:
        """The folder files come in by, or go out by. Raises Unreachable."""
        jail = _jail(place)
        try:
            with jail.opened(OUT if place.outgoing else IN) as at:
                yield Jailed(jail, at)
        except OSError as error:
            raise _unusable(place, error) from None

    def test(self, place: Place) -> Tested:
        """Whether its folders can be used, its keys are good and the server runs."""
        checks = [_folders(self, place), _opening(place), _server(place)]
        return Tested(checks)


def _jail(place: Place) -> Jail:
    return Jail(root_of(str(place.options.get("user", ""))), quota_of(place.options))


def _unusable(place: Place, error: OSError) -> Unreachable:
    words = {"path": _jail(place).root, "why": error.strerror or error}
    if error.errno in (errno.ENOTDIR, errno.ELOOP):
        hint = _("A link or a file stands where a folder belongs. Remove it.")
    else:
        hint = _("Let the user the hub runs as read and write it; test the channel to have it made.")
    return Unreachable(_("The folder %(path)s cannot be used: %(why)s.") % words, hint=hint)


def _user(given: str) -> str:
    if not USER.fullmatch(given):
        raise ValueError(_("A user has 2 to 32 small letters, digits, - or _, and begins with a letter."))
    return given


def _keys(given: str) -> str:
    found = keys.read_list(given)
    if not found:
        raise ValueError(_("Give at least one public key."))
    return "\n".join(key.line for key in found)


def _largest(given: str) -> int:
    return _number(given or LARGEST, 1, 64)


def _files(given: str) -> int:
    return _number(given or MOST, 1, 10_000)


def _number(given: str, low: int, high: int) -> int:
    if not given.isascii() or not given.isdigit() or len(given) > 9 or not low <= int(given) <= high:
        raise ValueError(_("This is a whole number from %(low)d to %(high)d.") % {"low": low, "high": high})
    return int(given)


def _folders(way: PartnerWay, place: Place) -> Check:
    begun = Check("folder", _("Open the folder %(path)s") % {"path": _jail(place).root})
    try:
        way.prepare(place)
        with way.reach(place) as there:
            there.list()
    except Unreachable as error:
        return begun.bad(error.message, _("No file can come or go."), error.hint)
    return begun.good(_("It is there."))


def _opening(place: Place) -> Check:
    begun = Check("keys", _("Look at the keys that open it"))
    try:
        found = keys.read_list(str(place.options.get("keys") or ""))
    except keys.BadKey as error:
        return begun.bad(str(error), _("The partner cannot sign in."), _("Put in the right key."))
    return begun.good(_("Open: %(keys)s") % {"keys": ", ".join(key.fingerprint for key in found) or "–"})


def _server(place: Place) -> Check:
    """Whether the server answers, how it is recognised, and the line that a partner types."""
    begun = Check("server", _("Reach the hub's own SFTP server"))
    port = option("PURVEYOR_SFTP_PORT")
    if not port:
        means = _("The partner cannot sign in; files that lie in its folder are taken all the same.")
        do = _("Set PURVEYOR_SFTP_PORT and start the hub again.")
        return begun.warn(_("It is switched off."), means, do)
    host = str(option("PURVEYOR_SFTP_HOST"))
    where: Mapping[str, Any] = {"host": host, "port": port}
    try:
        with socket.create_connection((_nearest(host), int(port)), timeout=2):
            pass
    except OSError:
        said = _("Nothing answers at %(host)s, port %(port)d.") % where
        return begun.warn(
            said, _("The partner cannot sign in."), _("See that purveyor up or purveyor sftp runs there.")
        )
    said = _("It shows the key %(met)s. The partner signs in with: %(line)s")
    return begun.good(said % {"line": _typed(place), "met": _known_by() or "?"})


def _known_by() -> str:
    """The fingerprint of the host key; blank while there is none."""
    try:
        met = hostkey.public()
    except Misconfigured:
        return ""
    return met.fingerprint if met else ""


def _typed(place: Place) -> str:
    """The line a partner signs in by; blank while the server is switched off."""
    port, host = option("PURVEYOR_SFTP_PORT"), str(option("PURVEYOR_SFTP_HOST"))
    at = f"{place.options.get('user')}@{_nearest(host)}"
    return f"sftp -P {port} {at}" if port else ""


def _nearest(host: str) -> str:
    """The address at which a server that listens everywhere is met from this machine."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  what it may be told, not what we bind


PARTNER = PartnerWay()
register(PARTNER)
