"""The examination of a stored profile: its values out of the database, its outcome back into it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction

from purveyor.audit.write import record
from purveyor.base.phrase import kept, shown
from purveyor.common import clock
from purveyor.common.errors import PurveyorError
from purveyor.people.who import Who
from purveyor.profiles import clients, endpoints
from purveyor.profiles.clients import clear_trouble, note_trouble
from purveyor.profiles.doctor.connection import Connection, Evidence
from purveyor.profiles.doctor.examine import examine, unopened
from purveyor.profiles.doctor.report import Report
from purveyor.profiles.doctor.telling import cause_in, tell
from purveyor.profiles.domain.trouble import let_go
from purveyor.profiles.domain.worked import note_worked
from purveyor.profiles.models import Profile, Secret

ASK = "sync.run"
"""Asking Amazon needs the same permission as fetching."""
EVERY = timedelta(days=1)
"""How long after an examination the next one is due by itself."""


def check_profile(who: Who, profile: Profile) -> dict[str, Any]:
    """``{"ok", "checks": [{"name", "ok", "tried", "said", "means", "do", "request_id", "causes", "state", "code"}]}``.

    The answer is kept on the profile. A trouble that lasts pauses it, what works resumes it; what else a person should
    mend is an alert. Of a profile that was disconnected or removed while Amazon was asked, nothing is kept. Raises
    Denied.
    """
    who.require(ASK, profile)
    report = _report(profile)
    if isinstance(report.error, PurveyorError):
        note_trouble(profile, report.error)
    for operation in report.opened:
        clear_trouble(profile, operation)
    told = report.as_dict()
    with transaction.atomic():
        found = Profile.objects.select_for_update().filter(pk=profile.pk).first()
        if found is None or let_go(found, profile):
            return told  # there is nothing to keep it on, or nobody whom it would concern
        record("profile.checked", by=who.name, obj=profile, new={"ok": report.ok, "failed": report.failed})
        before = found.checked
        _keep(profile, report, told)
        tell(profile, report, same=cause_in(before) == cause_in(profile.checked))
    return told


def last_check(profile: Profile) -> dict[str, Any]:
    """The last answer of ``check_profile``, in the language of the moment; {} where there is none."""
    return dict(shown(profile.checked))


def _report(profile: Profile) -> Report:
    try:
        connection = connection_of(profile)
    except PurveyorError as error:
        return unopened(error)
    report = examine(connection, limiter=clients.limiter_of(profile))
    if report.worked_slot:
        note_worked(profile.pk, report.worked_slot)
    return report


def _keep(profile: Profile, report: Report, told: dict[str, Any]) -> None:
    now = clock.now()
    changes = {"checked": kept(told), "checked_at": now, "check_at": now + EVERY}
    Profile.objects.filter(pk=profile.pk).update(**changes)
    for name, value in changes.items():
        setattr(profile, name, value)


def connection_of(profile: Profile) -> Connection:
    """The values of a profile, opened. Raises SecretsMissing where they are gone, Misconfigured where they are shut."""
    grant = clients.grant_of(profile)
    where = endpoints.addresses_of(profile.environment, profile.marketplace, profile.endpoint, profile.login_url)
    return Connection(
        name=profile.name,
        marketplace=profile.marketplace,
        environment=str(profile.environment),
        endpoint=where.endpoint,
        login_url=where.login_url,
        vendor_codes=tuple(profile.vendor_codes.values_list("code", flat=True)),
        client_id=grant.client_id,
        client_secrets=grant.client_secrets,
        refresh_token=grant.refresh_token,
        features=_features(profile),
        evidence=_evidence(profile),
    )


def _features(profile: Profile) -> frozenset[str]:
    switches = {"import": True, "status": profile.reading_status, "acknowledge": profile.sending}
    return frozenset(name for name, on in switches.items() if on)


def _evidence(profile: Profile) -> Evidence:
    held = {secret.kind: secret for secret in profile.secrets.filter(slot=Secret.Slot.NEW)}
    secret, token = held.get(Secret.Kind.CLIENT_SECRET), held.get(Secret.Kind.REFRESH_TOKEN)
    sent = profile.documents.exclude(transaction_id="").order_by("-pk").values_list("transaction_id", flat=True)
    return Evidence(
        secret_stored_at=secret.stored_at if secret else None,
        secret_issued_at=secret.issued_at if secret else None,
        token_stored_at=token.stored_at if token else None,
        worked_at=profile.worked_at,
        worked_slot=profile.worked_slot,
        transaction_id=sent.first() or "",
    )
