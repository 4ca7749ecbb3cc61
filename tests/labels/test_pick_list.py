"""The pick list on paper says what it shall say: its symbols are read back from the printed page."""

from __future__ import annotations

import pypdfium2
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from purveyor.labels import barcodes, layout
from purveyor.labels.kinds import pick_list
from purveyor.labels.pdf import cut, pdf, shown, width_of

pytestmark = pytest.mark.once

WORDS = pick_list.Words("Pick list", "Location", "Product", "Quantity", "Picked", "Page %(page)d of %(pages)d")


def row(number: int, code: str = "") -> pick_list.Row:
    return pick_list.Row(
        code=code or f"4ABCDEFG-1/{number}",
        location=f"A-{number:02d}",
        sku=f"SKU-{number}",
        number="4006381333931",
        title="Kitchen knife",
        quantity=str(number * 12),
        cases=f"{number} × 12",
    )


def sheet(rows: int = 3, **more: str) -> pick_list.Sheet:
    facts = [("Order", "4ABCDEFG"), ("Ship to", "DTM2"), ("Until", "2 December 2026, 23:59 Europe/Berlin")]
    return pick_list.Sheet("4ABCDEFG-1", facts, [row(number) for number in range(1, rows + 1)], **more)


def printed(one: pick_list.Sheet, size: tuple[float, float] = layout.A4) -> pypdfium2.PdfDocument:
    return pypdfium2.PdfDocument(pdf(pick_list.pages(one, WORDS, size), title=one.number))


def scanned(paper: pypdfium2.PdfDocument, dots: int) -> list[tuple[str, str]]:
    """The symbols of every page as a scanner tells them."""
    found = []
    for page in paper:
        picture = page.render(scale=dots / 72).to_pil()
        found += [(str(one.format), one.text) for one in zxingcpp.read_barcodes(picture)]
    return found


def texts(paper: pypdfium2.PdfDocument) -> str:
    return "\n".join(page.get_textpage().get_text_range() for page in paper)


@pytest.mark.parametrize("dots", [203, 300])
@pytest.mark.parametrize("size", [layout.A4, layout.LETTER])
def test_symbols_of_list_and_lines_say_their_codes(size: tuple[float, float], dots: int) -> None:
    codes = ["4ABCDEFG-1", *(f"4ABCDEFG-1/{number}" for number in range(1, 4))]
    assert scanned(printed(sheet(), size), dots) == [("Code 128", code) for code in codes]


def test_every_line_of_a_long_list_is_on_one_of_its_pages() -> None:
    paper = printed(sheet(31))
    assert len(paper) == 3
    found = [text for _format, text in scanned(paper, 203)]
    assert found.count("4ABCDEFG-1") == 3
    assert [text for text in found if "/" in text] == [f"4ABCDEFG-1/{number}" for number in range(1, 32)]
    assert "Page 2 of 3" in texts(paper)


def test_a_list_without_lines_is_one_page() -> None:
    paper = printed(sheet(0))
    assert (len(paper), "Page 1 of 1" in texts(paper)) == (1, True)


def test_warning_stands_across_every_page() -> None:
    paper = printed(sheet(20, warning="On hold: do not pick"))
    assert texts(paper).count("On hold: do not pick") == 2


def test_words_and_numbers_are_read_as_text() -> None:
    said = texts(printed(sheet(1, printed="printed by Łucja")))
    assert [part for part in ("SKU-1", "A-01", "4006381333931", "1 × 12", "DTM2", "Łucja") if part not in said] == []


def test_same_list_is_the_same_bytes() -> None:
    one, two = (pdf(pick_list.pages(sheet(), WORDS), title="a") for _time in range(2))
    assert one == two


@settings(max_examples=10, deadline=None)
@given(st.text("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789", min_size=1, max_size=14), st.integers(1, 999))
def test_any_order_number_is_read_back(number: str, line: int) -> None:
    code = f"{number}-1/{line}"
    one = pick_list.Sheet(f"{number}-1", [], [row(1, code)])
    assert [text for _format, text in scanned(printed(one), 300)] == [f"{number}-1", code]


def test_code_too_long_for_its_place_is_refused() -> None:
    with pytest.raises(barcodes.TooLong, match="too narrow"):
        barcodes.code128("A" * 60, width=50, height=10, module=0.3)


@pytest.mark.parametrize("data", ["", "Größe", "a\tb", "a\x00b"])
def test_what_is_no_printable_ascii_is_no_symbol(data: str) -> None:
    with pytest.raises(ValueError, match="printable ASCII"):
        barcodes.code128(data, width=50, height=10, module=0.3)


def test_paper_has_a_page() -> None:
    with pytest.raises(ValueError, match="at least one page"):
        pdf([], title="nothing")


def test_text_is_cut_to_its_width() -> None:
    assert cut("short", 9, 50) == "short"
    found = cut("a long title that does not fit", 9, 20)
    assert found.endswith("…")
    assert width_of(found, 9) <= 20 < width_of(found[:-1] + "xx…", 9)


def test_letters_the_font_lacks_are_marked() -> None:
    width_of("", 9)
    assert shown("Ł漢ß") == "Ł?ß"
