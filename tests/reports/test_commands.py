"""What operators type."""

import json

import pytest
from django.core.management import CommandError, call_command

from tests.factories import submit


def test_routed_tells_where_a_report_is_by_which_rule_and_how_each_delivery_went(
    db, capsys, workers, mailbox
):
    mailbox.refuse = "451 busy"
    report = submit()
    workers.run_until_idle()

    call_command("routed", report.number, "--json")

    facts = json.loads(capsys.readouterr().out)
    assert (facts["department"], facts["queue"], facts["rule"]) == (
        "vei-og-trafikk", "dept.vei-og-trafikk", "theme hull-i-vei")  # fmt: skip
    assert facts["in_inbox_at"]
    route, mail = facts["deliveries"]
    assert (route["kind"], route["state"], route["attempts"]) == ("route", "sent", 1)
    assert route["done_at"]
    assert (mail["kind"], mail["state"], mail["attempts"]) == ("email", "waiting", 1)
    assert "busy" in mail["error"]
    assert "kari@example.com" not in json.dumps(facts)


def test_routed_in_words(db, capsys):
    report = submit()

    call_command("routed", report.number)

    assert "rule: theme hull-i-vei" in capsys.readouterr().out


def test_routed_of_an_unknown_number_says_so(db):
    with pytest.raises(CommandError, match="AK-1999-000001"):
        call_command("routed", "AK-1999-000001")


def test_sweep_says_how_much_it_delivered(db, capsys, mailbox):
    submit()

    call_command("sweep")
    call_command("sweep")

    assert capsys.readouterr().out == "delivered: 2\ndelivered: 0\n"


def test_worker_for_an_unknown_department_says_which(db):
    with pytest.raises(CommandError, match="ukjent"):
        call_command("worker", "ukjent")


def test_sample_persons_are_refused_unless_debug_is_on(db, settings):
    settings.DEBUG = False

    for command in ["sample_persons", "sample_signins"]:
        with pytest.raises(CommandError, match="debug"):
            call_command(command)
