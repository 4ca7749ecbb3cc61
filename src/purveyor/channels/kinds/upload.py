"""A person or a machine hands a file over: on a page, by REST or at the command line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from purveyor.audit.secrecy import masked
from purveyor.audit.write import record
from purveyor.base.filekinds import Kind
from purveyor.channels import mapping, read, store
from purveyor.channels.models import Upload
from purveyor.common.lenient import trimmed
from purveyor.people.who import Who

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
) -> Upload:
    """Keep a file and look at its heads; nothing of it is taken yet.

    ``saved`` names a saved mapping; ``columns`` (head by column) come on top of it. Without either the saved mapping
    that fits is used, else the heads we know. Raises Denied, NotFound for a mapping that is not there, and Refused for
    a file that is too large or cannot be read.
    """
    who.require_somewhere(kind.may_take)
    known = mapping.find(kind, saved) if saved else None
    given = mapping.options_of(options or {})
    sha256, size = store.keep(pieces)
    found = read.look(store.path_of(sha256))
    heads = read.heads_of(found, headless=given["headless"] or bool(known and known.options.get("headless")))
    known = known or (None if columns else mapping.choose(kind, heads))
    chosen = dict(known.columns) if known else mapping.suggest(kind, heads)
    with transaction.atomic():
        upload = Upload.objects.create(
            channel=CHANNEL,
            kind=kind.name,
            name=masked(trimmed(name))[-_NAME_LENGTH:] or _("unnamed"),
            size=size,
            sha256=sha256,
            shape=found.shape.as_dict(),
            heads=heads,
            columns=chosen | dict(columns or {}),
            options=given | {key: value for key, value in (known.options if known else {}).items() if value},
            by=who.name,
        )
        record("file.brought", by=who.name, obj=upload, new={"kind": kind.name, "sha256": sha256, "size": size})
    return upload
