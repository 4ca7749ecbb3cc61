"""Where Amazon answers alike for several causes: the likely ones, in the order of the evidence. Pure; none is certain.

Each suspicion has a weight made of what we know: the shape of the value, its age, and when it last worked.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from purveyor.base.phrase import _
from purveyor.common import clock
from purveyor.profiles import shapes
from purveyor.profiles.doctor.connection import Connection
from purveyor.profiles.rotation import LIFE

SHORT_TOKEN = 100
"""Refresh tokens have several hundred characters."""

Suspicion = tuple[int, str]


def ordered(found: Iterable[Suspicion]) -> tuple[str, ...]:
    """The sentences, the weightiest first; those without weight are left out."""
    return tuple(words for weight, words in sorted(found, key=lambda one: -one[0]) if weight > 0)


def of_client(connection: Connection) -> tuple[str, ...]:
    """Why Amazon may say that it does not know client id and secret together (``invalid_client``)."""
    known = connection.evidence
    worked = known.worked_at is not None
    return ordered(
        [
            _expired(known.secret_issued_at or known.secret_stored_at, sure=known.secret_issued_at is not None),
            (
                70 if worked else 15,
                _("The secret was rotated in Vendor Central more than seven days ago and is not stored here yet."),
            ),
            (
                30 if worked else 80 if _odd_secret(connection) else 60,
                _("The client secret is not the one Amazon shows: cut off, mistyped, or of another application."),
            ),
            (10 if worked else 50, _("The client id belongs to another application than the client secret.")),
            (40 if worked else 20, _("The application was deleted or disabled in Vendor Central.")),
        ]
    )


def _expired(since: datetime | None, *, sure: bool) -> Suspicion:
    if since is None:
        return 25, _(
            "The client secret has ended: Amazon ends one 180 days after it was made, and its age is not known."
        )
    days = (clock.now() - since).days
    if days >= LIFE.days:
        return 90, _("The client secret has ended: it is %(days)d days old, and Amazon ends one after 180.") % {
            "days": days
        }
    if sure:
        return 5, _("The client secret has ended, although it is only %(days)d of 180 days old.") % {"days": days}
    return 25, _(
        "The client secret has ended: it is stored here for %(days)d days, but may have been made earlier; Amazon ends "
        "one after 180 days."
    ) % {"days": days}


def _odd_secret(connection: Connection) -> bool:
    return any(shapes.kind_of(value) is None for value in connection.client_secrets[:1])


def of_token(connection: Connection) -> tuple[str, ...]:
    """Why Amazon may refuse the refresh token while it knows the application (``invalid_grant``)."""
    worked = connection.evidence.worked_at is not None
    short = len(connection.refresh_token) < SHORT_TOKEN
    return ordered(
        [
            (
                80 if worked else 30,
                _("The authorisation was revoked in Vendor Central, or replaced when the application was changed."),
            ),
            (20 if worked else 60, _("The refresh token was made for another application than this client id.")),
            (
                90 if short else 10 if worked else 40,
                _("The refresh token is not whole: it has %(count)d characters, usual are several hundred.")
                % {"count": len(connection.refresh_token)}
                if short
                else _("The refresh token is not the one Amazon showed: cut off or mistyped."),
            ),
        ]
    )


def of_role(operation: str, opened: bool, connection: Connection) -> tuple[str, ...]:
    """Why Amazon may refuse an operation although the login works. ``opened``: others of this account are open."""
    worked = connection.evidence.worked_at is not None
    return ordered(
        [
            (70 if not worked else 50, _("The application has no role that opens this operation.")),
            (40 if worked else 60, _("The role was added after the application was authorised: authorise it again.")),
            (35, _("The role is not approved yet on the developer profile.")),
            (
                0 if opened else 30 if not worked else 10,
                _("The account belongs to another region than marketplace %(code)s (%(region)s).")
                % {"code": connection.marketplace, "region": connection.place.region},
            ),
            (80 if worked and not opened else 0, _("The role, or the application, was taken away in Vendor Central.")),
        ]
    )


def of_refused_access(connection: Connection) -> tuple[str, ...]:
    """Why Amazon may refuse the access token it has just given."""
    worked = connection.evidence.worked_at is not None
    return ordered(
        [
            (80 if worked else 50, _("The authorisation was revoked in Vendor Central a moment ago.")),
            (
                60 if not worked else 20,
                _("The account belongs to another region than marketplace %(code)s (%(region)s).")
                % {"code": connection.marketplace, "region": connection.place.region},
            ),
            (30, _("The application was changed: authorise it again and store the fresh refresh token.")),
        ]
    )
