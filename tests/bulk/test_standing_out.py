"""What stands out 需要留意: properties of a pure function, and each sign by an example."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from disclosure.bulk.standingout import (
    PASSING,
    USUAL,
    Remark,
    Sign,
    Totals,
    Weighed,
    difference,
    tenths_words,
    weight_of,
    what_stands_out,
)

COUNTS = st.integers(0, 50_000)
TOTALS = st.builds(Totals, COUNTS, COUNTS, st.integers(0, 10**11))
NAMES = st.lists(st.sampled_from(["东塬村", "团结村", "马路村"]), unique=True).map(tuple)
WEIGHED = st.builds(
    Weighed,
    now=TOTALS,
    before=st.none() | TOTALS,
    complete=st.booleans(),
    villages_gone=NAMES,
    villages_new=NAMES,
    rows_left_out=st.integers(0, 9),
    warnings=st.integers(0, 2_000),
    minors=st.integers(0, 9),
    gate_hits=st.integers(0, 3),
    neighbours=st.lists(st.integers(1, 200_000), max_size=8).map(tuple),
)
USUAL_LIST = Weighed(now=Totals(400, 1_000, 30_000_000), before=Totals(400, 1_000, 30_000_000))


def signs(weighed: Weighed) -> list[Sign]:
    return [remark.sign for remark in what_stands_out(weighed)]


@given(WEIGHED)
def test_every_remark_is_a_whole_sentence_and_the_heaviest_stands_first(weighed: Weighed) -> None:
    remarks = what_stands_out(weighed)
    assert len({remark.sign for remark in remarks}) == len(remarks)
    assert [remark.weight for remark in remarks] == sorted(
        (remark.weight for remark in remarks), reverse=True
    )
    for remark in remarks:
        sentence = remark.message % dict(remark.params) if remark.params else remark.message
        assert "%(" not in sentence
        assert sentence.endswith(".")
    assert (weight_of(remarks) == 0) == (not remarks)


@given(TOTALS, st.booleans())
def test_the_same_list_again_does_not_stand_out(totals: Totals, complete: bool) -> None:
    assert what_stands_out(Weighed(now=totals, before=totals, complete=complete)) == ()


@given(WEIGHED, st.integers(2, 50))
def test_shares_decide_and_not_sizes(weighed: Weighed, times: int) -> None:
    def scaled(totals: Totals) -> Totals:
        return Totals(totals.households * times, totals.persons, totals.amount_fen * times)

    if weighed.before is None:
        return
    amount = {Sign.AMOUNT} & set(signs(weighed))
    larger = replace(weighed, now=scaled(weighed.now), before=scaled(weighed.before))
    assert {Sign.AMOUNT} & set(signs(larger)) == amount
    # Only the least number of households keeps a small list quiet.
    if Sign.HOUSEHOLDS in signs(weighed):
        assert Sign.HOUSEHOLDS in signs(larger)


@given(WEIGHED, st.integers(1, 10**9))
def test_going_further_away_never_makes_a_remark_vanish(weighed: Weighed, further: int) -> None:
    before = weighed.before
    if before is None:
        return
    now, step = weighed.now, 1 if weighed.now.households >= before.households else -1
    moved = replace(now, households=max(0, now.households + step * further))
    money = 1 if now.amount_fen >= before.amount_fen else -1
    moved = replace(moved, amount_fen=max(0, now.amount_fen + money * further))
    kept = {Sign.HOUSEHOLDS, Sign.AMOUNT} & set(signs(weighed))
    assert kept <= set(signs(replace(weighed, now=moved)))


@given(WEIGHED, st.integers(1, 200_000))
def test_a_neighbour_like_the_list_itself_makes_it_usual(weighed: Weighed, other: int) -> None:
    average = weighed.now.average_fen
    if average is None:
        return
    assert Sign.AVERAGE not in signs(replace(weighed, neighbours=(average, other, other)))


@given(WEIGHED)
def test_more_of_what_is_wrong_in_the_file_never_weighs_less(weighed: Weighed) -> None:
    worse = replace(
        weighed,
        rows_left_out=weighed.rows_left_out + 1,
        warnings=weighed.warnings + 1,
        minors=weighed.minors + 1,
        gate_hits=weighed.gate_hits + 1,
    )
    assert set(signs(weighed)) <= set(signs(worse))
    assert weight_of(what_stands_out(worse)) >= weight_of(what_stands_out(weighed))


@given(st.integers(0, 10**12), st.integers(0, 10**12))
def test_a_difference_is_exact_to_half_a_tenth(now: int, before: int) -> None:
    found = difference(now, before)
    assert found.by == now - before
    if before == 0:
        assert found.tenths is None
        return
    assert found.tenths is not None
    assert abs(found.tenths * before - found.by * 1000) * 2 <= before
    assert found.tenths == -_tenths(2 * before - now, before)


def _tenths(now: int, before: int) -> int:
    tenths = difference(now, before).tenths
    assert tenths is not None
    return tenths


def test_each_sign_by_an_example() -> None:
    base = replace(USUAL_LIST, complete=True, neighbours=(28_000, 30_000, 31_000))
    assert signs(base) == []
    examples = {
        Sign.GATE: replace(base, gate_hits=1),
        Sign.VILLAGE_GONE: replace(base, villages_gone=("东塬村",)),
        Sign.VILLAGE_NEW: replace(base, villages_new=("东塬村",)),
        Sign.HOUSEHOLDS: replace(base, now=Totals(359, 1_000, 30_000_000)),
        Sign.AMOUNT: replace(base, now=Totals(400, 1_200, 34_500_001)),
        Sign.AVERAGE: replace(base, now=Totals(400, 800, 30_000_000)),
        Sign.LEFT_OUT: replace(base, rows_left_out=1),
        Sign.WARNINGS: replace(base, warnings=21),
        Sign.MINORS: replace(base, minors=1),
        Sign.FIRST: replace(base, before=None),
    }
    assert {sign: signs(weighed) for sign, weighed in examples.items()} == {
        sign: [sign] for sign in Sign
    }


def test_exactly_at_a_threshold_nothing_stands_out() -> None:
    base = USUAL_LIST
    assert signs(replace(base, now=Totals(440, 1_000, 34_500_000))) == []
    assert signs(replace(base, now=Totals(360, 1_000, 25_500_000))) == []
    assert signs(replace(base, warnings=20)) == []
    small = Weighed(now=Totals(7, 9, 100), before=Totals(5, 9, 100))
    assert abs(small.now.households - 5) == USUAL.households_least
    assert signs(small) == []


def test_villages_of_a_list_that_does_not_name_everybody_come_and_go() -> None:
    gone = replace(USUAL_LIST, villages_gone=("东塬村",), villages_new=("团结村",))
    assert signs(gone) == []


@given(WEIGHED)
def test_what_follows_on_nothing_is_held_against_nothing(weighed: Weighed) -> None:
    alone = signs(replace(weighed, follows=False, complete=False))
    assert not {Sign.FIRST, Sign.HOUSEHOLDS, Sign.AMOUNT} & set(alone)


def test_what_is_granted_month_by_month_may_change_more() -> None:
    changed = replace(USUAL_LIST, now=Totals(500, 1_250, 40_000_000))
    assert signs(changed) == [Sign.HOUSEHOLDS, Sign.AMOUNT]
    assert what_stands_out(changed, PASSING) == ()


def test_too_few_neighbours_are_not_asked() -> None:
    far = replace(USUAL_LIST, neighbours=(1, 1))
    assert signs(far) == []
    assert signs(replace(far, neighbours=(1, 1, 1))) == [Sign.AVERAGE]


def test_the_sentences_say_which_way_it_went() -> None:
    def sentence(remark: Remark) -> str:
        return remark.message % dict(remark.params)

    (fewer,) = what_stands_out(replace(USUAL_LIST, now=Totals(300, 1_000, 30_000_000)))
    assert sentence(fewer) == "Far fewer households than before: 300 instead of 400."
    (less,) = what_stands_out(replace(USUAL_LIST, now=Totals(400, 1_000, 20_000_000)))
    assert sentence(less) == (
        "A far lower amount than before: 200,000.00 yuan instead of 300,000.00."
    )


def test_tenths_are_written_with_their_sign() -> None:
    written = [tenths_words(tenths) for tenths in (125, -7, 0, 1000)]
    assert [words.replace("\N{NO-BREAK SPACE}", " ") for words in written] == [
        "+12.5 %",
        "−0.7 %",
        "±0.0 %",
        "+100.0 %",
    ]
