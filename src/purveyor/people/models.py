"""Who may come in, what they hold, and how often somebody tried.

Tables and constraints only; what may be done with them is in ``people.domain``.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from purveyor.common import clock
from purveyor.vault.models import Sealed


class Language(models.TextChoices):
    """The languages the pages speak."""

    ENGLISH = "en", "English"
    GERMAN = "de", "Deutsch"


def spell(username: str) -> str:
    """The one spelling of a user name: trimmed, small letters. Two names that differ in case only are one."""
    return username.strip().lower()


class UserManager(BaseUserManager["User"]):
    """Finds people whatever the case of the name they type."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username=spell(username or ""))


class User(AbstractBaseUser):
    """A person who signs in. What they may do stands in their grants, nowhere else."""

    username = models.CharField(_("user name"), max_length=60, unique=True)
    full_name = models.CharField(_("full name"), max_length=120, blank=True)
    email = models.EmailField(_("mail address"), blank=True)
    language = models.CharField(_("language"), max_length=5, choices=Language, default=Language.ENGLISH)
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(username=Lower("username")), name="username_in_small")]

    def get_full_name(self) -> str:
        return self.full_name or self.username

    def get_short_name(self) -> str:
        return self.username


class Grant(models.Model):
    """A role of a person, on one profile or (none named) on every profile there is and will be."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(_("role"), max_length=30)
    profile = models.ForeignKey(
        "profiles.Profile", verbose_name=_("profile"), null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        # Two constraints, because in a unique index one null never equals another.
        constraints = [
            models.UniqueConstraint(fields=["user", "role", "profile"], name="grant_once_per_profile"),
            models.UniqueConstraint(
                fields=["user", "role"], condition=models.Q(profile=None), name="grant_once_for_all_profiles"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} @ {self.profile_id or 'all'}"


class Token(models.Model):
    """A key for a machine. Only the hash is kept; it never holds more than its owner does at that moment."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(_("name"), max_length=60)
    prefix = models.CharField(max_length=12, unique=True, editable=False)
    hash = models.CharField(max_length=64, editable=False)
    scopes = models.JSONField(default=list)
    profile = models.ForeignKey(
        "profiles.Profile", verbose_name=_("profile"), null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "name"], condition=models.Q(revoked_at=None), name="token_name_once_per_person"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Authenticator(Sealed):
    """The device that shows a person's codes (TOTP, RFC 6238); it counts once ``confirmed``. Its secret is sealed.

    ``last_step`` is the time step of the last code used: no code opens twice, nor an older one after it.
    """

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="authenticator")
    confirmed = models.BooleanField(default=False)
    last_step = models.BigIntegerField(default=-1)

    def __str__(self) -> str:
        return f"authenticator of {self.user_id}"

    @classmethod
    def give_up(cls) -> int:
        """The second factor stays on, so that a lost key file opens no account: its recovery codes still do."""
        return cls.objects.filter(sealed__isnull=False).update(sealed=None)


class RecoveryCode(models.Model):
    """One code for the day the telephone is lost; only its hash is kept, and the row goes when the code is used."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="recovery_codes")
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "hash"], name="recovery_code_once")]

    def __str__(self) -> str:
        return f"recovery code of {self.user_id}"


class SetupCode(models.Model):
    """The one code that opens set-up while there is no user. One row (key 1); once used, closed for good."""

    hash = models.CharField(max_length=64)
    made_at = models.DateTimeField(default=clock.now)
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return "used" if self.used_at else "open"


class Attempt(models.Model):
    """How often somebody failed to come in lately, by what they claimed to be or where they came from.

    ``key`` is a kind and a hash, never the text typed: people type passwords into the name field.
    """

    key = models.CharField(max_length=80, unique=True)
    failures = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(default=clock.now)
    blocked_until = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["last_at"], name="attempt_last")]

    def __str__(self) -> str:
        return f"{self.key}: {self.failures}"


class View(models.Model):
    """A list as somebody saved it: its filters, search and sort as the address holds them, and its columns.

    A ``shared`` one is there for everybody who may see the list, and with a ``profile`` only for who may on that one.
    """

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="views")
    listing = models.CharField(max_length=40)
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=1000, blank=True, default="")
    columns = models.JSONField(default=list)
    shared = models.BooleanField(_("shared"), default=False)
    profile = models.ForeignKey("profiles.Profile", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "listing", "name"], name="view_name_once")]
        indexes = [models.Index(fields=["listing", "shared"], name="view_shared")]

    def __str__(self) -> str:
        return self.name


class Choice(models.Model):
    """What a person chose for a list: its columns (none: the usual ones), and the view it opens with."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="choices")
    listing = models.CharField(max_length=40)
    columns = models.JSONField(default=list)
    default = models.ForeignKey(View, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "listing"], name="choice_once")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.listing}"
