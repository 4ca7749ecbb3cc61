"""Profiles: connect, change, store secrets, switch sending, ask Amazon now."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from purveyor.api import shapes
from purveyor.api.auth import who
from purveyor.intake.queries import sweep_health
from purveyor.intake.replay import replay as again
from purveyor.intake.sync import start_sync
from purveyor.jobs.schemas import run_row
from purveyor.profiles.doctor import check_profile
from purveyor.profiles.domain.profiles import (
    add_profile,
    change_profile,
    remove_profile,
    switch_importing,
    switch_sending,
)
from purveyor.profiles.domain.secrets import store_secret
from purveyor.profiles.queries import by_name, visible_to
from purveyor.profiles.schemas import profile_row

router = Router(tags=["profiles"])


@router.get("", response=shapes.ProfilesOut)
def list_profiles(request: HttpRequest) -> dict[str, Any]:
    """The profiles the caller may see."""
    caller = who(request)
    return {"profiles": [profile_row(p) for p in visible_to(caller).prefetch_related("secrets")]}


@router.post("", response={201: shapes.ProfileOut})
def add(request: HttpRequest, body: shapes.ProfileNew) -> Status[dict[str, Any]]:
    """Connect a vendor account. A production profile sends nothing until sending is switched on."""
    return Status(201, profile_row(add_profile(who(request), **body.dict())))


@router.get("/{name}", response=shapes.ProfileOut)
def show(request: HttpRequest, name: str) -> dict[str, Any]:
    """One profile with the health of its sweeps."""
    found = by_name(who(request), name)
    return profile_row(found) | {"sweeps": sweep_health(found)}


@router.patch("/{name}", response=shapes.ProfileOut)
def change(request: HttpRequest, name: str, body: shapes.ProfileChange) -> dict[str, Any]:
    """Change what is named. Another address wipes the stored secrets, which must be given along."""
    caller = who(request)
    found = by_name(caller, name)
    change_profile(caller, found, **body.dict(exclude_none=True))
    return profile_row(by_name(caller, name))


@router.post("/{name}/check", response=shapes.CheckOut)
def check(request: HttpRequest, name: str) -> dict[str, Any]:
    """Ask Amazon step by step whether the connection works; nothing is changed there. The answer is kept."""
    caller = who(request)
    return check_profile(caller, by_name(caller, name))


@router.post("/{name}/secret", response=shapes.ProfileOut)
def secret(request: HttpRequest, name: str, body: shapes.SecretNew) -> dict[str, Any]:
    """Store a rotated secret; the old one keeps working for seven more days."""
    caller = who(request)
    store_secret(caller, by_name(caller, name), **body.dict(exclude_none=True))
    return profile_row(by_name(caller, name))


@router.post("/{name}/sending", response=shapes.ProfileOut)
def sending(request: HttpRequest, name: str, body: shapes.Switch) -> dict[str, Any]:
    """Switch sending on or off."""
    caller = who(request)
    switch_sending(caller, by_name(caller, name), body.on, because=body.because)
    return profile_row(by_name(caller, name))


@router.post("/{name}/importing", response=shapes.ProfileOut)
def importing(request: HttpRequest, name: str, body: shapes.Switch) -> dict[str, Any]:
    """Switch the scheduled import of orders on or off."""
    caller = who(request)
    switch_importing(caller, by_name(caller, name), body.on, because=body.because)
    return profile_row(by_name(caller, name))


@router.delete("/{name}", response={204: None})
def remove(request: HttpRequest, name: str) -> Status[None]:
    """Remove a profile that never had an order or a document, with its secrets."""
    caller = who(request)
    remove_profile(caller, by_name(caller, name))
    return Status(204, None)


@router.post("/{name}/replay", response=shapes.CountsOut)
def replay(request: HttpRequest, name: str) -> dict[str, Any]:
    """Read everything that stands aside again, for example after an update."""
    caller = who(request)
    return again(by_name(caller, name), who=caller).as_dict()


@router.post("/{name}/sync", response={202: shapes.RunOut})
def sync(request: HttpRequest, name: str, body: shapes.SyncAsk) -> Status[dict[str, Any]]:
    """Ask Amazon now; with ``since``, back-fill. Answers the run to watch."""
    caller = who(request)
    run = start_sync(by_name(caller, name), body.sweeps, since=body.since, who=caller)
    return Status(202, run_row(run))
