"""The app's name for Django."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "purveyor.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"
