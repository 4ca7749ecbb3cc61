"""One of our webhooks: the alerts as JSON, signed with its secret."""

from __future__ import annotations

import secrets

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from purveyor.alerts.deliver import Said, secrets_of, send_once
from purveyor.alerts.directory import Person
from purveyor.alerts.events import NOTICE, as_body
from purveyor.alerts.message import Message
from purveyor.alerts.models import Route
from purveyor.audit.plain import plain
from purveyor.common import clock
from purveyor.common.windows import zulu

TITLE = gettext_lazy("Webhook")


def send(route: Route, person: Person | None, message: Message) -> Said:
    """One signed post; ``alerts`` holds each alert as REST shows it."""
    if route.webhook is None:
        return Said(False, None, "", _("The webhook of this route is gone."), 0.0)
    event = {
        "id": f"evt_notice_{secrets.token_hex(8)}",
        "type": NOTICE,
        "version": 1,
        "at": zulu(clock.now()),
        "route": route.name,
        "subject": message.subject,
        "alerts": [plain(row) for row in message.alerts],
    }
    headers = {"purveyor-event": NOTICE, "purveyor-event-id": str(event["id"])}
    return send_once(route.webhook.url, secrets_of(route.webhook), as_body(event), headers)
