"""Tags and filters of the templates: thin words over ``parts``, ``figures`` and ``words``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from django import template
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from purveyor.alerts.models import Alert
from purveyor.base import filekinds
from purveyor.centers.domain.resolve import Known, Zone
from purveyor.common.gs1 import printed
from purveyor.jobs import runs
from purveyor.jobs.models import Run
from purveyor.web import fields, figures, parts, zones
from purveyor.web.addresses import with_query
from purveyor.web.alert_links import link_of
from purveyor.web.templatetags import purveyor_words
from purveyor.web.words import words

register = template.Library()

_STATIC = Path(__file__).resolve().parent.parent / "static" / "purveyor"


@cache
def _versions() -> dict[str, str]:
    return {file.name: sha256(file.read_bytes()).hexdigest()[:8] for file in _STATIC.iterdir()}


@register.simple_tag
def asset(name: str) -> str:
    """The address of a file of ours; it changes with the content, so that no browser keeps an old one."""
    return f"{static(f'purveyor/{name}')}?v={_versions()[name]}"


@register.simple_tag
def icon(name: str) -> SafeString:
    """A drawing of the sprite; it says nothing to a screen reader."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        asset("icons.svg"),
        name,
    )


@register.simple_tag
def state(kind: str, value: str) -> SafeString:
    """A state as its word in its colour."""
    found = parts.badge(kind, str(value))
    return format_html('<span class="state {}{}">{}</span>', found.tone, " loud" if found.loud else "", found.word)


@register.simple_tag
def tone(kind: str, value: str) -> str:
    """The tone of a state, as a class."""
    return str(parts.badge(kind, str(value)).tone)


@register.simple_tag
def due(at: datetime | None) -> SafeString:
    """A countdown."""
    found = figures.due(at)
    iso = at.isoformat() if at else ""
    return format_html('<time class="due due-{}" datetime="{}">{}</time>', found.level, iso, found.text)


@register.simple_tag
def moment(at: datetime | None, place: str | Zone = "", form: str = "full") -> SafeString | str:
    """A moment with its zone's name; a dash for none. A day alone needs no zone beside it, only behind it."""
    if at is None:
        return "–"
    found = figures.moment(at, place, form)
    return format_html(
        '<time datetime="{}" title="{}">{} <span class="zone">{}</span></time>',
        found.iso,
        found.place,
        found.text,
        found.zone,
    )


@register.simple_tag
def moment_in(at: datetime | None, zone: str, form: str = "full") -> SafeString | str:
    """A moment in a zone by its IANA name."""
    return moment(at, Zone(zone, Known.CENTER), form)


@register.simple_tag
def window(start: datetime | None, end: datetime | None, place: str | Zone = "", form: str = "day") -> SafeString | str:
    """A window as its local days; one day only when both ends are on it. ``form`` brief leaves the year out."""
    if start is None or end is None:
        return "–"
    first, last = figures.moment(start, place, form), figures.moment(end, place, form)
    if first.text == last.text:
        return moment(start, place, form)
    if start.year == end.year:
        first = figures.moment(start, place, "brief")
    return format_html(
        '<span title="{}"><time datetime="{}">{}</time> – <time datetime="{}">{}</time> '
        '<span class="zone">{}</span></span>',
        first.place,
        first.iso,
        first.text,
        last.iso,
        last.text,
        last.zone,
    )


@register.simple_tag
def ago(at: datetime | None) -> SafeString | str:
    """How long ago."""
    if at is None:
        return "–"
    return format_html('<time datetime="{}">{}</time>', at.isoformat(), figures.ago(at))


@register.simple_tag
def money(value: Decimal | None, currency: str = "") -> SafeString | str:
    """An amount with its currency set apart."""
    if value is None:
        return "–"
    return format_html('{} <span class="unit">{}</span>', figures.amount(value), currency)


@register.filter
def grouped(value: int | None) -> str:
    """A number with separated thousands."""
    return figures.number(value)


@register.filter
def eaches(value: int | None) -> str:
    """Eaches with their unit."""
    return figures.quantity(value)


@register.simple_tag
def original(line: Any) -> str:
    """The quantity of a line as ordered, when that was in cases."""
    return figures.original(line.amount, line.unit, line.unit_size)


@register.filter
def remedy(value: str) -> str:
    """A remedy in words."""
    return words("remedy", value)


@register.filter
def reason(value: str) -> str:
    """A rejection reason in words."""
    return words("reason", value)


