"""Channels: set up, test, watch what comes and goes, have a file taken again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from purveyor.base import filekinds
from purveyor.base.listing import Column, Listing, Sort
from purveyor.channels import again, departures, load, outgoing, setup, ways
from purveyor.channels.kinds.upload import bring
from purveyor.channels.models import Arrival, Channel, Departure
from purveyor.channels.outward import state_of
from purveyor.channels.states import ArrivalState, DepartureState
from purveyor.common.errors import Conflict, PurveyorError, Refused
from purveyor.web.channel_forms import ChannelForm, initial
from purveyor.web.lists import show
from purveyor.web.render import page, who_of

SECTION = "channels"
FILED = (ArrivalState.DONE, ArrivalState.REFUSED)

ARRIVALS: Listing[Arrival] = Listing(
    name="arrivals",
    columns=(Column("seen", gettext_lazy("Came"), lambda one: one.seen_at, sort="-seen"),),
    sorts=(
        Sort("-seen", gettext_lazy("Came"), ("-seen_at", "-pk")),
        Sort("seen", gettext_lazy("Came"), ("seen_at", "pk")),
    ),
    filters=(),
)
DEPARTURES: Listing[Departure] = Listing(
    name="departures",
    columns=(Column("made", gettext_lazy("Made"), lambda one: one.state_at, sort="-made"),),
    sorts=(Sort("-made", gettext_lazy("Made"), ("-pk",)), Sort("made", gettext_lazy("Made"), ("pk",))),
    filters=(),
)


@require_safe
def channels(request: HttpRequest) -> HttpResponse:
    """Those the person may see, each with its state and its last problem."""
    who = who_of(request)
    who.require_somewhere(setup.SEE)
    found = [(one, state_of(one), ways.find(one.way).label, _kind(one)) for one in setup.channels(who)]
    may_add = who.may_somewhere(setup.MANAGE)
    return page(request, "channels", SECTION, channels=found, may_add=may_add, ways=ways.ways())


def _kind(channel: Channel) -> Any:
    if channel.outgoing:
        return outgoing.kinds()[channel.kind].label
    return filekinds.find(channel.kind).label


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, way: str) -> HttpResponse:
    """A new one of a way; tested first where the person wants that."""
    who = who_of(request)
    who.require_somewhere(setup.MANAGE)
    out = request.GET.get("out") == "1"
    form = ChannelForm(request.POST or None, who=who, way=ways.find(way), out=out)
    if request.method == "POST" and form.is_valid():
        try:
            asked = form.asked()
            if request.POST.get("do") == "test":
                return _tested(request, form, setup.try_asked(who, asked))
            return redirect("channel", setup.add(who, asked).pk)
        except PurveyorError as error:
            _blame(form, error)
    return _form(request, form)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Another name, place or manner of one that is there."""
    who = who_of(request)
    channel = setup.by_id(who, channel_id, setup.MANAGE)
    told = initial(setup.asked_of(channel))
    form = ChannelForm(request.POST or None, who=who, way=ways.find(channel.way), out=channel.outgoing, initial=told)
    if request.method == "POST" and form.is_valid():
        try:
            asked = form.asked()
            if request.POST.get("do") == "test":
                return _tested(request, form, setup.try_asked(who, asked, channel.name), channel)
            seen = request.POST.get("version", "")
            setup.change(who, channel.name, asked, version=int(seen) if seen.isdecimal() else None)
            messages.success(request, _("The channel is changed."))
            return redirect("channel", channel.pk)
        except PurveyorError as error:
            _blame(form, error)
    return _form(request, form, channel)


def _form(request: HttpRequest, form: ChannelForm, channel: Channel | None = None, **told: Any) -> HttpResponse:
    told |= {"form": form, "channel": channel, "way": form.way, "out": form.out}
    told |= {"secret": any(one.secret for one in form.way.fields)}
    return page(request, "channel_form", SECTION, status=422 if form.errors else 200, **told)


def _tested(
    request: HttpRequest, form: ChannelForm, tested: ways.Tested, channel: Channel | None = None
) -> HttpResponse:
    """What the test said, above the form; what it learned stands in the fields that were left blank."""
    data = request.POST.copy()
    for name, value in tested.learned.items():
        if not data.get(form.at_field(name)):
            data[form.at_field(name)] = value
    fresh = ChannelForm(data, who=form.who, way=form.way, out=form.out)
    return _form(request, fresh, channel, tested=tested)


