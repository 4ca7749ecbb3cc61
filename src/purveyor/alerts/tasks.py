"""What workers do for the alerts: hand events out, send them, tell routes, tidy up."""

from __future__ import annotations

from purveyor.alerts import deliver, fan_out, makers, route, tell
from purveyor.alerts.domain import webhooks
from purveyor.alerts.tidy import tidy
from purveyor.jobs.registry import recurring, task


@task("events.fan_out", due=fan_out.due)
def hand_out(cursor_id: int) -> None:
    """Hand what was sealed out to the webhooks."""
    fan_out.fan_out()


@task(fan_out.SEND, due=deliver.due)
def send(webhook_id: int) -> None:
    """Send what is due for one webhook."""
    deliver.send_due(webhook_id)


@task(route.TELL, due=tell.due)
def tell_route(route_id: int) -> None:
    """Tell what is due of one route."""
    tell.tell_due(route_id)


@recurring("webhooks.makers", every=300)
def stop_webhooks_of_the_gone() -> None:
    """Switch webhooks off whose maker may not manage them any more, also while there is nothing to send."""
    makers.stop_all_gone()


@recurring("alerts.tidy", every=3600)
def tidy_up() -> None:
    """Remove old secrets, and deliveries and notices that nobody asks for any more."""
    webhooks.drop_old_secrets()
    tidy()
