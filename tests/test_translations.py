"""Everything is said in nynorsk and English too: catalogues, templates, and pages as people get them."""

import ast
import re
from collections import Counter
from itertools import combinations
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Comment, Doctype
from django.conf import settings as portal
from django.test import RequestFactory
from django.utils import translation
from django.utils.translation import reloader

from askerportal.accounts.models import Role
from askerportal.front import errors
from askerportal.management.commands import messages
from askerportal.management.commands.build import compile_translations
from guidance.models import Desk
from reports import deliveries
from reports.models import Department, NoticeText, Theme, ThemeGroup
from reports.states import State
from tests.factories import UserFactory, in_inbox
from tests.pages import Visitor

LANGUAGES = messages.languages()
PLACEHOLDERS = re.compile(r"%\(\w+\)[-#0 +]*[\d.]*[a-z]|\{[^{}]*\}|%%")
TAGS = re.compile(r"<[^>]*>")
BETWEEN = re.compile(f"{PLACEHOLDERS.pattern}|{TAGS.pattern}")
TRANSLATED = re.compile(r"""\{%-?\s*(?:block)?trans(?:late)?\b|\b_\(\s*["']""")
# What stands in templates as it is: a name, and lines that are in the language they offer.
UNTRANSLATED = [
    "Asker kommune",
    "This page is available in English.",
    "Read in English",
    "Denne sida finst på nynorsk.",
    "Les på nynorsk",
    "Denne siden finnes på bokmål.",
    "Les på bokmål",
]
SPOKEN = ["alt", "aria-label", "aria-description", "content", "data-label", "label", "placeholder", "title"]
ONLY_BOKMAL = re.compile(
    r"\b(avdelingen|bare|ble|blitt|dem|disse|en|ennå|et|fikk|flere|fra|galt|gjøre|hun|hva|hvem|hver|hvilke[nt]|hvis"
    r"|hvor\w*|ikke|jeg|kommer|lenken|mangler|mer|mye|navn|noe|noen|også|saken|siden|skrev|stedet|trenger|velg|være)\b",
    re.IGNORECASE,
)
# Attributes whose texts a script shows.
FOR_SCRIPTS = ("data-map-", "data-pin-", "data-said-", "data-zoom-")
# What a citizen typed and a department answered, which no one translates.
TYPED = {
    "address": "Kirkeveien 230, 1383 Asker",
    "description": "Zxq zxq.",
    "name": "Kari Testesen",
    "email": "kari@example.com",
    "phone": "+4768050001",
}
ANSWER = "Qwq qwq."
TEXTS = ["subject", "body", "sms"]
# What has no language: addresses, case numbers, rules' names; and one of Django's words in both Norwegians.
ALIKE = re.compile(r"\w+ \d+, \d{4} \w+|AK-\d{4}-\d+|theme [a-z-]+|\bPassord\b")


@pytest.fixture(scope="module", autouse=True)
def compiled():
    """The catalogues as they are now, also where no build went before."""
    compile_translations()
    reloader.translation_file_changed(None, Path("django.mo"))


@pytest.fixture(params=LANGUAGES)
def catalog(request):
    """A language's catalogue, as a person edits it."""
    return messages.read(request.param)


def test_catalogue_has_every_message_and_no_other(catalog):
    wanted = {(message.id, message.context) for message in messages.messages()}

    there = {(message.id, message.context) for message in catalog}

    assert (wanted - there, there - wanted) == (set(), set()), "make messages brings them in line"
    assert not catalog.obsolete


def test_every_message_is_translated(catalog):
    assert [message.id for message in catalog if message.id and not messages.is_translated(message)] == []


def test_placeholders_and_tags_are_those_of_the_message(catalog):
    for said, translated in pairs(catalog):
        for pattern in [PLACEHOLDERS, TAGS]:
            assert Counter(pattern.findall(translated)) == Counter(pattern.findall(said)), translated


def test_translation_ends_as_the_message_does(catalog):
    for said, translated in pairs(catalog):
        assert ending(translated) == ending(said), translated
        assert translated.strip() == translated


