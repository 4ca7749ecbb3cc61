"""The intake application."""

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "purveyor.intake"
    default_auto_field = "django.db.models.BigAutoField"
