"""What makes up a profile, as given: trimmed, checked, every problem named with its field. Touches no database."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from purveyor.amazon.regions import MARKETPLACES, country_code
from purveyor.common import clock
from purveyor.common.errors import Problem
from purveyor.common.lenient import identifier, trimmed
from purveyor.config.options import option
from purveyor.profiles import endpoints, shapes
from purveyor.profiles.models import Environment

VISIBILITY_AT_AMAZON = 1800
"""Seconds until an answer must show in the status read-back (FACTS §5.1)."""
VISIBILITY_AT_SIMULATOR = 60
LONGEST_VISIBILITY = 7 * 86400

_NAME = re.compile(r"[A-Za-z0-9][-\w]{0,49}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything of a profile but its secrets."""

    marketplace: str
    vendor_codes: tuple[str, ...]
    client_id: str
    environment: str = str(Environment.PRODUCTION)
    endpoint: str = ""
    login_url: str = ""
    visibility_seconds: int = VISIBILITY_AT_AMAZON
    import_from: datetime | None = None
    import_acknowledged: bool = True

    def columns(self) -> dict[str, Any]:
        """What stands in the profile's own row."""
        return {name: getattr(self, name) for name in self.__slots__ if name != "vendor_codes"}


def read(given: Mapping[str, Any]) -> tuple[Facts, list[Problem]]:
    """The facts, tidied, and everything wrong with them.

    A missing environment follows from the endpoint, a missing visibility from the environment.
    """
    environment = trimmed(str(given["environment"])).lower() or str(endpoints.environment_of(given["endpoint"]))
    codes, problems = shapes.vendor_codes(given["vendor_codes"])
    facts = Facts(
        marketplace=marketplace_of(given["marketplace"]),
        vendor_codes=tuple(codes),
        client_id=identifier(given["client_id"]),
        environment=environment,
        endpoint=endpoints.tidy(given["endpoint"]),
        login_url=endpoints.tidy(given["login_url"]),
        visibility_seconds=_visibility(given["visibility_seconds"], environment),
        import_from=given["import_from"],
        import_acknowledged=bool(given.get("import_acknowledged", True)),
    )
    return facts, [*marketplace_problems(facts.marketplace), *problems, *_problems(facts)]


def name_problems(name: str) -> list[Problem]:
    """What is wrong with a profile's name (trimmed): it stands in addresses and on command lines."""
    if _NAME.fullmatch(name):
        return []
    said = _("A name has up to 50 letters, digits, hyphens and underscores, and begins with a letter or digit.")
    return [Problem(said, where="name")]


def secret_problems(secrets: Mapping[str, str]) -> list[Problem]:
    """What is wrong with the secrets given (trimmed), by field name."""
    found = [shapes.problem_of(field, value) for field, value in secrets.items()]
    return [problem for problem in found if problem is not None]


def issued_problems(issued_at: datetime | None, where: str) -> list[Problem]:
    """What is wrong with the moment at which a secret is said to have been made; nothing with none."""
    if issued_at is None or (issued_at.tzinfo is not None and issued_at <= clock.now()):
        return []
    return [Problem(_("A secret was made at a moment in the past, with its time zone."), where=where)]


def tidy_secrets(given: Mapping[str, str | None]) -> dict[str, str]:
    """The secrets that were given at all, without blanks and line breaks."""
    return {field: identifier(value) for field, value in given.items() if value is not None}


def custom_problems(environment: str) -> list[Problem]:
    """Custom endpoints need the operator's leave."""
    if environment != Environment.CUSTOM or option("PURVEYOR_CUSTOM_ENDPOINTS"):
        return []
    said = _("Custom endpoints are not allowed here. The operator allows them with PURVEYOR_CUSTOM_ENDPOINTS=yes.")
    return [Problem(said, where="endpoint")]


def marketplace_of(given: str) -> str:
    """The code of a marketplace as it is kept."""
    return country_code(identifier(given))


def _visibility(given: int | None, environment: str) -> int:
    if given is not None:
        return given
    return VISIBILITY_AT_SIMULATOR if environment == Environment.SIMULATOR else VISIBILITY_AT_AMAZON


def marketplace_problems(marketplace: str) -> Iterable[Problem]:
    """What is wrong with the code of a marketplace."""
    if marketplace not in MARKETPLACES:
        said = _("There is no such marketplace. Known are: %(codes)s.") % {"codes": ", ".join(sorted(MARKETPLACES))}
        yield Problem(said, where="marketplace")


def _problems(facts: Facts) -> Iterable[Problem]:
    found = shapes.problem_of(shapes.CLIENT_ID, facts.client_id)
    if found is not None:
        yield found
    yield from endpoints.problems_of(facts.environment, facts.endpoint, facts.login_url)
    if not 1 <= facts.visibility_seconds <= LONGEST_VISIBILITY:
        yield Problem(_("The visibility time is from one second to seven days."), where="visibility_seconds")
    if facts.import_from is not None and (facts.import_from.tzinfo is None or facts.import_from > clock.now()):
        yield Problem(_("The first import begins at a moment in the past, with its time zone."), where="import_from")
