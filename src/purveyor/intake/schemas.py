"""What stands aside, as machines see it."""

from __future__ import annotations

from typing import Any

from purveyor.intake.models import Aside


def aside_row(aside: Aside) -> dict[str, Any]:
    """One document that could not be understood, with its reason; its bytes are asked for by themselves."""
    return {
        "id": aside.pk,
        "profile": aside.profile.name,
        "kind": aside.kind,
        "number": aside.number,
        "reason": aside.reason,
        "request_id": aside.request_id,
        "content_hash": aside.content_hash,
        "at": aside.at,
    }
