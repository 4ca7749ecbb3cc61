"""Reading files: whatever a spreadsheet makes of a list, or a refusal that names the cure."""

from __future__ import annotations

import signal
import subprocess
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from channels.making import EAN, workbook
from purveyor.channels import read
from purveyor.channels.read import Shape
from purveyor.channels.unpack import LONGEST_CELL, MOST_SIGNS, _parts
from purveyor.common.errors import Refused

pytestmark = pytest.mark.unit

TEXT = "SKU;Titel\r\nA-1;Löffel\r\n\r\nA-2;Schüssel, groß\r\n"
FOUND = [(1, ["SKU", "Titel"]), (2, ["A-1", "Löffel"]), (4, ["A-2", "Schüssel, groß"])]


def file(folder: Path, content: bytes) -> Path:
    path = folder / "file"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("codec", "encoding"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("utf-16", "utf-16"), ("latin-1", "cp1252"), ("cp1252", "cp1252")],
)
def test_text_is_read_whatever_it_is_written_in(tmp_path: Path, codec: str, encoding: str) -> None:
    path = file(tmp_path, TEXT.encode(codec))
    shape = read.shape_of(path)
    assert shape == Shape("csv", encoding, ";")
    assert list(read.rows(path, shape)) == FOUND


def test_text_of_the_western_code_page_keeps_its_signs(tmp_path: Path) -> None:
    path = file(tmp_path, "SKU;Preis\nA;5 €\n".encode("cp1252"))
    assert list(read.rows(path, read.shape_of(path)))[1] == (2, ["A", "5 €"])


def test_text_that_turns_western_after_its_beginning_is_still_found_out(tmp_path: Path) -> None:
    path = file(tmp_path, b"SKU;Title\n" + b"A;plain\n" * 300_000 + "B;Löffel\n".encode("latin-1"))
    assert read.shape_of(path).encoding == "cp1252"


@pytest.mark.parametrize("separator", read.SEPARATORS)
def test_separator_is_found(tmp_path: Path, separator: str) -> None:
    text = "\n".join(separator.join(row) for row in (["SKU", "Title", "Cost"], ["A", '"x, y; z"', "4.5"]))
    path = file(tmp_path, text.encode())
    assert read.look(path).sample == [(2, ["A", "x, y; z", "4.5"])]


def test_separator_that_the_file_names_counts(tmp_path: Path) -> None:
    path = file(tmp_path, b"sep=|\nSKU|Title\nA;1|b\n")
    assert list(read.rows(path, read.shape_of(path))) == [(2, ["SKU", "Title"]), (3, ["A;1", "b"])]


def test_single_column_is_a_file_too(tmp_path: Path) -> None:
    assert read.look(file(tmp_path, b"SKU\nA\n")).sample == [(2, ["A"])]


def test_row_may_run_over_lines_and_counts_once(tmp_path: Path) -> None:
    path = file(tmp_path, b'SKU,Title\nA,"two\nlines"\nB,x\n')
    assert list(read.rows(path, read.shape_of(path)))[1:] == [(2, ["A", "twolines"]), (3, ["B", "x"])]


def test_cells_lose_what_kept_a_spreadsheet_quiet(tmp_path: Path) -> None:
    path = file(tmp_path, f'SKU,EAN\n\'=1,"=""{EAN}"""\n'.encode())
    assert list(read.rows(path, read.shape_of(path)))[1] == (2, ["=1", EAN])


def test_workbook_is_read_with_every_digit(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["SKU", "EAN", "Cost", "From", "Sold"],
        ["A", int(EAN), 4.5, date(2026, 3, 1), True],
        [7, "x", 1e-5, None, None],
    ]
    path = workbook(tmp_path / "book.xlsx", rows)
    shape = read.shape_of(path)
    assert shape == Shape("xlsx", mark=".")
    assert list(read.rows(path, shape))[1:] == [
        (2, ["A", EAN, "4.5", "2026-03-01", "yes"]),
        (3, ["7", "x", "0.00001", "", ""]),
    ]


def test_workbook_that_begins_further_down_keeps_its_row_numbers(tmp_path: Path) -> None:
    path = workbook(tmp_path / "book.xlsx", [["SKU"], ["A"]], at=3)
    assert list(read.rows(path, read.shape_of(path))) == [(4, ["SKU"]), (5, ["A"])]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\r\n;;\r\n", "empty"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "no text file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "XLSX"),
        (b"PK\x03\x04 not really", "damaged"),
        (b";".join([b"x"] * 201), "200 columns"),
        (b'SKU,Title\nA,"' + b"x" * 140_000, "Row 2"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_cure(tmp_path: Path, content: bytes, words: str) -> None:
    with pytest.raises(Refused) as error:
        read.look(file(tmp_path, content))
    assert words in error.value.message
    assert error.value.problems[0].where == "file"


def test_zip_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("a.txt", "x")
    with pytest.raises(Refused, match="no XLSX"):
        read.look(path)


def test_zip_bomb_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b"\0" * (64 * 1024 * read.MOST_RATIO + 1))
    with pytest.raises(Refused, match="unpacks"):
        read.look(path)


