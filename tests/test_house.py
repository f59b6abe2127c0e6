"""What no linter holds: one door to a report's state, a guard at every id, nothing forgotten."""

import ast
import re
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.template import Template
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from tests.factories import UserFactory, in_inbox
from tests.journeys.screens import PAGELESS, SCREENS

ROOT = Path(settings.BASE_DIR)
HOUSE = ["askerportal", "reports", "guidance"]
MODULES = sorted(
    path for folder in HOUSE for path in (ROOT / folder).rglob("*.py") if "migrations" not in path.parts
)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SOURCES = [
    *MODULES,
    *TEMPLATES,
    *(ROOT / "tests").rglob("*.py"),
    *(ROOT / "bench").rglob("*.py"),
    *(ROOT / "static").rglob("*.js"),
    *(ROOT / "static").rglob("*.css"),
]
# A delivery and a photo have states of their own.
OWN_STATE = {"reports/models/delivery.py", "reports/models/photo.py"}
LONGEST = 400  # lines of a module
INLINE = re.compile(r"<style|\sstyle\s*=|\son[a-z]+\s*=|javascript:")  # what the CSP forbids
UNFINISHED = "TO" + "DO"  # written so that this file has none


def short(path):
    return str(path.relative_to(ROOT))


def patterns(resolver, path="", names=()):
    """(name with its namespaces, path, names of what it takes) of every address below a resolver."""
    for entry in resolver.url_patterns:
        there = path + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield ":".join([*names, entry.name or ""]), there, list(re.findall(r"<(?:\w+:)?(\w+)>", there))
        else:
            yield from patterns(entry, there, (*names, entry.namespace) if entry.namespace else names)


ADDRESSES = list(patterns(get_resolver()))
OURS = [(name, path, takes) for name, path, takes in ADDRESSES if not path.startswith("admin/")]
ADMIN = [(name, path, takes) for name, path, takes in ADDRESSES if path.startswith("admin/")]

# Pages without an id that are for anyone; every other page is for those who are signed in.
PUBLIC = {
    "front",
    "my_page",
    "set_language",
    "health",
    "reports:what",
    "reports:where",
    "reports:addresses",
    "reports:suggest",
    "reports:find",
    "reports:find_sent",
    "reports:pin",
    "reports:describe",
    "reports:contact",
    "reports:review",
    "guidance:guides",
    "guidance:desks",
    "accounts:sign_in",
    "accounts:sign_out",
}
LOCAL = ("local_mail", "local_mail_message")  # there in debug only


def statuses(url, user=None):
    """What a page answers to reading and to writing, without what only the wrong verb brings about."""
    client = Client()
    if user:
        client.force_login(user)
    answers = [client.get(url), client.post(url)]
    return {answer.status_code for answer in answers} - {405}, answers


@pytest.mark.parametrize(("name", "path", "takes"), OURS, ids=[name for name, _, _ in OURS])
def test_every_page_is_guarded(db, name, path, takes):
    report = in_inbox()
    stranger = UserFactory(department="renovasjon", password=None)
    if name in LOCAL:
        assert statuses(reverse(name, args=["0" * 64] if takes else []))[0] == {404}
    elif takes == ["uid"]:
        assert statuses(reverse(name, args=[uuid4()]))[0] == {404}
    elif takes[:1] == ["token"]:
        rest = photo_of(takes)
        assert statuses(reverse(name, args=["A" * 22, *rest]))[0] == {404}
        assert statuses(reverse(name, args=[report.token[:-1], *rest]))[0] == {404}
    elif takes[:1] in (["number"], ["slug"]):
        rest = photo_of(takes)
        own, unknown = (
            (report.number, "AK-1999-000001") if takes == ["number"] else ("vei-og-trafikk", "ingen")
        )
        assert leads_to_sign_in(reverse(name, args=[own, *rest]))
        assert leads_to_sign_in(reverse(name, args=[unknown, *rest]))
        # A photo that is not there is told first, and tells a stranger no more.
        assert statuses(reverse(name, args=[own, *rest]), stranger)[0] == ({404} if rest else {403})
        assert statuses(reverse(name, args=[unknown, *rest]), stranger)[0] == {404}
    elif takes:
        pytest.fail(f"{path}: this kind of id is not known here; say who may see it")
    elif name not in PUBLIC:
        assert leads_to_sign_in(reverse(name))


