"""The rules and tolerances of a profile, each in force from a moment on."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from purveyor.api import shapes
from purveyor.api.auth import who
from purveyor.profiles.domain.settings import set_setting, withdraw_setting
from purveyor.profiles.queries import by_name
from purveyor.profiles.setting_schemas import history_row, said_row, settings_row

router = Router(tags=["profiles"])


@router.get("/{name}/settings", response=shapes.SettingsOut)
def list_settings(request: HttpRequest, name: str) -> dict[str, Any]:
    """Every setting with what is in force, and what comes into force later."""
    return settings_row(by_name(who(request), name))


@router.get("/{name}/settings/{setting}", response=shapes.SettingHistoryOut)
def history(request: HttpRequest, name: str, setting: str) -> dict[str, Any]:
    """All that was ever said of one setting, the newest first."""
    return history_row(by_name(who(request), name), setting)


@router.put("/{name}/settings/{setting}", response=shapes.SettingSaidOut)
def change(request: HttpRequest, name: str, setting: str, body: shapes.SettingAsk) -> dict[str, Any]:
    """Say what a setting is from now on, or from a later moment on."""
    caller = who(request)
    said = set_setting(
        caller, by_name(caller, name), setting, body.value, valid_from=body.valid_from, because=body.because
    )
    return said_row(said)


@router.delete("/{name}/settings/{setting}/{int:number}", response={204: None})
def withdraw(request: HttpRequest, name: str, setting: str, number: int) -> Status[None]:
    """Take back what was said for a moment to come."""
    caller = who(request)
    withdraw_setting(caller, by_name(caller, name), number, name=setting)
    return Status(204, None)
