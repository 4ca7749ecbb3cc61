"""Files that came in: each with what its heads mean, how far it is, and what became of its rows."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from purveyor.channels.states import UPLOAD, UploadState
from purveyor.common import clock


class Mapping(models.Model):
    """A saved answer to which head is which column: ``columns`` holds the head by the column's name.

    ``options`` are ``mark`` (the decimal mark, blank: unknown) and ``headless`` (the first row holds values; heads are
    then the numbers of the columns, from 1).
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


class Upload(models.Model):
    """One file brought. Its bytes lie in ``store`` under their ``sha256``.

    ``shape`` tells how it is read (``read.Shape``), ``columns`` and ``options`` are as in ``Mapping``. ``fingerprint``
    names content and meaning together: what was taken once has no second effect. ``position`` is the number of the last
    row that was dealt with, so that a stopped file goes on behind it; ``rows`` how many it has, null while unknown.
    ``taken``, ``refused`` and ``effects`` count what became of them; ``checked`` is the same of the last dry run, or
    {}. ``repeats`` is the file of the same content that was taken before. Of kinds that belong to a profile,
    ``profile`` is that one (null: nobody said yet), and ``facts`` the texts said of the whole, by the fact's name.
    """

    machine = UPLOAD

    channel = models.CharField(max_length=20, default="upload")
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
