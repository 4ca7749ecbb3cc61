"""A profile as JSON: one shape for REST and the command line; of secrets only that and since when they are stored."""

from __future__ import annotations

from typing import Any

from purveyor.profiles import endpoints
from purveyor.profiles.domain.parties import missing_roles, parties_of, party_row
from purveyor.profiles.features import FEATURES, switched_on
from purveyor.profiles.models import Profile, Secret
from purveyor.profiles.rotation import age_of


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
        "reading_status": profile.reading_status,
        "visibility_seconds": profile.visibility_seconds,
        "import_from": profile.import_from,
        "import_acknowledged": profile.import_acknowledged,
        "secrets": [
            {"kind": str(s.kind), "slot": str(s.slot), "stored_at": s.stored_at, "drops_at": s.drops_at} | _age(s)
            for s in sorted(profile.secrets.all(), key=lambda s: (s.kind, s.slot))
        ],
        "trouble": profile.said_trouble,
        "paused_at": profile.paused_at,
        "next_try_at": profile.probe_at,
        "worked_at": profile.worked_at,
        "checked_at": profile.checked_at,
        "created_at": profile.created_at,
        "disconnected_at": profile.disconnected_at,
    }


def parties_row(profile: Profile) -> dict[str, Any]:
    """The vendor's own parties by role, and the roles that somebody still has to fill in."""
    return {
        "parties": {role: party_row(party) for role, party in parties_of(profile).items()},
        "missing": missing_roles(profile),
    }


def features_row(profile: Profile) -> dict[str, Any]:
    """What a profile can do: which of it is on, what it needs at Amazon, and what is coming."""
    on = switched_on(profile)
    return {
        "features": [
            {
                "key": f.key,
                "title": str(f.title),
                "sentence": str(f.sentence),
                "role": f.role,
                "available": f.available,
                "on": f.key in on,
            }
            for f in FEATURES
        ]
    }


def _age(secret: Secret) -> dict[str, Any]:
    """When the present client secret was made and when it ends; counted from its storing while nobody knows."""
    if not secret.is_present_client_secret:
        return {}
    found = age_of(secret)
    return {"issued_at": secret.issued_at, "expires_at": found.expires_at, "days_left": found.days_left}
