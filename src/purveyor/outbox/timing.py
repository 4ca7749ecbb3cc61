"""When the next step of a document is due. Pure.

Amazon shows an answer within the profile's visibility time (30 minutes, FACTS §5.1). Everything else is in proportion
to it, so that a stand-in with a visibility of seconds is followed at its own pace.
"""

from __future__ import annotations

from datetime import datetime, timedelta

VISIBILITY = timedelta(minutes=30)
LOOKS = tuple(timedelta(minutes=m) for m in (1, 2, 5, 10, 15, 30))
"""When to ask after sending (FACTS §5.4)."""
PRESUMED_AFTER = timedelta(minutes=15)
"""Processing that long is Amazon's good end for an acknowledgement (FACTS §5.4)."""
PATIENCE = 4
"""After so many visibility times an answer that Amazon took but does not show is a person's to ask about."""

LEASE_SECONDS = 180.0
STAND_IN_LEASE_SECONDS = 90.0
_STAND_IN_BELOW = 300


class Pace:
    """The pace of one profile, from its visibility time in seconds."""

    def __init__(self, visibility_seconds: int) -> None:
        self.visibility = timedelta(seconds=max(visibility_seconds, 1))
        self._scale = min(self.visibility / VISIBILITY, 1.0)

    def next_look(self, since: datetime, now: datetime) -> datetime:
        """The first step of the schedule still to come; after its end, once per visibility time."""
        steps = (since + look * self._scale for look in LOOKS)
        return next((at for at in steps if at > now), now + self.visibility)

    def presumed_at(self, sent_at: datetime) -> datetime:
        return sent_at + PRESUMED_AFTER * self._scale

    def visible_at(self, since: datetime) -> datetime:
        """From then on what is not shown did not arrive."""
        return since + self.visibility

    def patient_until(self, since: datetime) -> datetime:
        return since + PATIENCE * self.visibility

    def shortened(self, wait: timedelta) -> timedelta:
        """A wait between tries, no longer than the visibility time: a stand-in is not waited for like Amazon."""
        return min(wait, self.visibility)

    @property
    def lease_seconds(self) -> float:
        """How long a worker may take for one step. Longer than any call can last: token, limit, two timeouts."""
        return LEASE_SECONDS if self.visibility.total_seconds() >= _STAND_IN_BELOW else STAND_IN_LEASE_SECONDS
