"""The look keeps its promises: readable colours in light and dark, nothing fetched from elsewhere, nothing inline."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import purveyor.web

pytestmark = pytest.mark.unit

WEB = Path(purveyor.web.__file__).parent
CSS = (WEB / "static" / "purveyor" / "app.css").read_text()
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
SCRIPTS = sorted((WEB / "static" / "purveyor").glob("*.js"))
TOKENS = dict(re.findall(r"--([\w-]+): light-dark\(([^;]+)\);", CSS))
# Text on what it stands on. 4.5 is AA for text of any size (WCAG 2.2, 1.4.3).
TONES = ("good", "moving", "todo", "warn", "bad", "apart", "quiet")
TONES = ("good", "moving", "todo", "warn", "bad", "apart", "quiet")
PAIRS = [
    *((ink, ground) for ink in ("ink", "muted", "accent") for ground in ("paper", "surface", "sunk", "hover")),
    *((tone, ground) for tone in TONES for ground in ("surface", "paper", f"{tone}-soft")),
    ("button-ink", "button"),
    ("accent", "accent-soft"),
    ("ink", "warn-soft"),
    ("ink", "bad-soft"),
]


def _luminance(colour: str) -> float:
    parts = [int(colour.strip()[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("look", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_text_is_readable_on_its_ground(ink: str, ground: str, look: int) -> None:
    found = _contrast(TOKENS[ink].split(",")[look], TOKENS[ground].split(",")[look])
    assert found >= 4.5, f"{ink} on {ground}: {found:.2f}"


@pytest.mark.parametrize("look", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("edge", ["line-strong", "focus"])
def test_edges_of_fields_and_focus_are_seen(edge: str, look: int) -> None:
    """3 is AA for what one has to see to use a page (WCAG 2.2, 1.4.11)."""
    assert _contrast(TOKENS[edge].split(",")[look], TOKENS["surface"].split(",")[look]) >= 3


def test_white_is_readable_on_the_loudest_red() -> None:
    assert min(_contrast("#ffffff", colour) for colour in TOKENS["bad-solid"].split(",")) >= 4.5


def test_colours_are_tokens_only() -> None:
    body = CSS[CSS.index("/* elements */") :]
    found = re.findall(r"#[0-9a-fA-F]{3,8}\b", body)
    # white on the loud red, ground of a code to photograph, of paper, and the pressed button
    assert sorted(set(found)) == ["#000", "#fff"]


def test_nothing_is_fetched_from_elsewhere() -> None:
    for text in (CSS, *(f.read_text() for f in (*TEMPLATES, *SCRIPTS))):
        assert not re.search(r"url\(|@import|(?:src|href)=[\"']?(?:https?:)?//", text)


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda f: f"{f.parent.name}/{f.name}")
def test_template_has_nothing_inline(file: Path) -> None:
    """The content policy allows neither inline style nor inline script, handlers or javascript: addresses."""
    text = file.read_text()
    assert not re.search(r"<style|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|javascript:|hx-on|<script(?![^>]*\ssrc=)", text)
    assert not re.search(r"hx-trigger=\"[^\"]*\[", text)  # an htmx filter is evaluated, which is forbidden


@pytest.mark.parametrize("file", SCRIPTS, ids=lambda f: f.name)
def test_script_evaluates_nothing_and_writes_no_markup(file: Path) -> None:
    assert not re.search(
        r"\beval\(|new Function|innerHTML|outerHTML|insertAdjacentHTML|document\.write", file.read_text()
    )


def test_icons_named_by_templates_and_rail_exist() -> None:
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', (WEB / "static" / "purveyor" / "icons.svg").read_text()))
    named = {name for f in TEMPLATES for name in re.findall(r"{% icon \"([\w-]+)\" %}", f.read_text())}
    frame = (WEB / "frame.py").read_text()
    named |= set(re.findall(r'reverse\("[\w-]+"\), "([\w-]+)"', frame))
    assert named - drawn == set()


def test_icons_carry_no_style() -> None:
    for name in ("icons.svg", "logo.svg"):
        assert not re.search(r"style=|<style|<script", (WEB / "static" / "purveyor" / name).read_text())
