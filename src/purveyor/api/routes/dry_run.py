"""What other policies would have answered; the run is watched, and its result read, under ``/runs``."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from purveyor.api import shapes
from purveyor.api.auth import who
from purveyor.api.shape_bases import Strict
from purveyor.jobs.schemas import run_row
from purveyor.orders import dryrun
from purveyor.profiles.queries import by_name

router = Router(tags=["profiles"])


class DryRunAsk(Strict):
    """Settings by name, such as ``policy.undefined``; the others are as they are in force."""

    settings: dict[str, str] = {}


@router.post("/{name}/dry-run", response={202: shapes.RunOut})
def start(request: HttpRequest, name: str, body: DryRunAsk) -> Status[dict[str, Any]]:
    """Begin a dry run over the last 90 days; nothing is changed."""
    caller = who(request)
    return Status(202, run_row(dryrun.start(caller, by_name(caller, name), body.settings)))
