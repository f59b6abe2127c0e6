"""The one table of moves."""

import pytest

from reports.states import CLOSED, MOVES, OPEN, NotAllowed, State
from tests.factories import UserFactory, submit


def test_every_state_has_its_moves_and_every_move_leads_to_a_state():
    assert set(MOVES) == set(State) == {*OPEN, *CLOSED}
    assert all(set(after) <= set(State) for after in MOVES.values())


def test_no_open_report_is_a_dead_end_and_every_closed_one_opens_again():
    assert all(set(CLOSED) <= set(MOVES[state]) for state in OPEN)
    assert all(MOVES[state] == [State.IN_PROGRESS] for state in CLOSED)


@pytest.mark.parametrize("before", State)
@pytest.mark.parametrize("after", State)
def test_report_goes_only_where_the_table_says(db, before, after):
    report = submit()
    report.state = before

    if after in MOVES[before]:
        report.move_to(after, by=UserFactory())
        assert (report.state, report.version) == (after, 2)
        assert report.changes.last().after == after
    else:
        with pytest.raises(NotAllowed):
            report.move_to(after, by=None)
