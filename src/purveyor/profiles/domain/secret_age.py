"""When a client secret was made at Amazon, as a person knows it or does not."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from purveyor.audit.write import record
from purveyor.common.errors import NotFound, Refused
from purveyor.people.who import Who
from purveyor.profiles import rotation
from purveyor.profiles.domain import facts
from purveyor.profiles.models import Profile, Secret
from purveyor.profiles.queries import present_client_secrets


def answer_age(who: Who, profile: Profile, issued_at: datetime | None) -> Secret:
    """Say when the present client secret was made; None is "I do not know" and counts from the day it was stored.

    Either way nobody is asked again for this secret. Raises Denied, NotFound where there is no client secret, and
    Refused for a moment to come.
    """
    who.require("profiles.credentials", profile)
    problems = facts.issued_problems(issued_at, "issued_at")
    if problems:
        raise Refused(_("Nothing was stored."), problems)
    with transaction.atomic():
        found = present_client_secrets().select_for_update().filter(profile=profile).defer("sealed").first()
        if found is None:
            raise NotFound(_("The profile has no client secret."), hint=_("Store both secrets of the profile."))
        found.issued_at = issued_at or found.stored_at
        profile.secrets.filter(pk=found.pk).update(issued_at=found.issued_at)
        told = {"known": issued_at is not None, "issued_at": found.issued_at}
        record("profile.secret_age_answered", by=who.name, obj=profile, new=told)
        rotation.watch(profile)
    return found
