"""A profile is one connection to one Vendor Central account in one marketplace (FACTS §1.3, builder consequence)."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from purveyor.base.phrase import read
from purveyor.jobs.lease import Leased
from purveyor.vault.models import Sealed


class Environment(models.TextChoices):
    """Which Amazon a profile talks to. Only ``custom`` and ``simulator`` name their own addresses."""

    PRODUCTION = "production", _("Production")
    SANDBOX = "sandbox", _("Amazon's sandbox")
    SIMULATOR = "simulator", _("Simulator")
    CUSTOM = "custom", _("Custom endpoint")


class Profile(models.Model):
    """One vendor account: marketplace (fixes region and endpoint), vendor codes, client id, sealed secrets, switches.

    ``visibility_seconds`` is how long Amazon may take to show an answer in the status read-back (FACTS §5.1: 30 min).
    ``trouble`` holds the last lasting problem of the connection ({"code", "message", "remedy", "hint", "at"}), or {};
    its ``told`` is what the two sentences are made of (``said_trouble`` has them in the reader's language).
    ``paused_at`` is since when its sweeps and documents wait for that to be mended; ``probe_at`` when it is tried next,
    for the time number ``probes``. ``worked_at`` is when client secret and refresh token last gave an access token, to
    within an hour, ``worked_slot`` with which secret. ``checked`` is the last examination (``doctor``), ``check_at``
    when the next one is due by itself.
    Without ``import_acknowledged`` the first import and every back-fill fetch only what Amazon still calls New.
    ``disconnected_at`` tells since when it has neither secrets nor anything to do; its orders are kept.
    """

    name = models.SlugField(max_length=50, unique=True)
    marketplace = models.CharField(max_length=2)
    environment = models.CharField(max_length=12, choices=Environment.choices)
    endpoint = models.URLField(blank=True, default="")
    login_url = models.URLField(blank=True, default="")
    client_id = models.CharField(max_length=200)
    visibility_seconds = models.PositiveIntegerField(default=1800)
    importing = models.BooleanField(default=True)
    sending = models.BooleanField(default=False)
    reading_status = models.BooleanField(default=True)
    import_from = models.DateTimeField(null=True, blank=True)
    import_acknowledged = models.BooleanField(default=True)
    trouble = models.JSONField(default=dict, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    probe_at = models.DateTimeField(null=True, blank=True)
    probes = models.PositiveSmallIntegerField(default=0)
    worked_at = models.DateTimeField(null=True, blank=True)
    worked_slot = models.CharField(max_length=4, blank=True, default="")
    checked = models.JSONField(default=dict, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    check_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    disconnected_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=Q(environment__in=Environment.values), name="profile_environment_known")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def said_trouble(self) -> dict[str, Any]:
        """The trouble with its sentences in the language of the moment; {} for none."""
        return read(self.trouble)


class VendorCode(models.Model):
    """A vendor code of the profile (``sellingParty.partyId``)."""

    profile = models.ForeignKey(Profile, models.CASCADE, related_name="vendor_codes")
    code = models.CharField(max_length=20)

    class Meta:
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["profile", "code"], name="vendor_code_once")]

    def __str__(self) -> str:
        return self.code


class Secret(Sealed):
    """A sealed secret. Two slots: the new one, and the old one kept seven days after a rotation (FACTS §1.5).

    ``issued_at`` is when the value was made at Amazon, which counts for its 180 days; null is unknown and asked once.
    """

    class Kind(models.TextChoices):
        CLIENT_SECRET = "client_secret"  # noqa: S105  a kind, not a secret
        REFRESH_TOKEN = "refresh_token"  # noqa: S105  a kind, not a secret

    class Slot(models.TextChoices):
        NEW = "new"
        OLD = "old"

    profile = models.ForeignKey(Profile, models.CASCADE, related_name="secrets")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    slot = models.CharField(max_length=4, choices=Slot.choices)
    stored_at = models.DateTimeField()
    issued_at = models.DateTimeField(null=True)
    drops_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["profile", "kind", "slot"], name="secret_slot_once"),
            models.CheckConstraint(condition=Q(sealed__isnull=False), name="secret_is_there"),
        ]

    @property
    def is_present_client_secret(self) -> bool:
        """Whether it is the client secret its profile uses now (``queries.present_client_secrets``)."""
        return self.kind == self.Kind.CLIENT_SECRET and self.slot == self.Slot.NEW


class WizardDraft(Sealed):
    """A connection that is being set up: what was filled in so far, seen and gone on with by all who may set one up.

    ``sealed`` holds the secrets as JSON ({"client_secret", "refresh_token", "aside": {field: value}}), nothing else
    does. ``data`` holds the rest (``wizard.data``), ``step`` where it was left. ``version`` counts the saves; whoever
    saves names the one they saw. A draft nobody touches until ``expires_at`` is dropped with its secrets.
    """

    step = models.CharField(max_length=20)
    data = models.JSONField(default=dict, blank=True)
    version = models.PositiveIntegerField(default=1)
    begun_by = models.CharField(max_length=200)
    begun_at = models.DateTimeField()
    changed_by = models.CharField(max_length=200)
    changed_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["-changed_at"]

    def __str__(self) -> str:
        return str(self.data.get("name") or self.pk)

    @classmethod
    def give_up(cls) -> int:
        """The keys are lost: the secrets are typed again, the rest is kept."""
        return cls._default_manager.filter(sealed__isnull=False).update(sealed=None, version=models.F("version") + 1)


class Party(models.Model):
    """Who the vendor itself is in its documents, by role; names and address fields are Amazon's (vendor messages)."""

    class Role(models.TextChoices):
        SELLING = "selling", _("Selling party")
        SHIP_FROM = "ship_from", _("Ship from")
        REMIT_TO = "remit_to", _("Remit to")
        BILL_TO = "bill_to", _("Bill to")

    profile = models.ForeignKey(Profile, models.CASCADE, related_name="parties")
    role = models.CharField(max_length=9, choices=Role.choices)
    party_id = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    address_line1 = models.CharField(max_length=200)
    address_line2 = models.CharField(max_length=200, blank=True, default="")
    address_line3 = models.CharField(max_length=200, blank=True, default="")
    city = models.CharField(max_length=100, blank=True, default="")
    county = models.CharField(max_length=100, blank=True, default="")
    district = models.CharField(max_length=100, blank=True, default="")
    state_or_region = models.CharField(max_length=100, blank=True, default="")
    postal_code = models.CharField(max_length=20, blank=True, default="")
    country_code = models.CharField(max_length=2)
    phone = models.CharField(max_length=40, blank=True, default="")
    vat_number = models.CharField(max_length=20, blank=True, default="")

    class Meta:
        verbose_name_plural = "parties"
        constraints = [
            models.UniqueConstraint(fields=["profile", "role"], name="party_role_once"),
            models.CheckConstraint(
                condition=Q(role__in=["selling", "ship_from", "remit_to", "bill_to"]), name="party_role_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.name}"


class DatedSetting(models.Model):
    """What a setting of the profile (``profiles.dated``) is from ``valid_from`` on, as text, and who said so."""

    profile = models.ForeignKey(Profile, models.CASCADE, related_name="dated_settings", db_index=False)
    name = models.CharField(max_length=60)
    value = models.CharField(max_length=200)
    valid_from = models.DateTimeField()
    by = models.CharField(max_length=200)
    because = models.CharField(max_length=500, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["profile", "name", "valid_from"], name="setting_once_at_a_moment")
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.value}"


class SharedToken(Sealed, Leased):
    """An access token of a profile, shared by all threads and processes, sealed; the lease marks the one who renews it.

    ``key`` is a digest of the grant and the profile, never the grant itself.
    """

    profile = models.ForeignKey(Profile, models.CASCADE, related_name="shared_tokens")
    key = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField(null=True)
    renew_at = models.DateTimeField(null=True)


class Bucket(models.Model):
    """The shared state of one limit: theoretical arrival time and last sight, in seconds since 1970 (amazon.limits)."""

    key = models.CharField(max_length=200, unique=True)
    tat = models.FloatField(default=0)
    seen = models.FloatField(default=0)
    rate = models.FloatField()
    burst = models.FloatField()
