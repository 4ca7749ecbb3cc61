"""Profiles: connect, change, store secrets, switch sending, ask Amazon now."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from purveyor.api import shapes
from purveyor.api.auth import who
from purveyor.common.errors import NotFound
from purveyor.intake.queries import sweep_health
from purveyor.intake.sync import start_sync
from purveyor.jobs.schemas import run_row
from purveyor.people.who import Who
from purveyor.profiles.domain.profiles import add_profile, change_profile, switch_sending
from purveyor.profiles.domain.secrets import store_secret
from purveyor.profiles.models import Profile
from purveyor.profiles.schemas import profile_row

router = Router(tags=["profiles"])


def visible(caller: Who, name: str) -> Profile:
    """The profile of a name, if the caller may see it. Raises NotFound for one that is not theirs, as for none."""
    found = Profile.objects.filter(name=name).first()
    if found is None or not caller.may("profiles.view", found):
        raise NotFound(f"There is no profile {name}.")
    return found


@router.get("", response=shapes.ProfilesOut)
def list_profiles(request: HttpRequest) -> dict[str, Any]:
    """The profiles the caller may see."""
    caller = who(request)
    rows = caller.profiles("profiles.view").prefetch_related("vendor_codes", "secrets")
    return {"profiles": [profile_row(p) for p in rows]}


@router.post("", response={201: shapes.ProfileOut})
def add(request: HttpRequest, body: shapes.ProfileNew) -> tuple[int, dict[str, Any]]:
    """Connect a vendor account. A production profile sends nothing until sending is switched on."""
    return 201, profile_row(add_profile(who(request), **body.dict()))


@router.get("/{name}", response=shapes.ProfileOut)
def show(request: HttpRequest, name: str) -> dict[str, Any]:
    """One profile with the health of its sweeps."""
    found = visible(who(request), name)
    return profile_row(found) | {"sweeps": sweep_health(found)}


@router.patch("/{name}", response=shapes.ProfileOut)
def change(request: HttpRequest, name: str, body: shapes.ProfileChange) -> dict[str, Any]:
    """Change what is named. Another address wipes the stored secrets, which must be given along."""
    caller = who(request)
    found = visible(caller, name)
    change_profile(caller, found, **body.dict(exclude_unset=True))
    return profile_row(visible(caller, name))


@router.post("/{name}/secret", response=shapes.ProfileOut)
def secret(request: HttpRequest, name: str, body: shapes.SecretNew) -> dict[str, Any]:
    """Store a rotated secret; the old one keeps working for seven more days."""
    caller = who(request)
    store_secret(caller, visible(caller, name), **body.dict(exclude_unset=True))
    return profile_row(visible(caller, name))


@router.post("/{name}/sending", response=shapes.ProfileOut)
def sending(request: HttpRequest, name: str, body: shapes.Switch) -> dict[str, Any]:
    """Switch sending on or off."""
    caller = who(request)
    switch_sending(caller, visible(caller, name), body.on, because=body.because)
    return profile_row(visible(caller, name))


@router.post("/{name}/sync", response={202: shapes.RunOut})
def sync(request: HttpRequest, name: str, body: shapes.SyncAsk) -> tuple[int, dict[str, Any]]:
    """Ask Amazon now; with ``since``, back-fill. Answers the run to watch."""
    caller = who(request)
    run = start_sync(visible(caller, name), body.sweeps, since=body.since, who=caller)
    return 202, run_row(run)
