"""A partner's place on the disk: nothing leads out of it, whatever is said and whatever lies there."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purveyor.channels.sftp.jail import MEGABYTE, STEP, Jail, Opened, Quota, Spot, spot

pytestmark = pytest.mark.once


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """What must not be reached: a folder with one file."""
    made = tmp_path / "outside"
    made.mkdir()
    (made / "a.csv").write_bytes(b"of others")
    return made


@pytest.fixture
def jail(tmp_path: Path) -> Jail:
    made = Jail(tmp_path / "sftp" / "acme", Quota(largest=1000, files=3))
    made.ensure()
    return made


def bring(jail: Jail, name: str, data: bytes = b"12", **how: bool) -> None:
    file = jail.write(Spot("in", name), **{"whole": True, "only_new": False} | how)
    file.write(0, data)
    file.close()


def names(jail: Jail, folder: str = "in") -> list[str]:
    return sorted(name for name, _told in jail.listed(Spot(folder)))


@pytest.mark.parametrize(
    ("path", "found"),
    [
        (b"", Spot()),
        (b".", Spot()),
        (b"/../..", Spot()),
        (b"in", Spot("in")),
        (b"/in/../out/./x.csv", Spot("out", "x.csv")),
        (b"in//a.csv/", Spot("in", "a.csv")),
        (b"../../in/a.csv", Spot("in", "a.csv")),
    ],
)
def test_a_path_leads_to_the_top_a_folder_or_a_file(path: bytes, found: Spot) -> None:
    assert spot(path) == found


@pytest.mark.parametrize(
    "path", [b"/etc/passwd", b"../../etc/passwd", b"in/a/b", b"in/\0x", b"in\0", b"IN/x", b"in/\xff"]
)
def test_a_path_to_anything_else_leads_nowhere(path: bytes) -> None:
    with pytest.raises(OSError):  # noqa: PT011  the kinds differ, the text is the partner's
        spot(path)


@given(st.binary(max_size=40) | st.lists(st.sampled_from([b"in", b"..", b".", b"", b"a", b"\\", b"/"])).map(b"/".join))
def test_whatever_is_said_as_a_path_leads_nowhere_else(path: bytes) -> None:
    with contextlib.suppress(OSError):
        found = spot(path)
        assert found.folder in ("", "in", "out", "done", "error")
        assert "/" not in found.name
        assert "\0" not in found.name
        assert found.name not in (".", "..")
        assert not (found.name and not found.folder)


def test_a_file_stands_there_once_it_is_whole(jail: Jail) -> None:
    file = jail.write(Spot("in", "a.csv"), whole=True, only_new=False)
    file.write(1, b"b")
    assert (names(jail), len(os.listdir(jail.root / "in"))) == ([], 1)
    file.write(0, b"a")
    file.close()
    assert (names(jail), (jail.root / "in" / "a.csv").read_bytes()) == (["a.csv"], b"ab")
    again = jail.write(Spot("in", "a.csv"), whole=True, only_new=False)
    again.write(0, b"half")
    again.drop()
    assert (os.listdir(jail.root / "in"), jail.read(Spot("in", "a.csv")).read(0, 9)) == (["a.csv"], b"ab")


def test_what_a_dead_server_left_is_swept_and_nothing_else(jail: Jail) -> None:
    bring(jail, "a.csv")
    os.close(jail.write(Spot("in", "b.csv"), whole=True, only_new=False).handle)
    jail.sweep()
    assert os.listdir(jail.root / "in") == ["a.csv"]


def refused(code: int, do: Callable[[], object]) -> None:
    with pytest.raises(OSError) as error:  # noqa: PT011  the code is looked at
        do()
    assert error.value.errno == code


def test_each_folder_allows_its_own_and_nothing_more(jail: Jail) -> None:
    bring(jail, "a.csv")
    bring(jail, "b.csv")
    for folder in ("out", "done", "error"):
        (jail.root / folder / "x.csv").write_bytes(b"x")
        here = Spot(folder, "x.csv")
        assert jail.read(here).read(0, 9) == b"x"
        refused(errno.EACCES, lambda here=here: jail.write(here, whole=True, only_new=False))
        refused(errno.EACCES, lambda here=here: jail.rename(here, Spot("in", "y.csv"), replace=True))
        refused(errno.EACCES, lambda here=here: jail.rename(Spot("in", "a.csv"), here, replace=True))
    for folder in ("done", "error"):
        refused(errno.EACCES, lambda folder=folder: jail.remove(Spot(folder, "x.csv")))
    refused(errno.EEXIST, lambda: jail.rename(Spot("in", "a.csv"), Spot("in", "b.csv"), replace=False))
    refused(errno.EEXIST, lambda: jail.write(Spot("in", "a.csv"), whole=True, only_new=True))
    refused(errno.EACCES, lambda: jail.write(Spot("in", "a.csv"), whole=False, only_new=False))
    for name in ("con.csv", "a:b.csv", "a\nb", "x" * 200):
        refused(errno.EACCES, lambda name=name: bring(jail, name))
        refused(errno.EACCES, lambda name=name: jail.rename(Spot("in", "a.csv"), Spot("in", name), replace=True))
    for do in (jail.read, jail.remove):
        refused(errno.EISDIR, lambda do=do: do(Spot("in")))
    jail.remove(Spot("out", "x.csv"))
    jail.rename(Spot("in", "a.csv"), Spot("in", "b.csv"), replace=True)
    left = {str(p.relative_to(jail.root)) for p in jail.root.rglob("*.csv")}
    assert left == {"in/b.csv", "done/x.csv", "error/x.csv"}


def test_no_link_on_the_disk_leads_out(jail: Jail, outside: Path) -> None:
    (jail.root / "in" / "l.csv").symlink_to(outside / "a.csv")
    os.mkfifo(jail.root / "in" / "p.csv")
    for name in ("l.csv", "p.csv"):
        here = Spot("in", name)
        refused(errno.ENOENT, lambda here=here: jail.told(here))
        for do in (jail.read, jail.remove):
            with pytest.raises(OSError):  # noqa: PT011  a link is ELOOP, a pipe ENOENT
                do(here)
        refused(errno.ENOENT, lambda here=here: jail.rename(here, Spot("in", "y.csv"), replace=True))
    assert names(jail) == []
    bring(jail, "l.csv", b"mine")
    assert (outside / "a.csv").read_bytes() == b"of others"
    assert names(jail) == ["l.csv"]


@pytest.mark.parametrize("where", ["", "in"])
def test_no_folder_that_became_a_link_leads_out(jail: Jail, outside: Path, where: str) -> None:
    for folder in ("in", "out"):
        (outside / folder).mkdir()
        (outside / folder / "a.csv").write_bytes(b"of others")
    at = jail.root / where
    shutil.rmtree(at)
    at.symlink_to(outside / where)
    before = {p: p.read_bytes() for p in outside.rglob("*.csv")}
    here = Spot("in", "a.csv")
    for do in (
        lambda: jail.read(here),
        lambda: jail.told(here),
        lambda: names(jail),
        lambda: jail.remove(here),
        lambda: bring(jail, "b.csv"),
        lambda: jail.rename(here, Spot("in", "b.csv"), replace=True),
        jail.sweep,
    ):
        with pytest.raises(OSError):  # noqa: PT011  ELOOP or ENOTDIR, as the system has it
            do()
    assert {p: p.read_bytes() for p in outside.rglob("*.csv")} == before


def test_what_we_are_writing_ourselves_is_not_shown(jail: Jail) -> None:
    bring(jail, ".mine.csv")
    for folder, name in (("out", ".0f.part"), ("done", ".0f.part"), ("in", ".upload-0f")):
        (jail.root / folder / name).write_bytes(b"")
        refused(errno.ENOENT, lambda folder=folder, name=name: jail.told(Spot(folder, name)))
        refused(errno.ENOENT, lambda folder=folder, name=name: jail.read(Spot(folder, name)))
    assert {folder: names(jail, folder) for folder in ("in", "out", "done")} == {
        "in": [".mine.csv"],
        "out": [],
        "done": [],
    }
    refused(errno.ENOENT, lambda: jail.remove(Spot("in", ".upload-0f")))


def test_a_file_beyond_the_largest_size_is_refused_and_nothing_of_it_stays(jail: Jail) -> None:
    bring(jail, "a.csv", b"x" * 1000)
    file = jail.write(Spot("in", "b.csv"), whole=True, only_new=False)
    file.write(0, b"x" * 1000)
    refused(errno.EDQUOT, lambda: file.write(10**15, b"x"))
    refused(errno.EIO, file.close)
    other = jail.write(Spot("in", "b.csv"), whole=True, only_new=False)
    refused(errno.EDQUOT, lambda: other.resize(1001))
    other.drop()
    assert os.listdir(jail.root / "in") == ["a.csv"]


def test_no_more_files_wait_than_may_and_none_come_where_the_disk_is_full(jail: Jail, tmp_path: Path) -> None:
    for name in "abc":
        bring(jail, name)
    refused(errno.EDQUOT, lambda: bring(jail, "d"))
    with contextlib.suppress(FileNotFoundError):
        jail.remove(Spot("in", "a"))
    bring(jail, "d")
    disk = os.statvfs(tmp_path)
    full = Jail(jail.root, Quota(largest=disk.f_bavail * disk.f_frsize + MEGABYTE, files=9))
    refused(errno.ENOSPC, lambda: bring(full, "e"))
    assert names(jail) == ["b", "c", "d"]


def test_the_share_of_a_partner_is_asked_for_again_while_files_grow(jail: Jail) -> None:
    small = Jail(jail.root, Quota(whole=3 * STEP))
    first, second = (small.write(Spot("in", name), whole=True, only_new=False) for name in ("a", "b"))
    first.write(0, b"x")
    second.write(STEP, b"x")
    refused(errno.EDQUOT, lambda: first.write(STEP, b"x"))
    refused(errno.EDQUOT, lambda: first.resize(STEP + 1))
    refused(errno.EIO, first.close)
    second.resize(2 * STEP + 1)
    second.resize(1)
    third = small.write(Spot("in", "c"), whole=True, only_new=False)
    third.resize(2 * STEP)
    refused(errno.EDQUOT, lambda: second.write(STEP, b"x"))
    second.drop()
    third.close()
    assert (names(jail), jail.told(Spot("in", "c")).st_size) == (["c"], 2 * STEP)


def test_files_that_were_begun_count_as_far_as_each_may_grow_unasked(jail: Jail) -> None:
    small = Jail(jail.root, Quota(whole=2 * STEP + STEP // 2))
    begun = [small.write(Spot("in", name), whole=True, only_new=False) for name in "abc"]
    for file in begun[:2]:
        file.write(0, b"x")
    refused(errno.EDQUOT, lambda: begun[2].write(0, b"x"))
    for file in begun:
        file.drop()


@pytest.mark.parametrize("folder", ["in", "out", "done", "error"])
@pytest.mark.parametrize("age", [0, 9])
def test_everything_in_its_folders_counts_for_the_share_of_a_partner(jail: Jail, folder: str, age: int) -> None:
    lying = jail.root / folder / "a.csv"
    at = time.time() - age

    def lies(size: int) -> None:
        with lying.open("wb") as file:
            file.truncate(size)
        os.utime(lying.parent, (at + size / MEGABYTE / 1000, at + size / MEGABYTE / 1000))

    small = Jail(jail.root, Quota(whole=2 * STEP))
    lies(2 * STEP)
    refused(errno.EDQUOT, lambda: small.write(Spot("in", "b.csv"), whole=True, only_new=False))
    lies(STEP)
    bring(small, "b.csv")
    assert small.told(Spot("in", "b.csv")).st_size == 2


def test_a_file_that_is_being_brought_ends_where_the_disk_is_full(jail: Jail) -> None:
    disk = os.statvfs(jail.root)
    large = Jail(jail.root, Quota(largest=1 << 60, whole=1 << 60))
    file = Opened(os.open(jail.root / "in" / ".upload-0f", os.O_RDWR | os.O_CREAT), large, ".upload-0f", "a.csv")
    refused(errno.ENOSPC, lambda: file.resize(disk.f_bavail * disk.f_frsize))
    refused(errno.EIO, file.close)
    assert os.listdir(jail.root / "in") == []
