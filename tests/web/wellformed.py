"""Whether a page opens and closes its elements in order: a browser mends silently what breaks the layout."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"])
ALONE = frozenset(("a", "button", "form", "label"))


class _Reader(HTMLParser):
    """Keeps what is open, and notes what closes out of turn or stands inside its own kind."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in VOID:
            return
        if tag in ALONE and tag in self.open:
            self._note(f"<{tag}> inside <{tag}>")
        self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Drawings close their own."""

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1] == tag:
            self.open.pop()
        elif tag not in VOID:
            self._note(f"</{tag}> while <{''.join(self.open[-1:])}> is open")
            if tag in self.open:
                del self.open[len(self.open) - 1 - self.open[::-1].index(tag) :]

    def _note(self, what: str) -> None:
        line, _column = self.getpos()
        self.wrong.append(f"line {line}: {what}")


def faults(page: str) -> list[str]:
    """What of a page is opened and not closed, closed and not opened, or may not stand where it does."""
    reader = _Reader()
    reader.feed(page)
    return reader.wrong + [f"<{tag}> is never closed" for tag in reader.open]
