"""Lists as people want them: saved views, their own and shared ones, the view a list opens with, its columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from purveyor.audit.write import record
from purveyor.base import listings
from purveyor.base.listing import ASKER, Listing
from purveyor.common.errors import Denied, NotFound, Problem, Refused
from purveyor.common.lenient import trimmed
from purveyor.people.domain.manage import find_profile, key_of
from purveyor.people.models import Choice, User, View
from purveyor.people.who import Who

LONGEST = 60
# What an address holds besides filters; none of it belongs to a view.
APART = ("page", "after", "columns", "view")


@dataclass(frozen=True, slots=True)
class Kept:
    """What a list offers a person: views to choose from, the columns they chose, the view it opens with."""

    views: Sequence[View] = ()
    columns: Sequence[str] = field(default=())
    default: View | None = None


def kept(who: Who, listing: str) -> Kept:
    """The views somebody may choose from, by name, their own first; and what they chose. Two questions."""
    views = _visible(who, listing)
    chosen = Choice.objects.filter(user=who.user, listing=listing).first() if who.user else None
    if chosen is None:
        return Kept(views)
    default = next((view for view in views if view.pk == chosen.default_id), None)
    return Kept(views, chosen.columns, default)


def _visible(who: Who, listing: str) -> list[View]:
    rows = View.objects.filter(listing=listing).select_related("owner", "profile")
    if who.user is not None:
        rows = rows.filter(Q(owner=who.user) | Q(shared=True))
    found = [view for view in rows.order_by("name", "pk") if _may_see(who, view)]
    return sorted(found, key=lambda view: view.owner_id != getattr(who.user, "pk", None))


def _may_see(who: Who, view: View) -> bool:
    """Whether somebody sees a view: with a profile only where they may see its rows."""
    permission = listings.find(view.listing).permission
    return who.may_somewhere(permission) if view.profile is None else who.may(permission, view.profile)


def find(who: Who, view_id: int) -> View:
    """A view that somebody may use. Raises NotFound."""
    view = View.objects.select_related("owner", "profile").filter(pk=view_id).first()
    if view is None or not (view.shared or _owns(who, view)) or not _may_see(who, view):
        raise NotFound(_("There is no such view, or it is not yours to see."))
    return view


def save(
    who: Who,
    listing: str,
    name: str,
    query: str | Mapping[str, Any],
    *,
    columns: Sequence[str] = (),
    shared: bool = False,
    profile: str = "",
    owner: User | None = None,
) -> View:
    """Keep a list as it is shown under a name; a view of one's own of that name is replaced.

    ``query`` is what stands in the list's address. The operator at the shell says whose it is (``owner``). Raises
    NotFound for a list that is none, Denied for one they may not see, Refused with every problem.
    """
    found, mine = listings.find(listing), _owner(who, owner)
    where: Any = find_profile(profile or None)
    who.require(found.permission, where) if where else who.require_somewhere(found.permission)
    name, asked = _name(name), _query(found, who, query)
    chosen = [column.name for column in found.chosen(columns)] if columns else []
    told = {"query": asked, "columns": chosen, "shared": shared, "profile_id": key_of(where)}
    with transaction.atomic():
        view, _made = View.objects.update_or_create(owner=mine, listing=listing, name=name, defaults=told)
        said = {"listing": listing, "query": asked, "columns": chosen, "shared": shared, "profile": profile}
        record("view.saved", by=who.name, obj=view, name=name, profile=profile, new=said)
    return view


def change(who: Who, view_id: int, *, name: str | None = None, shared: bool | None = None) -> View:
    """Rename a view of one's own, share it or take it back. Raises NotFound, Denied, Refused when the name is taken."""
    view = _mine(who, view_id)
    old = {"name": view.name, "shared": view.shared}
    view.name = view.name if name is None else _name(name)
    view.shared = view.shared if shared is None else shared
    try:
        with transaction.atomic():
            view.save(update_fields=["name", "shared"])
            record("view.changed", by=who.name, obj=view, old=old, new={"name": view.name, "shared": view.shared})
    except IntegrityError:
        raise _refused(_("There is a view of this name already.")) from None
    return view


def delete(who: Who, view_id: int) -> None:
    """Take a view of one's own away; where it was shared it is gone for everybody. Raises NotFound, Denied."""
    view = _mine(who, view_id)
    with transaction.atomic():
        record("view.deleted", by=who.name, obj=view, old={"listing": view.listing})
        view.delete()


def make_default(who: Who, listing: str, view_id: int | None, owner: User | None = None) -> None:
    """The view a list opens with for this person; None is the list as it is. Raises NotFound, Denied, Refused."""
    view = None if view_id is None else find(who, view_id)
    who.require_somewhere(listings.find(listing).permission)
    if view is not None and view.listing != listing:
        raise _refused(_("This view belongs to another list."))
    Choice.objects.update_or_create(user=_owner(who, owner), listing=listing, defaults={"default": view})


def choose_columns(who: Who, listing: str, columns: Iterable[str]) -> list[str]:
    """Keep which columns of a list a person wants; none are the usual ones. Raises NotFound, Denied, Refused."""
    found, names = listings.find(listing), list(columns)
    who.require_somewhere(found.permission)
    chosen = [column.name for column in found.chosen(names)] if names else []
    Choice.objects.update_or_create(user=_owner(who, None), listing=listing, defaults={"columns": chosen})
    return chosen


def query_of(view: View) -> dict[str, list[str]]:
    """What a view narrows and sorts by, as ``base.listing`` takes it."""
    found = parse_qs(view.query, keep_blank_values=False)
    return found | ({"profile": [str(view.profile)]} if view.profile else {})


def _query(listing: Listing[Any], who: Who, query: str | Mapping[str, Any]) -> str:
    """What of an address belongs to a view, in one spelling. Raises Refused for filters and sorts that are none."""
    given = parse_qs(query.lstrip("?")) if isinstance(query, str) else dict(query)
    asked = {name: value for name, value in given.items() if name not in APART and any(value)}
    if listing.rows is not None:
        listing.narrow(listing.rows(who).none(), asked | {ASKER: who.user.username if who.user else ""})
    found = urlencode(asked, doseq=True)
    if len(found) > View._meta.get_field("query").max_length:  # type: ignore[operator]  # a text's longest length
        raise _refused(_("These filters are too long to be kept."))
    return found


def _name(name: str) -> str:
    name = " ".join(trimmed(name).split())
    if not name or len(name) > LONGEST:
        raise _refused(_("Give the view a name of at most %(count)s characters.") % {"count": LONGEST})
    return name


def _refused(message: str) -> Refused:
    return Refused(message, [Problem(message, where="name")])


def _owner(who: Who, owner: User | None) -> User:
    """Whose view it is: one's own; the operator at the shell names the person. Raises Denied, Refused."""
    if who.user is None and owner is None:
        raise Refused(_("Say whose it is."), [Problem(_("Say whose it is."), where="user")])
    if who.user is not None and owner is not None and owner.pk != who.user.pk:
        raise Denied(_("You may keep views of your own only."))
    return owner or who.user  # type: ignore[return-value]  # one of the two is there


def _owns(who: Who, view: View) -> bool:
    return who.user is None or view.owner_id == who.user.pk


def _mine(who: Who, view_id: int) -> View:
    view = find(who, view_id)
    if not _owns(who, view):
        raise Denied(_("Only %(name)s may change this view.") % {"name": view.owner})
    return view
