"""What a draft holds beside its secrets, and what of it is there. Pure but for the model's own fields.

The model keeps it as JSON; it is read by ``of`` and written by ``put`` alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any, TypedDict, cast
from zoneinfo import ZoneInfo

from purveyor.amazon.regions import MARKETPLACES
from purveyor.common import clock
from purveyor.profiles.models import WizardDraft
from purveyor.profiles.wizard import steps
from purveyor.profiles.wizard.steps import BY_KEY, STEPS, Step

SECRETS = ("client_secret", "refresh_token")
CHECKED = frozenset({"marketplace", "environment", "endpoint", "login_url", "vendor_codes", "client_id", *SECRETS})
"""What a check was about: when one of these changes, its result says nothing any more."""
PLACE = ("environment", "endpoint", "login_url")
"""Where secrets are sent. They never go anywhere they were not given for."""
NOW, ON_A_DAY = "now", "day"
CUTOFFS: Mapping[str, int] = {NOW: 0, "7": 7, "30": 30, "90": 90, "180": 180}
"""Days back, by the choice's name."""
USUAL_CUTOFF = "30"


class Data(TypedDict, total=False):
    """What was filled in so far, and what is kept of the check. A value nobody has given yet is not there.

    ``done`` are the keys of the steps left behind, ``stored`` when each secret was stored (ISO 8601), ``misplaced``
    pairs of a field and where its value belongs, ``report`` and ``seen`` what the last check found. Days are ISO 8601;
    ``issued_on`` is empty where nobody knows. ``parties`` by role; those in ``same`` are the selling one.
    """

    name: str
    marketplace: str
    environment: str
    endpoint: str
    login_url: str
    vendor_codes: list[str]
    client_id: str
    issued_on: str
    done: list[str]
    stored: dict[str, str]
    misplaced: list[list[str]]
    report: dict[str, Any]
    seen: dict[str, Any]
    cutoff: str
    since_day: str
    import_acknowledged: bool
    features: list[str]
    parties: dict[str, dict[str, str]]
    same: list[str]


NAMES = frozenset(Data.__annotations__)


def of(draft: WizardDraft) -> Data:
    """What a draft holds. Never change it in place: ``put`` what it shall be."""
    return cast(Data, draft.data)


def put(draft: WizardDraft, data: Data) -> None:
    """Let a draft hold this; it is not saved yet. Raises KeyError for a name no draft has."""
    if strange := data.keys() - NAMES:
        raise KeyError(f"a draft has no {', '.join(sorted(strange))}")
    draft.data = dict(data)


def has(draft: WizardDraft, need: str) -> bool:
    """Whether a value is there."""
    if need in SECRETS:
        return draft.sealed is not None and need in of(draft).get("stored", {})
    if need == "history":
        return "cutoff" in of(draft)
    return need in of(draft) if need == "features" else bool(of(draft).get(need))


def is_done(draft: WizardDraft, step: Step) -> bool:
    """Whether a step is behind us: its values are there, the check passed, or somebody left it as done."""
    if step.key == steps.CHECK:
        return bool(of(draft).get("report", {}).get("ok"))
    if step.needs:
        return all(has(draft, need) for need in step.needs)
    return step.key in of(draft).get("done", ())


def missing(draft: WizardDraft) -> list[Step]:
    """The steps without which nothing can be checked or connected."""
    wanted = (steps.START, steps.CODES, steps.CREDENTIALS, steps.TOKEN)
    return [BY_KEY[key] for key in wanted if not is_done(draft, BY_KEY[key])]


def progress(draft: WizardDraft) -> tuple[int, int]:
    """Steps done, of how many."""
    rest = [step for step in STEPS if step.key != steps.FINISH]
    return sum(is_done(draft, step) for step in rest), len(rest)


def cutoff_of(data: Data) -> datetime:
    """From when on orders are fetched: so many days back, or a day's beginning in the marketplace's zone."""
    chosen = data.get("cutoff", USUAL_CUTOFF)
    if chosen == ON_A_DAY:
        day = datetime.fromisoformat(data["since_day"]).date()
        return datetime.combine(day, time.min, ZoneInfo(MARKETPLACES[data["marketplace"]].zone))
    return clock.now() - timedelta(days=CUTOFFS[chosen])
