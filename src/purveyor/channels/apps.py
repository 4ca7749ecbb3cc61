"""The channels as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    name = "purveyor.channels"
    default_auto_field = "django.db.models.BigAutoField"
