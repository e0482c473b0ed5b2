"""Changes 增减变动 of the demonstration: who received assistance in the months before.

Lists are drawn as they are this month; the months before differ from it as a city's do: some
households had not joined yet, some have left since, some got another amount.
"""

import random
from collections.abc import Sequence
from dataclasses import replace

from demo.households import Household
from demo.people import People

# 38,302 persons left in 2017, of about 173,200 (published figures): 1.8 % a month; a few more left
# than joined.
_LEFT, _JOINED = 0.018, 0.016
_OTHER_AMOUNT = 0.01
_STEP_YUAN = 10


def households_before(
    households: Sequence[Household], people: People, rng: random.Random
) -> list[Household]:
    """Return a township's list of the month before ``households``, in the same order."""
    before = []
    for household in households:
        drawn = rng.random()
        if drawn >= _JOINED or len(households) == 1:
            other = drawn < _JOINED + _OTHER_AMOUNT
            before.append(_with_less(household) if other else household)
        if rng.random() < _LEFT:
            # Whoever has left lived in the same village, in a household of the same kind.
            before.append(replace(household, head=people.draw_adult()))
    return before


def _with_less(household: Household) -> Household:
    return replace(household, amount=household.amount - _STEP_YUAN * household.persons)
