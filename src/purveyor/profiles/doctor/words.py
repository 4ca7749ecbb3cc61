"""What an error means on this way and what to do about it, in words: ``(means, do, causes)``."""

from __future__ import annotations

from collections.abc import Callable

from purveyor.amazon import errors
from purveyor.amazon.errors import AmazonError, Forbidden
from purveyor.base.phrase import Phrase, _
from purveyor.common.errors import PurveyorError
from purveyor.profiles.doctor import suspects
from purveyor.profiles.doctor.connection import Connection
from purveyor.profiles.doctor.report import Check
from purveyor.profiles.doctor.roles import roles_for

Told = tuple[str, str, tuple[str, ...]]


def said_by(error: PurveyorError) -> str:
    """Amazon's own words, where there are any."""
    return "; ".join(error.as_dict().get("said", ())) or error.message


def refused(begun: Check, error: AmazonError, told: Told) -> Check:
    """The step that met an error, with what that means."""
    means, do, causes = told
    return begun.bad(said_by(error), means, do, request_id=error.request_id, causes=causes, code=error.code)


def no_way(error: AmazonError, host: str) -> Told:
    """Why no reply came from a host."""
    words = {"host": host}
    usual = _("Let whoever runs your network open the way to %(host)s, port 443. It is tried again by itself.") % words
    table: dict[str, tuple[str, str]] = {
        "name": (
            _("The name %(host)s is not known here: no network, no name server, or a mistyped address."),
            _("Check this machine's network and name server, and the address. It is tried again by itself."),
        ),
        "refused": (
            _("%(host)s takes no connection: the port is closed, or nothing runs there."),
            _("Check the address and its port, and whether a firewall stands between. It is tried again by itself."),
        ),
        "tls": (
            _(
                "The certificate of %(host)s is not trusted: a proxy that reads along, a self-made "
                "certificate, or a wrong clock."
            ),
            _("Nothing secret was sent. Let the proxy leave %(host)s alone, or check the address and the clock."),
        ),
        "timeout": (_("%(host)s did not answer in time: the way is blocked, or very slow."), usual),
        "unreachable": (_("No way leads from here to %(host)s."), usual),
        "unsendable": (Phrase(error.message), Phrase(error.hint)),
    }
    means, do = table.get(error.cause, (_("The connection to %(host)s broke off."), usual))
    return means % words, do % words, ()


def of_login(error: AmazonError, connection: Connection) -> Told:
    """Why there is no access token."""
    if error.cause:
        return no_way(error, connection.login_url.split("/")[2])
    for kind, tell in _LOGIN:
        if isinstance(error, kind):
            return tell(error, connection)
    return Phrase(error.message), Phrase(error.hint), ()


def _client(error: AmazonError, connection: Connection) -> Told:
    return (
        _("Amazon does not take client id and client secret together. It does not say which of the two is wrong."),
        _(
            "Compare both with LWA credentials, View, in Vendor Central; rotate the secret there if it is old, and "
            "store what it shows."
        ),
        suspects.of_client(connection),
    )


def _grant(error: AmazonError, connection: Connection) -> Told:
    return (
        _("Client id and client secret are right: Amazon knows the application. It does not take the refresh token."),
        _("In Vendor Central choose Edit App, Authorise, Authorise app, and store the new refresh token."),
        suspects.of_token(connection),
    )


def _not_allowed(error: AmazonError, connection: Connection) -> Told:
    return (
        _("Amazon knows the application, but it may not exchange refresh tokens."),
        _("Check in the developer console that it is a private application of API type SP API and not disabled."),
        (),
    )


def _denied(error: AmazonError, connection: Connection) -> Told:
    return (
        _("Amazon denies this application or its developer profile the sign-in."),
        _("Check in the developer console that both are approved; if they are, open a case with Amazon."),
        (),
    )


def _down(error: AmazonError, connection: Connection) -> Told:
    if error.status == 429:
        return throttled()
    return amazon_down()


def throttled() -> Told:
    """429, from whichever side."""
    return (
        _("Amazon has had too many questions of this application for the moment. The connection itself may be fine."),
        _("Nothing: it is tried again more slowly. Check again in some minutes."),
        (),
    )


def amazon_down() -> Told:
    """5xx, pages instead of data, answers cut short."""
    return (
        _("Amazon has trouble at its own side. Nothing of this connection is proved wrong."),
        _("Nothing at first: it is tried again by itself. If it lasts for hours, open a case with the request id."),
        (),
    )


def _misdirected(error: AmazonError, connection: Connection) -> Told:
    return (
        _("This address gives no tokens."),
        _("Check the login address: it is the whole address of the token endpoint."),
        (),
    )


_LOGIN: tuple[tuple[type[AmazonError], Callable[[AmazonError, Connection], Told]], ...] = (
    (errors.InvalidClient, _client),
    (errors.InvalidGrant, _grant),
    (errors.UnauthorizedClient, _not_allowed),
    (errors.AccessDenied, _denied),
    (errors.LoginUnavailable, _down),
    (errors.LoginMisdirected, _misdirected),
)


def of_operation(error: AmazonError, operation: str, opened: bool, connection: Connection) -> Told:
    """Why an operation did not answer although the login works. ``opened``: others of this account are open."""
    if isinstance(error, Forbidden):
        return _forbidden(error, operation, opened, connection)
    if error.cause:
        return no_way(error, connection.endpoint.split("/")[2])
    if isinstance(error, errors.Throttled):
        return throttled()
    if isinstance(error, errors.ServerError | errors.Unreadable):
        return amazon_down()
    return Phrase(error.message), Phrase(error.hint), ()


def _either(roles: tuple[str, ...]) -> str:
    """At most two, as ``roles`` has them."""
    return _("%(one)s or %(other)s") % dict(zip(("one", "other"), roles, strict=True)) if roles[1:] else roles[0]


def _forbidden(error: Forbidden, operation: str, opened: bool, connection: Connection) -> Told:
    words = {"operation": operation, "roles": _either(roles_for(operation, connection.place.region))}
    if error.token_fault:
        return (
            _("Amazon gave an access token, and refuses it now. Client id and client secret are right."),
            _("In Vendor Central choose Edit App, Authorise, Authorise app, and store the new refresh token."),
            suspects.of_refused_access(connection),
        )
    means = _("All secrets are right. Amazon refuses %(operation)s, which the role %(roles)s opens.") % words
    if opened:
        means = _("%(means)s Other operations of this account are open.") % {"means": means}
    do = (
        _(
            "Give the application the role %(roles)s in Vendor Central, authorise it again and store the fresh refresh "
            "token."
        )
        % words
    )
    return means, do, suspects.of_role(operation, opened, connection)