def test_nynorsk_has_no_words_of_bokmal_and_english_none_of_either():
    for _said, translated in pairs(messages.read("nn")):
        assert not ONLY_BOKMAL.search(translated), translated
    for _said, translated in pairs(messages.read("en")):
        assert not re.search("[æøå]", translated.replace("Bokmål", "")), translated


@pytest.mark.parametrize("path", messages.templates(), ids=lambda path: path.name)
def test_every_translation_in_a_template_is_found(path):
    text = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"))

    assert len(messages.messages_in(path)) == len(TRANSLATED.findall(text))


def test_every_translation_in_code_is_found():
    for path in messages.sources():
        if path.suffix == ".py":
            assert len(messages.messages_in(path)) == len(calls(path)), path


@pytest.mark.parametrize("path", messages.templates(), ids=lambda path: path.name)
def test_template_says_nothing_outside_translations(path):
    assert words_outside_translations(path.read_text(encoding="utf-8")) == []


def test_words_outside_translations_are_seen():
    assert words_outside_translations("<p>{% translate 'Hei' %} og <b>hopp</b></p>") == ["og", "hopp"]
    assert words_outside_translations('<i aria-label="Lukk {{ it }}" class="ak-x"></i>') == ["Lukk"]


def test_no_page_and_no_mail_says_the_same_in_two_languages_unless_it_means_to(db, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # many sign in here

    shown = {language: everything_shown(language) for language, _name in portal.LANGUAGES}

    left = {}
    for one, other in combinations(shown, 2):
        same = may_be_same(one, other)
        for page in shown[one]:
            both = shown[one][page] & shown[other][page]
            left |= {(text, one, other): page for text in both if not same(text)}
    assert left == {}


def pairs(catalog):
    """Each form of each message, beside its translation."""
    for message in catalog:
        if message.pluralizable:
            yield from zip(message.id, message.string, strict=True)
        elif message.id:
            yield message.id, message.string


def ending(text):
    """The last sign after the last word; quotes differ between languages."""
    return re.sub(r"[«»“”\"]", "", re.search(r"\W*$", text)[0])


def calls(path):
    """Each call in code that translates a text written there, as Python's own parser sees it."""
    names = {*messages.KEYWORDS, "gettext", "_"}
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    found = [node for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    return [call for call in found if call.func.id in names and isinstance(call.args[0], ast.Constant)]


def words_outside_translations(template):
    """What a template says, in its text and in attributes that are read aloud, outside of translations."""
    text = re.sub(r"\{#.*?#\}|\{%\s*blocktrans.*?\{%\s*endblocktrans\w*\s*%\}", " ", template, flags=re.S)
    text = re.sub(r"\{% block (size|width) %\}\w*\{% endblock %\}", "", text)  # parts of class names
    text = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", " ", text)
    text = re.sub(r'<meta name="(viewport|robots|htmx-config)"[^>]*?>', "", text)
    page = BeautifulSoup(text, "html.parser")
    said = [node for node in page.find_all(string=True) if not isinstance(node, Comment | Doctype)]
    spoken = [tag[name] for tag in page.find_all() for name in SPOKEN if tag.get(name)]
    words = " ".join([*said, *spoken])
    for known in UNTRANSLATED:
        words = words.replace(known, " ")
    return re.findall(r"[^\W\d_]+", re.sub(r"&\w+;", " ", words))


def everything_shown(language):
    """What a person who chose this language meets: page or mail → its texts."""
    cookies = {portal.LANGUAGE_COOKIE_NAME: language}
    citizen, worker = Visitor(), Visitor(UserFactory(department="vei-og-trafikk"))
    adviser, nobody = Visitor(UserFactory(role=Role.ADVISER)), Visitor(UserFactory())
    for visitor in [citizen, worker, adviser, nobody]:
        visitor.client.cookies.load(cookies)
    shown = {}

    def see(name, visitor):
        assert visitor.page.html["lang"] == language
        shown[name] = texts(visitor.page)

    for path in ["/", "/min-side/", "/veiledning/", "/innbyggertorg/", "/logg-inn/", "/finnes-ikke/"]:
        see(path, citizen.open(path))
    see("wrong sign-in", press(citizen.open("/logg-inn/"), username="ola", password="feil"))
    see("nothing signed in with", press(citizen.open("/logg-inn/")))
    see("find", citizen.open("/finn-sak/"))
    see("find, nothing written", press(citizen))
    see("find, nonsense", press(citizen, number="x", contact="y"))
    see("asked for the link", press(citizen, number="AK-1999-000001", contact=TYPED["email"]))
    report_everything(citizen, see)
    sent = in_inbox(**TYPED, language=language)
    see("tracking page", citizen.open(sent.tracking_path))
    pinned = in_inbox(**TYPED | {"address": ""}, lat=59.8331, lon=10.4392)
    see("tracking page of a pin", citizen.open(pinned.tracking_path))

    see("news", citizen.open(sent.news_path))
    see("news stopped", press(citizen))
    see("news started", press(citizen))
    see("inbox", worker.open("/avdeling/"))
    see("inbox from its middle", worker.open("/avdeling/vei-og-trafikk/?after=x"))
    see("empty inbox", worker.open("/avdeling/vei-og-trafikk/?state=duplicate"))
    see("another's inbox", worker.open("/avdeling/renovasjon/"))
    see("departments", adviser.open("/avdeling/"))
    see("inbox of many", adviser.open("/avdeling/vei-og-trafikk/"))
    see("no department", nobody.open("/avdeling/"))
    work_on(worker, sent, see)
    see("worked on", citizen.open(sent.tracking_path))
    live_with(citizen, sent, see)
    see("news from the citizen", worker.open(f"/saker/{sent.number}/"))

    for status in [400, 403, 404, 429, 500, 503]:
        with translation.override(language):
            answer = errors.page(RequestFactory().get("/"), status)
        shown[f"error {status}"] = texts(BeautifulSoup(answer.content, "html.parser"))
    citizen.open("/meld/").client.cookies["csrf"] = "forged"
    see("forged token", press(citizen))
    for delivery in sent.deliveries.filter(kind="email"):
        mail = deliveries.compose(delivery)
        shown[f"mail {delivery.template}"] = {mail.subject, *mail.body.splitlines()}
    return shown


def report_everything(citizen, see):
    """Go through the form, each step once with nothing or nonsense in it."""
    see("what", citizen.open("/meld/"))
    see("what, nothing chosen", press(citizen))
    see("where", press(citizen, theme="hull-i-vei"))
    see("where, nothing written", press(citizen))
    see("where, in another municipality", press(citizen, lat="59.8905", lon="10.5236"))
    see("where, in a far municipality", press(citizen, lat="63.43", lon="10.39"))
    see("where, at nonsense", press(citizen, lat="x", lon="y"))
    see("where, too long", press(citizen, address="1" * 300, lat="", lon=""))
    see("where, not quite known", press(citizen, address="Kirkevegen 7", lat="", lon=""))
    see("describe", press(citizen, address=TYPED["address"]))
    see("describe, nothing written", press(citizen))
    see("describe, too long", press(citizen, description="1" * 5000))
    see("contact", press(citizen, description=TYPED["description"]))
    see("contact, nothing written", press(citizen))
    see("contact, nonsense", press(citizen, email="kari@", phone="12"))
    see("review", press(citizen, name=TYPED["name"], email=TYPED["email"], phone=TYPED["phone"]))
    see("receipt", press(citizen))
    see("nothing to send yet", citizen.open("/meld/").open("/meld/se-over/"))


def live_with(citizen, report, see):
    """Do all that a citizen can do with a report that is done, each once wrongly; then withdraw it."""
    see("not rated", press(citizen, 1))
    see("rated", press(citizen, 1, score="4", text=ANSWER))
    see("nothing to open for", press(citizen, 0))
    see("opened again", press(citizen, 0, text=ANSWER))
    see("nothing written", press(citizen, 0))
    see("written", press(citizen, 0, text=ANSWER))
    old_page = citizen.page
    see("withdrawn", press(citizen, 2))
    citizen.page = old_page
    see("too late", press(citizen, 0, text=ANSWER))


def work_on(worker, report, see):
    """Do all that a case worker can do with a report, each once wrongly."""
    path = f"/saker/{report.number}/"
    see("case for staff", worker.open(path))
    see("no such state", press(worker, 0, state="x"))
    see("no reason given", press(worker, 0, state=State.NOT_DONE))
    see("empty answer", press(worker, 1))
    see("empty note", press(worker, 2))
    see("changed by another", press(worker, 0, state=State.PLANNED, version="7"))
    for state in [State.IN_PROGRESS, State.WAITING_FOR_REPORTER, State.DONE]:
        see(f"moved to {state}", press(worker, 0, state=state, public_text=ANSWER, reason=ANSWER))
    see("answered", press(worker, 1, text=ANSWER))
    see("noted", press(worker, 2, text=ANSWER))
    see("handed to nobody", press(worker, 3, department="x"))
    see("no such deadline", press(worker, 4, deadline="x"))
    see("deadline in the past", press(worker, 4, deadline="2020-01-01", reason=ANSWER))


def press(visitor, which=0, **fields):
    """Send the page's own form (the first, or another) in whatever language it is."""
    form = visitor.page.select("main form")[which]
    button = form.select("button")[-1].get_text(strip=True)
    return visitor.send(button, **fields)


def texts(page):
    """Each text of a page: shown, read aloud, or said by scripts; not what is marked as another language."""
    for other in page.select("body [lang], time, script, style, select[name=language]"):
        other.extract()
    shown = [node for node in page.find_all(string=True) if not isinstance(node, Comment | Doctype)]
    attributes = [pair for tag in page.select("body *") for pair in tag.attrs.items()]
    spoken = [value for name, value in attributes if name in SPOKEN or name.startswith(FOR_SCRIPTS)]
    return {" ".join(text.split()) for text in [*shown, *spoken] if re.search(r"[^\W\d_]{2}", text)}


def may_be_same(one, other):
    """A test of a text: whether nothing is left of it that should differ between these languages."""
    same = {*UNTRANSLATED, *TYPED.values(), ANSWER, *names_in_both(one, other)}
    catalogs = [{(m.id, m.context): m.string for m in messages.read(code)} for code in (one, other)]
    for key in {key for catalog in catalogs for key in catalog if key[0]}:
        said, also = [catalog.get(key, key[0]) for catalog in catalogs]
        same |= set(fragments(said)) & set(fragments(also))
    longest_first = [re.escape(text) for text in sorted(same, key=len, reverse=True) if text]
    known = re.compile(rf"{ALIKE.pattern}|(?<!\w)(?:{'|'.join(longest_first)})(?!\w)")
    return lambda text: not re.search(r"[^\W\d_]{2}", known.sub(" ", text))


def pieces(texts):
    """What stands between the placeholders of texts to citizens, line by line."""
    return [piece.strip() for text in texts for line in text.splitlines() for piece in BETWEEN.split(line)]


def fragments(said):
    """The pieces of a message between its placeholders and tags."""
    forms = said if isinstance(said, tuple) else [said]
    return [piece.strip() for form in forms for piece in BETWEEN.split(form)]


def names_in_both(one, other):
    """The names that editors keep which are alike in two languages, and what has no language."""
    for text in NoticeText.objects.all():
        said, also = ([getattr(text, f"{field}_{code}") for field in TEXTS] for code in (one, other))
        yield from set(pieces(said)) & set(pieces(also))
    rows = [row for model in [Department, Desk, Theme, ThemeGroup] for row in model.objects.all()]
    for row in rows:
        yield row.slug
        yield getattr(row, "address", "")
        for field in ["name", "opening"]:
            texts = {getattr(row, f"{field}_{language}", "") for language in (one, other)}
            if len(texts) == 1:
                yield from texts
