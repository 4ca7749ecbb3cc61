"""A webhook speaks in the name of whoever made it: once that person may not, it is switched off and says why."""

from __future__ import annotations

from django.db import transaction

from purveyor.alerts.directory import people
from purveyor.alerts.models import Webhook
from purveyor.alerts.raise_ import BY, raise_alert
from purveyor.audit.write import record
from purveyor.base.phrase import _

MANAGE = "webhooks.manage"
KIND = "webhook.maker_gone"
BECAUSE = "Its maker may not manage webhooks any more."


def cause_of(hook: Webhook) -> str:
    """The cause of the alert about a webhook whose maker is gone."""
    return f"webhook:{hook.pk}:maker"


def may_go_on(hook: Webhook) -> bool:
    """Whether the one who made it may still manage it. A token counts as its person; who made it at the server's own
    shell has no person and may."""
    person = _person(hook)
    if person is None:
        return True
    may = people().who_may(MANAGE, hook.profile_id)
    return any(one.name.casefold() == person.casefold() for one in may)


def _person(hook: Webhook) -> str | None:
    kind, _colon, name = hook.made_by.partition(":")
    return name.partition("/")[0] if kind in ("user", "token") else None


def stop_if_gone(hook: Webhook) -> bool:
    """Switch it off where its maker is gone, and raise an alert; whether it was. Nothing of it is sent then."""
    if may_go_on(hook):
        return False
    with transaction.atomic():
        rows = Webhook.objects.filter(pk=hook.pk, on=True, made_by=hook.made_by)
        if rows.update(on=False):
            record("webhook.maker_gone", by=BY, obj=hook, because=BECAUSE)
            _tell(hook)
    hook.on = False
    return True


def stop_all_gone() -> int:
    """The same for every webhook that is on; answers how many were switched off."""
    return sum(stop_if_gone(hook) for hook in Webhook.objects.filter(on=True).select_related("profile"))


def _tell(hook: Webhook) -> None:
    said = _("Webhook %(name)s is switched off: %(maker)s, who made it, may not manage webhooks any more.")
    raise_alert(
        cause_of(hook),
        kind=KIND,
        severity="bad",
        message=said % {"name": hook.name, "maker": _person(hook)},
        hint=_("Switch it on to answer for it yourself, or remove it."),
        remedy="mend the settings",
        profile_id=hook.profile_id,
    )
