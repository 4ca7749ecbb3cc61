"""Profiles: connect, change, store secrets, switch sending, ask Amazon now."""

from __future__ import annotations

from collections.abc import Callable
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
from purveyor.profiles.domain import (
    add_profile,
    answer_age,
    change_profile,
    disconnect_profile,
    remove_profile,
    replace_secret,
    set_parties,
    switch_importing,
    switch_reading_status,
    switch_sending,
)
from purveyor.profiles.queries import by_name, visible_to
from purveyor.profiles.schemas import features_row, parties_row, profile_row

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
    """Try a rotated secret at Amazon, then store it; the old one keeps working for seven more days.

    Refused with the code `secret-refused` where Amazon refuses it, and with `untried` where Amazon cannot be asked.
    """
    caller = who(request)
    trial = replace_secret(caller, by_name(caller, name), **body.dict(exclude_none=True))
    return profile_row(by_name(caller, name)) | {"trial": str(trial)}


@router.post("/{name}/secret-age", response=shapes.ProfileOut)
def secret_age(request: HttpRequest, name: str, body: shapes.SecretAge) -> dict[str, Any]:
    """Say when the present client secret was made at Amazon, which counts for its 180 days."""
    caller = who(request)
    answer_age(caller, by_name(caller, name), body.issued_at)
    return profile_row(by_name(caller, name))


@router.get("/{name}/parties", response=shapes.PartiesOut)
def parties(request: HttpRequest, name: str) -> dict[str, Any]:
    """The vendor's own parties by role."""
    return parties_row(by_name(who(request), name))


@router.put("/{name}/parties", response=shapes.PartiesOut)
def put_parties(request: HttpRequest, name: str, body: shapes.PartiesAsk) -> dict[str, Any]:
    """Store parties by role. A role not named stays as it is, one that is null or empty is taken away."""
    caller = who(request)
    found = by_name(caller, name)
    set_parties(caller, found, body.dict(exclude_unset=True))
    return parties_row(by_name(caller, name))


@router.get("/{name}/features", response=shapes.FeaturesOut)
def features(request: HttpRequest, name: str) -> dict[str, Any]:
    """What the profile can do, which of it is on, and what is coming."""
    return features_row(by_name(who(request), name))


@router.post("/{name}/disconnect", response=shapes.ProfileOut)
def disconnect(request: HttpRequest, name: str, body: shapes.Because) -> dict[str, Any]:
    """Switch importing and sending off and wipe the secrets; orders and documents are kept."""
    caller = who(request)
    disconnect_profile(caller, by_name(caller, name), body.because)
    return profile_row(by_name(caller, name))


@router.post("/{name}/sending", response=shapes.ProfileOut)
def sending(request: HttpRequest, name: str, body: shapes.Switch) -> dict[str, Any]:
    """Switch sending on or off."""
    return _turned(request, name, body, switch_sending)


@router.post("/{name}/importing", response=shapes.ProfileOut)
def importing(request: HttpRequest, name: str, body: shapes.Switch) -> dict[str, Any]:
    """Switch the scheduled import of orders on or off."""
    return _turned(request, name, body, switch_importing)


@router.post("/{name}/reading-status", response=shapes.ProfileOut)
def reading_status(request: HttpRequest, name: str, body: shapes.Switch) -> dict[str, Any]:
    """Switch reading the status of orders by schedule on or off; our own answers are read back all the same."""
    return _turned(request, name, body, switch_reading_status)


def _turned(request: HttpRequest, name: str, body: shapes.Switch, verb: Callable[..., None]) -> dict[str, Any]:
    caller = who(request)
    verb(caller, by_name(caller, name), body.on, because=body.because)
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
