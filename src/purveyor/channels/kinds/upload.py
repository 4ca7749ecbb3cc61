"""A person or a machine hands a file over: on a page, by REST or at the command line."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from purveyor.audit.secrecy import masked
from purveyor.audit.write import record
from purveyor.base.filekinds import Kind
from purveyor.channels import manner, mapping, read, store
from purveyor.channels.models import Channel, Upload
from purveyor.common.errors import Denied, Problem, Refused
from purveyor.common.lenient import trimmed
from purveyor.people.who import Who

if TYPE_CHECKING:
    from purveyor.profiles.models import Profile

CHANNEL = "upload"
_NAME_LENGTH = 200


def bring(
    who: Who,
    kind: Kind,
    name: str,
    pieces: Iterable[bytes],
    *,
    saved: str = "",
    columns: Mapping[str, str] | None = None,
    options: Mapping[str, Any] | None = None,
    profile: Profile | None = None,
    facts: Mapping[str, str] | None = None,
    via: Channel | None = None,
    also: Callable[[Upload], None] | None = None,
) -> Upload:
    """Keep a file and look at its heads; nothing of it is taken yet.

    ``saved`` names a saved mapping; ``columns`` (head by column) come on top of it. Without either the saved mapping
    that fits is used, else the heads we know. ``profile`` and ``facts`` (text by name) are what the file does not say
    of itself, or says wrongly. ``via`` is the channel it came by, and ``also`` what is done in the same transaction.
    Raises Denied, NotFound for a mapping that is not there, and Refused for a file that is
    too large or cannot be read.
    """
    require(who, kind, profile)
    known = mapping.find(kind, saved) if saved else None
    given, said = manner.tidied(kind, options or {}), mapping.facts_given(kind, facts or {})
    sha256, size = store.keep(pieces)
    written = {**(known.options if known else {}), **_said(given)}
    found = look(kind, sha256, [*(columns or (known.columns if known else {})).values()], written)
    heads = read.heads_of(found, headless=bool(written.get("headless")))
    known = known or (None if columns else mapping.choose(kind, heads))
    chosen = dict(known.columns) if known else mapping.suggest(kind, heads)
    said = mapping.facts_of(kind, (cells for _number, cells in found.above)) | said
    if profile is None and kind.owner is not None:
        profile = kind.owner(who, said)
    with transaction.atomic():
        upload = Upload.objects.create(
            channel=via.way if via else CHANNEL,
            via=via,
            kind=kind.name,
            profile=profile,
            name=masked(trimmed(name))[-_NAME_LENGTH:] or _("unnamed"),
            size=size,
            sha256=sha256,
            shape=found.shape.as_dict(),
            heads=heads,
            columns=chosen | dict(columns or {}),
            options=given | _said(known.options if known else {}) | _said(given),
            facts=said,
            by=who.name,
        )
        record("file.brought", by=who.name, obj=upload, new={"kind": kind.name, "sha256": sha256, "size": size})
        if also is not None:
            also(upload)
    return upload


def _said(options: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value}


def require(who: Who, kind: Kind, profile: Profile | None) -> None:
    """Go on only with the permission to bring files of this kind, for this profile. Raises Denied."""
    if kind.of_profile and profile is not None:
        who.require(kind.may_take, profile)
    who.require_somewhere(kind.may_take)
    if kind.allows is not None and not kind.allows(who, profile):
        raise Denied(_("Files of the kind %(name)s are not yours to bring.") % {"name": kind.name})


def look(kind: Kind, sha256: str, wanted: Collection[str] = (), options: Mapping[str, Any] | None = None) -> read.Look:
    """A first look at a kept file: where the heads of its kind stand. Raises Refused, also for another form than the
    kind's own. ``options`` say its encoding and separator where they are known."""
    path, given = store.path_of(sha256), options or {}
    shape = read.shape_of(path, given.get("encoding", ""), given.get("separator", ""))
    seeks = kind.within > 1
    found = read.look_for(path, mapping.seek(kind, wanted), kind.within, shape) if seeks else read.look(path, shape)
    if kind.form not in ("", found.shape.form):
        said = _("This kind of file is a workbook. Bring it as XLSX, as it came.")
        raise Refused(said, [Problem(said, where="file")], code="unreadable-file")
    return found
