"""Setting up a connection, one step a screen. Everything works without script; with it, fields are checked as one
leaves them. Secrets come in by POST and are never rendered, not even masked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from purveyor.common.errors import Conflict, NotFound, PurveyorError, Refused
from purveyor.intake.sync import start_sync
from purveyor.people.who import Who
from purveyor.profiles.models import Profile, WizardDraft
from purveyor.profiles.queries import by_name
from purveyor.profiles.wizard import check as checking
from purveyor.profiles.wizard import drafts, steps
from purveyor.profiles.wizard import finish as finishing
from purveyor.profiles.wizard.data import missing, of
from purveyor.profiles.wizard.drafts import Overtaken, Saved
from purveyor.profiles.wizard.finish import Made
from purveyor.profiles.wizard.forms import StartForm, StepForm, form_of, initial_of
from purveyor.profiles.wizard.reading import FIELDS, READERS
from purveyor.web import connecting
from purveyor.web.render import page, part, who_of

SECTION = "profiles"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """Go on with what somebody began, or begin."""
    who = who_of(request)
    for permission in drafts.PERMISSIONS:
        who.require(permission)
    form = StartForm(request.POST or None, initial={"environment": "production", "marketplace": "DE"})
    if request.method == "POST" and form.is_valid():
        try:
            made = drafts.begin(who, form.given())
        except Refused as error:
            form.show(error)
        else:
            return redirect("wizard-step", made.pk, made.step)
    found = connecting.rows_of(drafts.open_drafts(who))
    step = connecting.shown(steps.BY_KEY[steps.START], None)
    status = 422 if form.errors else 200
    return page(request, "wizard_begin", SECTION, form=form, drafts=found, step=step, status=status)


@require_safe
def resume(request: HttpRequest, draft_id: int) -> HttpResponse:
    """To the step where it was left."""
    draft = drafts.find(who_of(request), draft_id)
    return redirect("wizard-step", draft.pk, connecting.next_open(draft))


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, draft_id: int, key: str) -> HttpResponse:
    """One step."""
    if key not in steps.BY_KEY:
        raise NotFound(_("There is no such step."))
    who = who_of(request)
    if request.method == "POST":
        return _post(request, who, draft_id, key)
    draft = drafts.find(who, draft_id)
    return _show(request, draft, key, form_of(key)(initial=initial_of(key, of(draft))))


def _post(request: HttpRequest, who: Who, draft_id: int, key: str) -> HttpResponse:
    asked, version = request.POST.get("do", "next"), _version(request)
    try:
        if key == steps.FINISH:
            return _finish(request, who, draft_id, version)
        if key == steps.CHECK:
            checking.check(who, draft_id, version)
            return redirect("wizard-step", draft_id, key)
        if asked == "right":
            return _put_right(request, who, draft_id, version, key)
        return _save(request, who, draft_id, version, key)
    except Overtaken as error:
        return _overtaken(request, error, key)
    except Refused as error:
        draft = drafts.find(who, draft_id)
        form = form_of(key)(initial=initial_of(key, of(draft)))
        return _show(request, draft, key, form, problem=error, status=409)


def _save(request: HttpRequest, who: Who, draft_id: int, version: int, key: str) -> HttpResponse:
    """Store the step; on to the next one where nothing is wrong."""
    form = form_of(key)(request.POST)
    if not form.is_valid():
        return _show(request, drafts.find(who, draft_id), key, form, status=422)
    given = form.given() | {"not_yet": request.POST.get("not_yet") == "1"}
    if key == steps.FEATURES_STEP and request.POST.get("do") == "later":
        given |= {"parties": {}, "same": []}
    saved = drafts.save(who, draft_id, version, key, given)
    for note in saved.notes:
        messages.success(request, note)
    if saved.problems:
        return _show(request, saved.draft, key, _again(form, saved), status=422)
    return redirect("wizard-step", draft_id, _behind(saved, key))


def _behind(saved: Saved, key: str) -> str:
    """The next step; after a pasted text the first one that lacks a value, and with all of them the check."""
    if not saved.pasted:
        return steps.after(key)
    lacking = missing(saved.draft)
    return lacking[0].key if lacking else steps.CHECK


def _put_right(request: HttpRequest, who: Who, draft_id: int, version: int, key: str) -> HttpResponse:
    """What was typed and what lies aside, each where it belongs."""
    form = form_of(key)(request.POST)
    if form.is_valid():
        version = drafts.save(who, draft_id, version, key, form.given()).draft.version
    drafts.put_right(who, draft_id, version)
    messages.success(request, _("Every value is where it belongs."))
    return redirect("wizard-step", draft_id, key)


def _again(form: StepForm, saved: Saved) -> StepForm:
    """The form with what is wrong. A value that lies aside is not shown again: it may be a secret."""
    typed = MultiValueDict(form.data.lists() if isinstance(form.data, MultiValueDict) else {})
    for field, _kind in of(saved.draft).get("misplaced", ()):
        typed.pop(field, None)
    again = type(form)(typed)
    again.is_valid()
    again.show(Refused("", saved.problems))
    return again


def _overtaken(request: HttpRequest, error: Overtaken, key: str) -> HttpResponse:
    """What was typed stays in the fields, but for secrets; the next save is meant."""
    form = form_of(key)(request.POST)
    form.is_valid()
    return _show(request, error.draft, key, form, problem=error, status=409)


def _live(form: StepForm, draft: WizardDraft, key: str) -> StepForm:
    """Let each field with a value from Vendor Central be looked at as one leaves it."""
    address = reverse("wizard-look", args=[draft.pk, key])
    for name in FIELDS.get(key, ()):
        told = {"hx-post": address, "hx-trigger": "change", "hx-target": f"#look-{name}", "hx-swap": "innerHTML"}
        form.fields[name].widget.attrs.update(told)
    return form


def _version(request: HttpRequest) -> int:
    """The version the page was made of; none is as good as an old one."""
    given = request.POST.get("version", "")
    return int(given) if given.isdecimal() and len(given) < 10 else 0


def _show(
    request: HttpRequest,
    draft: WizardDraft,
    key: str,
    form: StepForm,
    *,
    problem: PurveyorError | None = None,
    status: int = 200,
) -> HttpResponse:
    told: dict[str, Any] = {
        "draft": draft,
        "form": _live(form, draft, key),
        "step": connecting.shown(steps.BY_KEY[key], draft),
        "outline": connecting.outline(draft, key),
        "progress": connecting.progress(draft),
        "problem": problem.as_dict() if problem else None,
        "before": steps.before(key),
        **connecting.extras(draft, key, who_of(request)),
    }
    return page(request, "wizard", SECTION, status=status, **told)


def _finish(request: HttpRequest, who: Who, draft_id: int, version: int) -> HttpResponse:
    """Make the profile, begin the first import, and watch it."""
    made = finishing.finish(who, draft_id, version, lambda found: _begin_import(request, who, found))
    return redirect("wizard-started", made.profile.name)


def _begin_import(request: HttpRequest, who: Who, made: Made) -> None:
    if not who.may("sync.run", made.profile) or not made.profile.importing:
        return
    try:
        start_sync(made.profile, since=made.since, who=who)
    except (Conflict, Refused) as error:
        messages.warning(request, error.message)


@never_cache
@sensitive_post_parameters()
@require_POST
def look(request: HttpRequest, draft_id: int, key: str) -> HttpResponse:
    """What to say about one field as somebody leaves it; nothing is stored. ``HX-Trigger-Name`` names the field."""
    draft = drafts.find(who_of(request), draft_id)
    name = request.headers.get("HX-Trigger-Name", "")
    if name not in FIELDS.get(key, ()) or not request.POST.get(name, "").strip():
        return part(request, "wizard_look", said=[])
    change = READERS[key](of(draft), {name: request.POST[name]})
    good = not change.problems and bool(change.data or change.secrets)
    said = [problem.message for problem in change.problems]
    return part(request, "wizard_look", said=said, good=good, swapped=bool(change.aside), notes=change.notes)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def discard(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Throw a draft away, after a question."""
    who = who_of(request)
    draft = drafts.find(who, draft_id)
    if request.method == "POST":
        drafts.discard(who, draft_id)
        messages.success(request, _("The draft of %(name)s is discarded.") % {"name": draft})
        return redirect("profiles")
    return page(request, "wizard_discard", SECTION, draft=draft, progress=connecting.progress(draft))


@require_safe
def started(request: HttpRequest, name: str) -> HttpResponse:
    """The profile is made: its first import, up to the first order."""
    found = by_name(who_of(request), name)
    told = _first_import(request, found)
    reload_after = None if told["over"] else 3
    return page(request, "wizard_started", SECTION, profile=found, reload_after=reload_after, **told)


@require_safe
def started_part(request: HttpRequest, name: str) -> HttpResponse:
    """The same, as the part that htmx asks for again and again."""
    found = by_name(who_of(request), name)
    return part(request, "first_import", profile=found, **_first_import(request, found))


def _first_import(request: HttpRequest, profile: Profile) -> Mapping[str, Any]:
    return connecting.first_import(profile, who_of(request))
