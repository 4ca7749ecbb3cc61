"""The shapes of what works on any list: views and exports."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from ninja import Field

from purveyor.api.shape_bases import Open, Strict

Filters = dict[str, str | list[str]]
Names = list[str]
Rows = list[dict[str, Any]]


class ViewNew(Strict):
    list: str = Field(description="orders, products, centers, documents, alerts, audit, …")
    name: str
    query: Filters = Field({}, description="Filters, `q` and `sort`, as the list's page has them in its address")
    columns: Names = Field([], description="By name; none are the usual ones")
    shared: bool = Field(False, description="For everybody who may see the list")
    profile: str = Field("", description="Its rows are those of this profile")


class ViewChange(Strict):
    name: str | None = None
    shared: bool | None = None


class DefaultAsk(Strict):
    list: str
    view: int | None = Field(description="null is the list as it is")


class ViewOut(Open):
    id: int
    list: str
    name: str
    owner: str
    query: dict[str, Any]
    columns: Names
    shared: bool
    profile: str | None
    default: bool


class ViewsOut(Open):
    views: list[ViewOut]


class ExportNew(Strict):
    list: str = Field("orders", description="orders, products, centers, documents, alerts, audit, …")
    format: Literal["csv", "xlsx", "json"] = "csv"
    query: Filters = Field({}, description="Filters, `q` and `sort`, as the list's page has them in its address")
    columns: Names = Field([], description="By name; none: every field there is")
    view: int | None = Field(None, description="Instead of query and columns: what a saved view shows")


class ExportOut(Open):
    id: int
    list: str
    format: str
    state: str
    done: int
    total: int | None
    rows: int | None
    file: str = Field(description="Where to fetch it once it is done; empty before, and when it is gone")
    expires_at: datetime | None


class BulkAsk(Strict):
    do: Literal["assign", "hold", "release", "warehouse"]
    numbers: Names
    profile: str | None = Field(None, description="Needed when a number is not the only one of its name")
    person: str = Field("", description="For assign: the user name; empty is nobody")
    because: str = Field("", description="Needed for hold; written down in the audit")
    dry_run: bool = Field(False, description="Say what would happen and why some are left out; do nothing")


class BulkOut(Open):
    orders: list[dict[str, Any]]
    done: int
    refused: int


class FiguresOut(Open):
    at: datetime
    weeks: list[dict[str, Any]] = Field(description="By the Monday each begins with, UTC; amounts as text")
    open_by_center: list[dict[str, Any]]


class SearchedOut(Open):
    list: str = Field(description="orders, products, centers or documents")
    more: bool = Field(description="Whether there are more than these rows")
    rows: Rows = Field(description="As the list's export has them")


class SearchOut(Open):
    found: list[SearchedOut] = Field(description="Only lists that have something")
