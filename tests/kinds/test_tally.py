"""Figures by village: no number singles anybody out, and nothing is lost or invented."""

from hypothesis import given
from hypothesis import strategies as st

from disclosure.kinds.tally import FEW_HOUSEHOLDS, OTHERS, Cell, tally

CELLS = st.lists(
    st.builds(lambda n, extra: (n, n + extra), st.integers(0, 12), st.integers(0, 30)), max_size=12
).map(lambda found: [Cell(f"{at}村", n, persons) for at, (n, persons) in enumerate(found)])


@given(CELLS)
def test_no_cell_is_small_and_all_add_up(cells: list[Cell]) -> None:
    said = tally(cells)
    households = sum(cell.households for cell in cells)
    if said.total is None:
        assert households < FEW_HOUSEHOLDS
        assert said.cells == ()
        return
    assert all(cell.households >= FEW_HOUSEHOLDS for cell in said.cells)
    assert sum(cell.households for cell in said.cells) == said.total.households == households
    persons = sum(cell.persons for cell in cells if cell.households)
    assert sum(cell.persons for cell in said.cells) == said.total.persons == persons


@given(CELLS)
def test_what_is_left_when_all_others_are_known_is_not_one_small_village(cells: list[Cell]) -> None:
    said = tally(cells)
    shown = {cell.place for cell in said.cells}
    hidden = [cell for cell in cells if cell.households and cell.place not in shown]
    if said.total is not None and hidden:
        assert OTHERS in shown
        assert sum(cell.households for cell in hidden) >= FEW_HOUSEHOLDS
        assert len(hidden) > 1


def test_a_small_village_is_joined_with_the_smallest_of_the_others() -> None:
    said = tally([Cell("东塬村", 9, 20), Cell("团结村", 2, 5), Cell("马路村", 4, 8)])
    assert said.cells == (Cell("东塬村", 9, 20), Cell(OTHERS, 6, 13))
