"""The gradual exit 渐退期 on its way from a file into a list."""

from portal.kernel.clock import SettableClock
from tests.disclosure.lists import Office
from tests.movements.months import MA, WANG, Resident, month


def test_the_month_goes_with_its_household(office: Office, clock: SettableClock) -> None:
    prepared = office.prepare(
        month("2026-10", WANG, MA, Resident("孙占山", 6, until="2027-03")), now=clock.now()
    )
    rows = [row for notice in prepared.notices for row in notice.rows]
    assert [row.exit_month for row in rows] == [None, None, "2027-03"]
    assert not prepared.has_errors


def test_an_unclear_month_keeps_its_row_out_and_an_old_one_warns(
    office: Office, clock: SettableClock
) -> None:
    given_file = month(
        "2026-10",
        WANG,
        Resident("孙占山", 6, until="半年"),
        Resident("周建国", 7, until="2026-09"),
        Resident("李桂花", 5, until="2026-10"),
    )
    checked = office.prepare(given_file, now=clock.now()).checked
    found = [(one.row, one.column, one.code.value, one.severity.value) for one in checked.problems]
    assert found == [
        (3, "渐退期至", "unreadable", "error"),
        (4, "渐退期至", "period_mismatch", "warning"),
    ]
    assert [row.exit_month for row in checked.list_rows] == [None, "2026-09", "2026-10"]
