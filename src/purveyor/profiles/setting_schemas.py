"""The settings of a profile as JSON: what is in force, what is allowed, what is planned."""

from __future__ import annotations

from typing import Any

from purveyor.profiles import dated
from purveyor.profiles.domain.settings import known
from purveyor.profiles.models import DatedSetting, Profile


def settings_row(profile: Profile) -> dict[str, Any]:
    """Every setting with the text that is in force and since when, and what comes into force later."""
    said = {row.name: row for row in dated.in_force([profile])}
    return {
        "settings": [_row(setting, said.get(setting.name)) for setting in dated.SETTINGS.values()],
        "planned": [said_row(row) for row in dated.planned(profile)],
    }


def history_row(profile: Profile, name: str) -> dict[str, Any]:
    """All that was ever said of one setting, the newest first. Raises NotFound."""
    return {"history": [said_row(row) for row in dated.history(profile, known(name).name)]}


def said_row(row: DatedSetting) -> dict[str, Any]:
    """What somebody said of a setting."""
    return {
        "id": row.pk,
        "name": row.name,
        "value": row.value,
        "valid_from": row.valid_from,
        "by": row.by,
        "because": row.because,
        "said_at": row.at,
    }


def _row(setting: dated.Setting, said: DatedSetting | None) -> dict[str, Any]:
    return {
        "name": setting.name,
        "title": str(setting.title),
        "sentence": str(setting.sentence),
        "value": said.value if said else setting.default,
        "default": setting.default,
        "allowed": str(setting.kind.allowed),
        "valid_from": said.valid_from if said else None,
        "by": said.by if said else "",
    }
