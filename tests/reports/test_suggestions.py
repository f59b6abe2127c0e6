"""A theme in the citizen's own words: how well it is found, on the page and from the command."""

import csv
import datetime
import io
from collections import Counter
from pathlib import Path

import pytest
from django.core.management import call_command

from reports.models import Draft, Theme
from reports.suggestions import likely_themes

HERE = Path(__file__).parent


def found(text):
    """The slugs that are suggested for a text, best first."""
    return [suggestion.theme.slug for suggestion in likely_themes(text)]


def measured(file, part=slice(None)):
    """The share of a file's texts that get their theme first, and among three; printed by language."""
    with (HERE / file).open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))[part]
    count, first, among = Counter(), Counter(), Counter()
    for row in rows:
        slugs = found(row["text"])
        for group in (row["language"], "all"):
            count[group] += 1
            first[group] += slugs[:1] == [row["theme"]]
            among[group] += row["theme"] in slugs
    for group in sorted(count):
        n = count[group]
        print(f"{file}, {group}: {n} texts, {first[group] / n:.1%} first, {among[group] / n:.1%} among three")
    return len(rows), first["all"] / len(rows), among["all"] / len(rows)


def test_texts_that_the_words_were_tuned_on_find_their_theme(db):
    count, first, among = measured("theme_texts_tuning.tsv")

    assert count >= 570
    assert first >= 0.95
    assert among >= 0.99


def test_texts_that_were_written_before_the_words_find_their_theme(db):
    count, first, among = measured("theme_texts_kept_apart.tsv", slice(60))

    assert count == 60
    assert first >= 0.90
    assert among >= 0.97


def test_vague_texts_that_no_words_were_made_for_find_their_theme_mostly(db):
    """Each avoids the theme's usual words. They were measured once: no word may be added for them."""
    count, first, among = measured("theme_texts_kept_apart.tsv", slice(60, None))

    assert count == 84
    assert first >= 0.60
    assert among >= 0.80


@pytest.mark.parametrize(
    ("text", "theme"),
    [
        ("det er speilblankt i bakken", "stroing"),
        ("DET ER SPEILBLANKT I BAKKEN!!!", "stroing"),
        ("speglblankt i bakken", "stroing"),
        ("lyktestolpen er paakjoert", "gatelys"),
        ("lykte stolpe", "gatelys"),
        ("broyting", "broyting"),
        ("brytebilen kommer ikke", "broyting"),
        ("søppelspannet er sprukket", "avfallsbeholder"),
        ("vegen er ikkje brøytt", "broyting"),
        ("the street lamps are dark", "gatelys"),
        ("rottebolet bak garasjen", "skadedyr"),
        ("tre rotter", "skadedyr"),
        ("tre som lener seg over huset", "tre-til-fare"),
        ("røtter i asfalten", "fortau-gangvei"),
        ("masse snø ved sjøen", "broyting"),
        ("hvor får jeg", "annet"),
    ],
)
def test_own_words_find_the_theme(db, text, theme):
    assert found(text)[0] == theme


@pytest.mark.parametrize("text", ["", "   ", "\n", "asdfgh", "hei", "123", "🙂", "\x00", "Kirkeveien 230"])
def test_text_that_says_nothing_finds_nothing(db, text):
    assert found(text) == []


def test_endless_text_is_read_from_its_beginning_only(db):
    assert found("speilblankt i bakken " + "søppel " * 100_000)[0] in ("stroing", "forsopling")


def test_words_that_staff_give_a_theme_count_at_once(db):
    assert found("elsparkebrettet piper") != ["kumlokk"]

    theme = Theme.objects.get(slug="kumlokk")
    theme.words += "\nelsparkebrett"
    theme.save()

    assert found("elsparkebrettet piper")[0] == "kumlokk"


def test_words_that_staff_take_away_count_no_more(db):
    Theme.objects.filter(slug="stroing").update(words="")

    assert "stroing" not in found("holkeføre")


def test_theme_that_is_switched_off_is_not_suggested(db):
    Theme.objects.filter(slug="stroing").update(is_active=False)

    assert "stroing" not in found("det er speilblankt i bakken")


def test_base_data_gives_words_only_where_there_are_none(db):
    Theme.objects.filter(slug="stroing").update(words="min egen")
    Theme.objects.filter(slug="broyting").update(words="", season="")

    call_command("load_base_data", stdout=io.StringIO())

    assert Theme.objects.get(slug="stroing").words == "min egen"
    assert "brøytebil" in Theme.objects.get(slug="broyting").words.splitlines()
    assert Theme.objects.get(slug="broyting").season == "winter"


def test_each_theme_has_at_least_sixty_words(db):
    assert {theme.slug for theme in Theme.objects.all() if len(theme.words.splitlines()) < 60} == set()


def test_suggestions_cost_two_statements(db, django_assert_num_queries):
    found("glatt")

    with django_assert_num_queries(2):
        found("det er speilblankt i bakken")


