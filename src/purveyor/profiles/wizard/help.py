"""docs/user/connect.md, its German twin and their drawings, made from the wizard's own table of steps.

python -m purveyor.profiles.wizard.help docs
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from django.utils import translation
from django.utils.translation import gettext as _

from purveyor.amazon.regions import MARKETPLACES
from purveyor.profiles.features import FULFILLMENT
from purveyor.profiles.wizard import drawings
from purveyor.profiles.wizard.countries import countries
from purveyor.profiles.wizard.steps import APP, SIGN_IN, STEPS, Step, further_roles

LANGUAGES = ("en", "de")
PAGES = {"en": "user/connect.md", "de": "user/connect.de.md"}


def files() -> dict[str, str]:
    """Every file that is made, by its path below the folder of the documentation."""
    made = {PAGES[language]: page(language) for language in LANGUAGES}
    return made | {f"pictures/{picture_of(step)}": picture(step) for step in STEPS if step.drawing}


def page(language: str) -> str:
    """The page in one language."""
    with translation.override(language):
        return "\n".join(_page(language))


def picture_of(step: Step) -> str:
    """The file of a step's drawing."""
    return f"connect-{step.key}.svg"


def picture(step: Step) -> str:
    """A step's drawing with its words in every language."""
    words = {}
    for language in LANGUAGES:
        with translation.override(language):
            words[language] = (str(step.title), str(step.shows))
    return drawings.alone(step.drawing, words)


def _page(language: str) -> Iterator[str]:
    others = [f"[{'Deutsch' if code == 'de' else 'English'}]({Path(PAGES[code]).name})" for code in LANGUAGES]
    title = _("Connect a vendor account")
    yield f"# {title}\n"
    yield "<!-- Made by: python -m purveyor.profiles.wizard.help docs -->\n"
    yield " · ".join(other for code, other in zip(LANGUAGES, others, strict=True) if code != language) + "\n"
    yield _intro() + "\n"
    for number, step in enumerate(STEPS, 1):
        yield from _step(number, step)


def _intro() -> str:
    return _(
        "From nothing to the first purchase order takes about ten minutes. Open Profiles, Connect an account; each "
        "section below is one screen there. Leave whenever you like: what was filled in is kept for two weeks, secrets "
        "sealed, and anybody who may connect accounts can go on with it. To rehearse, run `purveyor simulator` and "
        "choose the simulator on the first screen: its portal stands in for Vendor Central, and nothing reaches Amazon."
    )


def _step(number: int, step: Step) -> Iterator[str]:
    yield f"## {number}. {step.title}\n"
    yield f"{step.lead}\n"
    if step.drawing:
        yield f"![{step.shows}](../pictures/{picture_of(step)})\n"
    if step.clicks:
        yield "\n".join(f"{n}. {click}" for n, click in enumerate(step.clicks, 1)) + "\n"
    if step.why:
        yield f"{step.why}\n"
    if step.key == SIGN_IN:
        yield from _countries()
    if step.key == APP:
        yield from _roles()


def _countries() -> Iterator[str]:
    unknown = _("the one you sign in to")
    yield _table(_("Country"), "Vendor Central")
    for code, name in countries():
        yield f"| {name} ({code}) | {MARKETPLACES[code].portal or unknown} |"
    yield ""


def _roles() -> Iterator[str]:
    enough = _("orders, shipments and invoices")
    yield _table(_("Role"), _("Opens"))
    yield f"| {FULFILLMENT} | {enough} |"
    for role, features in further_roles().items():
        yield f"| {role} | {'; '.join(f'{one.title}: {one.sentence}' for one in features)} |"
    yield ""


def _table(*heads: str) -> str:
    return "| " + " | ".join(heads) + " |\n|" + " --- |" * len(heads)


def main() -> None:
    """Write every file below the folder named on the command line."""
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "purveyor.config.settings")
    django.setup()
    if len(sys.argv) != 2:
        sys.exit("usage: python -m purveyor.profiles.wizard.help FOLDER")
    for name, text in files().items():
        (Path(sys.argv[1]) / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
