"""The life of a file at a channel: seen, quiet, kept, taken, filed away with its report; and what may come between."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import translation

from cast import make_profile
from channels.channelling import Watched, watched
from channels.making import EAN, HEAD, lines
from purveyor.alerts.models import Alert
from purveyor.base.phrase import shown
from purveyor.channels import again, arrivals, load, names, setup, watch, ways
from purveyor.channels.models import Arrival, Channel, Upload
from purveyor.common import clock
from purveyor.common.errors import Conflict, Refused
from purveyor.people.who import Who
from purveyor.products.models import Product

pytestmark = pytest.mark.django_db
ME = Who.system("test")
GOOD = lines(HEAD, f"A-1;{EAN};Tea;6")
HALF = lines(HEAD, f"A-1;{EAN};Tea;6", "A-2;;Milk;six")


@pytest.fixture
def one(tmp_path: Path, held_clock: object) -> Watched:
    return watched(tmp_path.name)


def skus() -> list[str]:
    return list(Product.objects.order_by("sku").values_list("sku", flat=True))


def standing() -> list[tuple[str, str]]:
    return list(Alert.objects.exclude(state="closed").order_by("pk").values_list("kind", "message"))


def test_a_good_file_is_taken_and_lies_in_done_with_its_report(one: Watched) -> None:
    one.drop(GOOD)
    watch.look(one.channel.pk)
    assert (one.states(), one.lies(), skus()) == ([("list.csv", "seen")], ["list.csv"], [])
    one.look()
    assert (one.states(), skus()) == ([("list.csv", "done")], ["A-1"])
    assert one.lies() == ["done/list.csv", "done/list.csv.report.csv"]
    assert one.report("done/list.csv") == [",,,Rows taken: 1. Rows refused: 0.", ",,,Effects: 1 added."]
    upload = one.arrivals()[0].upload
    assert upload is not None
    assert (upload.via, upload.channel, upload.by) == (one.channel, "folder", "system:channel.wms")
    assert standing() == []


def test_a_growing_file_waits_until_it_has_been_quiet(one: Watched) -> None:
    one.drop(GOOD[:20])
    for piece in (GOOD[20:30], GOOD[30:]):
        one.look()
        with (one.at / "list.csv").open("ab") as more:
            more.write(piece)
    one.look()
    assert one.states() == [("list.csv", "seen")]
    clock.turn(timedelta(seconds=1))
    watch.look(one.channel.pk)
    assert one.states() == [("list.csv", "seen")]
    one.look()
    assert (one.states(), skus()) == ([("list.csv", "done")], ["A-1"])


def test_a_half_good_file_is_taken_row_by_row_and_lies_in_error(one: Watched) -> None:
    one.took(HALF)
    assert (one.states(), skus()) == ([("list.csv", "refused")], ["A-1"])
    assert one.lies() == ["error/list.csv", "error/list.csv.report.csv"]
    told = one.report("error/list.csv")
    assert told[:2] == [",,,Rows taken: 1. Rows refused: 1.", ",,,Effects: 1 added."]
    assert [row.split(",")[:3] for row in told[2:]] == [["3", "Case pack", "six"]]
    assert standing() == [
        ("channel.refused", "File list.csv of channel wms: 1 rows were refused, 1 taken."),
    ]


def test_a_channel_of_whole_files_takes_nothing_of_a_half_good_one(tmp_path: Path, held_clock: object) -> None:
    whole = watched(tmp_path.name, whole=True)
    whole.took(HALF)
    assert (whole.states(), skus()) == ([("list.csv", "refused")], [])
    told = whole.report("error/list.csv")
    assert told[0].startswith(',,,"Not every row is good')
    assert [row.split(",")[:3] for row in told[1:]] == [["3", "Case pack", "six"]]
    whole.took(GOOD)
    assert (whole.states()[-1], skus()) == (("list.csv", "done"), ["A-1"])


def test_alert_says_how_refused_rows_of_a_kind_come_again(tmp_path: Path, held_clock: object) -> None:
    """Of products the mended file will do; a pick file replaces, or adds to a result with a name."""
    mend = "Its report says what to mend. Bring the mended file, or have it taken again on the channel's page."
    picks = (
        f"{mend} Without the column result send the whole file again, not only the mended rows: it replaces what was "
        "taken. With it send only the mended rows: they add up."
    )
    watched(f"{tmp_path.name}-p").took(HALF)
    watched(tmp_path.name, "picks", "pick", profile=make_profile()).took(lines("po;sku;quantity", "4NOORDER;A-1;1"))
    assert list(Alert.objects.order_by("pk").values_list("hint", flat=True)) == [mend, picks]
    with translation.override("de"):
        assert shown(Alert.objects.order_by("pk")[1].told)["hint"].endswith("Sie werden dazugezählt.")


def test_the_same_bytes_twice_have_no_second_effect_and_say_so(one: Watched) -> None:
    first = one.took(GOOD)
    Product.objects.all().delete()
    second = one.took(GOOD)
    assert (one.states(), skus()) == ([("list.csv", "done"), ("list.csv", "done")], [])
    assert second.kept_as == f"done/list.{second.pk}.csv"
    said = f',,,"The same content was taken before, as file {first.upload_id}; nothing was done."'
    assert one.report(second.kept_as) == [said]


def test_what_cannot_be_read_lies_in_error_and_the_next_file_is_taken(one: Watched) -> None:
    one.drop(b"\xd0\xcf\x11\xe0 an old workbook", "old.xls")
    one.took(GOOD)
    assert (one.states(), skus()) == ([("old.xls", "refused"), ("list.csv", "done")], ["A-1"])
    assert one.report("error/old.xls") == [
        ',,,"This is an old or locked workbook. Save it as XLSX without a password, or as CSV."'
    ]
    with pytest.raises(Refused):
        again.take_again(ME, one.arrivals()[1].pk)


def test_a_file_taken_away_before_it_was_kept_is_gone(one: Watched) -> None:
    one.drop(GOOD)
    one.look()
    (one.at / "list.csv").unlink()
    one.look()
    assert (one.states(), one.lies(), Upload.objects.count()) == ([("list.csv", "gone")], [], 0)
    one.took(GOOD)
    assert one.states() == [("list.csv", "gone"), ("list.csv", "done")]


def test_a_partner_who_deletes_the_file_while_it_is_read_loses_nothing_half(one: Watched, tmp_path: Path) -> None:
    one.drop(GOOD)
    one.look()
    with ways.find("folder").reach(ways.Place("wms", one.channel.options)) as reach:
        arrival = one.arrivals()[0]
        arrivals.keep(arrival, Deleting(reach, one.at / "list.csv"))  # type: ignore[arg-type]
    assert (one.states(), Upload.objects.count(), skus()) == ([("list.csv", "gone")], 0, [])


class Deleting:
    """A way whose file is deleted by its bringer while we read."""

    def __init__(self, reach: ways.Reach, file: Path) -> None:
        self.reach, self.file = reach, file

    def fetch(self, seen: ways.Seen):
        for piece in self.reach.fetch(seen):
            self.file.unlink()
            yield piece


def test_a_file_replaced_after_it_was_kept_is_taken_as_another(one: Watched) -> None:
    one.drop(GOOD)
    one.look()
    with ways.find("folder").reach(ways.Place("wms", one.channel.options)) as reach:
        arrivals.keep(one.arrivals()[0], reach)
    one.drop(lines(HEAD, "B-1;;Milk;1"))
    one.look(3)
    assert (one.states(), skus()) == ([("list.csv", "done"), ("list.csv", "done")], ["A-1", "B-1"])
    assert one.report("done/list.csv")[0].startswith(",,,It was taken away or replaced while it was being read")
    assert (one.at / one.arrivals()[0].kept_as).read_bytes() == lines(HEAD, "B-1;;Milk;1")


def test_names_that_lead_elsewhere_and_what_is_no_plain_file_are_left_alone_and_told(
    one: Watched, tmp_path: Path
) -> None:
    (tmp_path / "outside.csv").write_bytes(GOOD)
    (one.at / "link.csv").symlink_to(tmp_path / "outside.csv")
    os.mkfifo(one.at / "pipe.csv")
    for name in ("up\\..\\x.csv", "CON.csv", "a\nb.csv", "c:x.csv", "x" * 190 + ".csv"):
        one.drop(GOOD, name)
    for odd in (b"\xff.csv", b"\xff" * 150):
        (one.at / os.fsdecode(odd)).write_bytes(GOOD)
    before = one.lies()
    one.look(3)
    assert (one.lies(), skus(), Upload.objects.count()) == (before, [], 0)
    assert {(found.state, bool(found.problem)) for found in one.arrivals()} == {("seen", True)}
    assert len(one.arrivals()) == 9


def test_a_clock_that_is_set_back_puts_nothing_off(one: Watched) -> None:
    one.drop(GOOD)
    one.look()
    clock.turn(timedelta(days=-1))
    assert watch.due(clock.now(), 10) == [one.channel.pk]
    watch.look(one.channel.pk)
    assert one.states() == [("list.csv", "seen")]
    one.look()
    assert (one.states(), skus()) == ([("list.csv", "done")], ["A-1"])


def test_only_channels_whose_time_has_come_are_looked_at_and_by_one_worker(one: Watched) -> None:
    assert watch.due(clock.now(), 10) == [one.channel.pk]
    watch.look(one.channel.pk)
    assert watch.due(clock.now(), 10) == []
    assert watch.due(clock.now() + timedelta(seconds=1), 10) == [one.channel.pk]
    setup.switch(ME, "wms", on=False)
    assert watch.due(clock.now() + timedelta(seconds=1), 10) == []
    one.drop(GOOD)
    one.look(2)
    assert one.states() == []
    setup.switch(ME, "wms", on=True)
    one.look(2)
    assert one.states() == [("list.csv", "done")]


def test_a_channel_that_fails_is_told_of_after_a_minute_and_closes_by_itself(one: Watched) -> None:
    one.at.rmdir()
    one.look()
    found = Channel.objects.get()
    assert "cannot be used: No such file or directory" in found.problem
    assert (found.failed_since, standing()) == (clock.now(), [])
    clock.turn(timedelta(minutes=2))
    one.look()
    assert [kind for kind, _message in standing()] == ["channel.failed"]
    one.at.mkdir()
    clock.turn(timedelta(minutes=1))
    one.look()
    found = Channel.objects.get()
    assert (found.problem, found.failed_since, standing()) == ("", None, [])


def test_a_file_is_taken_again_with_what_is_known_now(one: Watched) -> None:
    refused = one.took(b"", "empty.csv")
    assert refused.state == "refused"
    half = one.took(HALF)
    one.drop(GOOD, "late.csv")
    one.look()
    with pytest.raises(Conflict):
        again.take_again(ME, one.arrivals()[0].pk)
    (one.at / "late.csv").unlink()
    Product.objects.all().delete()
    dry = again.check_again(ME, half.pk)
    assert (dry.checked["taken"], dry.checked["refused"], skus()) == (1, 1, [])
    again.take_again(ME, half.pk)
    one.look()
    found = one.arrivals()[1]
    assert (found.name, found.state, found.upload_id != half.upload_id, skus()) == (
        "list.csv",
        "refused",
        True,
        ["A-1"],
    )
    assert one.report("error/list.csv")[1] == ",,,Effects: 1 added."
    assert len(standing()) == 2


def test_a_large_file_is_left_to_the_workers_and_filed_away_once_they_are_done(
    one: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load, "SMALL", 10)
    one.drop(GOOD)
    one.look(3)
    [found] = one.arrivals()
    assert found.upload is not None
    assert (found.state, found.upload.state, one.lies()) == ("kept", "taking", ["list.csv"])
    load.work_off(found.upload)
    one.look()
    assert (one.states(), skus()) == ([("list.csv", "done")], ["A-1"])


def test_a_file_named_like_the_report_of_another_is_never_written_over(one: Watched) -> None:
    given, later = "x.csv.report.csv", lines(HEAD, "A-2;;Milk;1")
    one.took(GOOD, given)
    second = one.took(later, "x.csv")
    assert second.kept_as == f"done/x.{second.pk}.csv"
    assert (one.at / "done" / given).read_bytes() == GOOD
    (one.at / "done" / "w.csv.report.csv").write_bytes(b"laid by hand")
    beside = one.took(lines(HEAD, "A-5;;Flour;1"), "w.csv")
    assert beside.kept_as == f"done/w.{beside.pk}.csv"
    # Noted, and its report not yet written: the place of the report is taken all the same.
    Arrival.objects.filter(pk=second.pk).update(kept_as="done/y.csv")
    third = one.took(lines(HEAD, "A-3;;Salt;1"), "y.csv.report.csv")
    assert third.kept_as == f"done/y.csv.report.{third.pk}.csv"
    Arrival.objects.filter(pk=third.pk).update(kept_as="done/z.csv.report.csv")
    fourth = one.took(lines(HEAD, "A-4;;Rice;1"), "z.csv")
    assert fourth.kept_as == f"done/z.{fourth.pk}.csv"


def test_the_longest_name_has_room_for_its_mark_and_its_report(one: Watched) -> None:
    name = "x" * (names.LONGEST - 4) + ".csv"
    one.took(GOOD, name)
    again_ = one.took(lines(HEAD, "A-2;;Milk;1"), name)
    assert one.states() == [(name, "done")] * 2
    assert one.lies().count(f"{again_.kept_as}.report.csv") == 1
