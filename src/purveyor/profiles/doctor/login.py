"""Does Amazon give an access token, and with which of the two client secrets?"""

from __future__ import annotations

from purveyor.amazon.errors import AmazonError, InvalidClient
from purveyor.base.phrase import _
from purveyor.profiles.doctor import suspects
from purveyor.profiles.doctor.report import Check
from purveyor.profiles.doctor.visit import Visit
from purveyor.profiles.doctor.words import of_login, said_by

SLOTS = ("new", "old")


def check(visit: Visit, begun: Check) -> Check:
    """Each secret alone, the new one first: so it is known which of them works."""
    refused: AmazonError | None = None
    for slot, secret in zip(SLOTS, visit.connection.client_secrets, strict=False):
        client = visit.client_with(secret)
        try:
            client.check_login()
        except InvalidClient as error:
            refused = refused or error
        except AmazonError as error:
            return _bad(visit, begun, error, visit.connection.client_secrets.index(secret))
        else:
            visit.client, visit.worked_slot = client, slot
            return _good(visit, begun, refused)
    if refused is None:
        raise ValueError("a connection needs a client secret")
    return _bad(visit, begun, refused, 0)


def _good(visit: Visit, begun: Check, refused: AmazonError | None) -> Check:
    if refused is None:
        return begun.good(_("Amazon gave a token."), request_id=visit.request_id)
    return begun.warn(
        _("Amazon gave a token for the old client secret and refused the new one: %(said)s")
        % {"said": said_by(refused)},
        _("Work goes on with the old secret, which ends seven days after the rotation."),
        _("Copy the new secret again from LWA credentials, View, and store it."),
        request_id=visit.request_id,
        causes=suspects.ordered(
            [
                (2, _("The new client secret was not copied whole, or is of another application.")),
                (1, _("The secret was rotated once more in Vendor Central.")),
            ]
        ),
        code=refused.code,
    )


def _bad(visit: Visit, begun: Check, error: AmazonError, place: int) -> Check:
    visit.over = True
    visit.failed(error)
    if place:
        visit.worked_slot = ""
    means, do, causes = of_login(error, visit.connection)
    request_id = error.request_id or visit.request_id
    return begun.bad(said_by(error), means, do, request_id=request_id, causes=causes, code=error.code)