def _blame(form: ChannelForm, error: PurveyorError) -> None:
    """Each problem at its field; what concerns none of them goes above all."""
    problems = error.problems if isinstance(error, Refused) else ()
    for problem in problems:
        field = form.at_field(problem.where)
        form.add_error(field if field in form.fields else None, problem.message)
    if not problems:
        form.add_error(None, " ".join(filter(None, (error.message, error.hint))))


@require_safe
def channel(request: HttpRequest, channel_id: int) -> HttpResponse:
    """One with its files."""
    return _page(request, channel_id)


def _page(request: HttpRequest, channel_id: int, **told: Any) -> HttpResponse:
    who = who_of(request)
    found = setup.by_id(who, channel_id)
    way = ways.find(found.way)
    fields = [(one.label, found.options.get(one.name, "")) for one in way.fields if not one.secret]
    fields += way.facts(ways.Place(found.name, found.options, {}, found.outgoing))
    if found.outgoing:
        listing: Any = show(request, DEPARTURES, departures.departures(who, found))
    else:
        listing = show(request, ARRIVALS, again.arrivals(who, found))
    told |= {"channel": found, "state": state_of(found), "way": ways.find(found.way), "kind": _kind(found)}
    told |= {"fields": fields, "listing": listing, "failed": DepartureState.FAILED}
    told |= {"may_manage": who.may(setup.MANAGE, found.profile), "quiet": found.options.get("quiet")}
    return page(request, "channel", SECTION, **told)


@require_POST
def switch(request: HttpRequest, channel_id: int) -> HttpResponse:
    """On or off."""
    who, on = who_of(request), request.POST.get("on") == "yes"
    setup.switch(who, setup.by_id(who, channel_id, setup.MANAGE).name, on=on)
    messages.success(request, _("The channel is on.") if on else _("The channel is off."))
    return redirect("channel", channel_id)


@require_POST
def test(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Test the connection and show what was tried and said."""
    who = who_of(request)
    return _page(request, channel_id, tested=setup.try_out(who, setup.by_id(who, channel_id, setup.MANAGE).name))


@require_POST
def look(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Look at it now."""
    who = who_of(request)
    try:
        again.look_now(who, setup.by_id(who, channel_id, setup.MANAGE).name)
    except Refused as error:
        messages.error(request, error.message)
    return redirect("channel", channel_id)


@require_POST
def remove(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Remove it; its files stay where they are."""
    who = who_of(request)
    found = setup.by_id(who, channel_id, setup.MANAGE)
    try:
        setup.remove(who, found.name)
    except Conflict as error:
        messages.error(request, f"{error.message} {error.hint}")
        return redirect("channel", channel_id)
    messages.success(request, _("The channel is removed."))
    return redirect("channels")


@require_POST
def sample(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Show it a sample file: its columns are chosen on the file's page, and saved for the channel."""
    who = who_of(request)
    found, given = setup.by_id(who, channel_id, setup.MANAGE), request.FILES.get("file")
    if not isinstance(given, UploadedFile):
        messages.error(request, _("Choose a file first."))
        return redirect("channel", channel_id)
    try:
        kind = filekinds.find(found.kind)
        told: dict[str, Any] = {"saved": found.saved, "profile": found.profile, "via": found}
        return redirect("file", bring(who, kind, given.name or "", given.chunks(), **told).pk)
    except Refused as error:
        messages.error(request, load.words(error))
        return redirect("channel", channel_id)


@require_safe
def arrival(request: HttpRequest, arrival_id: int) -> HttpResponse:
    """One file that came: where it lies, what became of it."""
    who = who_of(request)
    found = again.one(who, arrival_id)
    told: dict[str, Any] = {"one": found, "channel": found.channel, "upload": found.upload}
    told |= {"may_again": found.state in FILED and found.upload and who.may(setup.MANAGE, found.channel.profile)}
    return page(request, "arrival", SECTION, **told)


@require_POST
def arrival_again(request: HttpRequest, arrival_id: int) -> HttpResponse:
    """Have it taken again, or only say what would be taken now."""
    who = who_of(request)
    try:
        if request.POST.get("do") == "check":
            return redirect("file", again.check_again(who, arrival_id).pk)
        again.take_again(who, arrival_id)
        messages.success(request, _("It is taken again; its report is written anew."))
    except (Refused, Conflict) as error:
        messages.error(request, load.words(error))
    return redirect("arrival", arrival_id)


@require_POST
def departure_again(request: HttpRequest, departure_id: int) -> HttpResponse:
    """Have a file that could not go out sent again."""
    found = departures.send_again(who_of(request), departure_id)
    messages.success(request, _("It is sent again."))
    return redirect("channel", found.channel_id)
