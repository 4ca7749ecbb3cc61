"""Who may what: people by profiles by permissions, to read, and to take along as a file."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from io import StringIO

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from purveyor.channels.write import safe
from purveyor.common import clock
from purveyor.people.domain.manage import MANAGE
from purveyor.people.domain.rights import Right, rights
from purveyor.people.permissions import PERMISSIONS, ROLES
from purveyor.web.render import frame_of, page, who_of


@require_safe
def matrix(request: HttpRequest) -> HttpResponse:
    """Those one manages, and oneself; narrowed to a profile, and to who holds a permission."""
    who = who_of(request)
    profile, permission = _asked(request)
    return page(
        request,
        "rights",
        "people",
        rows=[(one, _titles(one.roles), _marks(one)) for one in _rows(request)],
        permissions=PERMISSIONS.items(),
        roles=ROLES.values(),
        profile=profile,
        permission=permission,
        profiles=frame_of(request).profiles,
        may_manage=who.may_somewhere(MANAGE),
        query=request.GET.urlencode(),
    )


@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """The same rows as CSV."""
    name = f"rights-{clock.now():%Y-%m-%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse("".join(_lines(_rows(request))), content_type="text/csv; charset=utf-8", headers=headers)


def _asked(request: HttpRequest) -> tuple[str, str]:
    return request.GET.get("profile", ""), request.GET.get("permission", "")


def _rows(request: HttpRequest) -> list[Right]:
    return rights(who_of(request), *_asked(request))


def _titles(roles: Sequence[str]) -> list[object]:
    return [ROLES[name].title if name in ROLES else name for name in roles]


def _marks(right: Right) -> list[tuple[str, bool]]:
    return [(name, name in right.permissions) for name in PERMISSIONS]


def _lines(rows: Sequence[Right]) -> Iterator[str]:
    yield "\ufeff"  # so that spreadsheets read it as UTF-8
    kept = StringIO(newline="")
    writer = csv.writer(kept)
    writer.writerow(["name", "full_name", "profile", "roles", *PERMISSIONS])
    for one in rows:
        facts = [one.user.username, one.user.full_name, one.profile or "*", " ".join(one.roles)]
        writer.writerow([*map(safe, facts), *("yes" if has else "" for _name, has in _marks(one))])
    yield kept.getvalue()