def photo_of(takes):
    """What an address takes beyond the report: a photo and its size."""
    return [{"uid": uuid4(), "size": 320}[name] for name in takes[1:]]


@pytest.mark.parametrize("path", sorted({path for _, path, _ in ADMIN if path != "admin/login/"}))
def test_every_page_of_the_admin_is_for_operators(db, path):
    url = "/" + re.sub(r"<[^>]+>", "1", path).replace("(?P", "").replace("^", "").replace("$", "")
    case_worker = UserFactory(department="vei-og-trafikk", password=None)

    for user in (None, case_worker):
        found, _ = statuses(url.replace("\\Z", ""), user)
        assert found <= {302, 403, 404}, f"{url}: {found}"


def leads_to_sign_in(url):
    """Reading leads to the sign-in page; what was written is kept in it (401)."""
    found, answers = statuses(url)
    places = {answer["Location"].split("?")[0] for answer in answers if answer.status_code == 302}
    return found <= {302, 401} and places <= {reverse("accounts:sign_in")}


def test_every_page_is_among_the_screens_that_axe_sees():
    shown = {name for screen in SCREENS for name in screen.shows}

    assert {name for name, _, _ in OURS} - shown - PAGELESS.keys() == set()
    assert not shown & PAGELESS.keys()


def test_state_of_a_report_is_assigned_behind_one_door():
    assigned = {
        short(path)
        for path in MODULES
        for target in assigned_states(path)
        if target not in ("delivery", "photo")
    }

    assert assigned <= {"reports/models/report.py", *OWN_STATE}


def test_state_of_a_report_is_written_by_no_update():
    """`update(state=…)` belongs to deliveries, whose state is not a report's."""
    writers = {short(path) for path in MODULES for call in calls(path, "update") if "state" in keywords(call)}

    assert writers <= {"reports/deliveries.py", *OWN_STATE}


def assigned_states(path):
    """The names of the objects whose `state` a module assigns."""
    for node in ast.walk(ast.parse(path.read_text())):
        targets = getattr(node, "targets", None) or [getattr(node, "target", None)]
        for target in [part for whole in targets if whole for part in ast.walk(whole)]:
            if (
                isinstance(target, ast.Attribute)
                and target.attr == "state"
                and isinstance(target.ctx, ast.Store)
            ):
                yield getattr(target.value, "id", "?")
    for call in calls(path, "setattr"):
        if any(isinstance(value, ast.Constant) and value.value == "state" for value in call.args):
            yield "?"


def calls(path, name):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and name in (
            getattr(node.func, "attr", ""),
            getattr(node.func, "id", ""),
        ):
            yield node


def keywords(call):
    return {keyword.arg for keyword in call.keywords}


@pytest.mark.parametrize("template", TEMPLATES, ids=short)
def test_template_is_sound(template):
    text = template.read_text()

    Template(text)
    assert not INLINE.findall(re.sub(r"{#.*?#}", "", text))
    assert len(text.splitlines()) <= 200


@pytest.mark.parametrize("component", sorted((ROOT / "templates/ui").glob("*.html")), ids=short)
def test_component_is_used_and_says_what_it_takes(component):
    name = f"ui/{component.name}"

    assert component.read_text().startswith("{#"), "its first line says what it takes"
    assert any(name in path.read_text() for path in [*TEMPLATES, *MODULES] if path != component)


@pytest.mark.parametrize("folder", ["css", "js"])
def test_every_file_of_ours_is_asked_for(folder):
    templates = "".join(path.read_text() for path in TEMPLATES)
    files = [path for path in (ROOT / "static" / folder).rglob("*") if path.is_file()]

    assert [short(path) for path in files if str(path.relative_to(ROOT / "static")) not in templates] == []


def test_no_module_is_too_long():
    lengths = {short(path): len(path.read_text().splitlines()) for path in SOURCES if path.suffix == ".py"}

    assert {path: length for path, length in lengths.items() if length > LONGEST} == {}


def test_nothing_is_left_unfinished():
    assert [short(path) for path in SOURCES if UNFINISHED in path.read_text()] == []


def test_every_module_says_what_lives_there():
    silent = [
        path
        for path in MODULES
        if path.read_text().strip() and not ast.get_docstring(ast.parse(path.read_text()))
    ]

    assert [short(path) for path in silent] == []
