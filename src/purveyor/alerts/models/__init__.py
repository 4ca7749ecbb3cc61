"""The tables: alerts and what is said about them, routes and their notices, webhooks and their deliveries."""

from purveyor.alerts.models.alert import Alert, Comment, Severity
from purveyor.alerts.models.route import Notice, Route
from purveyor.alerts.models.webhook import Delivery, EventCursor, HookSecret, Webhook

__all__ = ["Alert", "Comment", "Delivery", "EventCursor", "HookSecret", "Notice", "Route", "Severity", "Webhook"]
