"""How a page leaves: in its frame, with the language and the look of the one who reads."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from purveyor.people.models import User
from purveyor.people.who import Who
from purveyor.web.frame import LOOK_COOKIE, Frame

LOOKS = ("light", "dark")


def who_of(request: HttpRequest) -> Who:
    """The person behind a request, one Who for the whole of it. Only behind the sign-in."""
    found: Who | None = getattr(request, "who", None)
    if found is None:
        if not isinstance(request.user, User):
            raise TypeError("nobody is signed in")
        found = request.who = Who.of(request.user)  # type: ignore[attr-defined]  # kept for the request's length
    return found


def frame_of(request: HttpRequest) -> Frame:
    """The frame of a request, made once."""
    found: Frame | None = getattr(request, "frame", None)
    if found is None:
        found = request.frame = Frame(who_of(request), request)  # type: ignore[attr-defined]  # as above
    return found


def page(request: HttpRequest, template: str, section: str = "", *, status: int = 200, **context: Any) -> HttpResponse:
    """A whole page in its frame. ``section`` is the entry of the rail it belongs to."""
    told = {"frame": frame_of(request), "section": section, "look": look_of(request)} | context
    return render(request, f"pages/{template}.html", told, status=status)


def door(request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """A page before the sign-in: no frame, nothing about what lies behind."""
    return render(request, f"pages/{template}.html", {"look": look_of(request)} | context, status=status)


def part(request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """A part of a page, for htmx."""
    return render(request, f"parts/{template}.html", context, status=status)


def look_of(request: HttpRequest) -> str:
    """The look a person chose: light, dark, or empty for what their machine says."""
    chosen = request.COOKIES.get(LOOK_COOKIE, "")
    return chosen if chosen in LOOKS else ""
