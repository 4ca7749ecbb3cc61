"""What the pages of the wizard show: the list of steps, a step's words and drawing, the first import."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from purveyor.jobs.models import Run
from purveyor.jobs.states import RUN
from purveyor.orders.models import Order
from purveyor.orders.states import OrderState
from purveyor.people.who import Who
from purveyor.profiles import endpoints
from purveyor.profiles.estimate import estimate
from purveyor.profiles.features import FEATURES
from purveyor.profiles.models import Environment, Profile, WizardDraft
from purveyor.profiles.wizard import data, drawings, places, steps
from purveyor.profiles.wizard.check import issued_at
from purveyor.profiles.wizard.countries import country_of
from purveyor.profiles.wizard.forms import PARTY_ROLES
from purveyor.profiles.wizard.reading import FIELDS, SAME
from purveyor.profiles.wizard.steps import STEPS, Step


@dataclass(frozen=True, slots=True)
class Mark:
    """One line of the list of steps."""

    step: Step
    number: int
    done: bool
    here: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A step with what this draft makes of it."""

    step: Step
    number: int
    of: int
    done: bool
    drawing: SafeString
    portal: str
    country: str
    rehearsal: bool
    elsewhere: bool
    ticked: bool


def outline(draft: WizardDraft, key: str) -> list[Mark]:
    """The list of steps, with what is behind us."""
    return [Mark(s, n, data.is_done(draft, s), s.key == key) for n, s in enumerate(STEPS, 1)]


def progress(draft: WizardDraft) -> dict[str, int]:
    """Steps done, of how many."""
    done, of = data.progress(draft)
    return {"done": done, "of": of}


def next_open(draft: WizardDraft) -> str:
    """Where to go on: at the step that was saved last, or behind it where that one is done."""
    step = steps.BY_KEY.get(draft.step, STEPS[0])
    return steps.after(step.key) if data.is_done(draft, step) else step.key


def shown(step: Step, draft: WizardDraft | None) -> Shown:
    """A step for its page."""
    told: data.Data = data.of(draft) if draft is not None else {}
    environment, where = told.get("environment", ""), (told.get("endpoint", ""), told.get("login_url", ""))
    drawing = drawings.inline(step.drawing, str(step.title), str(step.shows)) if step.drawing else ""
    return Shown(
        step=step,
        number=steps.KEYS.index(step.key) + 1,
        of=len(STEPS),
        done=draft is not None and data.is_done(draft, step),
        drawing=mark_safe(drawing),  # noqa: S308  made of our own shapes and escaped words
        portal=places.portal_of(environment, told.get("marketplace", ""), *where),
        country=country_of(told.get("marketplace", "")),
        rehearsal=places.is_simulator(environment, *where),
        elsewhere=environment == Environment.CUSTOM,
        ticked=step.key in steps.TICKED,
    )


def rows_of(found: Iterable[WizardDraft]) -> list[dict[str, Any]]:
    """Drafts for a list."""
    return [{"draft": draft, "progress": progress(draft)} for draft in found]


def extras(draft: WizardDraft, key: str, who: Who) -> dict[str, Any]:
    """What one step shows beside its own table entry."""
    told = data.of(draft)
    if key == steps.START:
        return {"wiping": bool(told.get("stored"))}
    if key == steps.APP:
        return {"roles": steps.further_roles()}
    if key in (steps.CODES, steps.CREDENTIALS, steps.TOKEN):
        return {"stored": told.get("stored", {}), "misplaced": _misplaced(draft, key)}
    if key == steps.CHECK:
        return {"report": told.get("report"), "missing": data.missing(draft)}
    if key == steps.HISTORY:
        return {"cutoffs": _cutoffs(told), "per_day": _per_day(told)}
    if key == steps.FEATURES_STEP:
        return {
            "features": FEATURES,
            "roles": PARTY_ROLES,
            "same": SAME,
            "sends": _sends(draft),
            "seen": told.get("seen"),
        }
    if key == steps.FINISH:
        return {
            "missing": data.missing(draft),
            "since": _since(draft),
            "sends": _sends(draft),
            "checked": told.get("report"),
            "issued_at": issued_at(told),
        }
    return {}


def _misplaced(draft: WizardDraft, key: str) -> list[tuple[str, str]]:
    """Field and where its value belongs, both as names, on the steps that have one of the two."""
    here = FIELDS[key]
    return [(field, kind) for field, kind in data.of(draft).get("misplaced", []) if field in here or kind in here]


def _per_day(told: data.Data) -> float | None:
    found = told.get("seen", {}).get("orders_per_day")
    return float(found) if found is not None else None


def _cutoffs(told: data.Data) -> list[dict[str, Any]]:
    per_day = _per_day(told)
    return [
        {"name": name, "days": days, "estimate": estimate(per_day, days).words if per_day is not None and days else ""}
        for name, days in data.CUTOFFS.items()
    ]


def _since(draft: WizardDraft) -> Any:
    return None if data.of(draft).get("cutoff", data.USUAL_CUTOFF) == data.NOW else data.cutoff_of(data.of(draft))


def _sends(draft: WizardDraft) -> bool:
    return endpoints.starts_sending(data.of(draft)["environment"])


def first_import(profile: Profile, who: Who) -> dict[str, Any]:
    """How far the first import is, and the order to begin with: the one due first, else the newest."""
    run = Run.objects.filter(profile=profile).select_related("profile").order_by("created_at").first()
    found = Order.objects.filter(profile=profile) if who.may("orders.view", profile) else Order.objects.none()
    waiting = found.filter(state=OrderState.NEW).order_by("due_at")
    first = waiting.first() or found.order_by("-ordered_at").first()
    over = run is None or run.state in RUN.ends
    return {
        "run": run,
        "over": over,
        "orders": found.count(),
        "waiting": waiting.count(),
        "first": first,
        "may_run": who.may("sync.run", profile),
        "may_send": who.may("profiles.send", profile),
    }