@register.filter
def seconds(value: int | None) -> str:
    """A number of seconds as a length of time."""
    return figures.span(timedelta(seconds=value)) if value is not None else ""


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: Any) -> str:
    """This page's address with some parameters changed (None takes one away); it starts again at the first page."""
    request: HttpRequest = context["request"]
    return with_query(request, **changes)


@register.inclusion_tag("parts/copy.html")
def copy(text: str, label: str = "") -> dict[str, str]:
    """A button that copies a text; there only with script."""
    return {"text": text, "label": label}


@register.simple_block_tag
def notice(content: str, tone: str = "warn") -> SafeString:
    """A box that wants to be seen. Inside: the words, then perhaps a block of class actions."""
    sign = {"bad": "alert", "warn": "alert", "good": "check", "todo": "info"}.get(tone, "info")
    role = "alert" if tone == "bad" else "status"
    return format_html('<div class="notice {}" role="{}">{}{}</div>', tone, role, icon(sign), content)


@register.simple_tag
def original_of(line: Any, count: int) -> str:
    """So many eaches of a line in cases, when it was ordered in cases and they fill whole ones."""
    if line.unit_size < 1 or count % line.unit_size:
        return ""
    return figures.original(count // line.unit_size, line.unit, line.unit_size)


@register.filter
def amount(value: Decimal | None) -> str:
    """An amount of money without its currency."""
    return figures.amount(value)


@register.filter
def unlocalized(value: Decimal | None) -> str:
    """A number as machines write it."""
    return "" if value is None else format(value, "f")


@register.filter(name="bytes")
def size(value: int) -> str:
    """A number of bytes."""
    return figures.size(value)


@register.filter
def document_kind(kind: str) -> str:
    """What a document is, in the trade's word."""
    return words("document", kind)


@register.filter
def remedy_tone(value: str) -> str:
    """The colour of a box by what helps: what mends itself is not shouted."""
    return "moving" if value == "wait" else "bad"


@register.filter
def severity_tone(severity: str) -> str:
    """The colour of a box by how much its alert matters."""
    return str(parts.badge("severity", severity).tone)


@register.filter
def zone_words(zone: Zone) -> str:
    """A center's time zone, and how it is known."""
    return zones.zone_words(zone)


@register.simple_tag(takes_context=True)
def mend_link(context: template.Context, alert: Alert) -> str:
    """Where an alert is mended by the person who looks; empty where no page is meant, or not theirs."""
    return link_of(context["frame"].who, alert)


@register.filter
def as_list(value: Any) -> list[Any]:
    """Several words or one, as a list."""
    return list(value) if isinstance(value, list | tuple) else [value] if value else []


@register.filter
def unlocalized_number(value: int) -> str:
    """A whole number as machines write it."""
    return str(value)


@register.filter
def percent(done: int, total: int) -> str:
    """How much of a whole, in percent; the last one only when all is done."""
    return f"{min(99, done * 100 // total) if done < total else 100} %"


@register.filter
def seconds_left(run: Run) -> int | None:
    """How long a run will still take, where that can be known."""
    return runs.seconds_left(run)


@register.filter
def run_kind(kind: str) -> str:
    """What long work is, in words."""
    return words("run", kind)


@register.filter
def plain_facts(result: dict[str, Any]) -> list[tuple[str, Any]]:
    """The figures of a result; what is nested has a place of its own."""
    return [(name, value) for name, value in result.items() if not isinstance(value, dict | list)]


@register.filter
def as_json(value: Any) -> str:
    """A value for a form's hidden field."""
    return json.dumps(value)


@register.filter
def count_word(name: str) -> str:
    """What a sweep's count counts."""
    return words("count", name)


@register.filter
def ean(gtin: str) -> str:
    """An article number as it stands on the goods."""
    return printed(gtin)


@register.filter
def field_word(name: str) -> str:
    """What a fact is called, by its name in the code."""
    return fields.word(name)


@register.filter
def day(value: date | None) -> str:
    """A day as the language writes it."""
    return figures.day(value)


@register.filter
def file_kind(name: str) -> str:
    """What a kind of file is called; its name where no room knows it any more."""
    return str(next((kind.label for kind in filekinds.kinds() if kind.name == name), name))


@register.filter
def effect_word(name: str) -> str:
    """What the rows of a file came to."""
    return words("effect", name)


@register.filter
def lookup(table: Mapping[str, Any], name: str) -> Any:
    """What a table holds under a name; the name itself where it holds nothing."""
    return table.get(name, name)


register.filters |= purveyor_words.register.filters
