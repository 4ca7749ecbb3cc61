"""Deputies: who answers a stage of offers in another's place, and until when."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from purveyor.api import offer_shapes as shapes
from purveyor.api.auth import who
from purveyor.offers import queries, rules
from purveyor.offers.domain import deputies
from purveyor.offers.schemas import deputy_row
from purveyor.people.domain.users import find_user
from purveyor.profiles.queries import by_name

router = Router(tags=["offers"])


@router.get("", response=shapes.DeputiesOut)
def list_deputies(request: HttpRequest) -> dict[str, Any]:
    """Those on the caller's profiles, the latest to end first."""
    return {"deputies": [deputy_row(one) for one in queries.deputies(who(request))]}


@router.post("", response={201: shapes.DeputyOut})
def appoint(request: HttpRequest, body: shapes.DeputyAsk) -> Status[dict[str, Any]]:
    """Appoint one: for oneself with the stage's permission, for others with `offers.manage`."""
    caller = who(request)
    profile = by_name(caller, body.profile, rules.VIEW)
    people = find_user(body.absent), find_user(body.deputy)
    made = deputies.appoint(caller, profile, body.stage, *people, body.begins_at, body.ends_at)
    return Status(201, deputy_row(made))


@router.delete("/{int:number}", response={204: None})
def dismiss(request: HttpRequest, number: int) -> Status[None]:
    """Dismiss one, from now on."""
    caller = who(request)
    deputies.dismiss(caller, queries.deputy(caller, number))
    return Status(204, None)
