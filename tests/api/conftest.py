"""The REST door, through Django's test client: callers with tokens, CSRF checks on, against the plugged world."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from cast import Cast, make_cast
from deliver import placed
from purveyor.orders.models import Order
from purveyor.people.domain.tokens import make_token
from purveyor.people.models import User
from purveyor.people.permissions import PERMISSIONS, ROLES
from purveyor.profiles.models import Profile
from purveyor.simulator.world import World

ROOT = "/api/v1"


@dataclass
class Caller:
    """Somebody with a token, or without one. Answers are Django's; ``json`` reads their body."""

    token: str = ""
    client: Client = field(default_factory=lambda: Client(enforce_csrf_checks=True, raise_request_exception=False))

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        told = {"authorization": f"Bearer {self.token}"} if self.token else {}
        told |= {name.replace("_", "-"): value for name, value in headers.items()}
        data = "" if body is None else body if isinstance(body, str | bytes) else json.dumps(body)
        answer = self.client.generic(method, ROOT + path, data, "application/json", headers=told)
        assert isinstance(answer, HttpResponse)
        return answer

    def get(self, path: str, **headers: str) -> HttpResponse:
        return self.ask("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> HttpResponse:
        return self.ask("POST", path, {} if body is None else body, **headers)

    def hand_over(self, path: str, content: bytes, **form: str) -> HttpResponse:
        """A file, as forms send it."""
        told = {"authorization": f"Bearer {self.token}"} if self.token else {}
        data = {"file": SimpleUploadedFile("list.csv", content), **form}
        answer = self.client.post(ROOT + path, data, headers=told)
        assert isinstance(answer, HttpResponse)
        return answer

    def read(self, path: str) -> Any:
        """The answer of a good GET."""
        answer = self.get(path)
        assert answer.status_code == 200, answer.content
        return json.loads(answer.content)


Make = Callable[..., Caller]


@pytest.fixture
def cast(profile: Profile) -> Cast:
    """Everybody, on the connected profile; the stranger on another one."""
    return make_cast(profile)


@pytest.fixture
def caller() -> Make:
    """A token of a person: with these scopes, or with all that person's role holds."""

    def make(user: User, *scopes: str, profile: Profile | None = None) -> Caller:
        grant = user.grants.first()
        held: Sequence[str] = scopes or sorted(ROLES[grant.role].permissions if grant else PERMISSIONS)
        where = profile if profile else (grant.profile if grant and grant.profile else None)
        _token, plain = make_token(user, f"erp {user.tokens.count()}", held, where)
        return Caller(plain)

    return make


@pytest.fixture
def anna(cast: Cast, caller: Make) -> Caller:
    """The vendor manager's token."""
    return caller(cast.vendor_manager)


@pytest.fixture
def root(cast: Cast, caller: Make) -> Caller:
    """The administrator's token, with every scope."""
    return caller(cast.administrator, *PERMISSIONS)


@pytest.fixture
def stranger(cast: Cast, caller: Make) -> Caller:
    """A token of the vendor manager of another profile."""
    return caller(cast.stranger)


@pytest.fixture
def nobody() -> Caller:
    """No token at all."""
    return Caller()


@pytest.fixture
def place(plugged: World, profile: Profile) -> Callable[..., Order]:
    """Places an order at the pretended Amazon and imports it."""

    def make(*lines: dict[str, Any], **more: Any) -> Order:
        return placed(plugged, profile, *lines, **more)

    return make


def said(answer: HttpResponse) -> tuple[int, str]:
    """Status and code of a refusal, which must be a whole problem document."""
    assert answer.headers["Content-Type"] == "application/problem+json", answer.content
    told = json.loads(answer.content)
    assert {"type", "title", "status", "detail", "code", "remedy", "request_id", "error"} <= set(told)
    assert (told["status"], told["error"]["code"], told["error"]["message"]) == (
        answer.status_code,
        told["code"],
        told["detail"],
    )
    return answer.status_code, str(told["code"])
