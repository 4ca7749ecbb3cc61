"""What an alert says is read in the reader's language, whoever raised it, numbers and all."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.utils.translation import gettext, override
from django.utils.translation import ngettext as plural_of

import purveyor
from cast import Cast
from purveyor.alerts.message import compose
from purveyor.alerts.models import Alert
from purveyor.alerts.raise_ import raise_alert
from purveyor.alerts.schemas import alert_row
from purveyor.base.phrase import Moment, Phrase, _, ngettext
from purveyor.orders.domain import changes_said, deviation_said, findings_said

ROOT = Path(purveyor.__file__).parent
DOOR, PHRASE = ROOT / "alerts" / "raise_.py", ROOT / "base" / "phrase.py"
MAKERS = ("Phrase", "phrase")
TWO = (("de", "en"), ("en", "de"))
KIND = {"kind": "route.failing", "severity": "warn"}


def trees() -> Iterator[tuple[Path, ast.Module]]:
    for file in sorted(ROOT.rglob("*.py")):
        yield file, ast.parse(file.read_text(encoding="utf-8"))


def calls(tree: ast.AST, *names: str) -> list[ast.Call]:
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [call for call in found if isinstance(call.func, ast.Name) and call.func.id in names]


def imported(tree: ast.AST) -> set[str]:
    """Where the names of a module's gettext come from."""
    found = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    names = {"_", "gettext", "ngettext"}
    return {str(one.module) for one in found if names & {name.asname or name.name for name in one.names}}


def raisers() -> list[tuple[Path, ast.Module]]:
    return [(file, tree) for file, tree in trees() if file != DOOR and calls(tree, "raise_alert")]


def sentences() -> list[tuple[str, str]]:
    """Every sentence of the modules that raise alerts, with its plural where it has one, and those they are made of."""
    found = {
        (call.args[0].value, call.args[1].value if call.func.id == "ngettext" else "")  # type: ignore[attr-defined]
        for _file, tree in raisers()
        for call in calls(tree, "_", "ngettext")
    }
    found |= {(text, "") for text, _say in changes_said._SENTENCES.values()}
    found |= {(text, "") for text in (*findings_said.SENTENCES.values(), *deviation_said.PARTS.values())}
    return sorted(found)


def values_of(text: str) -> dict[str, Any]:
    return {name: 7 if kind == "d" else f"<{name}>" for name, kind in re.findall(r"%\((\w+)\)([sd])", text)}


def said(text: str, many: str) -> Phrase:
    values = values_of(text + many)
    made = ngettext(text, many, 7) if many else _(text)
    return made % values if values else made


def expected(text: str, many: str) -> str:
    values = values_of(text + many)
    found = plural_of(text, many, 7) if many else gettext(text)
    return found % values if values else found


@pytest.mark.integration
@pytest.mark.django_db
@pytest.mark.parametrize(("theirs", "mine"), TWO)
def test_every_sentence_raised_in_one_language_is_read_in_the_other(theirs: str, mine: str) -> None:
    found = sentences()
    assert len(found) > 60
    for text, many in found:
        with override(theirs):
            raise_alert("cause", **KIND, message=said(text, many), hint=said(text, many))
        alert = Alert.objects.get()
        with override(mine):
            assert (alert.said, alert.advice) == (expected(text, many), expected(text, many))
        with override("en"):
            assert alert.message == expected(text, many)
        with override("de"):
            assert alert.said != alert.message, "it has no German"


@pytest.mark.integration
@pytest.mark.django_db
def test_a_finished_sentence_is_refused() -> None:
    for words in ({"message": "7 rows wait."}, {"message": _("Answer the order."), "hint": "Answer 7."}):
        with pytest.raises(TypeError, match="phrases"):
            raise_alert("cause", **KIND, **words)
    assert Alert.objects.count() == 0


@pytest.mark.unit
@pytest.mark.once
def test_whoever_raises_alerts_knows_phrases_only() -> None:
    found = {(file.name, where) for file, tree in raisers() for where in imported(tree)}
    assert len(found) > 8
    assert [one for one in sorted(found) if one[1] != "purveyor.base.phrase"] == []


@pytest.mark.unit
@pytest.mark.once
def test_nothing_finished_is_called_a_phrase() -> None:
    """A phrase is made of a sentence as it stands in the code, or of one from elsewhere: never of one put together."""
    put_together = (ast.JoinedStr, ast.BinOp, ast.Call)
    wrong = [
        (file.name, call.lineno)
        for file, tree in trees()
        if file != PHRASE
        for call in calls(tree, *MAKERS)
        if isinstance(call.args[0], put_together)
    ]
    assert wrong == []


@pytest.mark.integration
@pytest.mark.django_db
def test_an_alert_in_a_mail_and_to_machines(cast: Cast) -> None:
    due = Moment(datetime(2026, 3, 3, 9, tzinfo=UTC), "Europe/Berlin")
    text = "Order %(name)s is overdue: its answer was due at %(due)s."
    with override("de"):
        raise_alert("cause", **KIND, message=Phrase(text, {"name": "P1", "due": due}), profile_id=cast.profile.pk)
    alert = Alert.objects.get()
    with override("en"):
        english = compose([alert]).text
    with override("de"):
        german, row = compose([alert]).subject, alert_row(alert)
    assert english == "Warning (acme-de): Order P1 is overdue: its answer was due at 2026-03-03 10:00 CET."
    assert german.endswith("Die Antwort war um 2026-03-03 10:00 CET fällig.")
    assert row["values"] == {"name": "P1", "due": {"moment": "2026-03-03T09:00:00Z", "zone": "Europe/Berlin"}}


@pytest.mark.integration
@pytest.mark.django_db
def test_what_was_stored_as_a_finished_sentence_goes_on_being_shown() -> None:
    whole, german = "Answer the order.", "Die Bestellung P1 ist überfällig."
    alert = Alert.objects.create(cause="old", kind="order.answer_due", severity="warn", message=whole, hint=german)
    with override("de"):
        assert (alert.said, alert.advice, alert_row(alert)["values"]) == (gettext(whole), german, None)
    assert alert.said == whole
