"""Writing into a sheet's XML, whatever a spreadsheet wrote it like; and what is refused to be opened."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purveyor.channels import read
from purveyor.channels.workbooks.package import Package
from purveyor.channels.workbooks.sheetxml import Looks, fill, look, name_of, place_of
from purveyor.common.errors import Refused

pytestmark = pytest.mark.unit

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def sheet(rows: str, before: str = "", after: str = "") -> bytes:
    return f'{HEAD}<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'.encode()


def filled(rows: str, values: Mapping[tuple[int, int], str | int | Decimal], before: str = "") -> str:
    """The rows after filling; everything around them is as it was."""
    whole, around = fill(sheet(rows, before), values).decode(), sheet("\0", before).decode().split("\0")
    assert (whole.startswith(around[0]), whole.endswith(around[1])) == (True, True)
    return whole[len(around[0]) : -len(around[1])]


@pytest.mark.parametrize(
    ("rows", "value", "then"),
    [
        ('<row r="1"><c r="A1"/></row>', 5, '<row r="1"><c r="A1"><v>5</v></c></row>'),
        (
            '<row r="1"><c r="A1" s="3" t="s"><v>9</v></c></row>',
            Decimal("4.50"),
            '<row r="1"><c r="A1" s="3"><v>4.50</v></c></row>',
        ),
        (
            '<row r="1"><c s="3" r="A1" t="s" ><v>9</v></c ></row>',
            "x",
            '<row r="1"><c r="A1" s="3" t="inlineStr"><is><t>x</t></is></c></row>',
        ),
        ('<row r="1"></row>', 5, '<row r="1"><c r="A1"><v>5</v></c></row>'),
        ('<row r="1"><c r="B1"/></row>', 5, '<row r="1"><c r="A1"><v>5</v></c><c r="B1"/></row>'),
        (
            '<row r="1" s="7" customFormat="1"></row>',
            5,
            '<row r="1" s="7" customFormat="1"><c r="A1" s="7"><v>5</v></c></row>',
        ),
        ('<row r="1" s="7"></row>', 5, '<row r="1" s="7"><c r="A1"><v>5</v></c></row>'),
        ("<row><c/><c t='n'><v>1</v></c></row>", 5, "<row><c r=\"A1\"><v>5</v></c><c t='n'><v>1</v></c></row>"),
        (
            '<row r="1"><c r="A1"><!-- > </c> --><v>1</v><extLst><ext uri=">"/></extLst></c></row>',
            5,
            '<row r="1"><c r="A1"><v>5</v></c></row>',
        ),
    ],
)
def test_cell_is_written_into_whatever_stands_there(rows: str, value: int, then: str) -> None:
    assert filled(rows, {(1, 1): value}) == then


@pytest.mark.parametrize(
    ("text", "xml"),
    [
        ("=1+1", "<t>=1+1</t>"),
        ("a < b & c > d", "<t>a &lt; b &amp; c &gt; d</t>"),
        (" both ", '<t xml:space="preserve"> both </t>'),
        ("two\nlines", '<t xml:space="preserve">two\nlines</t>'),
        ("_x000D_ and _x41_", "<t>_x005F_x000D_ and _x41_</t>"),
        ("bell\x07\x00", "<t>bell</t>"),
        ("Grüße 🥄", "<t>Grüße 🥄</t>"),
    ],
)
def test_text_stays_text(text: str, xml: str) -> None:
    then = f'<row r="1"><c r="A1" t="inlineStr"><is>{xml}</is></c></row>'
    assert filled('<row r="1"><c r="A1"/></row>', {(1, 1): text}) == then


def test_several_cells_keep_their_order() -> None:
    rows = '<row r="2"><c r="B2" s="1"/><c r="E2"><v>5</v></c></row><row r="3"><c r="A3"/></row>'
    values = {(2, 27): 27, (2, 3): 3, (2, 2): 2, (2, 4): 4, (2, 1): 1, (2, 5): 55, (3, 1): 31}
    assert filled(rows, values) == (
        '<row r="2"><c r="A2"><v>1</v></c><c r="B2" s="1"><v>2</v></c><c r="C2"><v>3</v></c><c r="D2"><v>4</v></c>'
        '<c r="E2"><v>55</v></c><c r="AA2"><v>27</v></c></row><row r="3"><c r="A3"><v>31</v></c></row>'
    )


def test_cell_that_is_not_there_has_the_style_of_its_column() -> None:
    cols = '<cols><col min="2" max="3" width="9" style="4"/><col min="4" max="4"/></cols>'
    values = {(1, 3): 1, (1, 4): 2}
    then = '<row r="1"><c r="A1"/><c r="C1" s="4"><v>1</v></c><c r="D1"><v>2</v></c></row>'
    assert filled('<row r="1"><c r="A1"/></row>', values, cols) == then


def test_prefixed_names_are_written_with_their_prefix() -> None:
    rows = '<x:row r="1"><x:c r="A1" s="2"/></x:row>'
    xml = f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData>{rows}</x:sheetData></x:worksheet>'
    found = fill(xml.encode(), {(1, 1): "y", (1, 2): 3}).decode()
    cells = '<x:c r="A1" s="2" t="inlineStr"><x:is><x:t>y</x:t></x:is></x:c><x:c r="B1"><x:v>3</x:v></x:c>'
    assert found == xml.replace('<x:c r="A1" s="2"/>', cells)


def test_mark_of_utf8_at_the_beginning_moves_nothing() -> None:
    xml = b"\xef\xbb\xbf" + sheet('<row r="1"><c r="A1"/><c r="B1"><v>ä</v></c></row>')
    assert fill(xml, {(1, 1): 5}) == xml.replace(b'<c r="A1"/>', b'<c r="A1"><v>5</v></c>')


@pytest.mark.parametrize("rows", ["", '<row r="2"/>', '<row r="1"/>'])
def test_row_that_is_not_there_is_refused(rows: str) -> None:
    with pytest.raises(Refused, match="damaged"):
        fill(sheet(rows), {(1, 1): 5})


def test_what_stands_in_the_way_is_seen() -> None:
    rows = (
        '<row r="1"><c r="A1"><f>B1</f><v>1</v></c><c><f t="shared" si="0"/><v>2</v></c></row>'
        '<row><c r="C2"><f t="array" ref="C2:D3">B1:C2</f><v>1</v></c></row>'
    )
    merged = '<mergeCells><mergeCell ref="F1:G1"/><mergeCell ref="F2:F3"/></mergeCells>'
    choice = '<dataValidation type="list" sqref="H1:H9 J1"><formula1>"Ja, Nein"</formula1></dataValidation>'
    other = '<dataValidation type="list" sqref="I1"><formula1>Lists!$A$1:$A$2</formula1></dataValidation>'
    found = look(sheet(rows, after=f"{merged}<dataValidations>{choice}{other}</dataValidations>"))
    places = [(row, column) for row in range(1, 5) for column in range(1, 8)]
    formulas = {(1, 1), (1, 2), (2, 3), (2, 4), (3, 3), (3, 4)}
    assert {place for place in places if found.is_formula(place)} == formulas
    assert {place for place in places if found.is_merged(place)} == {(1, 7), (2, 6), (3, 6)}
    words = [found.words_at(place) for place in ((1, 8), (9, 8), (10, 8), (1, 10), (1, 9))]
    assert words == [("Ja", "Nein"), ("Ja", "Nein"), (), ("Ja", "Nein"), ()]


def test_many_merged_cells_are_looked_up_quickly() -> None:
    found = Looks()
    merged = "".join(f'<mergeCell ref="A{n}:B{n}"/>' for n in range(1, 20_001))
    found = look(sheet("", after=f"<mergeCells>{merged}</mergeCells>"))
    assert sum(found.is_merged((row, 2)) for row in range(1, 20_002)) == 20_000


# ── what is not opened ──────────────────────────────────────────────────────────────────────────────────────────────

BOOK = f'<workbook xmlns="{MAIN}" xmlns:r="r"><sheets><sheet name="A" sheetId="1" r:id="rId1"/></sheets></workbook>'
LINKS = '<Relationships><Relationship Id="rId1" Target="{}"{}/></Relationships>'


def book(
    folder: Path, *, links: str = LINKS.format("worksheets/a.xml", ""), more: tuple[str, ...] = (), xml: str = BOOK
) -> Path:
    path = folder / "book.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", xml)
        packed.writestr("xl/_rels/workbook.xml.rels", links)
        packed.writestr("xl/worksheets/a.xml", sheet(""))
        for name in more:
            packed.writestr(name, "x")
    return path


def test_sheet_is_found_by_its_name(tmp_path: Path) -> None:
    for target in ("worksheets/a.xml", "/xl/worksheets/a.xml", "../xl/worksheets/a.xml"):
        found = Package(book(tmp_path, links=LINKS.format(target, "")))
        assert (found.sheet("A"), found.sheet("")) == ("xl/worksheets/a.xml", "xl/worksheets/a.xml")
    odd = Package(book(tmp_path, xml=BOOK.replace('name="A"', 'name="A &amp; &#34;B&#34;"')))
    assert odd.sheet('A & "B"') == "xl/worksheets/a.xml"
    with pytest.raises(Refused, match="no sheet “B”"):
        Package(book(tmp_path)).sheet("B")


@pytest.mark.parametrize(
    "links",
    [
        LINKS.format("../../etc/passwd", ""),
        LINKS.format("/etc/passwd", ""),
        LINKS.format("http://localhost/a.xml", ""),
        LINKS.format("worksheets/a.xml", ' TargetMode="External"'),
    ],
)
def test_link_out_of_the_workbook_leads_nowhere(tmp_path: Path, links: str) -> None:
    with pytest.raises(Refused, match="no sheet"):
        Package(book(tmp_path, links=links)).sheet("A")


@pytest.mark.parametrize(
    "name", ["../evil.xml", "/evil.xml", "xl/../../evil.xml", "c:/evil.xml", "xl/worksheets/a.xml"]
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_part_with_an_odd_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(Refused, match="damaged"):
        Package(book(tmp_path, more=(name,)))


@pytest.mark.parametrize(
    "xml",
    [
        f'<worksheet><sheetData><row r="{"9" * 5000}"/></sheetData></worksheet>',
        '<worksheet><cols><col style="1"/></cols><sheetData/></worksheet>',
        '<worksheet><cols><col style="1" min="a" max="b"/></cols><sheetData/></worksheet>',
    ],
)
def test_places_that_are_none_are_refused(xml: str) -> None:
    with pytest.raises(Refused, match="damaged"):
        fill(xml.encode(), {(1, 1): 5})


@pytest.mark.parametrize(
    "xml",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet>&a;</worksheet>',
        '<!DOCTYPE x SYSTEM "file:///etc/passwd"><worksheet/>',
        "<!DOCTYPE worksheet><worksheet/>",
    ],
)
def test_document_type_is_never_read(tmp_path: Path, xml: str) -> None:
    for work in (look, lambda found: fill(found, {(1, 1): 5})):
        with pytest.raises(Refused, match="document type"):
            work(xml.encode())
    with pytest.raises(Refused, match="document type"):
        Package(book(tmp_path, xml=xml)).sheet("A")


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1"])
def test_other_encodings_than_utf8_are_refused(encoding: str) -> None:
    xml = f'<?xml version="1.0" encoding="{encoding}"?><worksheet/>'.encode(encoding)
    with pytest.raises(Refused, match="is written in"):
        look(xml)


@pytest.mark.parametrize("xml", [b"", b"<worksheet>", b"<worksheet>&nothing;</worksheet>", b"\0"])
def test_broken_xml_is_refused(xml: bytes) -> None:
    with pytest.raises(Refused, match="damaged"):
        look(xml)


def test_part_that_unpacks_to_more_than_it_says_is_not_opened(tmp_path: Path) -> None:
    path = book(tmp_path)
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        part = packed.getinfo("xl/workbook.xml")
    at = content.index(b"PK\x01\x02")
    while content[at + 46 : at + 46 + len(part.filename)] != part.filename.encode():
        at = content.index(b"PK\x01\x02", at + 4)
    less = part.file_size - 10
    content[at + 16 : at + 20] = struct.pack("<I", zlib.crc32(BOOK.encode()[:less]))
    content[at + 24 : at + 28] = struct.pack("<I", less)
    path.write_bytes(content)
    with pytest.raises(Refused, match="unpacks"):
        read.shape_of(path)


def test_bomb_is_not_opened_by_the_package_either(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b"\0" * (64 * 1024 * read.MOST_RATIO + 1))
    with pytest.raises(Refused, match="unpacks"):
        Package(path)


def test_copy_keeps_every_other_part_and_its_head(tmp_path: Path) -> None:
    path = book(tmp_path, more=("docProps/b.xml", "xl/media/c.png"))
    found = Package(path)
    content = found.copy("xl/worksheets/a.xml", b"new")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(io.BytesIO(content)) as new:
        assert new.namelist() == old.namelist()
        assert {name: new.read(name) for name in new.namelist() if name != "xl/worksheets/a.xml"} == {
            name: old.read(name) for name in old.namelist() if name != "xl/worksheets/a.xml"
        }
        assert new.read("xl/worksheets/a.xml") == b"new"
        heads = [[(one.date_time, one.external_attr, one.compress_type) for one in z.infolist()] for z in (old, new)]
        assert heads[0] == heads[1]


# ── whatever a sheet looks like ─────────────────────────────────────────────────────────────────────────────────────

_TEXTS = st.text("ax019 <>&\"'=+-_|\nä🥄", max_size=9) | st.just("_x000D_")
_VALUES = st.one_of(_TEXTS, st.integers(0, 10**6), st.decimals(0, 10**4, places=2))
_PLACES = st.tuples(st.integers(1, 4), st.integers(1, 30))


@st.composite
def sheets(draw: st.DrawFn) -> tuple[bytes, dict[tuple[int, int], str]]:
    """A sheet of four rows with cells here and there, and what stands in each."""
    there = draw(st.sets(_PLACES))
    rows, cells = [], {}
    for row in range(1, 5):
        made = []
        for column in sorted(column for at, column in there if at == row):
            text, style = draw(st.sampled_from(["", "1", "2.5"])), draw(st.sampled_from(["", ' s="3"']))
            cells[row, column] = text
            name = f'<c r="{name_of((row, column))}"{style}'
            made.append(f"{name}><v>{text}</v></c>" if text else f"{name}/>")
        rows.append(f'<row r="{row}">{"".join(made)}</row>')
    return sheet("".join(rows)), cells


@given(sheets(), st.dictionaries(_PLACES, _VALUES, max_size=12))
def test_filled_cells_hold_their_values_and_no_other_changes(
    made: tuple[bytes, dict[tuple[int, int], str]], values: dict[tuple[int, int], str | int | Decimal]
) -> None:
    xml, before = made
    found = ET.fromstring(fill(xml, values))
    after = {}
    for row in found.iter(f"{{{MAIN}}}row"):
        names = [place_of(cell.get("r", "")) for cell in row]
        assert names == sorted(set(names))  # type: ignore[type-var]  # each has a place
        after |= {name: "".join(cell.itertext()) for name, cell in zip(names, row, strict=True)}
    assert after == before | {place: _shown(value) for place, value in values.items()}


def _shown(value: str | int | Decimal) -> str:
    """A value as it stands in the XML; a text that looks like an escape is escaped."""
    return re.sub("(_x[0-9A-Fa-f]{4}_)", r"_x005F\1", value) if isinstance(value, str) else format(Decimal(value), "f")
