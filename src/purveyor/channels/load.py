"""Taking a file's rows: good ones are taken, bad ones reported. A dry run says what the real one would.

A file is worked off as a ``jobs.Run``, in parts, each with its place in the file in one short transaction: it can be
watched and cancelled, and goes on where it stopped, on another worker too.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from purveyor.base import filekinds
from purveyor.base.filekinds import Kind, Loading, Outcome, Source
from purveyor.base.transition import move
from purveyor.channels import manner, mapping, parse, read, store
from purveyor.channels.kinds.upload import look, require
from purveyor.channels.models import RowReport, Upload
from purveyor.channels.states import UploadState
from purveyor.common import canon, clock
from purveyor.common.errors import Conflict, PurveyorError, Refused
from purveyor.jobs import runs
from purveyor.jobs.models import Run
from purveyor.jobs.states import RunState
from purveyor.people.domain import carried
from purveyor.people.who import Who

if TYPE_CHECKING:
    from purveyor.profiles.models import Profile

KIND = "file"
SYSTEM = "system:channels.settle_files"
PART = 1000
SMALL = 256 * 1024
"""Files of so many bytes are worked off while somebody waits."""
MOST_REPORTS = 10_000
"""So many reasons are kept for each file; beyond that rows are only counted."""


def remap(who: Who, upload: Upload, columns: Mapping[str, str], options: Mapping[str, Any]) -> Upload:
    """Say anew which head is which column, before anything is taken. Raises Denied, Conflict, and Refused with every
    problem and its column."""
    kind = _kind(who, upload)
    given = manner.tidied(kind, options)
    found = _look_anew(kind, upload, given)
    heads = read.heads_of(found, headless=given["headless"])
    if problems := mapping.problems_of(kind, columns, heads, given.get("constants", ())):
        raise Refused(_("The columns do not fit the file."), problems)
    values = {"columns": dict(columns), "options": given, "heads": heads, "shape": found.shape.as_dict()}
    return _say_anew(upload, values)


def _look_anew(kind: Kind, upload: Upload, options: Mapping[str, Any]) -> read.Look:
    """Another look at the file, by another encoding or separator where these are said now. Raises Refused."""
    said = ("encoding", "separator")
    if [options.get(one) for one in said] != [upload.options.get(one) for one in said]:
        return look(kind, upload.sha256, [*upload.columns.values()], options)
    return read.look(store.path_of(upload.sha256), read.Shape(**upload.shape))


def say(who: Who, upload: Upload, facts: Mapping[str, str], *, profile: Profile | None = None) -> Upload:
    """Say anew what the file does not say of itself: facts by name (those not named stay), and the profile it is for
    (None: as it is). Raises Denied, Conflict, and Refused with every problem and its fact."""
    kind = _kind(who, upload)
    if profile is not None:
        require(who, kind, profile)
    values: dict[str, Any] = {"facts": upload.facts | mapping.facts_given(kind, facts)}
    return _say_anew(upload, values | ({"profile": profile} if profile is not None else {}))


def _say_anew(upload: Upload, values: dict[str, Any]) -> Upload:
    """Before anything is taken; what a dry run said is forgotten. Raises Conflict afterwards."""
    values["checked"] = {}
    if not Upload.objects.filter(pk=upload.pk, state=UploadState.KEPT).update(**values):
        raise Conflict(_("The rows of this file are taken already, or being taken."))
    RowReport.objects.filter(upload=upload, dry=True).delete()
    upload.refresh_from_db()
    return upload


def reread(who: Who, upload: Upload, options: Mapping[str, Any]) -> Upload:
    """Say in what the file is written: its encoding and separator, and whether its first row holds values. The heads
    are others then, and their columns are looked for anew.

    Raises Denied, Conflict once rows are taken, and Refused for a file that cannot be read so.
    """
    kind = _kind(who, upload)
    given = manner.tidied(kind, upload.options | dict(options))
    found = look(kind, upload.sha256, (), given)
    heads = read.heads_of(found, headless=given["headless"])
    known = mapping.choose(kind, heads)
    columns = dict(known.columns) if known else mapping.suggest(kind, heads)
    values = {"columns": columns, "options": given, "heads": heads, "shape": found.shape.as_dict()}
    return _say_anew(upload, values)


def check(who: Who, upload: Upload) -> Upload:
    """Begin a dry run. Raises Denied, Conflict where the file is taken already or another run is at work, Refused."""
    kind = _kind(who, upload)
    upload.refresh_from_db()
    _fit(who, kind, upload)
    if upload.state != UploadState.KEPT:
        raise Conflict(_("The rows of this file are taken already, or being taken."))
    with transaction.atomic():
        _begin(who, upload, dry=True)
    upload.refresh_from_db()
    return upload


def take(who: Who, upload: Upload, *, again: bool = False) -> Upload:
    """Begin to take the rows. What was taken before with the same meaning has no second effect, unless ``again``: the
    file then only names the one before. Answers the file that is being taken, which is that one where it had stopped.

    Raises Denied, Conflict where it is being taken already, and Refused for a mapping that does not fit.
    """
    kind = _kind(who, upload)
    _fit(who, kind, upload)
    fingerprint = canon.fingerprint([*_meaning(kind, upload), upload.pk if again else 0])
    same = Upload.objects.filter(fingerprint=fingerprint, repeats=None).exclude(pk=upload.pk)
    settle_lost(same)
    former = same.first()
    if former is not None and former.state == UploadState.STOPPED:
        return go_on(who, former)
    try:
        with transaction.atomic():
            if former is not None:
                move(upload, UploadState.DONE, by=who.name, action="file.done", repeats=former, finished_at=clock.now())
            else:
                move(upload, UploadState.TAKING, by=who.name, action="file.taking", fingerprint=fingerprint)
                _begin(who, upload, dry=False)
    except IntegrityError:
        raise Conflict(_("The same content is being taken right now."), hint=_("Look at the list of files.")) from None
    upload.refresh_from_db()
    return upload


def go_on(who: Who, upload: Upload) -> Upload:
    """Let a stopped file go on behind the last row that was dealt with. Raises Denied, and Conflict for any other."""
    _kind(who, upload)
    if settle_lost(Upload.objects.filter(pk=upload.pk)):
        upload.refresh_from_db()
    if upload.state != UploadState.STOPPED:
        raise Conflict(_("Only a file that stopped can go on."))
    with transaction.atomic():
        move(upload, UploadState.TAKING, by=who.name, action="file.taking", problem="")
        _begin(who, upload, dry=False)
    upload.refresh_from_db()
    return upload


def cancel(who: Who, upload: Upload) -> None:
    """Stop after the part it is in; what is taken stays. Raises Denied, and Refused where nothing is at work."""
    _kind(who, upload)
    if upload.run is None:
        raise Refused(_("Nothing is at work on this file."))
    runs.cancel(upload.run, by=who.name)
    if upload.run.state == RunState.CANCELLED and upload.state == UploadState.TAKING:
        move(upload, UploadState.STOPPED, by=who.name, because="cancelled", action="file.stopped")


def settle_lost(rows: QuerySet[Upload]) -> int:
    """Files among these whose work ended without telling them have stopped and can go on: it was cancelled before a
    worker took it or after one had died with it, or broke off by an error nobody foresaw. Answers how many."""
    ended = [RunState.CANCELLED, RunState.FAILED]
    count = 0
    for upload in rows.filter(state=UploadState.TAKING, run__state__in=ended).select_related("run"):
        assert upload.run is not None
        because = upload.run.problem or "cancelled"
        with contextlib.suppress(Conflict):  # it goes on just now
            move(
                upload,
                UploadState.STOPPED,
                by=SYSTEM,
                because=because,
                action="file.stopped",
                problem=upload.run.problem,
            )
            count += 1
    return count


def work_off(upload: Upload) -> Upload:
    """Do now, in this process, what was begun, unless a worker has it already. Answers the file as it is then."""
    if upload.run_id is not None:
        runs.work(upload.run_id)
    upload.refresh_from_db()
    return upload


def at_once(upload: Upload) -> Upload:
    """A small file is worked off now, in this process; a large one is left to the workers."""
    return work_off(upload) if upload.size <= SMALL else upload


def at_work(upload: Upload) -> bool:
    """Whether a dry run or the real one waits or runs."""
    return upload.run is not None and not upload.run.settled


def _meaning(kind: Kind, upload: Upload) -> list[Any]:
    """Content and meaning: what is the same in all of it is the same file."""
    said = [upload.profile_id, upload.facts] if kind.of_profile else []
    return [kind.name, upload.sha256, upload.columns, upload.options, *said]


def _kind(who: Who, upload: Upload) -> Kind:
    kind = filekinds.find(upload.kind)
    require(who, kind, upload.profile)
    return kind


def _fit(who: Who, kind: Kind, upload: Upload) -> None:
    if problems := mapping.problems_of(kind, upload.columns, upload.heads, upload.options.get("constants", ())):
        raise Refused(_("The columns do not fit the file."), problems)
    if kind.ready is not None and (problems := kind.ready(source_of(who, upload))):
        hint = _("Say it on the page of the file, with --fact NAME=VALUE, or as facts over REST.")
        raise Refused(_("The file does not say everything that is needed."), problems, hint=hint)


def source_of(who: Who, upload: Upload) -> Source:
    """The file behind rows, for kinds that need more than these. Raises Refused where it is no longer there."""
    shape = read.Shape(**upload.shape)
    return Source(
        who=who,
        profile=upload.profile,
        upload=upload.pk,
        path=store.path_of(upload.sha256),
        columns=upload.columns,
        heads=upload.heads,
        facts=upload.facts,
        head=max(shape.head, 1),
        sheet=shape.sheet,
        sha256=upload.sha256,
    )


def parts_of(upload: Upload) -> Iterator[parse.Part]:
    """The rows of a file as they are read: 1,000 at a time, or all together where its kind takes them so."""
    kind, shape = filekinds.find(upload.kind), read.Shape(**upload.shape)
    rows = read.rows(store.path_of(upload.sha256), shape)
    headless = upload.options.get("headless")
    if shape.head:
        rows = ((number, cells) for number, cells in rows if number >= shape.head + (not headless))
    elif not headless:
        next(rows, None)
    if kind.passes_over is not None:
        rows = ((number, cells) for number, cells in rows if not kind.passes_over(cells))
    plan = parse.Plan.of(kind, upload.heads, upload.columns, upload.options)
    return parse.parts(rows, plan, read.MOST_ROWS if kind.whole else PART)


def _begin(who: Who, upload: Upload, *, dry: bool) -> None:
    if at_work(upload):
        raise Conflict(_("Another run is at work on this file."), hint=_("Wait for it, or cancel it."))
    asker = carried.written(who) if who.user else None
    told = {"upload": upload.pk, "dry": dry, "language": get_language(), "who": asker}
    run = runs.start(KIND, upload.profile, told, who.name)
    if not Upload.objects.filter(pk=upload.pk, run=upload.run_id).update(run=run):
        raise Conflict(_("Another run is at work on this file."), hint=_("Wait for it, or cancel it."))
    upload.run = run


@runs.run_kind(KIND)
def work(run: Run) -> dict[str, Any] | None:
    """Work a file off, or go on with one; None when it was stopped. Raises Refused where it cannot be read on.

    The reasons are written in the language of the one who began it.
    """
    with override(run.params.get("language")):
        return _work(run)


def _work(run: Run) -> dict[str, Any] | None:
    upload = Upload.objects.get(pk=run.params["upload"])
    dry = bool(run.params["dry"])
    if not dry and upload.state == UploadState.STOPPED:
        move(upload, UploadState.TAKING, by=run.by, action="file.taking", problem="")
    try:
        finished = _Work(upload, run, dry=dry).go()
    except PurveyorError as error:
        if not dry and not isinstance(error, Conflict):
            _settle(upload, UploadState.STOPPED, run.by, because=error.message, problem=words(error))
        raise
    if finished is None:
        if run.cancel_requested and not dry:
            _settle(upload, UploadState.STOPPED, run.by, because="cancelled")
        return None
    if not dry:
        _settle(upload, UploadState.DONE, run.by, finished_at=clock.now(), **_free(upload))
    return finished


def words(error: PurveyorError) -> str:
    """What was wrong, each reason with it."""
    reasons = [one.message for one in error.problems] if isinstance(error, Refused) else []
    return " ".join([error.message, *(reason for reason in reasons if reason != error.message)])


def _settle(upload: Upload, state: UploadState, by: str, **more: Any) -> None:
    upload.refresh_from_db()
    move(upload, state, by=by, action=f"file.{state}", **more)


def _free(upload: Upload) -> dict[str, str]:
    """A file of which nothing was taken may be brought again: there is no first effect."""
    return {} if Upload.objects.filter(pk=upload.pk, taken__gt=0).exists() else {"fingerprint": ""}


def _asker(run: Run) -> Who:
    """Who had it begun, with what they may do now; the shell and the hub itself may everything. Raises Denied."""
    told = run.params.get("who")
    return carried.found(told) if told else Who(run.by)


class _Work:
    """One file, part by part."""

    def __init__(self, upload: Upload, run: Run, *, dry: bool) -> None:
        self.upload, self.run, self.dry = upload, run, dry
        self.kind = filekinds.find(upload.kind)
        self.shape = read.Shape(**upload.shape)
        self.path = store.path_of(upload.sha256)
        self.loading = Loading(run.by, upload.name, dry_run=dry, source=source_of(_asker(run), upload))
        self.total = Outcome()

    def go(self) -> dict[str, Any] | None:
        """Every part; None when it was stopped between two."""
        rows = self._count()
        if self.dry:
            RowReport.objects.filter(upload=self.upload, dry=True).delete()
        begin = 0 if self.dry else self.upload.position
        kept = RowReport.objects.filter(upload=self.upload, dry=self.dry).count()
        done = 0
        for part in parts_of(self.upload):
            done += len(part.rows) + len({one.row for one in part.refused})
            if part.last <= begin:
                self._remember(part)
                continue
            if runs.should_stop(self.run):
                return None
            kept += self._take(part, MOST_REPORTS - kept)
            runs.step(self.run, done=done, total=rows)
        return self._finish()

    def _count(self) -> int:
        count = read.count(self.path, self.shape) - (0 if self.upload.options.get("headless") else 1)
        Upload.objects.filter(pk=self.upload.pk).update(rows=count)
        return count

    def _remember(self, part: parse.Part) -> None:
        """What earlier parts laid claim to, before this worker came."""
        dry = replace(self.loading, dry_run=True)
        self.kind.take(part.rows, dry)

    def _take(self, part: parse.Part, room: int) -> int:
        """One part and its place in the file, together. Answers how many reasons were kept."""
        if self.kind.prepare is not None:
            self.loading.prepared = self.kind.prepare(part.rows, self.loading.origin)
        with transaction.atomic():
            outcome = self.kind.take(part.rows, self.loading)
            outcome.refused += part.refused
            reports = sorted(outcome.refused, key=lambda one: one.row)[: max(room, 0)]
            RowReport.objects.bulk_create(self._report(one) for one in reports)
            if not self.dry:
                self._go_forward(part, outcome)
        self.total.taken += outcome.taken
        self.total.effects += outcome.effects
        self.total.refused += outcome.refused if self.dry else []
        return len(reports)

    def _report(self, one: filekinds.Refusal) -> RowReport:
        value, reason = one.value[:200].replace("\0", "�"), one.reason[:400]
        return RowReport(upload=self.upload, dry=self.dry, row=one.row, column=one.column, value=value, reason=reason)

    def _go_forward(self, part: parse.Part, outcome: Outcome) -> None:
        """Note the place. Raises Conflict when another worker has gone on from the same one."""
        mine = Upload.objects.filter(pk=self.upload.pk, position=self.upload.position)
        effects = {name: self.upload.effects.get(name, 0) + count for name, count in outcome.effects.items()}
        effects = self.upload.effects | effects
        refused = len({one.row for one in outcome.refused})
        counts = {"taken": F("taken") + outcome.taken, "refused": F("refused") + refused}
        if not mine.update(position=part.last, effects=effects, **counts):
            raise Conflict(_("Another worker has taken this file over."))
        self.upload.position, self.upload.effects = part.last, effects

    def _finish(self) -> dict[str, Any]:
        if not self.dry:
            self.upload.refresh_from_db()
            return {"taken": self.upload.taken, "refused": self.upload.refused} | dict(self.upload.effects)
        refused = len({one.row for one in self.total.refused})
        told = {"taken": self.total.taken, "refused": refused, "effects": dict(self.total.effects)}
        Upload.objects.filter(pk=self.upload.pk).update(checked=told)
        return {"taken": self.total.taken, "refused": refused} | dict(self.total.effects)
