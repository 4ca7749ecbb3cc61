"""Whether a connection works, asked of Amazon step by step; each step says what it tried, what Amazon said, what that
means and what to do (DESIGN §6, ``profile check``).

The first step that fails ends it: what follows would only repeat its news. Nothing is changed at Amazon.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from purveyor.amazon.client import Client
from purveyor.amazon.errors import LoginError
from purveyor.amazon.login import MemoryTokenStore
from purveyor.amazon.operations.orders import get_purchase_orders, get_purchase_orders_status
from purveyor.audit.write import record
from purveyor.common import clock
from purveyor.common.errors import PurveyorError
from purveyor.people.who import Who
from purveyor.profiles.clients import clear_trouble, client_for, note_trouble
from purveyor.profiles.models import Profile

# A person waits for the answer: a trouble that passes is tried once more, not for minutes.
PATIENCE = 2
_LATELY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Check:
    """One step. ``ok`` is None where it was not tried because an earlier one failed."""

    name: str
    tried: str
    ok: bool | None = None
    said: str = ""
    means: str = ""
    do: str = ""
    request_id: str = ""


@dataclass
class _Visit:
    """The steps still to do, in their order, and those done."""

    steps: list[Check]
    done: list[Check] = field(default_factory=list)

    def good(self, said: str, request_id: str = "") -> None:
        self.done.append(replace(self.steps.pop(0), ok=True, said=said, request_id=request_id))

    def bad(self, error: PurveyorError) -> None:
        told = error.as_dict()
        said = "; ".join(told.get("said", ())) or error.message
        asked = replace(self.steps.pop(0), ok=False, said=said, means=error.message)
        hint = error.hint or _("What helps: %(remedy)s.") % {"remedy": error.remedy}
        self.done.append(replace(asked, do=hint, request_id=str(told.get("request_id", ""))))

    def all(self) -> list[Check]:
        rest = [replace(step, means=_("Not tried, since an earlier step failed.")) for step in self.steps]
        return self.done + rest


def check_profile(who: Who, profile: Profile) -> dict[str, Any]:
    """``{"ok", "checks": [{"name", "ok", "tried", "said", "means", "do", "request_id"}]}``.

    A trouble that lasts is kept on the profile, a good end clears it. Raises Denied.
    """
    who.require("profiles.view", profile)
    visit = _Visit(_steps())
    try:
        _walk(visit, profile)
        clear_trouble(profile)
    except PurveyorError as error:
        note_trouble(profile, error)
        visit.bad(error)
    ok = not visit.steps and all(check.ok for check in visit.done)
    failed = next((check.name for check in visit.done if not check.ok), "")
    record("profile.checked", by=who.name, obj=profile, new={"ok": ok, "failed": failed})
    return {"ok": ok, "checks": [asdict(check) for check in visit.all()]}


def _steps() -> list[Check]:
    return [
        Check("secrets", _("Open the stored client secret and refresh token.")),
        Check("login", _("Exchange them for a new access token.")),
        Check("orders", _("Read the purchase orders of the last day.")),
        Check("status", _("Read the status of the orders of the last day.")),
    ]


def _walk(visit: _Visit, profile: Profile) -> None:
    """Step by step; raises what a step fails with, which is then the first of ``visit.steps``."""
    client = _client(profile)
    visit.good(_("Both open."))
    since = clock.now() - _LATELY
    try:
        orders = get_purchase_orders(client, created_after=since, created_before=clock.now(), limit=1)
    except LoginError:
        raise
    except PurveyorError:
        visit.good(_("Amazon gave a token."))
        raise
    visit.good(_("Amazon gave a token."))
    visit.good(_("Amazon answered."), orders.request_id)
    status = get_purchase_orders_status(client, updated_after=since, updated_before=clock.now(), limit=1)
    visit.good(_("Amazon answered."), status.request_id)


def _client(profile: Profile) -> Client:
    """One that holds no token yet, so that the secrets are tried and not what they gave earlier."""
    return replace(client_for(profile, patience=PATIENCE), tokens=MemoryTokenStore())
