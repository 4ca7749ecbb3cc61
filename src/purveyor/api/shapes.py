"""The shapes of requests and answers, for validation and for the OpenAPI description."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from ninja import Field, Schema
from pydantic import ConfigDict


class Strict(Schema):
    """A request's body: unknown names are refused, since a misspelt one would silently do nothing."""

    model_config = ConfigDict(extra="forbid")


class Open(Schema):
    """An answer: more keys may stand beside those named."""

    model_config = ConfigDict(extra="allow")


class ProfileNew(Strict):
    name: str
    marketplace: str = Field(description="Country code, such as DE")
    vendor_codes: list[str]
    client_id: str
    client_secret: str
    refresh_token: str
    environment: Literal["", "production", "sandbox", "simulator", "custom"] = ""
    endpoint: str = ""
    login_url: str = ""
    visibility_seconds: int | None = None
    import_from: datetime | None = None


class ProfileChange(Strict):
    marketplace: str | None = None
    vendor_codes: list[str] | None = None
    client_id: str | None = None
    client_secret: str | None = None
    refresh_token: str | None = None
    environment: Literal["production", "sandbox", "simulator", "custom"] | None = None
    endpoint: str | None = None
    login_url: str | None = None
    visibility_seconds: int | None = None
    importing: bool | None = None


class SecretNew(Strict):
    client_secret: str | None = None
    refresh_token: str | None = None


class Switch(Strict):
    on: bool
    because: str = ""


class SyncAsk(Strict):
    sweeps: list[Literal["new", "changed", "status", "missing"]] = ["new", "changed", "status"]
    since: datetime | None = Field(None, description="Back-fill from this moment")


class Because(Strict):
    because: str = ""


class ProfileOut(Open):
    name: str
    marketplace: str
    environment: str
    vendor_codes: list[str]
    importing: bool
    sending: bool
    trouble: dict[str, Any]


class ProfilesOut(Open):
    profiles: list[ProfileOut]


class RunOut(Open):
    id: int
    kind: str
    profile: str | None
    state: str
    done: int
    total: int | None
    step: str
    seconds_left: int | None
    result: dict[str, Any] | None
    problem: str


class RunsOut(Open):
    runs: list[RunOut]
    next: str


class PersonNew(Strict):
    name: str
    password: str
    role: str
    profile: str | None = None


class GrantAsk(Strict):
    role: str
    profile: str | None = None


class TokenNew(Strict):
    name: str
    user: str | None = Field(None, description="Whose token; the caller's owner unless said")
    scopes: list[str]
    profile: str | None = None
    days: int = Field(365, ge=1, le=730)


class PersonOut(Open):
    name: str
    active: bool
    second_factor: bool
    roles: list[dict[str, Any]]


class PeopleOut(Open):
    users: list[PersonOut]


class TokenOut(Open):
    prefix: str
    name: str
    user: str
    scopes: list[str]
    profile: str | None
    expires_at: datetime


class TokenMade(TokenOut):
    token: str = Field(description="Shown this once")


class TokensOut(Open):
    tokens: list[TokenOut]


class OrderOut(Open):
    number: str
    profile: str
    state: str
    type: str


class OrdersOut(Open):
    orders: list[OrderOut]
    next: str


class AnswerIn(Strict):
    code: Literal["Accepted", "Backordered", "Rejected"]
    eaches: int
    reason: str = ""
    ship_date: str | None = None
    delivery_date: str | None = None


class LineIn(Strict):
    line: str
    answers: list[AnswerIn]


class AcknowledgeAsk(Strict):
    """Without ``lines`` every open line is accepted in full at the order's cost."""

    lines: list[LineIn] | None = None
    because: str = ""
    confirm_elsewhere: bool = False
    version: int | None = Field(None, description="Refuse if the order has another version by now")


class ManyAsk(Strict):
    numbers: list[str]
    profile: str | None = None
    because: str = ""
    confirm_elsewhere: bool = False


class ResolveAsk(Strict):
    decision: Literal["arrived", "resend", "give up"]
    because: str


class DocumentOut(Open):
    id: int
    kind: str
    subject: str
    state: str
    transaction_id: str
    sent_at: datetime | None
    problem: Any


class DocumentsOut(Open):
    documents: list[DocumentOut]
    next: str


class VerdictOut(Open):
    ok: bool
    checked: int
    first_bad: int | None
    unsealed: int


class EntriesOut(Open):
    entries: list[dict[str, Any]]
    next: str
