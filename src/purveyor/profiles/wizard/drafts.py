"""Drafts of connections: begun, gone on with by anybody who may, discarded, dropped when nobody comes back.

Whoever saves names the version they saw, so that neither of two people overwrites the other in silence. Secrets are
sealed in the transaction that stores them and are never handed out again but to Amazon and to the profile.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from purveyor.audit.write import record
from purveyor.common import clock
from purveyor.common.errors import Conflict, NotFound, Problem, Refused
from purveyor.people.who import Who
from purveyor.profiles import pasting
from purveyor.profiles.models import WizardDraft
from purveyor.profiles.shapes import VENDOR_CODES
from purveyor.profiles.wizard import data as held
from purveyor.profiles.wizard import steps
from purveyor.profiles.wizard.data import CHECKED, PLACE, SECRETS, Data
from purveyor.profiles.wizard.reading import READERS, Change, read_start
from purveyor.vault import sealing

KEPT = timedelta(days=14)
"""How long a draft nobody touches is kept. Its secrets go with it."""
PERMISSIONS = ("profiles.manage", "profiles.credentials")


@dataclass(frozen=True, slots=True)
class Saved:
    """The draft as it is now, what was wrong (kept out), and what was taken off what was kept."""

    draft: WizardDraft
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    pasted: bool = False
    """Whether values came out of one pasted text."""


class Overtaken(Conflict):
    """Somebody else has saved the draft since it was looked at."""

    code = "overtaken"

    def __init__(self, draft: WizardDraft) -> None:
        self.draft = draft
        super().__init__(
            _("Somebody else has changed this meanwhile. Nothing of yours was stored."),
            hint=_("Look at what is there now. Saving again keeps yours."),
        )


def may_connect(who: Who) -> bool:
    """Whether somebody may set up connections."""
    return who.holds(PERMISSIONS)


def open_drafts(who: Who) -> QuerySet[WizardDraft]:
    """The drafts there are; none for who may not set up connections."""
    found = WizardDraft.objects.filter(expires_at__gt=clock.now())
    return found if may_connect(who) else found.none()


def find(who: Who, draft_id: int) -> WizardDraft:
    """A draft. Raises Denied and NotFound."""
    _require(who)
    return _still_there(WizardDraft.objects.filter(pk=draft_id).first())


def begin(who: Who, given: Mapping[str, Any]) -> WizardDraft:
    """Begin a draft with what the first step asks. Raises Denied, and Refused with every problem."""
    _require(who)
    change = read_start({}, given)
    _refuse(change.problems)
    now = clock.now()
    stamps = {"begun_by": who.name, "begun_at": now, "changed_by": who.name, "changed_at": now}
    with transaction.atomic():
        draft = WizardDraft.objects.create(step=steps.SIGN_IN, data=change.data, expires_at=now + KEPT, **stamps)
        record("wizard.begun", by=who.name, obj=draft, new=_told(change.data))
    return draft


def save(who: Who, draft_id: int, version: int, key: str, given: Mapping[str, Any]) -> Saved:
    """Store what was filled in on a step: all of it but what is wrong, which is answered. The first step, the history
    and the features are stored whole or not at all. A step in Vendor Central alone is done then, but with ``not_yet``.

    Raises Denied, NotFound, and Overtaken, with nothing stored.
    """
    _require(who)
    with transaction.atomic():
        draft = locked(draft_id, version)
        change = READERS[key](held.of(draft), given)
        if change.problems and key in (steps.START, steps.HISTORY, steps.FEATURES_STEP):
            return Saved(draft, tuple(change.problems))
        if key in steps.TICKED:
            change.data["done"] = _ticked(draft, key, not given.get("not_yet"))
        _apply(who, draft, key, change)
    return Saved(draft, tuple(change.problems), tuple(change.notes), change.pasted)


def put_right(who: Who, draft_id: int, version: int) -> Saved:
    """Put every value that stands in a wrong field where it belongs. Raises as ``save``, Refused where none does."""
    _require(who)
    with transaction.atomic():
        draft = locked(draft_id, version)
        aside: dict[str, str] = unsealed(draft).get("aside", {})
        change = Change()
        for value in aside.values():
            kind = pasting.kind_of(value)
            if kind is not None:
                change.keep(kind, value)
        if not change.data and not change.secrets:
            raise Refused(_("There is nothing to put right."))
        _apply(who, draft, draft.step, change, settled=True)
    return Saved(draft)


def discard(who: Who, draft_id: int) -> None:
    """Throw a draft away with its secrets. Raises Denied and NotFound."""
    find(who, draft_id)
    with transaction.atomic():
        sealing.lock_ring()  # before any other row, as whoever seals does
        draft = _still_there(WizardDraft.objects.select_for_update().filter(pk=draft_id).first())
        record("wizard.discarded", by=who.name, obj=draft, old=_told(held.of(draft)))
        draft.delete()


def keep_result(who: Who, draft_id: int, version: int, found: Mapping[str, Any]) -> WizardDraft:
    """Store what a check found; ``found`` is data. Where it passed, everything before it is done: it could not pass
    else. Raises as ``save``."""
    _require(who)
    with transaction.atomic():
        draft = locked(draft_id, version)
        passed = bool(found["report"]["ok"])
        told: Data = held.of(draft) | cast(Data, dict(found))
        held.put(draft, told | {"done": list(steps.TICKED)} if passed else told)
        _stamp(who, draft)
        record("wizard.checked", by=who.name, obj=draft, new={"ok": passed})
    return draft


def unsealed(draft: WizardDraft) -> dict[str, Any]:
    """The secrets of a draft. Raises Misconfigured when they do not open."""
    if draft.sealed is None:
        return {}
    found: dict[str, Any] = json.loads(sealing.unseal_row(draft))
    return found


def drop_expired() -> int:
    """Drop the drafts nobody came back to; answers how many."""
    count = 0
    for draft in WizardDraft.objects.filter(expires_at__lte=clock.now()).defer("sealed"):
        with transaction.atomic():
            # Somebody may have come back at this very moment.
            gone, _models = WizardDraft.objects.filter(pk=draft.pk, expires_at__lte=clock.now()).delete()
            if gone:
                record("wizard.expired", by="system:profiles.drop_drafts", obj=draft, old=_told(held.of(draft)))
                count += 1
    return count


def _require(who: Who) -> None:
    for permission in PERMISSIONS:
        who.require(permission)


def locked(draft_id: int, version: int) -> WizardDraft:
    """The draft, held until the transaction ends, at the version somebody saw."""
    sealing.lock_ring()  # before any other row, as whoever seals does
    draft = _still_there(WizardDraft.objects.select_for_update().filter(pk=draft_id).first())
    check_version(draft, version)
    return draft


def check_version(draft: WizardDraft, version: int) -> None:
    """Raises Overtaken where the draft is no longer the one somebody saw."""
    if draft.version != version:
        raise Overtaken(draft)


def _still_there(draft: WizardDraft | None) -> WizardDraft:
    if draft is None or draft.expires_at <= clock.now():
        raise NotFound(
            _("This draft is not there any more."),
            hint=_(
                "If it was finished, its profile stands under Profiles. "
                "If it was discarded or nobody came back to it, begin a new one."
            ),
        )
    return draft


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise Refused(_("Nothing was stored."), problems)


def _ticked(draft: WizardDraft, key: str, done: bool) -> list[str]:
    behind = set(held.of(draft).get("done", ()))
    (behind.add if done else behind.discard)(key)
    return [one for one in steps.TICKED if one in behind]


def _apply(who: Who, draft: WizardDraft, key: str, change: Change, *, settled: bool = False) -> None:
    """Put a change into the draft and write down that it was made. ``settled`` forgets what lay aside."""
    before = held.of(draft)
    moved = any(change.data.get(name, before.get(name, "")) != before.get(name, "") for name in PLACE)
    after = before | change.data
    kept = {} if moved else unsealed(draft)
    aside = {} if settled else kept.get("aside", {}) | change.aside
    aside = {name: value for name, value in aside.items() if name not in (*change.secrets, *change.data)}
    values = {name: kept[name] for name in SECRETS if name in kept} | change.secrets
    after["stored"] = _stored(before if not moved else {}, change)
    after["misplaced"] = [[name, str(pasting.kind_of(value))] for name, value in aside.items()]
    if moved or change.secrets or any(before.get(name) != after.get(name) for name in CHECKED - set(SECRETS)):
        after.pop("report", None)
        after.pop("seen", None)  # it may be another account's
    held.put(draft, after)
    draft.step = key
    draft.sealed = _sealed(values, aside)
    _stamp(who, draft)
    _record(who, draft, key, before, change, wiped=moved and bool(before.get("stored")))


def _stored(before: Data, change: Change) -> dict[str, str]:
    now = clock.now().isoformat()
    return {**before.get("stored", {}), **dict.fromkeys(change.secrets, now)}


def _sealed(values: dict[str, str], aside: dict[str, str]) -> bytes | None:
    if not values and not aside:
        return None
    return sealing.seal(json.dumps(values | ({"aside": aside} if aside else {})).encode())


def _stamp(who: Who, draft: WizardDraft) -> None:
    now = clock.now()
    draft.version, draft.changed_by, draft.changed_at, draft.expires_at = draft.version + 1, who.name, now, now + KEPT
    draft.save()


def _record(who: Who, draft: WizardDraft, key: str, before: Data, change: Change, *, wiped: bool) -> None:
    for kind in change.secrets:
        record("wizard.secret_stored", by=who.name, obj=draft, new={"kind": kind})
    if wiped:
        record("wizard.secrets_wiped", by=who.name, obj=draft)
    old, new = _told(before), _told(held.of(draft))
    changed = [name for name in new if old.get(name) != new[name]]
    if changed:
        was, now_is = {n: old.get(n) for n in changed}, {n: new[n] for n in changed}
        record("wizard.changed", by=who.name, obj=draft, old=was | {"step": key}, new=now_is | {"step": key})


def _told(data: Data) -> dict[str, Any]:
    """What the audit is told of a draft: everything typed but what belongs to secrets and to the check."""
    quiet = ("stored", "misplaced", "report", "seen")
    return {name: value for name, value in data.items() if name not in quiet}


__all__ = [
    "KEPT",
    "VENDOR_CODES",
    "Overtaken",
    "Saved",
    "begin",
    "discard",
    "drop_expired",
    "find",
    "open_drafts",
    "save",
]
