"""What was filled in on a step, read: what to keep, what is wrong with it, what was taken off. Pure.

Each reader takes the draft's data and what was given, and answers a ``Change``. Values that are good are kept although
another one of the step is not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from purveyor.common import clock
from purveyor.common.errors import Problem
from purveyor.common.lenient import identifier, trimmed
from purveyor.profiles import endpoints, pasting, shapes
from purveyor.profiles.domain import facts, parties
from purveyor.profiles.models import Environment, Party
from purveyor.profiles.shapes import CLIENT_ID, VENDOR_CODES
from purveyor.profiles.wizard import places, steps
from purveyor.profiles.wizard.data import CUTOFFS, NOW, ON_A_DAY, SECRETS, Data

FIELDS: Mapping[str, tuple[str, ...]] = {
    steps.CODES: (VENDOR_CODES,),
    steps.CREDENTIALS: (CLIENT_ID, "client_secret"),
    steps.TOKEN: ("refresh_token",),
}
BLOCK = "block"
"""The field for one text with all four values."""
TODAY, UNKNOWN = "today", "unknown"
"""When a client secret was made; the third answer is ``ON_A_DAY``."""
SWITCHES = ("import", "status")
SAME = (str(Party.Role.SHIP_FROM), str(Party.Role.REMIT_TO))
"""Parties that may simply be the selling one."""


@dataclass
class Change:
    """What a step brings. ``aside`` are values in the wrong field, kept sealed until somebody says where they go."""

    data: Data = field(default_factory=Data)
    secrets: dict[str, str] = field(default_factory=dict, repr=False)
    aside: dict[str, str] = field(default_factory=dict, repr=False)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    pasted: bool = False

    def keep(self, name: str, value: str) -> None:
        """A good value, where it belongs."""
        if name in SECRETS:
            self.secrets[name] = value
        elif name == VENDOR_CODES:
            self.data["vendor_codes"] = list(dict.fromkeys([*self.data.get("vendor_codes", []), value]))
        elif name == CLIENT_ID:
            self.data["client_id"] = value
        else:
            raise ValueError(f"a draft keeps no {name}")


Reader = Callable[[Data, Mapping[str, Any]], Change]


def read_start(data: Data, given: Mapping[str, Any]) -> Change:
    """Name, country, and which Amazon."""
    environment = str(given.get("environment") or Environment.PRODUCTION)
    own = environment in (Environment.SIMULATOR, Environment.CUSTOM)
    endpoint = endpoints.tidy(str(given.get("endpoint") or "")) if own else ""
    login_url = _login_url(data, endpoint, endpoints.tidy(str(given.get("login_url") or ""))) if own else ""
    name, marketplace = trimmed(str(given.get("name") or "")), facts.marketplace_of(str(given.get("marketplace") or ""))
    told: Data = {
        "name": name,
        "marketplace": marketplace,
        "environment": environment,
        "endpoint": endpoint,
        "login_url": login_url,
    }
    problems = [
        *facts.name_problems(name),
        *facts.marketplace_problems(marketplace),
        *endpoints.problems_of(environment, told["endpoint"], told["login_url"]),
        *facts.custom_problems(environment),
    ]
    return Change(data=told, problems=problems)


def _login_url(data: Data, endpoint: str, given: str) -> str:
    """The login address: one that only followed from the endpoint kept before follows the new one."""
    before = str(data.get("endpoint") or "")
    followed = endpoint != before and given == places.usual_login(before)
    return places.usual_login(endpoint) if followed or not given else given


def read_ticked(data: Data, given: Mapping[str, Any]) -> Change:
    """Nothing but the box."""
    return Change()


def reader_of_values(key: str) -> Reader:
    """The reader of a step with values from Vendor Central, one by one or as one text."""

    def read(data: Data, given: Mapping[str, Any]) -> Change:
        change = Change()
        typed = {name: str(given.get(name) or "") for name in FIELDS[key]}
        blocks = [text for text in typed.values() if pasting.is_block(text)]
        if block := str(given.get(BLOCK) or ""):
            blocks.append(block)
        for text in blocks:
            _take_apart(change, text)
        for name, text in typed.items():
            if identifier(text) and text not in blocks:
                _take_one(change, name, text)
        _read_issued_on(change, key, data, given)
        return change

    return read


def read_block(text: str) -> Change:
    """One text with some or all of the four values, as it was pasted."""
    change = Change()
    _take_apart(change, text)
    return change


def _take_apart(change: Change, text: str) -> None:
    parts = pasting.take_apart(text)
    for name, value in parts.values.items():
        problem = shapes.problem_of(name, value)
        if problem is None:
            change.keep(name, value)
        else:
            change.problems.append(problem)
    if parts.vendor_codes:
        codes, problems = shapes.vendor_codes(parts.vendor_codes)
        change.problems += problems
        for code in codes if not problems else ():
            change.keep(VENDOR_CODES, code)
    if parts.found:
        change.pasted = True
        names = ", ".join(shapes.words_of(name) for name in parts.found)
        change.notes.append(_("Taken from the pasted text: %(names)s.") % {"names": names})
    for name in parts.doubtful:
        said = _("The pasted text has several different values for %(name)s. Paste the right one into its field.")
        change.problems.append(Problem(said % {"name": shapes.words_of(name)}, where=BLOCK))
    if not parts.found and not parts.doubtful:
        change.problems.append(Problem(_("None of the four values was found in this text."), where=BLOCK))


def _take_one(change: Change, name: str, text: str) -> None:
    if name == VENDOR_CODES:
        _take_codes(change, text)
        return
    tidied = pasting.tidy(text)
    kind = pasting.kind_of(tidied.value)
    if kind in (*SECRETS, CLIENT_ID, VENDOR_CODES) and kind != name:
        change.aside[name] = tidied.value
        change.problems.append(shapes.misplaced(kind, name))
        return
    problem = shapes.problem_of(name, tidied.value)
    if problem is not None:
        change.problems.append(problem)
        return
    change.keep(name, tidied.value)
    change.notes += _notes(name, tidied)


def _take_codes(change: Change, text: str) -> None:
    tidied = pasting.tidy(text)
    kind = shapes.kind_of(tidied.value)
    if kind in (*SECRETS, CLIENT_ID):
        change.aside[VENDOR_CODES] = tidied.value
        change.problems.append(shapes.misplaced(kind, VENDOR_CODES))
        return
    codes, problems = shapes.vendor_codes(pasting.labelled_codes(text) or [text])
    change.problems += problems
    if not problems:
        change.data["vendor_codes"] = codes


def _notes(name: str, tidied: pasting.Tidied) -> list[str]:
    words = {
        "blanks": _("blanks and invisible characters"),
        "around": _("quotes or punctuation around"),
        "label": _("a label in front"),
    }
    off = ", ".join(words[part] for part in tidied.taken_off)
    said = _("Taken off %(name)s: %(what)s.")
    return [said % {"name": shapes.words_of(name), "what": off}] if off else []


def _read_issued_on(change: Change, key: str, data: Data, given: Mapping[str, Any]) -> None:
    """When the secret was made, asked wherever one can be pasted; beside another step's values only with a secret."""
    made, day, today = str(given.get("made") or ""), given.get("issued_on"), clock.now().date()
    if isinstance(day, date) and day.isoformat() != data.get("issued_on"):
        made = ON_A_DAY  # a day just typed is meant, whichever button was pressed before
    if not made or not (key == steps.CREDENTIALS or "client_secret" in change.secrets):
        return
    if made == TODAY:
        day = today
    if made == UNKNOWN:
        change.data["issued_on"] = ""
    elif not isinstance(day, date):
        change.problems.append(Problem(_("Give the day, or choose another answer."), where="issued_on"))
    elif day > today:
        change.problems.append(Problem(_("A secret was made on a day in the past."), where="issued_on"))
    else:
        change.data["issued_on"] = day.isoformat()


