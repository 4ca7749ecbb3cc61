"""A profile as JSON: one shape for REST and the command line; of secrets only that and since when they are stored."""

from __future__ import annotations

from typing import Any

from purveyor.profiles import endpoints
from purveyor.profiles.models import Profile


def profile_row(profile: Profile) -> dict[str, Any]:
    """One profile, with the addresses it really talks to. ``trouble`` is {} while all is well."""
    where = endpoints.addresses_of(profile.environment, profile.marketplace, profile.endpoint, profile.login_url)
    return {
        "name": profile.name,
        "marketplace": profile.marketplace,
        "environment": str(profile.environment),
        "endpoint": where.endpoint,
        "login_url": where.login_url,
        "client_id": profile.client_id,
        "vendor_codes": [v.code for v in profile.vendor_codes.all()],
        "importing": profile.importing,
        "sending": profile.sending,
        "visibility_seconds": profile.visibility_seconds,
        "import_from": profile.import_from,
        "secrets": [
            {"kind": str(s.kind), "slot": str(s.slot), "stored_at": s.stored_at, "drops_at": s.drops_at}
            for s in sorted(profile.secrets.all(), key=lambda s: (s.kind, s.slot))
        ],
        "trouble": profile.trouble,
        "paused_at": profile.paused_at,
        "next_try_at": profile.probe_at,
        "worked_at": profile.worked_at,
        "checked_at": profile.checked_at,
        "created_at": profile.created_at,
    }
