"""The one way a state changes: compare-and-set on the old state, stamped, told to whoever listens."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db import models, transaction
from django.db.models.expressions import BaseExpression, Combinable
from django.utils.translation import gettext as _

from purveyor.common import clock
from purveyor.common.errors import Conflict
from purveyor.common.states import Machine

Listener = Callable[[models.Model, str, str, str, str, str, Mapping[str, Any]], None]

_listeners: list[Listener] = []


def on_move(listener: Listener) -> Listener:
    """Call ``listener(row, old, new, by, because, action, changes)`` inside the transaction of every move."""
    if listener not in _listeners:
        _listeners.append(listener)
    return listener


def move(
    row: models.Model, target: str, *, by: str, because: str = "", action: str = "", holding: str = "", **changes: Any
) -> None:
    """Move a row from the state the caller saw to ``target``, with ``changes`` to other fields in the same statement.

    ``state_at`` is stamped where the model has it. With ``holding`` the row's lease must still be that owner's.
    The instance shows the new values afterwards; after an error it is as before.

    Raises ValueError for an arrow the model's machine does not have, Conflict when somebody else was faster.
    """
    machine: Machine = row.machine  # type: ignore[attr-defined]  # every model with states declares one
    old, new = str(row.state), str(target)  # type: ignore[attr-defined]  # as above
    if not machine.allows(old, new):
        raise ValueError(f"{machine.name}: there is no arrow from {old} to {new}")
    values = {"state": new} | _stamp(row) | changes
    seen = {"pk": row.pk, "state": old} | ({"lease_owner": holding} if holding else {})
    before = {name: getattr(row, name) for name in values}
    try:
        with transaction.atomic():
            if not type(row)._base_manager.filter(**seen).update(**values):
                said = _("Somebody was faster: %(name)s is no longer in the state “%(state)s”.")
                raise Conflict(said % {"name": row, "state": old}, hint=_("Look at it again."))
            _show(row, values)
            for listener in _listeners:
                listener(row, old, new, by, because, action, changes)
    except BaseException:
        _set(row, before)
        raise


def _stamp(row: models.Model) -> dict[str, Any]:
    return {"state_at": clock.now()} if hasattr(row, "state_at") else {}


def _show(row: models.Model, values: Mapping[str, Any]) -> None:
    worked_out = [n for n, v in values.items() if isinstance(v, BaseExpression | Combinable)]
    _set(row, {n: v for n, v in values.items() if n not in worked_out})
    if worked_out:
        row.refresh_from_db(fields=worked_out)


def _set(row: models.Model, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)
