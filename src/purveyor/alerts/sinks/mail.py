"""Mail, by the server that the options name."""

from __future__ import annotations

import smtplib
import time

from django.core.mail import EmailMessage
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from purveyor.alerts.bounded_smtp import BoundedBackend
from purveyor.alerts.deliver import SHOWN, Said
from purveyor.alerts.directory import Person
from purveyor.alerts.message import Message
from purveyor.alerts.models import Route
from purveyor.base.db import assert_no_transaction
from purveyor.config.options import option

TITLE = gettext_lazy("Mail")
SECONDS, WHOLE_SECONDS = 20, 60
"""How long nothing may come, and how long one mail may take in all: less than a route's lease."""


def send(route: Route, person: Person | None, message: Message) -> Said:
    """One mail to one person, so that nobody sees whom else it went to."""
    assert_no_transaction()
    if not option("PURVEYOR_SMTP_HOST"):
        return _failed(_("No mail server is set: the operator sets PURVEYOR_SMTP_HOST."))
    if person is None or not person.email:
        return _failed(_("There is no mail address to send it to."))
    began = time.monotonic()
    mail = EmailMessage(message.subject, message.text, option("PURVEYOR_MAIL_FROM"), [person.email])
    mail.connection = _connection()
    try:
        mail.send()
    except smtplib.SMTPResponseException as error:
        said = error.smtp_error.decode("utf-8", "replace") if isinstance(error.smtp_error, bytes) else error.smtp_error
        return Said(False, error.smtp_code, said[:SHOWN], "", time.monotonic() - began)
    except smtplib.SMTPRecipientsRefused as error:
        status, words = next(iter(error.recipients.values()))
        return Said(False, status, words.decode("utf-8", "replace")[:SHOWN], "", time.monotonic() - began)
    except (OSError, ValueError) as error:  # smtplib's own errors are OSErrors; ValueError: a header that is none
        return _failed(_("The mail server did not take it (%(error)s).") % {"error": type(error).__name__}, began)
    return Said(True, 250, "", "", time.monotonic() - began)


def _failed(error: str, began: float | None = None) -> Said:
    return Said(False, None, "", error, time.monotonic() - began if began else 0.0)


def _connection() -> BoundedBackend:
    tls = option("PURVEYOR_SMTP_TLS")
    return BoundedBackend(
        host=option("PURVEYOR_SMTP_HOST"),
        port=option("PURVEYOR_SMTP_PORT"),
        username=option("PURVEYOR_SMTP_USER") or "",
        password=option("PURVEYOR_SMTP_PASSWORD") or "",
        use_tls=tls == "starttls",
        use_ssl=tls == "tls",
        timeout=SECONDS,
        whole=WHOLE_SECONDS,
    )
