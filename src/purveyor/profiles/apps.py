"""The profiles application."""

from django.apps import AppConfig


class ProfilesConfig(AppConfig):
    name = "purveyor.profiles"
    default_auto_field = "django.db.models.BigAutoField"
