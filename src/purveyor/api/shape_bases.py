"""What every shape begins with: strict on what is asked, open on what is answered."""

from __future__ import annotations

from typing import Any

from ninja import Schema
from pydantic import BaseModel, ConfigDict, model_validator


class Strict(Schema):
    """A request's body: unknown names are refused, since a misspelt one would silently do nothing."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _only_text(cls, given: Any) -> Any:
        _refuse_unstorable(getattr(given, "_obj", given))
        return given


def _refuse_unstorable(value: Any) -> None:
    """What no database keeps as text. Raises ValueError."""
    if isinstance(value, str):
        if "\x00" in value or any("\ud800" <= c <= "\udfff" for c in value):
            raise ValueError("a text holds a character that is none")
    elif isinstance(value, dict):
        for name, inner in value.items():
            _refuse_unstorable(name)
            _refuse_unstorable(inner)
    elif isinstance(value, list):
        for inner in value:
            _refuse_unstorable(inner)


class Open(BaseModel):
    """An answer: more keys may stand beside those named."""

    model_config = ConfigDict(extra="allow")
