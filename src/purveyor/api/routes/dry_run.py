"""What other policies would have answered; the run is watched, and its result read, under ``/runs``."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router, Status

from purveyor.api import shapes
from purveyor.api.auth import who
from purveyor.api.shape_bases import Strict
from purveyor.jobs.schemas import run_row
from purveyor.orders import dryrun, typing_dryrun
from purveyor.profiles.queries import by_name

router = Router(tags=["profiles"])


class DryRunAsk(Strict):
    """Settings by name, such as ``policy.undefined``; the others are as they are in force.

    ``of`` says what is tried: ``answers``, or ``types`` with settings such as ``types.slack_days``.
    """

    of: Literal["answers", "types"] = "answers"
    settings: dict[str, str] = {}


@router.post("/{name}/dry-run", response={202: shapes.RunOut})
def start(request: HttpRequest, name: str, body: DryRunAsk) -> Status[dict[str, Any]]:
    """Begin a dry run over the last 90 days; nothing is changed."""
    caller = who(request)
    begin = typing_dryrun.start if body.of == "types" else dryrun.start
    return Status(202, run_row(begin(caller, by_name(caller, name), body.settings)))
