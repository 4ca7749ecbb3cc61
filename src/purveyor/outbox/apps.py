"""The outbox application."""

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "purveyor.outbox"
    default_auto_field = "django.db.models.BigAutoField"
