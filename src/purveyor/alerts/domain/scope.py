"""What routes and webhooks have in common: a profile or every one, and a name of their own."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db.models import Model
from django.utils.translation import gettext as _

from purveyor.amazon.regions import MARKETPLACES
from purveyor.audit.plain import clean
from purveyor.audit.secrecy import find_secret
from purveyor.common.errors import NotFound, Problem, Refused

LONGEST_NAME = 60


def find_profile(name: str | None) -> Any:
    """The profile of a name; None stays None (every profile). Raises NotFound."""
    if name is None:
        return None
    found = apps.get_model("profiles", "Profile")._default_manager.filter(name=name).first()
    if found is None:
        raise NotFound(_("There is no profile %(name)s.") % {"name": name})
    return found


def usual_zone(profile: Any) -> str:
    """The time zone meant where nobody names one: the profile's marketplace's; for every profile the one that all of
    them share, else UTC."""
    profiles = apps.get_model("profiles", "Profile")._default_manager
    places = [profile.marketplace] if profile else profiles.order_by().values_list("marketplace", flat=True).distinct()
    found = {MARKETPLACES[place].zone for place in places if place in MARKETPLACES}
    return found.pop() if len(found) == 1 else "UTC"


def check_name(model: type[Model], name: str) -> str:
    """A new name as it is kept. Raises Refused for one that is empty, too long, taken, or looks like a secret."""
    tidy = clean(name).strip()
    said = ""
    if not tidy or len(tidy) > LONGEST_NAME or not tidy.isprintable() or find_secret(tidy) is not None:
        said = _("Give it a name of at most %(count)d characters.") % {"count": LONGEST_NAME}
    elif model._default_manager.filter(name=tidy).exists():
        said = _("There is one of the name %(name)s already.") % {"name": tidy}
    if said:
        raise Refused(said, [Problem(said, where="name")])
    return tidy
