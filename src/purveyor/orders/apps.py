"""The orders application."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "purveyor.orders"
    default_auto_field = "django.db.models.BigAutoField"
