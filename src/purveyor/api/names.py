"""Names in an address are exact: a parameter no route knows is refused. Passed over in silence, a misspelt filter would
answer with everything, which a program takes for what it asked for."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router
from ninja.decorators import decorate_view
from ninja.operation import Operation

from purveyor.api.problems import of_error
from purveyor.common.errors import Problem, Refused

Run = Callable[..., Any]


def exact(router: Router) -> Router:
    """The same router, whose routes refuse parameters they do not know."""
    for view in router.path_operations.values():
        for operation in view.operations:
            decorate_view(_only(known_to(operation)))(operation.view_func)
    return router


def known_to(operation: Operation) -> frozenset[str]:
    """The names of the parameters a route takes in its address, behind the question mark."""
    asked = (m for m in operation.models if m.__ninja_param_source__ == "query")
    return frozenset(name for model in asked for name in model.__ninja_flatten_map__)


def _only(known: frozenset[str]) -> Callable[[Run], Run]:
    def wrap(run: Run) -> Run:
        @functools.wraps(run)
        def checked(request: HttpRequest, *args: Any, **more: Any) -> Any:
            strange = sorted(set(request.GET) - known)
            return of_error(_refused(strange, known)) if strange else run(request, *args, **more)

        return checked

    return wrap


def _refused(strange: list[str], known: frozenset[str]) -> Refused:
    there_are = ", ".join(sorted(known)) or _("none")
    found = [
        Problem(_("There is no parameter %(name)s; there are: %(names)s.") % {"name": name, "names": there_are}, name)
        for name in strange
    ]
    return Refused(found[0].message, found)
