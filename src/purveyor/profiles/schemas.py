"""A profile as machines see it: every door shows this, and never a secret."""

from __future__ import annotations

from typing import Any

from purveyor.profiles import endpoints
from purveyor.profiles.models import Profile


def profile_row(profile: Profile) -> dict[str, Any]:
    """One profile. ``trouble`` is null while the connection is good."""
    where = endpoints.addresses_of(profile.environment, profile.marketplace, profile.endpoint, profile.login_url)
    return {
        "name": profile.name,
        "marketplace": profile.marketplace,
        "vendor_codes": [code.code for code in profile.vendor_codes.all()],
        "environment": str(profile.environment),
        "endpoint": where.endpoint,
        "login_url": where.login_url,
        "client_id": profile.client_id,
        "visibility_seconds": profile.visibility_seconds,
        "importing": profile.importing,
        "sending": profile.sending,
        "import_from": _moment(profile),
        "trouble": profile.trouble or None,
        "created_at": profile.created_at.isoformat(),
    }


def _moment(profile: Profile) -> str | None:
    return profile.import_from.isoformat() if profile.import_from else None
