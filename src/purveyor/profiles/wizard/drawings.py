"""Schematic screens of our own, one per step that happens in Vendor Central. They show where things are, not how they
look. Pure text: SVG made of a few shapes with classes; pages colour them by their stylesheet, files by ``STYLE``.

Numbers in circles are those of the step's clicks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape

WIDTH = 640
STYLE = (
    "svg{--d-paper:#fff;--d-sunk:#f1f0ec;--d-line:#b9b6ac;--d-ink:#1a1d21;--d-soft:#585d65;--d-hot:#264a9e;"
    "--d-hot-soft:#e7ecf8;--d-hot-ink:#fff}"
    "@media(prefers-color-scheme:dark){svg{--d-paper:#1a1d22;--d-sunk:#0e1013;--d-line:#4b515c;--d-ink:#e8e9eb;"
    "--d-soft:#a0a6b0;--d-hot:#a3bcff;--d-hot-soft:#222b42;--d-hot-ink:#14171b}}"
)
"""The colours of a drawing that stands alone."""
RULES = (
    ".d-paper{fill:var(--d-paper);stroke:var(--d-line)}.d-sunk{fill:var(--d-sunk);stroke:var(--d-line)}"
    ".d-hot{fill:var(--d-hot-soft);stroke:var(--d-hot);stroke-width:2}.d-line{fill:none;stroke:var(--d-line)}"
    ".d-tick{fill:none;stroke:var(--d-hot);stroke-width:2.5}.d-full{fill:var(--d-hot);stroke:none}"
    ".d-bar{fill:var(--d-line);stroke:none}.d-text{fill:var(--d-ink)}.d-note{fill:var(--d-soft)}"
    ".d-strong{fill:var(--d-ink);font-weight:600}.d-number{fill:var(--d-hot-ink);font-weight:700}"
)
"""What the classes mean; the stylesheet of the pages says the same."""


def _rect(x: int, y: int, w: int, h: int, kind: str = "paper", r: int = 4) -> str:
    return f'<rect class="d-{kind}" x="{x}" y="{y}" width="{w}" height="{h}" rx="{r}"/>'


def _text(x: int, y: int, words: str, kind: str = "text", anchor: str = "start") -> str:
    at = f' text-anchor="{anchor}"' if anchor != "start" else ""
    return f'<text class="d-{kind}" x="{x}" y="{y}"{at}>{escape(words)}</text>'


def _dot(number: int, x: int, y: int) -> str:
    return f'<circle class="d-full" cx="{x}" cy="{y}" r="11"/>' + _text(x, y + 5, str(number), "number", "middle")


def _window(height: int) -> str:
    """The page: a head with its name, and quiet bars where other things stand."""
    bars = "".join(f'<rect class="d-bar" x="{x}" y="22" width="46" height="5" rx="2"/>' for x in (450, 506, 562))
    head = _rect(1, 1, WIDTH - 2, 46, "sunk", 8)
    return _rect(1, 1, WIDTH - 2, height - 2, "paper", 8) + head + _text(20, 29, "Vendor Central", "strong") + bars


def _button(x: int, y: int, w: int, words: str, hot: bool = True) -> str:
    return _rect(x, y, w, 30, "hot" if hot else "paper", 15) + _text(x + w // 2, y + 20, words, "text", "middle")


def _field(x: int, y: int, w: int, label: str, value: str = "", hot: bool = False) -> str:
    box = _rect(x, y + 8, w, 28, "hot" if hot else "paper")
    return _text(x, y, label, "note") + box + _text(x + 10, y + 27, value)


def _choice(x: int, y: int, words: str, chosen: bool, radio: bool = False) -> str:
    kind = "hot" if chosen else "paper"
    if radio:
        mark = f'<circle class="d-{kind}" cx="{x + 8}" cy="{y - 5}" r="8"/>'
        mark += f'<circle class="d-full" cx="{x + 8}" cy="{y - 5}" r="4"/>' if chosen else ""
    else:
        mark = _rect(x, y - 13, 16, 16, kind, 3)
        mark += f'<path class="d-tick" d="M{x + 3} {y - 5}l4 4 6-8"/>' if chosen else ""
    return mark + _text(x + 26, y, words, "text" if chosen else "note")


def _menu(x: int, y: int, w: int, entries: tuple[str, ...], hot: int) -> str:
    parts = [_rect(x, y, w, 14 + 30 * len(entries))]
    for place, words in enumerate(entries):
        top = y + 7 + 30 * place
        parts.append(_rect(x + 6, top, w - 12, 30, "hot") if place == hot else "")
        parts.append(_text(x + 18, top + 20, words, "text" if place == hot else "note"))
    return "".join(parts)


def _row(y: int, *cells: tuple[int, str, str]) -> str:
    line = f'<path class="d-line" d="M24 {y + 16}H616"/>'
    return "".join(_text(x, y, words, kind) for x, words, kind in cells) + line


def _sign_in() -> str:
    return (
        _window(250)
        + _text(60, 82, "Orders", "note")
        + _text(150, 82, "Items", "note")
        + _rect(232, 60, 110, 34, "hot")
        + _text(250, 82, "Integration")
        + _text(372, 82, "Settings", "note")
        + _dot(2, 232, 60)
        + _menu(232, 100, 190, ("EDI", "API Integration", "Transfer history"), 1)
        + _dot(3, 424, 152)
        + _text(530, 82, "you", "note")
        + _dot(1, 510, 77)
    )


def _developer() -> str:
    return (
        _window(290)
        + _text(40, 80, "Developer registration", "strong")
        + _field(56, 106, 240, "Company", "Acme Ltd")
        + _field(326, 106, 240, "Contact", "Anna Example")
        + _dot(1, 32, 128)
        + _choice(56, 182, "Private: for my own company", True, radio=True)
        + _choice(326, 182, "Public: for others", False, radio=True)
        + _dot(2, 32, 177)
        + _choice(56, 220, "Amazon Fulfillment", True)
        + _choice(326, 220, "Other roles", False)
        + _dot(3, 32, 215)
        + _button(56, 242, 130, "Register")
        + _dot(4, 32, 257)
    )


def _app() -> str:
    return (
        _window(370)
        + _text(40, 80, "API Integration", "strong")
        + _button(420, 60, 170, "+ Add new app client")
        + _dot(1, 402, 75)
        + _field(56, 116, 240, "App name", "Purveyor")
        + _dot(2, 32, 138)
        + _field(326, 116, 240, "API type", "SP API", hot=True)
        + _dot(3, 584, 138)
        + _choice(56, 192, "Amazon Fulfillment", True)
        + _choice(326, 192, "Other roles, only if you need them", False)
        + _dot(4, 32, 187)
        + _text(56, 228, "Do you delegate access to PII to another developer's application?", "note")
        + _choice(56, 256, "Yes", False, radio=True)
        + _choice(140, 256, "No", True, radio=True)
        + _dot(5, 32, 251)
        + _button(56, 282, 130, "Save and exit")
        + _dot(6, 32, 297)
        + _row(344, (56, "Purveyor", "text"), (326, "SP API", "note"), (470, "Draft", "note"))
    )


def _codes() -> str:
    return (
        _window(250)
        + _rect(232, 60, 100, 34, "hot")
        + _text(250, 82, "Settings")
        + _text(60, 82, "Orders", "note")
        + _text(150, 82, "Items", "note")
        + _menu(232, 100, 150, ("Account", "Contacts"), 1)
        + _dot(1, 384, 152)
        + _text(56, 206, "Contacts", "strong")
        + _text(420, 190, "Vendor code", "note")
        + _rect(420, 198, 120, 32, "hot")
        + _text(436, 219, "ACME1")
        + _dot(2, 558, 214)
    )


def _credentials() -> str:
    return (
        _window(310)
        + _row(78, (40, "App", "note"), (190, "State", "note"), (300, "LWA credentials", "note"))
        + _row(116, (40, "Purveyor", "text"), (190, "Draft", "note"), (520, "Edit App  ▾", "note"))
        + _dot(1, 22, 112)
        + _rect(296, 98, 70, 27, "hot")
        + _text(312, 116, "View")
        + _dot(2, 382, 112)
        + _rect(120, 150, 400, 140, "paper", 8)
        + _field(144, 178, 352, "Client identifier", "amzn1.application-oa2-client.…", hot=True)
        + _field(144, 242, 352, "Client secret", "amzn1.oa2-cs.v1.…", hot=True)
        + _dot(3, 520, 210)
        + _dot(3, 520, 264)
    )


def _token() -> str:
    return (
        _window(300)
        + _row(78, (40, "App", "note"), (190, "State", "note"), (300, "LWA credentials", "note"))
        + _row(116, (40, "Purveyor", "text"), (190, "Draft", "note"), (312, "View", "note"))
        + _rect(500, 98, 110, 27, "hot")
        + _text(514, 116, "Edit App  ▾")
        + _dot(1, 484, 112)
        + _menu(480, 130, 132, ("Authorise", "Delete"), 0)
        + _dot(2, 466, 152)
        + _text(40, 196, "Authorise Purveyor", "strong")
        + _text(40, 232, "Acme, Germany")
        + _button(180, 212, 130, "Authorise app")
        + _dot(3, 326, 227)
        + _rect(40, 254, 270, 30, "hot")
        + _text(54, 274, "Atzr|…")
        + _dot(4, 326, 269)
    )


DRAWINGS: Mapping[str, tuple[int, Callable[[], str]]] = {
    "menu": (250, _sign_in),
    "developer": (290, _developer),
    "app": (370, _app),
    "codes": (250, _codes),
    "credentials": (310, _credentials),
    "token": (300, _token),
}
"""Name, height, shapes."""


def inline(name: str, title: str, shows: str) -> str:
    """A drawing for a page, with its words for those who do not see it. The page's stylesheet colours it."""
    head = f'<title id="d-{name}-t">{escape(title)}</title><desc id="d-{name}-d">{escape(shows)}</desc>'
    told = f'role="img" aria-labelledby="d-{name}-t" aria-describedby="d-{name}-d"'
    return _svg(name, f'class="drawing" {told}', head)


def alone(name: str, words: Mapping[str, tuple[str, str]]) -> str:
    """A drawing as a file, with title and description in each language (code: title, description)."""
    titles = "".join(f'<title lang="{code}">{escape(title)}</title>' for code, (title, _shows) in words.items())
    descs = "".join(f'<desc lang="{code}">{escape(shows)}</desc>' for code, (_title, shows) in words.items())
    return _svg(name, 'role="img"', f"{titles}{descs}<style>{STYLE}{RULES}</style>") + "\n"


def _svg(name: str, told: str, head: str) -> str:
    height, draw = DRAWINGS[name]
    size = f'viewBox="0 0 {WIDTH} {height}" font-family="system-ui, sans-serif" font-size="14"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} {told}>{head}{draw()}</svg>'
