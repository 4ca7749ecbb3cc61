"""The verbs: what people do about alerts, routes and webhooks."""

from purveyor.alerts.domain.standing import TAKE, assign, assignable, close, comment, take

__all__ = ["TAKE", "assign", "assignable", "close", "comment", "take"]