def read_history(data: Data, given: Mapping[str, Any]) -> Change:
    """From when on, and whether orders acknowledged before come too."""
    chosen, day = str(given.get("cutoff") or ""), given.get("since_day")
    change = Change(data={"import_acknowledged": str(given.get("acknowledged", "fetch")) != "leave"})
    if chosen == ON_A_DAY:
        if not isinstance(day, date) or day > clock.now().date():
            change.problems.append(Problem(_("Give a day in the past."), where="since_day"))
            return change
        change.data |= {"cutoff": chosen, "since_day": day.isoformat()}
    elif chosen in CUTOFFS:
        change.data |= {"cutoff": chosen}
    else:
        change.problems.append(Problem(_("Choose one."), where="cutoff"))
    return change


def read_features(data: Data, given: Mapping[str, Any]) -> Change:
    """The switches, and the own parties: ``parties`` by role; those in ``same`` are the selling one."""
    same = [role for role in SAME if role in (given.get("same") or ())]
    wanted: dict[str, dict[str, str]] = {role: dict(row) for role, row in (given.get("parties") or {}).items()}
    selling = wanted.get("selling") or {}
    wanted |= {role: dict(selling) for role in same}
    wanted = {role: row for role, row in wanted.items() if _is_filled_in(row)}
    told: Data = {
        "features": [f for f in SWITCHES if f in (given.get("features") or ())],
        "parties": wanted,
        "same": same,
    }
    problems = [p for p in parties.problems_of(wanted) if p.where.partition(".")[0] not in same]
    return Change(data=told, problems=problems)


def _is_filled_in(row: Mapping[str, str]) -> bool:
    """A party id alone, which the page fills in by itself, is no party yet."""
    return any(str(value).strip() for name, value in row.items() if name != "party_id")


READERS: Mapping[str, Reader] = {
    steps.START: read_start,
    steps.SIGN_IN: read_ticked,
    steps.DEVELOPER: read_ticked,
    steps.APP: read_ticked,
    steps.CODES: reader_of_values(steps.CODES),
    steps.CREDENTIALS: reader_of_values(steps.CREDENTIALS),
    steps.TOKEN: reader_of_values(steps.TOKEN),
    steps.HISTORY: read_history,
    steps.FEATURES_STEP: read_features,
}
"""How each step is read; the check and the end have nothing to fill in."""

__all__ = ["BLOCK", "FIELDS", "NOW", "READERS", "Change", "Reader", "read_block"]
