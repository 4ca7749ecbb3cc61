"""Every question about files that is asked at more than one door. Only what somebody may see."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from purveyor.base import filekinds
from purveyor.base.filekinds import Kind
from purveyor.channels.models import Mapping, Upload
from purveyor.common.errors import NotFound
from purveyor.people.who import Who


def kinds_to_take(who: Who) -> list[Kind]:
    """The kinds of files somebody may bring."""
    return [kind for kind in filekinds.kinds() if who.may_somewhere(kind.may_take)]


def kinds_to_see(who: Who) -> list[Kind]:
    """The kinds of files somebody may see and export."""
    return [kind for kind in filekinds.kinds() if who.may_somewhere(kind.may_see)]


def visible_to(who: Who) -> QuerySet[Upload]:
    """The files somebody may see, newest first."""
    names = [kind.name for kind in kinds_to_see(who)]
    return Upload.objects.filter(kind__in=names).select_related("run", "repeats")


def one(who: Who, number: int) -> Upload:
    """One file. Raises NotFound, also where it is not for the asker to see."""
    found = visible_to(who).filter(pk=number).first()
    if found is None:
        raise NotFound(_("There is no file %(number)s.") % {"number": number})
    return found


def mappings(who: Who, kind: str = "") -> QuerySet[Mapping]:
    """The saved mappings of the kinds somebody may see."""
    names = [one.name for one in kinds_to_see(who) if kind in ("", one.name)]
    return Mapping.objects.filter(kind__in=names)
