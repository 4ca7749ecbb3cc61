"""The shapes of channels."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from ninja import Field

from purveyor.api.shape_bases import Open, Strict


class ChannelOut(Open):
    name: str
    way: str
    kind: str
    profile: str | None
    outgoing: bool
    saved: str = Field(description="The saved mapping its files are read by; blank: the one that fits")
    whole: bool = Field(description="A file is taken only if every row is good")
    on: bool
    state: Literal["on", "off", "failing"]
    problem: str
    quiet: int = Field(description="Seconds a file must have stayed as it is")
    form: Literal["csv", "json"] = Field(description="Of what goes out")
    options: dict[str, Any] = Field(description="The way's own fields")
    secrets: list[str] = Field(description="The fields that are kept sealed")
    version: int
    failing_since: datetime | None
    looked_at: datetime | None


class ChannelsOut(Open):
    channels: list[ChannelOut]


class ChannelChange(Strict):
    name: str | None = None
    kind: str | None = None
    profile: str | None = None
    saved: str | None = None
    whole: bool | None = None
    quiet: int | None = None
    form: Literal["csv", "json"] | None = None
    options: dict[str, str] = Field({}, description="The way's own fields; those not named stay")
    secrets: dict[str, str] = Field({}, description="Those not given stay")
    on: bool | None = None
    version: int | None = Field(None, description="The version that was seen; another one answers with 409")


class ChannelNew(Strict):
    name: str
    way: str = "folder"
    kind: str
    profile: str = ""
    outgoing: bool = False
    saved: str = ""
    whole: bool = False
    quiet: int = 2
    form: Literal["csv", "json"] = "csv"
    options: dict[str, str] = {}
    secrets: dict[str, str] = {}


class WaysOut(Open):
    ways: list[dict[str, Any]] = Field(description="Each with its fields; `secret` ones are sealed")


class TestedOut(Open):
    ok: bool
    checks: list[dict[str, Any]] = Field(description="Each with tried, said, means and do, and whether it is ok")
    learned: dict[str, str] = Field(description="Values of fields it found out, such as a host's key")


class ArrivalOut(Open):
    id: int
    name: str
    size: int
    state: Literal["seen", "kept", "taken", "done", "refused", "gone"]
    kept_as: str = Field(description="Where it lies at the channel's place")
    file: int | None = Field(description="The number of its file, which has the report")
    taken: int
    refused_rows: int
    problem: str


class ArrivalsOut(Open):
    arrivals: list[ArrivalOut]
    next: str


class DepartureOut(Open):
    id: int
    name: str
    subject: int
    state: Literal["queued", "sent", "failed"]
    attempts: int
    problem: str


class DeparturesOut(Open):
    departures: list[DepartureOut]
    next: str
