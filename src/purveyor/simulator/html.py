"""How the stand-in's pages are made: templates, and headers that let nothing in but our own files."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from typing import Any

import jinja2
from werkzeug.wrappers import Response

# Nothing but our own style sheet, and nobody may frame the page.
POLICY = "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
# The portal may also run our own script, which adds copy buttons; every page works without it.
POLICY_WITH_SCRIPT = POLICY.replace("default-src 'none';", "default-src 'none'; script-src 'self';")

_KINDS = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8"}


@lru_cache(maxsize=1)
def templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("purveyor.simulator"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def page(template: str, status: int, policy: str = POLICY, **values: Any) -> Response:
    """A page that is neither stored nor framed, nor tells others where it was."""
    text = templates().get_template(template).render(**values)
    response = Response(text, status, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = policy
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response


def static(name: str) -> Response:
    """One of our own style sheets or scripts."""
    text = resources.files("purveyor.simulator").joinpath("static", name).read_text("utf-8")
    response = Response(text, content_type=_KINDS[name.rpartition(".")[2]])
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
