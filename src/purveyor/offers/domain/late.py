"""A stage that is done answers rows that were mapped late; where a second person is needed, it waits for one anew."""

from __future__ import annotations

from purveyor.offers import rules
from purveyor.offers.domain.stages import handed_on
from purveyor.offers.models import Stage
from purveyor.offers.states import StageState
from purveyor.people.who import Who


def look_again(who: Who, stage: Stage) -> None:
    """Somebody answered cells of a stage: done already, it needs a second person for them as for all others."""
    if stage.state == StageState.DONE and rules.second_needed(stage):
        handed_on(stage, StageState.PROPOSED, who, "a row that was mapped late was answered")
