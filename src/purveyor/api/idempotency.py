"""``Idempotency-Key``: the same key from the same caller gives the same answer, and the work is done once.

The first request reserves the key and does the work; its answer is kept for a day and replayed. While it still runs, a
second one gets 409. The same key with another request is refused (422). Answers that are meant to be tried again
(401, 403, 409, 429, 5xx) are forgotten. A key whose request died is free again after its time.

An answer may hold a token that is shown only once, so it is kept sealed under a key made of the caller's own token and
the ``Idempotency-Key``, neither of which is stored: only who asked can have it again.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus

from cryptography.fernet import Fernet
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from purveyor.api.models import Replay
from purveyor.api.problems import problem
from purveyor.common import canon, clock
from purveyor.common.errors import Remedy
from purveyor.people.domain.tokens import find_token

KEEP = timedelta(hours=24)
RUNS_AT_MOST = timedelta(minutes=5)
WRITING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
FORGOTTEN = frozenset({401, 403, 409, 429})
LONGEST_KEY = 200

Handler = Callable[[HttpRequest], HttpResponse]


def middleware(get_response: Handler) -> Handler:
    """Wrap the API's writing requests that carry a key."""

    def handle(request: HttpRequest) -> HttpResponse:
        key = request.headers.get("Idempotency-Key", "")
        if not key or request.method not in WRITING or not request.path.startswith("/api/"):
            return get_response(request)
        if _is_long(request):
            return get_response(request)  # a file, whose content has no second effect; anything else is refused there
        if not _is_known(request):
            return get_response(request)  # a stranger, or a token revoked since: nothing is kept for them, or shown
        if len(key) > LONGEST_KEY:
            detail = _("An Idempotency-Key has at most %(count)d characters.") % {"count": LONGEST_KEY}
            return problem(
                HTTPStatus.BAD_REQUEST, code="idempotency-key-too-long", detail=detail, remedy=Remedy.MEND_DATA
            )
        return _once(request, key, get_response)

    return handle


def _is_long(request: HttpRequest) -> bool:
    """Whether a body is longer than what is read into memory at once."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    return length.isdecimal() and int(length) > (settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0)


def _is_known(request: HttpRequest) -> bool:
    kind, _space, plain = request.headers.get("Authorization", "").partition(" ")
    return kind.lower() == "bearer" and find_token(plain) is not None


def _once(request: HttpRequest, key: str, get_response: Handler) -> HttpResponse:
    token = request.headers.get("Authorization", "")
    caller = canon.sha256(token.encode())
    wanted = canon.sha256(f"{request.method}\n{request.get_full_path()}\n".encode() + request.body)
    mine = _reserve(caller, key, wanted)
    if mine is None:
        return _again(Replay.objects.filter(caller=caller, key=key).first(), wanted, _seal(token, key))
    try:
        answer = get_response(request)
    except BaseException:
        Replay.objects.filter(pk=mine, status=None).delete()
        raise
    _keep(mine, answer, _seal(token, key))
    return answer


def _reserve(caller: str, key: str, wanted: str) -> int | None:
    """Take the key; None when it is taken. Keys too old, and those whose request died, are free again."""
    now = clock.now()
    mine = Replay.objects.filter(caller=caller, key=key)
    mine.filter(at__lte=now - KEEP).delete()
    mine.filter(at__lte=now - RUNS_AT_MOST, status=None).delete()
    try:
        with transaction.atomic():
            return Replay.objects.create(caller=caller, key=key, request_hash=wanted, at=now).pk
    except IntegrityError:
        return None


def _keep(pk: int, answer: HttpResponse, seal: Fernet) -> None:
    mine = Replay.objects.filter(pk=pk)
    if answer.status_code in FORGOTTEN or answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        mine.delete()
        return
    kind = answer.headers.get("Content-Type", "")
    mine.update(status=answer.status_code, content_type=kind, body=seal.encrypt(answer.content))


def _seal(token: str, key: str) -> Fernet:
    made = hmac.digest(token.encode(), b"purveyor replay " + key.encode(), hashlib.sha256)
    return Fernet(base64.urlsafe_b64encode(made))


def _again(kept: Replay | None, wanted: str, seal: Fernet) -> HttpResponse:
    if kept is not None and kept.request_hash != wanted:
        return problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            code="idempotency-key-reused",
            detail=_("This Idempotency-Key was used for another request."),
            remedy=Remedy.MEND_DATA,
        )
    if kept is None or kept.status is None:
        return problem(
            HTTPStatus.CONFLICT,
            code="still-running",
            detail=_("The first request with this Idempotency-Key is still running; ask again."),
            remedy=Remedy.WAIT,
        )
    answer = HttpResponse(seal.decrypt(bytes(kept.body)), status=kept.status, content_type=kept.content_type)
    answer.headers["Idempotent-Replay"] = "true"
    return answer


def forget_old() -> None:
    """Drop what is older than a day."""
    Replay.objects.filter(at__lte=clock.now() - KEEP).delete()
