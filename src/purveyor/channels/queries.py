"""Every question about files that is asked at more than one door. Only what somebody may see."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from purveyor.base import filekinds
from purveyor.base.filekinds import Kind
from purveyor.channels.kinds.upload import require
from purveyor.channels.models import Mapping, Upload
from purveyor.common.errors import NotFound, Refused
from purveyor.people.who import Who


def kinds_to_take(who: Who) -> list[Kind]:
    """The kinds of files somebody may bring on the page of files."""
    return [kind for kind in filekinds.kinds() if not kind.own_page and who.may_somewhere(kind.may_take)]


def kinds_to_see(who: Who) -> list[Kind]:
    """The kinds of files somebody may see."""
    return [kind for kind in filekinds.kinds() if who.may_somewhere(kind.may_see)]


def kinds_to_export(who: Who) -> list[Kind]:
    """The kinds of which somebody may take everything out as a list."""
    return [kind for kind in kinds_to_see(who) if kind.rows is not None]


def visible_to(who: Who) -> QuerySet[Upload]:
    """The files somebody may see, newest first. One of a profile shows to who may see these files there; as long as it
    is of no profile yet, to its bringer."""
    free = [kind.name for kind in kinds_to_see(who) if not kind.of_profile]
    seen = Q(kind__in=free)
    for kind in (kind for kind in kinds_to_see(who) if kind.of_profile):
        theirs = Q(profile__in=who.profiles(kind.may_see)) | Q(profile=None, by=who.name)
        seen |= Q(kind=kind.name) & theirs
    return Upload.objects.filter(seen).select_related("run", "repeats", "profile")


def one(who: Who, number: int) -> Upload:
    """One file. Raises NotFound, also where it is not for the asker to see."""
    found = visible_to(who).filter(pk=number).first()
    if found is None:
        raise NotFound(_("There is no file %(number)s.") % {"number": number})
    return found


def preview(who: Who, upload: Upload) -> dict[str, Any]:
    """The verdict on every row of a file, before anything is taken. Raises Denied, and Refused for kinds whose dry run
    says it all."""
    kind = filekinds.find(upload.kind)
    require(who, kind, upload.profile)
    if kind.preview is None:
        raise Refused(_("Files of this kind have no preview; check them instead."))
    return kind.preview(who, upload)


def mappings(who: Who, kind: str = "") -> QuerySet[Mapping]:
    """The saved mappings of the kinds somebody may see."""
    names = [one.name for one in kinds_to_see(who) if kind in ("", one.name)]
    return Mapping.objects.filter(kind__in=names)