def test_rows_beyond_the_most_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "MOST_ROWS", 2)
    path = file(tmp_path, b"SKU\nA\nB\n")
    with pytest.raises(Refused, match="Split"):
        list(read.rows(path, read.shape_of(path)))


def test_heads_can_be_told_apart() -> None:
    assert read.once(["Cost", "", "Cost", ""]) == ["Cost", "", "Cost (2)", ""]


def test_without_heads_the_columns_are_numbered(tmp_path: Path) -> None:
    found = read.look(file(tmp_path, b"A;1\nB;2;3\n"))
    assert read.heads_of(found, headless=True) == ["1", "2", "3"]
    assert read.heads_of(found, headless=False) == ["A", "1"]


def rewritten(path: Path, part: str, old: bytes, new: bytes) -> Path:
    """A workbook with some bytes of one part replaced, as no spreadsheet would write them."""
    with zipfile.ZipFile(path) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    assert old in parts[part]
    parts[part] = parts[part].replace(old, new)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return path


def test_workbook_that_claims_to_fill_the_machine_costs_one_refusal(tmp_path: Path) -> None:
    path = workbook(tmp_path / "book.xlsx", [["SKU"], ["A"]])
    rewritten(path, "xl/worksheets/sheet1.xml", b'r="A2"', b'r="XFD1048576"')
    with pytest.raises(Refused, match="unpacks to far more"):
        read.look(path)


def test_workbook_whose_directory_points_before_its_beginning_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "book.xlsx", [["SKU"], ["A"]])
    content = path.read_bytes()
    end = content.rindex(b"PK\x05\x06") + 16
    begins = int.from_bytes(content[end : end + 4], "little") + 5000
    path.write_bytes(content[:end] + begins.to_bytes(4, "little") + content[end + 4 :])
    with pytest.raises(Refused, match="unpacks to far more"):
        read.look(path)


def test_texts_of_a_sheet_come_to_an_end() -> None:
    """One long text may be named by every cell: each is small, and all of them take minutes to look at."""
    long = "x" * LONGEST_CELL
    rows = ([long] for _row in range(MOST_SIGNS // LONGEST_CELL + 200))
    with pytest.raises(SystemExit):
        list(_parts(rows))
    assert len(list(rows)) < 200  # the rest was not asked for


def test_workbook_that_says_one_long_text_a_million_times_costs_one_refusal(tmp_path: Path) -> None:
    path = workbook(tmp_path / "book.xlsx", [["long"] * 100 for _row in range(1000)])
    rewritten(path, "xl/sharedStrings.xml", b"long", b"x" * 1_000_000)
    with pytest.raises(Refused, match="unpacks to far more"):
        read.look(path)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[tuple[subprocess.Popen[bytes], dict[str, str]]]:
    """Every process that is started, with its environment."""
    found: list[tuple[subprocess.Popen[bytes], dict[str, str]]] = []
    start = subprocess.Popen

    def spy(*arguments: Any, env: dict[str, str], **more: Any) -> Any:
        found.append((start(*arguments, env=env, **more), env))
        return found[-1][0]

    monkeypatch.setattr(subprocess, "Popen", spy)
    return found


def test_workbook_is_opened_without_the_secrets_of_the_hub(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, started: list[Any]
) -> None:
    monkeypatch.setenv("PURVEYOR_SMTP_PASSWORD", "correct horse")
    path = workbook(tmp_path / "book.xlsx", [["SKU"]])
    assert list(read.rows(path, Shape("xlsx"))) == [(1, ["SKU"])]
    assert [name for _process, env in started for name in env if name.startswith("PURVEYOR_")] == []
    assert len(started) == 1


def test_workbook_of_which_only_the_beginning_is_wanted_leaves_no_process(tmp_path: Path, started: list[Any]) -> None:
    path = workbook(tmp_path / "book.xlsx", [[f"A-{row}", "x" * 200] for row in range(20_000)])
    found = read.rows(path, Shape("xlsx"))
    assert next(found) == (1, ["A-0", "x" * 200])
    found.close()  # type: ignore[attr-defined]  # a generator
    assert [process.returncode for process, _env in started] == [-signal.SIGKILL]


def test_long_text_of_a_workbook_is_cut_as_one_of_a_list_is(tmp_path: Path) -> None:
    path = workbook(tmp_path / "book.xlsx", [["x" * (LONGEST_CELL + 5)]])
    assert read.look(path).head == ["x" * LONGEST_CELL + "…"]
