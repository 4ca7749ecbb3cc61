"""The shapes of requests and answers about alerts, routes and webhooks."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any, Literal

from ninja import Field

from purveyor.api.shape_bases import Open, Strict
from purveyor.api.shapes import AlertOut

Severity = Literal["info", "warn", "bad"]
Sink = Literal["mail", "webhook", "chat"]
Pace = Literal["at once", "hourly", "daily"]


class CommentNew(Strict):
    text: str = Field(min_length=1, max_length=2000)


class AssignAsk(Strict):
    person: str = Field(description="The user name of somebody who may see the alert")


class CommentOut(Open):
    id: int
    by: str
    at: datetime
    text: str


class AlertFull(AlertOut):
    comments: list[CommentOut]


class RouteFields(Strict):
    on: bool = True
    kinds: list[str] = Field(default=[], description="Kinds of alerts; none means all")
    severity: Severity = Field(default="info", description="The least that is told")
    sink: Sink = "mail"
    role: str = Field(default="", description="Mail: everybody who holds this role where the alert is")
    person: str | None = Field(default=None, description="Mail: this one person instead of a role")
    webhook: int | None = Field(default=None, description="Webhook: its id")
    address: str = Field(default="", description="Chat: the address of its incoming webhook; kept sealed, never told")
    pace: Pace = "at once"
    daily_at: time | None = Field(default=None, description="Local time of `zone`")
    zone: str = Field(
        default="",
        description="Empty: that of the profile's marketplace; for every profile the one all of them share, else UTC",
    )
    quiet_from: time | None = None
    quiet_until: time | None = None
    serious_breaks: bool = Field(default=True, description="Whether what is serious is told in quiet hours too")


class RouteNew(RouteFields):
    name: str
    profile: str | None = Field(default=None, description="Without it, the alerts of every profile and of none")


class RouteChange(RouteFields):
    name: str = ""


class RouteOut(Open):
    id: int
    name: str
    on: bool
    profile: str | None
    kinds: list[str]
    severity: Severity
    sink: Sink
    role: str
    person: str | None
    webhook: int | None
    host: str = Field(description="Chat: the host of its address")
    pace: Pace
    daily_at: str | None
    zone: str
    quiet_from: str | None
    quiet_until: str | None
    serious_breaks: bool


class RoutesOut(Open):
    routes: list[RouteOut]


class SaidOut(Open):
    ok: bool
    status: int | None = Field(description="What the other side answered; null where nothing came")
    answer: str = Field(description="The first 500 characters of it")
    error: str
    seconds: float


class WebhookNew(Strict):
    name: str
    url: str
    profile: str | None = Field(default=None, description="Without it, the events of every profile and of none")
    events: list[str] = Field(default=[], description="Types or their beginnings, such as `order`; none means all")


class WebhookChange(Strict):
    name: str | None = None
    url: str | None = None
    events: list[str] | None = None
    on: bool | None = None


class WebhookOut(Open):
    id: int
    name: str
    url: str
    profile: str | None
    events: list[str]
    on: bool
    made_by: str
    created_at: datetime
    failing_since: datetime | None
    paused_until: datetime | None
    last_good_at: datetime | None


class WebhooksOut(Open):
    webhooks: list[WebhookOut]


class WebhookMade(WebhookOut):
    secret: str = Field(description="Shown this once")


class RotateAsk(Strict):
    keep_hours: int = Field(default=24, ge=0, le=720, description="How long the old secret signs beside the new one")


class SecretOut(Open):
    secret: str = Field(description="Shown this once")


class DeliveryOut(Open):
    id: int
    webhook: int
    event: str
    type: str
    object: str
    state: Literal["waiting", "done", "dead"]
    tries: int
    due_at: datetime | None
    tried_at: datetime | None
    status: int | None
    answer: str
    error: str
    seconds: float | None
    created_at: datetime


class DeliveryFull(DeliveryOut):
    headers: dict[str, str] = Field(description="As they are sent, the signature masked")
    body: dict[str, Any]


class DeliveriesOut(Open):
    deliveries: list[DeliveryOut]
    next: str


class CountOut(Open):
    count: int


class SchemasOut(Open):
    schemas: dict[str, dict[str, Any]] = Field(description="JSON Schema (2020-12) of every event, by type")
