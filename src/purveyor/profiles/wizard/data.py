"""What a draft holds beside its secrets, and what of it is there. Pure but for the model's own fields.

``data`` has: name, marketplace, environment, endpoint, login_url; vendor_codes, client_id, issued_on; done (keys of
the steps left behind); stored ({secret: when}); misplaced ([[field, where it belongs]]); report and seen (the last
check); cutoff, since_day, import_acknowledged; features, parties, same.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any
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


def has(draft: WizardDraft, need: str) -> bool:
    """Whether a value is there."""
    if need in SECRETS:
        return draft.sealed is not None and need in draft.data.get("stored", {})
    if need == "history":
        return "cutoff" in draft.data
    return need in draft.data if need == "features" else bool(draft.data.get(need))


def is_done(draft: WizardDraft, step: Step) -> bool:
    """Whether a step is behind us: its values are there, the check passed, or somebody left it as done."""
    if step.key == steps.CHECK:
        return bool(draft.data.get("report", {}).get("ok"))
    if step.needs:
        return all(has(draft, need) for need in step.needs)
    return step.key in draft.data.get("done", ())


def missing(draft: WizardDraft) -> list[Step]:
    """The steps without which nothing can be checked or connected."""
    wanted = (steps.START, steps.CODES, steps.CREDENTIALS, steps.TOKEN)
    return [BY_KEY[key] for key in wanted if not is_done(draft, BY_KEY[key])]


def progress(draft: WizardDraft) -> tuple[int, int]:
    """Steps done, of how many."""
    rest = [step for step in STEPS if step.key != steps.FINISH]
    return sum(is_done(draft, step) for step in rest), len(rest)


def cutoff_of(data: Mapping[str, Any]) -> datetime:
    """From when on orders are fetched: so many days back, or a day's beginning in the marketplace's zone."""
    chosen = data.get("cutoff", USUAL_CUTOFF)
    if chosen == ON_A_DAY:
        day = datetime.fromisoformat(data["since_day"]).date()
        return datetime.combine(day, time.min, ZoneInfo(MARKETPLACES[data["marketplace"]].zone))
    return clock.now() - timedelta(days=CUTOFFS[chosen])
