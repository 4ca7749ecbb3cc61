"""Every question about centers that is asked at more than one door."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from purveyor.centers.domain.facts import code_of
from purveyor.centers.models import Center, Source
from purveyor.common.errors import NotFound, Problem, Refused
from purveyor.common.lenient import trimmed
from purveyor.people.who import Who

VIEW = "centers.view"


def visible_to(who: Who) -> QuerySet[Center]:
    """All centers, for whoever may see them anywhere: the registry is the house's. Raises Denied."""
    who.require_somewhere(VIEW)
    return Center.objects.all()


def find(code: str) -> Center:
    """A center by its code, however it is spelt. Raises NotFound."""
    found = Center.objects.filter(code=code_of(code)).first()
    if found is None:
        raise NotFound(_("There is no fulfillment center %(code)s.") % {"code": code_of(code)})
    return found


def search(rows: QuerySet[Center], text: str) -> QuerySet[Center]:
    """By how the code or the postal code begins, or a part of name, city, street or reference."""
    text = trimmed(text)
    parts = ("name", "city", "address_line1", "internal_reference")
    either = Q(code__startswith=code_of(text)) | Q(postal_code__startswith=text)
    for name in parts:
        either |= Q(**{f"{name}__icontains": text})
    return rows.filter(either)


def by_code(rows: QuerySet[Center], text: str) -> QuerySet[Center]:
    """By how the code begins, or by the house's own reference as a whole."""
    text = trimmed(text)
    return rows.filter(Q(code__startswith=code_of(text)) | Q(internal_reference=text))


def without_zone(rows: QuerySet[Center]) -> QuerySet[Center]:
    """Those whose time zone nobody has said."""
    return rows.filter(time_zone="")


def narrow(
    rows: QuerySet[Center], *, q: str = "", source: str = "", country: str = "", unknown: bool = False
) -> QuerySet[Center]:
    """What a machine's list is narrowed by. Raises Refused for a source that is none."""
    if source and source not in Source.values:
        words = {"source": source, "sources": ", ".join(Source.values)}
        said = _("There is no source %(source)s; there are %(sources)s.") % words
        raise Refused(said, [Problem(said, "source")])
    rows = rows.filter(source=source) if source else rows
    rows = rows.filter(country_code=country.strip().upper()) if country else rows
    rows = without_zone(rows) if unknown else rows
    return search(rows, q) if q.strip() else rows
