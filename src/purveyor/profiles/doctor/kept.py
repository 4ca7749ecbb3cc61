"""The examination of a stored profile: its values out of the database, its outcome back into it."""

from __future__ import annotations

from typing import Any

from purveyor.audit.write import record
from purveyor.common.errors import PurveyorError
from purveyor.people.who import Who
from purveyor.profiles import clients, endpoints
from purveyor.profiles.clients import clear_trouble, note_trouble
from purveyor.profiles.doctor.connection import FEATURES, Connection, Evidence
from purveyor.profiles.doctor.examine import examine, unopened
from purveyor.profiles.doctor.report import Report
from purveyor.profiles.models import Profile, Secret


def check_profile(who: Who, profile: Profile) -> dict[str, Any]:
    """``{"ok", "checks": [{"name", "ok", "tried", "said", "means", "do", "request_id", "causes", "state", "code"}]}``.

    A trouble that lasts is kept on the profile, a good end clears it. Raises Denied.
    """
    who.require("profiles.view", profile)
    report = _report(profile)
    if isinstance(report.error, PurveyorError):
        note_trouble(profile, report.error)
    elif report.ok:
        clear_trouble(profile)
    record("profile.checked", by=who.name, obj=profile, new={"ok": report.ok, "failed": report.failed})
    return report.as_dict()


def _report(profile: Profile) -> Report:
    try:
        connection = connection_of(profile)
    except PurveyorError as error:
        return unopened(error)
    return examine(connection, limiter=clients.limiter_of(profile))


def connection_of(profile: Profile) -> Connection:
    """The values of a profile, opened. Raises SecretsMissing where they are gone, Misconfigured where they stay shut."""
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
        features=FEATURES,
        evidence=_evidence(profile),
    )


def _evidence(profile: Profile) -> Evidence:
    stored = {secret.kind: secret.stored_at for secret in profile.secrets.filter(slot=Secret.Slot.NEW)}
    sent = profile.documents.exclude(transaction_id="").order_by("-pk").values_list("transaction_id", flat=True)
    return Evidence(
        secret_stored_at=stored.get(Secret.Kind.CLIENT_SECRET),
        token_stored_at=stored.get(Secret.Kind.REFRESH_TOKEN),
        transaction_id=sent.first() or "",
    )
