"""The citizen's pages of a report."""

from reports import services
from reports.states import State
from tests.factories import UserFactory, in_inbox


def test_receipt_shows_number_and_link_and_where_the_mail_went(citizen):
    report = in_inbox(email="ola@example.com")

    citizen.open(f"/sak/{report.token}/kvittering/")

    for shown in [report.number, report.tracking_url, "ola@example.com", "Vei og trafikk"]:
        assert shown in citizen.text


def test_tracking_page_shows_what_where_status_timeline_and_department(citizen):
    report = in_inbox()
    staff = UserFactory(first_name="Ansatt", last_name="Hemmelig")
    services.change_state(
        report,
        state=State.PLANNED,
        by=staff,
        version=1,
        public_text="Vi fyller hullet i mai.",
        reason="Budsjettet er tomt.",
    )
    services.answer(report, text="Takk for tålmodigheten.", by=staff)
    services.add_note(report, text="Ring entreprenøren.", by=staff)

    citizen.open(report.tracking_path)

    for shown in [
        "Hull i veien",
        "Kirkeveien 230",
        "Planlagt",
        "Vi fyller hullet i mai.",
        "Vei og trafikk",
        "Takk for tålmodigheten.",
        "Mottatt",
        report.description,
    ]:
        assert shown in citizen.text
    for hidden in ["Budsjettet er tomt.", "Ring entreprenøren.", "Hemmelig", "kari@example.com"]:
        assert hidden not in citizen.text


def test_unknown_token_and_unknown_number_get_one_and_the_same_404(citizen):
    def answer(url):
        response = citizen.client.get(url)
        return response.status_code, response.content.replace(url.encode(), b"")

    report = in_inbox()

    citizen.open(f"/sak/{report.token[:-2]}xx/")
    assert citizen.status == 404
    unknown = [
        f"/sak/{report.token[:-2]}xx/",
        f"/sak/{report.number}/",
        "/sak/x/kvittering/",
        "/finnes-ikke/",
    ]
    answers = {status for status, _ in map(answer, unknown)}
    assert answers == {404}
    assert len({len(body) for _, body in map(answer, unknown)}) == 1


def test_tracking_page_is_kept_out_of_caches_and_search_engines(citizen):
    response = citizen.client.get(in_inbox().tracking_path)

    assert "no-store" in response["Cache-Control"]
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Referrer-Policy"] == "same-origin"