def test_command_prints_three_slugs_a_line_best_first(db, monkeypatch, capsys):
    monkeypatch.setattr(
        "sys.stdin", io.StringIO("det er speilblankt i bakken\n\nsøpla er ikke henta\nasdfgh\n")
    )

    call_command("suggest_theme")

    glatt, empty, soppel, unknown = capsys.readouterr().out.split("\n")[:4]
    assert glatt.split()[0] == "stroing"
    assert len(glatt.split()) <= 3
    assert soppel.split()[0] == "soppel-ikke-hentet"
    assert (empty, unknown) == ("", "")


def suggested(citizen):
    """The slugs of the cards above the groups."""
    return [card["value"] for card in citizen.page.select("#theme-suggestions input[name=theme]")]


def test_theme_is_found_without_javascript_and_the_words_begin_the_description(citizen):
    citizen.open("/meld/").send("Finn tema", q="det er speilblankt i bakken")

    assert citizen.url == "/meld/"
    assert suggested(citizen)[0] == "stroing"
    assert citizen.page.find(id="id_q")["value"] == "det er speilblankt i bakken"

    citizen.send("Neste", theme="stroing")
    assert citizen.url == "/meld/hvor/"
    assert Draft.objects.get().data == {"theme": "stroing", "description": "det er speilblankt i bakken"}


def test_theme_is_found_by_the_address_alone(citizen):
    citizen.open("/meld/?q=lyktestolpen+blinker")

    assert suggested(citizen)[0] == "gatelys"
    assert "Gatelys" in citizen.page.find(id="theme-suggestions").text


def test_cards_come_while_typing_and_what_is_chosen_stays_chosen(citizen):
    citizen.client.get("/meld/forslag/")

    page = citizen.client.get("/meld/forslag/", {"q": "speilblankt", "theme": "stroing"}).content.decode()

    assert 'value="stroing"' in page
    assert " checked" in page
    assert "<html" not in page


def test_words_that_find_nothing_are_answered_kindly_and_the_list_stays(citizen):
    citizen.open("/meld/").send("Finn tema", q="asdfgh")

    assert "Vi fant ikke noe tema som passer" in citizen.text
    assert len(citizen.page.select("fieldset#id_theme input[name=theme]")) == 29


def test_words_are_kept_when_no_theme_was_chosen(citizen):
    citizen.open("/meld/").send("Neste", q="det er speilblankt i bakken")

    assert citizen.status == 422
    assert citizen.page.find(id="id_q")["value"] == "det er speilblankt i bakken"
    assert suggested(citizen)[0] == "stroing"


def test_description_that_is_written_already_is_not_overwritten(citizen):
    citizen.open("/meld/beskriv/").send("Neste", description="Skrevet før.")

    citizen.open("/meld/").send("Neste", q="speilblankt", theme="stroing")

    assert Draft.objects.get().data["description"] == "Skrevet før."


def test_words_are_shown_as_text(citizen):
    citizen.open("/meld/").send("Finn tema", q='"><script>alert(1)</script>')

    assert citizen.status == 200
    assert not citizen.page.find("script", string="alert(1)")


@pytest.mark.parametrize("q", ["x" * 501, "a\x00b"])
def test_words_that_cannot_be_kept_are_refused_at_their_field(citizen, q):
    citizen.open("/meld/").send("Neste", q=q, theme="stroing")

    assert citizen.status == 422
    assert list(citizen.errors) == ["id_q"]


@pytest.mark.parametrize(
    ("day", "group", "themes"),
    [
        ("2026-01-15", "vei-og-trafikk", ["broyting", "stroing"]),
        ("2026-04-15", "vei-og-trafikk", ["hull-i-vei"]),
        ("2026-07-15", "park-og-natur", ["lekeplass", "park-gront"]),
        ("2026-11-01", "vei-og-trafikk", ["broyting", "stroing"]),
    ],
)
def test_what_the_season_brings_stands_first(db, day, group, themes):
    first, listed = next(iter(Theme.objects.grouped(datetime.date.fromisoformat(day)).items()))

    assert first.slug == group
    assert [theme.slug for theme in listed][: len(themes)] == themes


def test_lists_do_not_fetch_the_words(db):
    assert "words" not in str(Theme.objects.offered().query)


def test_the_step_costs_the_same_with_and_without_words(citizen, django_assert_max_num_queries):
    citizen.open("/meld/?q=glatt")

    with django_assert_max_num_queries(4):
        citizen.client.get("/meld/")
    with django_assert_max_num_queries(6):
        citizen.client.get("/meld/?q=det+er+speilblankt")


def test_texts_that_nobody_tuned_on_find_their_theme(db):
    count, first, among = measured("theme_texts_held_out.tsv")

    assert count == 150
    assert first >= 0.90
    assert among >= 0.97
