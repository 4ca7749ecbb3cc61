"""Channels: the folders and servers files come and go by."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from purveyor.api import channel_shapes as shapes
from purveyor.api import cursors
from purveyor.api import product_shapes as file_shapes
from purveyor.api.auth import who
from purveyor.channels import again, departures, setup, ways
from purveyor.channels.outward import arrival_row, channel_row, departure_row, way_row
from purveyor.channels.report import upload_report
from purveyor.people.who import Who
from purveyor.profiles.models import Profile
from purveyor.profiles.queries import by_name

router = Router(tags=["channels"])


@router.get("", response=shapes.ChannelsOut)
def list_channels(request: HttpRequest) -> dict[str, Any]:
    """The channels the caller may see, by name, each with its state and its last problem."""
    return {"channels": [channel_row(one) for one in setup.channels(who(request))]}


@router.get("/ways", response=shapes.WaysOut)
def list_ways(request: HttpRequest) -> dict[str, Any]:
    """The ways there are, each with the fields a channel of it has."""
    who(request).require_somewhere(setup.SEE)
    return {"ways": [way_row(one) for one in ways.ways()]}


@router.post("", response={201: shapes.ChannelOut})
def add(request: HttpRequest, body: shapes.ChannelNew) -> Status[dict[str, Any]]:
    """Add a channel. Its secrets are sealed and never in an answer."""
    caller = who(request)
    return Status(201, channel_row(setup.add(caller, _asked(caller, body))))


@router.post("/test", response=shapes.TestedOut)
def test_new(request: HttpRequest, body: shapes.ChannelNew) -> dict[str, Any]:
    """Test the connection of a channel before it is added. Nothing is stored."""
    caller = who(request)
    return setup.try_asked(caller, _asked(caller, body)).as_dict()


def _asked(caller: Who, body: shapes.ChannelNew) -> setup.Asked:
    told = body.dict()
    return setup.Asked(**(told | {"profile": _profile(caller, told["profile"])}))


def _profile(caller: Who, name: str) -> Profile | None:
    return by_name(caller, name, setup.MANAGE) if name else None


@router.get("/{name}", response=shapes.ChannelOut)
def show(request: HttpRequest, name: str) -> dict[str, Any]:
    """One channel."""
    return channel_row(setup.one(who(request), name))


@router.patch("/{name}", response=shapes.ChannelOut)
def change(request: HttpRequest, name: str, body: shapes.ChannelChange) -> dict[str, Any]:
    """Change what is named, or switch it on or off."""
    caller = who(request)
    told = body.dict(exclude_none=True)
    on, version = told.pop("on", None), told.pop("version", None)
    options, secrets = told.pop("options"), told.pop("secrets")
    found = setup.one(caller, name, setup.MANAGE)
    if told or options or secrets:
        asked = setup.asked_of(found)
        told |= {"profile": _profile(caller, told["profile"])} if "profile" in told else {}
        told |= {"options": {**asked.options, **options}, "secrets": secrets}
        found = setup.change(caller, name, replace(asked, **told), version=version)
    return channel_row(found if on is None else setup.switch(caller, found.name, on=on))


@router.delete("/{name}", response={204: None})
def remove(request: HttpRequest, name: str) -> Status[None]:
    """Remove a channel; its files, and what was taken of them, stay."""
    setup.remove(who(request), name)
    return Status(204, None)


@router.post("/{name}/test", response=shapes.TestedOut)
def test(request: HttpRequest, name: str) -> dict[str, Any]:
    """Test its connection, step by step."""
    return setup.try_out(who(request), name).as_dict()


@router.post("/{name}/look", response=shapes.ChannelOut)
def look(request: HttpRequest, name: str) -> dict[str, Any]:
    """Look at it now. A file is taken once it was seen twice the same, its quiet seconds apart."""
    return channel_row(again.look_now(who(request), name))


@router.get("/{name}/arrivals", response=shapes.ArrivalsOut)
def list_arrivals(
    request: HttpRequest, name: str, cursor: cursors.Cursor = "", limit: cursors.Limit = cursors.PAGE
) -> dict[str, Any]:
    """The files that came by it, newest first."""
    caller = who(request)
    rows = again.arrivals(caller, setup.one(caller, name))
    found, after = cursors.newest_first(rows, cursor, limit, by="seen_at")
    return {"arrivals": [arrival_row(one) for one in found], "next": after}


@router.post("/{name}/arrivals/{int:number}/again", response=shapes.ArrivalOut)
def take_again(request: HttpRequest, name: str, number: int) -> dict[str, Any]:
    """Have a file that was filed away taken again, as it was kept, with what is known now."""
    caller = who(request)
    setup.one(caller, name)
    return arrival_row(again.take_again(caller, number))


@router.post("/{name}/arrivals/{int:number}/check", response=file_shapes.FileReport)
def check_again(request: HttpRequest, name: str, number: int) -> dict[str, Any]:
    """A dry run of a file that was filed away: what would be taken now, what not and why."""
    caller = who(request)
    setup.one(caller, name)
    return upload_report(again.check_again(caller, number))


@router.get("/{name}/departures", response=shapes.DeparturesOut)
def list_departures(
    request: HttpRequest, name: str, cursor: cursors.Cursor = "", limit: cursors.Limit = cursors.PAGE
) -> dict[str, Any]:
    """The files that went out by it, newest first."""
    caller = who(request)
    rows = departures.departures(caller, setup.one(caller, name))
    found, after = cursors.newest_first(rows, cursor, limit, by="state_at")
    return {"departures": [departure_row(one) for one in found], "next": after}


@router.post("/{name}/departures/{int:number}/again", response=shapes.DepartureOut)
def send_again(request: HttpRequest, name: str, number: int) -> dict[str, Any]:
    """Have a file that could not go out sent again."""
    caller = who(request)
    setup.one(caller, name)
    return departure_row(departures.send_again(caller, number))
