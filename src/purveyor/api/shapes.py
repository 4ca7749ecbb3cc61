"""The shapes of requests and answers, for validation and for the OpenAPI description."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Field, Schema
from pydantic import AwareDatetime, WithJsonSchema

from purveyor.api.shape_bases import Open, Strict
from purveyor.api.work_shapes import OrderWork


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
    import_from: AwareDatetime | None = None
    import_acknowledged: bool = Field(True, description="False: of the history fetch only orders that are still New")
    secret_issued_at: AwareDatetime | None = Field(None, description="When the client secret was made at Amazon")


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
    import_from: AwareDatetime | None = None
    import_acknowledged: bool | None = None


class SecretNew(Strict):
    client_secret: str | None = None
    refresh_token: str | None = None
    untried: bool = Field(False, description="Store it though Amazon cannot be asked now whether it works")
    issued_at: AwareDatetime | None = Field(None, description="When the client secret was made; now unless said")


class SecretAge(Strict):
    issued_at: AwareDatetime | None = Field(description="null is: nobody knows; then it counts from its storing")


class PartyAsk(Strict):
    party_id: str = ""
    name: str = ""
    address_line1: str = ""
    address_line2: str = ""
    address_line3: str = ""
    city: str = ""
    county: str = ""
    district: str = ""
    state_or_region: str = ""
    postal_code: str = ""
    country_code: str = Field("", description="Two letters, such as DE")
    phone: str = ""
    vat_number: str = ""


class PartiesAsk(Strict):
    selling: PartyAsk | None = None
    ship_from: PartyAsk | None = None
    remit_to: PartyAsk | None = None
    bill_to: PartyAsk | None = None


class PartiesOut(Open):
    parties: dict[str, dict[str, str]]
    missing: list[str] = Field(description="Roles that somebody still has to fill in before anything is shipped")


class FeatureOut(Open):
    key: str
    title: str
    sentence: str
    role: str = Field(description="What the application needs at Amazon")
    available: bool = Field(description="false: it is coming")
    on: bool


class FeaturesOut(Open):
    features: list[FeatureOut]


class SettingAsk(Strict):
    value: str = Field(description="As text, as the setting's `allowed` says")
    valid_from: AwareDatetime | None = Field(None, description="Now unless said; never in the past")
    because: str = ""


class SettingSaidOut(Open):
    id: int
    name: str
    value: str
    valid_from: datetime
    by: str
    because: str
    said_at: datetime


class SettingOut(Open):
    name: str
    title: str
    sentence: str
    value: str
    default: str
    allowed: str
    valid_from: datetime | None = Field(description="null: nobody said anything yet, the default counts")
    by: str


class SettingsOut(Open):
    settings: list[SettingOut]
    planned: list[SettingSaidOut]


class SettingHistoryOut(Open):
    history: list[SettingSaidOut]


class Switch(Strict):
    on: bool
    because: str = ""


class SyncAsk(Strict):
    sweeps: list[Literal["new", "changed", "status", "missing"]] = ["new", "changed", "status"]
    since: AwareDatetime | None = Field(None, description="Back-fill from this moment")


class Because(Strict):
    because: str = ""


class ProfileOut(Open):
    name: str
    marketplace: str
    environment: str
    vendor_codes: list[str]
    importing: bool
    sending: bool
    reading_status: bool
    import_acknowledged: bool
    disconnected_at: datetime | None
    trouble: dict[str, Any] | None


class ProfilesOut(Open):
    profiles: list[ProfileOut]


class CheckStep(Open):
    name: str
    ok: bool | None = Field(description="null where it was not tried, or nobody can tell yet")
    tried: str
    said: str
    means: str
    do: str
    request_id: str
    causes: list[str] = Field(description="Likely causes, the likeliest first; none is certain")
    state: Literal["good", "warn", "bad", "unknown", "skipped"]
    code: str


class CheckOut(Open):
    ok: bool
    checks: list[CheckStep]


class CountsOut(Open):
    seen: int
    stored: int
    changed: int
    unchanged: int
    aside: int


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


class PersonChange(Strict):
    full_name: str | None = None
    email: str | None = None
    language: Literal["en", "de"] | None = None


class PasswordAsk(Strict):
    password: str


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


class RightOut(Open):
    name: str
    full_name: str
    profile: str | None = Field(description="null is every profile there is and will be")
    roles: list[str]
    permissions: list[str]


class RightsOut(Open):
    rights: list[RightOut]


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
    offer: str | None = Field(description="The bulk-buy offer it comes from")
    time_zone: str = Field(description="The IANA zone of its fulfillment center, in which its windows are days")
    time_zone_known: Literal["center", "country", "marketplace", "unknown"] = Field(
        description="Whether it was said of the center itself, or is the one usual in its country or the marketplace"
    )


class OrdersOut(Open):
    orders: list[OrderOut]
    next: str


class Quantity(Open):
    eaches: int
    amount: int | None
    unit: str
    unit_size: int


class FindingOut(Open):
    check: str
    message: str
    where: str


class LineOut(Open):
    line: str
    asin: str
    ordered: Quantity
    acknowledged: Quantity | None
    received: Quantity | None
    findings: list[FindingOut]


class OrderFull(OrderWork, OrderOut):
    versions: list[dict[str, Any]]
    lines: list[LineOut]
    findings: list[FindingOut]
    history: list[dict[str, Any]]
    documents: list[dict[str, Any]]


class AnswerIn(Strict):
    """One entry of a line's answer; several entries split the line."""

    code: Literal["Accepted", "Backordered", "Rejected"]
    eaches: int = Field(description="Single pieces, whatever the unit ordered")
    reason: Literal["", "TemporarilyUnavailable", "InvalidProductIdentifier", "ObsoleteProduct"] = ""
    ship_date: str | None = Field(None, description="A date or a moment; UTC unless it says otherwise")
    delivery_date: str | None = None
    net_cost: str | None = Field(None, description="Per each, as text; the order's own unless said")


