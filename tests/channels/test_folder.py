"""A watched folder: what is seen in it, and that nobody who writes into it leads the hub elsewhere."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from purveyor.channels.ways import Changed, Gone, Place, Seen, Unreachable, find
from purveyor.channels.ways.folder import allowed
from purveyor.common.errors import Refused

FOLDER = find("folder")
pytestmark = pytest.mark.once


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A folder of its own below the allowed one."""
    made = Place("wms", FOLDER.settle(Place("wms", {"folder": tmp_path.name})))
    FOLDER.prepare(made)
    return made


@pytest.fixture
def at(place: Place) -> Path:
    return Path(place.options["folder"])


def seen(place: Place) -> list[Seen]:
    with FOLDER.reach(place) as open_:
        return open_.list()


def read(place: Place, one: Seen) -> bytes:
    with FOLDER.reach(place) as open_:
        return b"".join(open_.fetch(one))


def test_the_folder_of_a_channel_lies_below_an_allowed_one(place: Place, tmp_path: Path) -> None:
    root = allowed()[0]
    assert place.options == {"folder": str(root / tmp_path.name)}
    assert (root / tmp_path.name).is_dir()
    for wrong in ("", "/etc", "../x", "a/../..", "a/../../channels-other", str(root), ".", "a\0b"):
        with pytest.raises(Refused) as refused:
            FOLDER.settle(Place("wms", {"folder": wrong}))
        assert [one.where for one in refused.value.problems] == ["folder"], wrong


def test_a_folder_shows_plain_files_the_oldest_first_and_leaves_out_what_waits(place: Place, at: Path) -> None:
    for name in ("b.csv", "a.csv", ".hidden", "c.csv.part", "D.TMP", "~$lock.xlsx"):
        (at / name).write_bytes(b"12")
    (at / "done").mkdir()
    (at / "link.csv").symlink_to(at / "a.csv")
    os.mkfifo(at / "pipe.csv")
    (at / os.fsdecode(b"\xff.csv")).write_bytes(b"")

    found = {one.name: (one.size, one.plain) for one in seen(place) if one.name != "link.csv"}
    assert found == {"a.csv": (2, True), "b.csv": (2, True), "pipe.csv": (0, False), "\\xff.csv": (0, True)}
    assert [one.name for one in seen(place) if one.name in ("a.csv", "b.csv")] == ["b.csv", "a.csv"]
    assert [one.plain for one in seen(place) if one.name == "link.csv"] == [False]


def test_a_file_is_read_only_as_it_was_seen(place: Place, at: Path) -> None:
    (at / "a.csv").write_bytes(b"one")
    [one] = seen(place)
    assert read(place, one) == b"one"
    (at / "a.csv").write_bytes(b"two")
    os.utime(at / "a.csv", ns=(0, 0))
    with pytest.raises(Changed):
        read(place, one)
    (at / "a.csv").unlink()
    with pytest.raises(Gone):
        read(place, one)


@pytest.mark.parametrize("way_away", ["grown", "gone", "another"])
def test_a_file_that_changes_while_it_is_read_is_not_taken_for_whole(place: Place, at: Path, way_away: str) -> None:
    (at / "a.csv").write_bytes(b"1" * 2_000_000)
    [one] = seen(place)
    with FOLDER.reach(place) as open_:
        pieces = open_.fetch(one)
        next(pieces)
        if way_away == "grown":
            with (at / "a.csv").open("ab") as more:
                more.write(b"2")
        elif way_away == "gone":
            (at / "a.csv").unlink()
        else:
            (at / "b.csv").write_bytes(b"3" * 2_000_000)
            (at / "b.csv").rename(at / "a.csv")
        with pytest.raises(Gone if way_away == "gone" else Changed):
            list(pieces)


def test_a_link_is_never_followed(place: Place, at: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    (at / "a.csv").symlink_to(tmp_path / "secret")
    [one] = seen(place)
    with pytest.raises(Unreachable):
        read(place, one)
    (at / "done").symlink_to(tmp_path)
    (at / "b.csv").write_bytes(b"1")
    [other] = [one for one in seen(place) if one.name == "b.csv"]
    with pytest.raises(Unreachable), FOLDER.reach(place) as open_:
        open_.file_away(other, "done/b.csv", b"")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["secret"]


def test_a_folder_that_became_a_link_leads_nowhere(place: Place, at: Path, tmp_path: Path) -> None:
    at.rmdir()
    at.symlink_to(tmp_path)
    with pytest.raises(Unreachable):
        seen(place)
    at.unlink()
    with pytest.raises(Unreachable):
        seen(place)


def test_filing_away_moves_the_file_and_lays_the_report_beside_it(place: Place, at: Path) -> None:
    (at / "a.csv").write_bytes(b"1")
    [one] = seen(place)
    with FOLDER.reach(place) as open_:
        assert not open_.has("done/a.csv")
        assert open_.file_away(one, "done/a.csv", b"report")
        assert open_.has("done/a.csv")
        # A worker that died after the move does it again, while a new file of the name lies there.
        (at / "a.csv").write_bytes(b"2")
        assert open_.file_away(one, "done/a.csv", b"report")
    assert (at / "a.csv").read_bytes() == b"2"
    assert {file.name: file.read_bytes() for file in (at / "done").iterdir()} == {
        "a.csv": b"1",
        "a.csv.report.csv": b"report",
    }


def test_what_came_in_place_of_a_file_that_was_read_stays(place: Place, at: Path) -> None:
    (at / "a.csv").write_bytes(b"1")
    [one] = seen(place)
    (at / "a.csv").unlink()
    (at / "a.csv").write_bytes(b"2")
    with FOLDER.reach(place) as open_:
        assert not open_.file_away(one, "error/a.csv", b"report")
    assert (at / "a.csv").read_bytes() == b"2"
    assert [file.name for file in (at / "error").iterdir()] == ["a.csv.report.csv"]


def test_nothing_is_filed_away_outside_of_done_and_error(place: Place, at: Path) -> None:
    (at / "a.csv").write_bytes(b"1")
    [one] = seen(place)
    for where in ("../a.csv", "done/../../a.csv", "a.csv", "/etc/a.csv", "other/a.csv", "done/.."):
        with FOLDER.reach(place) as open_, pytest.raises(ValueError, match="no place of ours"):
            open_.file_away(one, where, b"")
    assert [file.name for file in at.iterdir()] == ["a.csv"]


def test_a_file_is_laid_there_whole_or_not_at_all(place: Place, at: Path) -> None:
    with FOLDER.reach(place) as open_:
        open_.put("list.csv", b"1")
        open_.put("list.csv", b"22")
    assert {file.name: file.read_bytes() for file in at.iterdir()} == {"list.csv": b"22"}


def test_the_test_of_a_folder_leaves_nothing_behind(place: Place, at: Path) -> None:
    tested = FOLDER.test(place)
    assert [(check.name, check.ok) for check in tested.checks] == [("folder", True), ("write", True)]
    assert list((at / "done").iterdir()) == []
    (at / "done").rmdir()
    (at / "done").write_bytes(b"in the way")
    assert [(check.name, check.ok) for check in FOLDER.test(place).checks] == [("folder", True), ("write", False)]
    assert [file.name for file in at.iterdir()] == ["done"]
    (at / "done").unlink()
    at.rmdir()
    assert [(check.name, check.ok) for check in FOLDER.test(place).checks] == [("folder", False)]
