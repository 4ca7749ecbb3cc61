"""Faults at their times: an afternoon of throttling, a day on which nothing answers. Told by the scenario."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from purveyor.simulator.world import World

EVENT = "weather"


def foretell(world: World) -> None:
    """Note when each spell of the scenario begins and ends."""
    for spell in world.scenario.weather:
        begins = world.born + world.delay(timedelta(hours=spell.begins).total_seconds())
        ends = begins + world.delay(timedelta(hours=spell.hours).total_seconds())
        world.schedule(begins, EVENT, {"fault": spell.fault, "chance": spell.chance})
        world.schedule(ends, EVENT, {"fault": spell.fault})


def turn(world: World, data: dict[str, Any]) -> None:
    """A spell begins, or with no chance given, ends."""
    if "chance" in data:
        world.faults.always(data["fault"], chance=data["chance"])
    else:
        world.faults.clear(data["fault"])
