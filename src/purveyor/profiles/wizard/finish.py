"""The end of the wizard: a draft becomes a profile, all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from purveyor.audit.write import record
from purveyor.people.who import Who
from purveyor.profiles.domain import add_profile, set_parties, switch_importing, switch_reading_status
from purveyor.profiles.models import Profile, WizardDraft
from purveyor.profiles.wizard import data as held
from purveyor.profiles.wizard import drafts
from purveyor.profiles.wizard.check import issued_at, refuse_missing
from purveyor.profiles.wizard.data import NOW, SECRETS, USUAL_CUTOFF, Data, cutoff_of
from purveyor.profiles.wizard.reading import SWITCHES


@dataclass(frozen=True, slots=True)
class Made:
    """The profile, and from when on its history is to be fetched; None for new orders only."""

    profile: Profile
    since: datetime | None


def finish(who: Who, draft_id: int, version: int, begin: Callable[[Made], None] | None = None) -> Made:
    """Make the profile with its parties and switches; the draft is gone then. Sending to Amazon stays off until
    somebody switches it on (``add_profile``). ``begin`` begins the first import in the same transaction, so that no
    profile is there without it.

    Raises Denied, NotFound, Overtaken, Refused while something is missing or wrong; nothing is changed then.
    """
    draft = drafts.find(who, draft_id)
    with transaction.atomic():
        draft = drafts.locked(draft_id, version)
        refuse_missing(draft)
        data = held.of(draft)
        since = cutoff_of(data)
        made = add_profile(who, **_facts(data, since), **_secrets(draft))
        if data.get("parties"):
            set_parties(who, made, data["parties"])
        _switch(who, made, data.get("features", SWITCHES))
        record("wizard.finished", by=who.name, obj=draft, profile=made.name)
        draft.delete()
        found = Made(made, None if data.get("cutoff", USUAL_CUTOFF) == NOW else since)
        if begin is not None:
            begin(found)
    return found


def _facts(data: Data, since: datetime) -> dict[str, Any]:
    return {
        "name": data["name"],
        "marketplace": data["marketplace"],
        "vendor_codes": data["vendor_codes"],
        "client_id": data["client_id"],
        "environment": data["environment"],
        "endpoint": data["endpoint"],
        "login_url": data["login_url"],
        "import_from": since,
        "import_acknowledged": data.get("import_acknowledged", True),
        "secret_issued_at": issued_at(data),
    }


def _secrets(draft: WizardDraft) -> dict[str, Any]:
    found = drafts.unsealed(draft)
    return {name: found[name] for name in SECRETS}


def _switch(who: Who, profile: Profile, features: Collection[str]) -> None:
    if "import" not in features:
        switch_importing(who, profile, False)
    if "status" not in features:
        switch_reading_status(who, profile, False)
