"""Files that came in: each with what its heads mean, how far it is, and what became of its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from purveyor.channels.states import ARRIVAL, DEPARTURE, UPLOAD, ArrivalState, DepartureState, UploadState
from purveyor.common import clock
from purveyor.jobs.lease import Leased
from purveyor.vault.models import Sealed

if TYPE_CHECKING:
    from purveyor.profiles.models import Profile


class Mapping(models.Model):
    """A saved answer to which head is which column: ``columns`` holds the head by the column's name.

    ``options`` are ``mark`` (the decimal mark, blank: unknown) and ``headless`` (the first row holds values; heads are
    then the numbers of the columns, from 1), and where they were said ``encoding``, ``separator``, ``dates`` (the order
    of days), ``units`` and ``constants`` (the unit of a column, and what it holds in every row, by its name).
    """

    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    columns = models.JSONField(default=dict)
    options = models.JSONField(default=dict, blank=True)
    by = models.CharField(max_length=200)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["kind", "name"]
        constraints = [models.UniqueConstraint(fields=["kind", "name"], name="mapping_name_once")]

    def __str__(self) -> str:
        return self.name


class Channel(Leased, Sealed):
    """A way files come in or go out by themselves, set up once.

    ``way`` is a folder the hub watches, another's SFTP server, or a partner's place on the hub's own; ``outgoing``
    channels hand pick lists out, the others bring files of ``kind`` for ``profile``. ``options`` are the way's own
    (``ways``): folder, host, port, user, pinned host key, public keys. ``sealed`` is its password or private key.
    ``saved`` names the mapping its files are read by, blank: the one that fits. A file of a ``whole`` channel is taken
    when every row is good, else row by row. ``looked_at`` is when a look went well last, told to the minute; since
    ``failed_since`` none does, and ``problem`` says why.
    """

    class Way(models.TextChoices):
        FOLDER = "folder"
        SFTP = "sftp"
        PARTNER = "partner"

    name = models.CharField(max_length=40, unique=True)
    way = models.CharField(max_length=10, choices=Way.choices)
    outgoing = models.BooleanField(default=False)
    kind = models.CharField(max_length=40)
    profile = models.ForeignKey("profiles.Profile", models.CASCADE, null=True, blank=True, related_name="channels")
    saved = models.CharField(max_length=80, blank=True, default="")
    whole = models.BooleanField(default=False)
    on = models.BooleanField(default=True)
    options = models.JSONField(default=dict)
    problem = models.TextField(blank=True, default="")
    looked_at = models.DateTimeField(null=True, blank=True)
    failed_since = models.DateTimeField(null=True, blank=True)
    look_at = models.DateTimeField(default=clock.now)
    version = models.PositiveIntegerField(default=1)
    by = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["name"]
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="channel_name_there")]
        indexes = [models.Index(fields=["look_at"], condition=Q(on=True), name="channel_to_look_at")]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def give_up(cls) -> int:
        """Its secret is lost: it stays, and stops until it has a new one."""
        return cls._default_manager.filter(sealed__isnull=False).update(sealed=None, on=False)


class Arrival(models.Model):
    """One file seen at a channel, until it lies in ``done`` or ``error`` with its report.

    ``size`` and ``stamp`` (its time of change, in nanoseconds) are those of the last look, which first saw them so at
    ``same_since``: a file counts once they have stayed. ``name`` is as it stood there, ``kept_as`` where it lies now
    or is about to. Taken ``again`` it counts though the same content was taken before.
    """

    machine = ARRIVAL

    channel = models.ForeignKey(Channel, models.CASCADE, related_name="arrivals", db_index=False)
    name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField()
    stamp = models.BigIntegerField()
    same_since = models.DateTimeField(default=clock.now)
    state = models.CharField(max_length=10, default=ArrivalState.SEEN)
    state_at = models.DateTimeField(default=clock.now)
    upload = models.ForeignKey("Upload", models.SET_NULL, null=True, blank=True, related_name="arrivals")
    kept_as = models.CharField(max_length=300, blank=True, default="")
    again = models.BooleanField(default=False)
    problem = models.TextField(blank=True, default="")
    seen_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-seen_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "name"],
                condition=~Q(state__in=["done", "refused", "gone"]),
                name="arrival_open_once",
            )
        ]
        indexes = [models.Index(fields=["channel", "-seen_at", "-id"], name="arrival_newest")]

    def __str__(self) -> str:
        return self.name

    @property
    def profile(self) -> Profile | None:
        """Whose channel it came by."""
        return self.channel.profile


class Departure(Leased):
    """One file on its way out by a channel: of pick list ``subject``, its bytes in ``store`` under ``sha256``."""

    machine = DEPARTURE

    channel = models.ForeignKey(Channel, models.CASCADE, related_name="departures", db_index=False)
    subject = models.PositiveBigIntegerField()
    name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=10, default=DepartureState.QUEUED)
    state_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField(default=clock.now)
    attempts = models.PositiveIntegerField(default=0)
    problem = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["channel", "name", "sha256"], name="departure_once"),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(state="queued"), name="departure_due")]

    def __str__(self) -> str:
        return self.name

    @property
    def profile(self) -> Profile | None:
        """Whose channel it leaves by."""
        return self.channel.profile


class Upload(models.Model):
    """One file brought, by hand or ``via`` a channel. Its bytes lie in ``store`` under their ``sha256``.

    ``shape`` tells how it is read (``read.Shape``), ``columns`` and ``options`` are as in ``Mapping``. ``fingerprint``
    names content and meaning together: what was taken once has no second effect. ``position`` is the number of the last
    row that was dealt with, so that a stopped file goes on behind it; ``rows`` how many it has, null while unknown.
    ``taken``, ``refused`` and ``effects`` count what became of them; ``checked`` is the same of the last dry run, or
    {}. ``repeats`` is the file of the same content that was taken before. Of kinds that belong to a profile,
    ``profile`` is that one (null: nobody said yet), and ``facts`` the texts said of the whole, by the fact's name.
    """

    machine = UPLOAD

    channel = models.CharField(max_length=20, default="upload")
    via = models.ForeignKey(Channel, models.SET_NULL, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=40)
    profile = models.ForeignKey("profiles.Profile", models.CASCADE, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    shape = models.JSONField(default=dict)
    heads = models.JSONField(default=list)
    columns = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    facts = models.JSONField(default=dict)
    fingerprint = models.CharField(max_length=64, blank=True, default="")
    state = models.CharField(max_length=8, default=str(UploadState.KEPT))
    state_at = models.DateTimeField(default=clock.now)
    position = models.PositiveIntegerField(default=0)
    rows = models.PositiveIntegerField(null=True, blank=True)
    taken = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    effects = models.JSONField(default=dict)
    checked = models.JSONField(default=dict)
    problem = models.TextField(blank=True, default="")
    repeats = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")
    run = models.ForeignKey("jobs.Run", models.SET_NULL, null=True, blank=True, related_name="+")
    by = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=[str(s) for s in UploadState]), name="upload_state_known"),
            models.UniqueConstraint(
                fields=["fingerprint"],
                condition=Q(repeats=None) & ~Q(fingerprint="") & ~Q(state="kept"),
                name="upload_content_once",
            ),
        ]
        indexes = [models.Index(fields=["-created_at", "-id"], name="upload_newest")]

    def __str__(self) -> str:
        return self.name

    @property
    def settled(self) -> bool:
        return self.state in UPLOAD.ends


class RowReport(models.Model):
    """Why a row of a file was not taken; of a ``dry`` run, or of the real one."""

    upload = models.ForeignKey(Upload, models.CASCADE, related_name="reports", db_index=False)
    dry = models.BooleanField(default=False)
    row = models.PositiveIntegerField()
    column = models.CharField(max_length=60, blank=True)
    value = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=400)

    class Meta:
        ordering = ["upload", "dry", "row", "id"]
        indexes = [models.Index(fields=["upload", "dry", "row", "id"], name="row_report_in_order")]

    def __str__(self) -> str:
        return f"{self.row}: {self.reason}"
