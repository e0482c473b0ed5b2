"""The bench's table says what was measured, and whether the limit was met."""

from bench.figures import Figure, at_least, at_most, not_measured, table


def test_a_limit_is_met_on_its_own_side() -> None:
    assert at_most("start", 10, 10, "s").met
    assert not at_most("start", 10.1, 10, "s").met
    assert at_least("rows", 2_000, 2_000, "rows/s").met
    assert not at_least("rows", 1_999, 2_000, "rows/s").met


def test_the_table_lines_up_whatever_the_script() -> None:
    lines = table(
        [
            at_least("rows", 12_345.6, 4_000, "rows/s"),
            Figure("名单", "1.50 ×", "≥ 2.00 ×", met=False, note="slow"),
        ]
    ).splitlines()
    assert len(lines) == 4
    assert "12,346 rows/s" in lines[2]
    assert "yes" in lines[2]
    assert lines[3].split() == ["名单", "1.50", "×", "≥", "2.00", "×", "NO", "slow"]
    # Two Chinese characters are as wide as four Latin ones.
    assert lines[2].index("12,346") == lines[3].index("1.50") + 2


def test_what_could_not_be_measured_says_why_and_fails_nothing() -> None:
    figure = not_measured("Lighthouse", "≥ 95", "npm is missing")
    assert figure.met
    line = table([figure]).splitlines()[-1]
    assert "not measured" in line
    assert "npm is missing" in line
    assert "yes" not in line
