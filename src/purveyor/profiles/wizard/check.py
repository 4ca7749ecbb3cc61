"""The connection check of a draft: its values, asked of Amazon as the doctor asks."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, time
from typing import Any

from django.utils.translation import gettext as _

from purveyor.common import clock
from purveyor.common.errors import Problem, Refused
from purveyor.people.who import Who
from purveyor.profiles import endpoints
from purveyor.profiles.doctor import Connection, Evidence, Report, examine
from purveyor.profiles.domain import facts
from purveyor.profiles.models import WizardDraft
from purveyor.profiles.wizard import data as held
from purveyor.profiles.wizard import drafts
from purveyor.profiles.wizard.data import Data, missing


def check(who: Who, draft_id: int, version: int) -> WizardDraft:
    """Ask Amazon whether the draft's values work, and keep the answer on the draft.

    Raises Denied, NotFound, Refused while values are missing, Misconfigured when they do not open, and Overtaken when
    they were changed while Amazon was asked.
    """
    draft = drafts.find(who, draft_id)
    drafts.check_version(draft, version)
    refuse_missing(draft)
    report = examine(connection_of(draft))
    return drafts.keep_result(who, draft_id, version, result_of(report))


def refuse_missing(draft: WizardDraft) -> None:
    """Raises Refused while something is missing, or where the draft may not go to its address."""
    lacking = missing(draft)
    if not lacking and (problems := facts.custom_problems(held.of(draft)["environment"])):
        raise Refused(problems[0].message, problems)  # the operator may have taken the leave back since
    if lacking:
        said = _("Something is still missing: %(steps)s.") % {"steps": ", ".join(str(step.title) for step in lacking)}
        raise Refused(said, [Problem(said, where=step.key) for step in lacking], code="incomplete")


def result_of(report: Report) -> dict[str, Any]:
    """What is kept of a report, as data. What was seen earlier stays where there is nothing new to see."""
    kept: dict[str, Any] = {"report": report.as_dict() | {"at": clock.now().isoformat()}}
    if report.seen is not None:
        seen = asdict(report.seen)
        kept["seen"] = seen | {"countries": list(report.seen.countries)}
    return kept


def connection_of(draft: WizardDraft) -> Connection:
    """The draft as the doctor takes it. Raises Misconfigured when its secrets do not open."""
    data, secrets = held.of(draft), drafts.unsealed(draft)
    where = endpoints.addresses_of(data["environment"], data["marketplace"], data["endpoint"], data["login_url"])
    return Connection(
        name=data["name"],
        marketplace=data["marketplace"],
        environment=data["environment"],
        endpoint=where.endpoint,
        login_url=where.login_url,
        vendor_codes=tuple(data["vendor_codes"]),
        client_id=data["client_id"],
        client_secrets=(secrets["client_secret"],),
        refresh_token=secrets["refresh_token"],
        evidence=_evidence(data),
    )


def issued_at(data: Data) -> datetime | None:
    """When the client secret was made, as a moment: the day's beginning; None where nobody said."""
    day = data.get("issued_on")
    return datetime.combine(datetime.fromisoformat(day).date(), time.min, UTC) if day else None


def _evidence(data: Data) -> Evidence:
    stored = data.get("stored", {})
    return Evidence(
        secret_stored_at=datetime.fromisoformat(stored["client_secret"]),
        secret_issued_at=issued_at(data),
        token_stored_at=datetime.fromisoformat(stored["refresh_token"]),
    )