class LineIn(Strict):
    line: str = Field(description="Amazon's line number")
    answers: list[AnswerIn]


def _told_as(shape: type[Schema], what: str) -> WithJsonSchema:
    """Described by a shape, read by ``orders.domain.answers_file``, so that every door refuses in the same words."""
    schema = shape.model_json_schema()
    known = schema.pop("$defs", {})
    return WithJsonSchema({"type": ["array", "null"], "items": _inlined(schema, known), "description": what})


def _inlined(schema: Any, known: dict[str, Any]) -> Any:
    if isinstance(schema, list):
        return [_inlined(part, known) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _inlined(known[schema["$ref"].rsplit("/", 1)[-1]], known)
    return {name: _inlined(part, known) for name, part in schema.items()}


class AnsweredOrder(Strict):
    number: str
    lines: list[LineIn]


class AcknowledgeAsk(Strict):
    """Without ``lines`` every open line is accepted in full at the order's cost."""

    lines: Annotated[Any, _told_as(LineIn, "An answer for every open line; lines not named are refused")] = None
    because: str = ""
    confirm_elsewhere: bool = Field(False, description="Ours shall replace an answer given elsewhere")
    confirm_hold: bool = Field(False, description="Answer though the order is on hold")
    version: int | None = Field(None, description="Refuse if the order has another version by now")


class ManyAsk(Strict):
    """``numbers`` are accepted in full, ``orders`` as they say; each order alone."""

    numbers: list[str] = []
    orders: Annotated[Any, _told_as(AnsweredOrder, "Answers by order, as `order acknowledge --answers` takes them")] = (
        None
    )
    profile: str | None = Field(None, description="Needed when a number is not the only one of its name")
    because: str = ""
    confirm_elsewhere: bool = False
    confirm_hold: bool = False


class AnsweredOut(Open):
    number: str
    profile: str | None
    ok: bool
    state: str | None
    acknowledgement: dict[str, Any] | None
    error: dict[str, Any] | None


class ManyOut(Open):
    orders: list[AnsweredOut]
    acknowledged: int
    refused: int


class ResolveAsk(Strict):
    verdict: Literal["arrived", "resend", "give up"]
    because: str = Field(description="Written down in the audit")


class DocumentOut(Open):
    id: int
    kind: str
    subject: str
    profile: str
    state: str
    transaction_id: str | None
    sent_at: datetime | None
    problem: dict[str, Any] | None


class DocumentsOut(Open):
    documents: list[DocumentOut]
    next: str


class DocumentFull(DocumentOut):
    body: dict[str, Any]
    attempts: list[dict[str, Any]]


class AsideOut(Open):
    id: int
    profile: str
    kind: str
    number: str
    reason: str
    at: datetime


class AsidesOut(Open):
    asides: list[AsideOut]
    next: str


class AlertOut(Open):
    id: int
    kind: str
    severity: Literal["info", "warn", "bad"]
    state: Literal["open", "taken", "closed"]
    profile: str | None
    message: str
    hint: str
    remedy: str
    request_id: str
    taken_by: str
    opened_at: datetime
    updated_at: datetime
    closed_at: datetime | None


class AlertsOut(Open):
    alerts: list[AlertOut]
    next: str


class HoldOut(Open):
    held: bool
    reason: str
    by: str
    at: datetime | None


class HoldAsk(Strict):
    because: str = Field(min_length=1, description="Shown to everybody while it is held")


class TodayOut(Open):
    orders: dict[str, Any]
    documents: dict[str, Any]
    profiles: dict[str, Any]
    alerts: list[AlertOut] = Field(description="Those without a better place here, the worst first")
    work: dict[str, Any] = Field(description="One list of all of it: `mine` to do, `others` to see, `counts` by kind")


class VerdictOut(Open):
    ok: bool
    checked: int
    first_bad: int | None
    unsealed: int


class EntriesOut(Open):
    entries: list[dict[str, Any]]
    next: str
