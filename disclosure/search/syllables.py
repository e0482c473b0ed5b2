"""Syllables 拼音音节: what letters may spell, with and without one mistake in typing.

A query is read with this table alone: the dictionary of readings, slow to load, is needed only by
whoever writes the index.
"""

from collections import defaultdict
from functools import cache

Spelling = tuple[str, ...]

# Every syllable of the standard language by its initial (Scheme for the Chinese Phonetic Alphabet
# 汉语拼音方案), ü written v; and lue and nue, which is how keyboards and dictionaries differ.
_FINALS = {
    "": "a o e ai ei ao ou an en ang eng er",
    "b": "a o ai ei ao an en ang eng i ie iao ian in ing u",
    "p": "a o ai ei ao ou an en ang eng i ie iao ian in ing u",
    "m": "a o e ai ei ao ou an en ang eng i ie iao iu ian in ing u",
    "f": "a o ei ou an en ang eng u",
    "d": "a e ai ei ao ou an en ang eng ong i ia ie iao iu ian ing u uo ui uan un",
    "t": "a e ai ao ou an ang eng ong i ie iao ian ing u uo ui uan un",
    "n": "a e ai ei ao ou an en ang eng ong i ie iao iu ian in iang ing u uo uan v ve ue",
    "l": "a o e ai ei ao ou an ang eng ong i ia ie iao iu ian in iang ing u uo uan un v ve ue",
    "g": "a e ai ei ao ou an en ang eng ong u ua uo uai ui uan un uang",
    "k": "a e ai ei ao ou an en ang eng ong u ua uo uai ui uan un uang",
    "h": "a e ai ei ao ou an en ang eng ong u ua uo uai ui uan un uang",
    "j": "i ia ie iao iu ian in iang ing iong u ue uan un",
    "q": "i ia ie iao iu ian in iang ing iong u ue uan un",
    "x": "i ia ie iao iu ian in iang ing iong u ue uan un",
    "zh": "a e i ai ei ao ou an en ang eng ong u ua uo uai ui uan un uang",
    "ch": "a e i ai ao ou an en ang eng ong u ua uo uai ui uan un uang",
    "sh": "a e i ai ei ao ou an en ang eng u ua uo uai ui uan un uang",
    "r": "e i ao ou an en ang eng ong u ua uo ui uan un",
    "z": "a e i ai ei ao ou an en ang eng ong u uo ui uan un",
    "c": "a e i ai ao ou an en ang eng ong u uo ui uan un",
    "s": "a e i ai ao ou an en ang eng ong u uo ui uan un",
    "y": "a e i ao ou an in ang ing ong u ue uan un o",
    "w": "a o ai ei an en ang eng u",
}
SYLLABLES = frozenset(
    initial + final for initial, finals in _FINALS.items() for final in finals.split()
)
LONGEST = max(map(len, SYLLABLES))
# Longer words are sentences, which nobody spells out; shorter ones resemble everything.
LONGEST_WORD = 40
SHORTEST_MISTAKEN, LONGEST_MISTAKEN = 4, 24
MOST_SPELLINGS, MOST_BEGUN = 24, 80
READINGS_OF_A_PART = 4
MOST_MISTAKES = 200

# What is heard alike where people speak their own dialect: beginnings and endings of syllables.
_ALIKE_BEGINNINGS = (
    *(("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l")),
    *(("hu", "f"), ("hu", "fu"), ("h", "f")),
)
_ALIKE_ENDINGS = (("ing", "in"), ("eng", "en"), ("ang", "an"))


def is_spelled(word: str) -> bool:
    """Tell whether ``word`` is of letters only, as pinyin and initials are."""
    return word.isascii() and word.isalpha()


def spellings(word: str) -> list[Spelling]:
    """Return every way to read ``word`` as whole syllables: xian → (xian,), (xi, an)."""
    return _spellings(word) if len(word) <= LONGEST_WORD else []


def begun_spellings(word: str) -> list[Spelling]:
    """Return how ``word`` may go on where its last syllable is only begun: sany → san, ying …"""
    found: list[Spelling] = []
    for cut in range(max(1, len(word) - LONGEST + 1), len(word)):
        endings = _begun_so(word[cut:])
        found += [(*whole, end) for whole in _readings(word[:cut]) for end in endings]
    return found[:MOST_BEGUN]


def mistaken_spellings(word: str) -> list[Spelling]:
    """Return what may have been meant where one letter is missing, extra, swapped or confused.

    Readings of ``word`` itself are not among them. Very short and very long words have none.
    """
    if not SHORTEST_MISTAKEN <= len(word) <= LONGEST_MISTAKEN:
        return []
    before = [_readings(word[:cut]) for cut in range(len(word) + 1)]
    after = [_readings(word[cut:]) for cut in range(len(word) + 1)]
    found: set[Spelling] = set()
    for start in range(len(word)):
        for end in range(start + 1, min(len(word), start + LONGEST + 1) + 1):
            if before[start] and after[end]:
                for meant in _meant(word[start:end]):
                    found |= {(*a, meant, *z) for a in before[start] for z in after[end]}
    # Two letters swapped may belong to two syllables.
    for at in range(len(word) - 1):
        found |= set(_readings(word[:at] + word[at + 1] + word[at] + word[at + 2 :]))
    # What is read with fewer syllables is likelier: san ying before sa an ying.
    found -= set(spellings(word))
    # Of one syllable alone nobody can tell what was meant.
    likely = sorted((len(spelling), spelling) for spelling in found if len(spelling) > 1)
    return [spelling for _, spelling in likely[:MOST_MISTAKES]]


def _readings(part: str) -> list[Spelling]:
    return spellings(part)[:READINGS_OF_A_PART]


@cache
def _begun_so(beginning: str) -> list[str]:
    return sorted(one for one in SYLLABLES if one.startswith(beginning) and one != beginning)


@cache
def _meant(chunk: str) -> frozenset[str]:
    """Return the syllables that ``chunk`` is one mistake away from."""
    extra = {chunk[:at] + chunk[at + 1 :] for at in range(len(chunk))}
    return (SYLLABLES & extra) | _missing_one().get(chunk, frozenset()) | _alike(chunk)


@cache
def _missing_one() -> dict[str, frozenset[str]]:
    """Return which syllables a text is with one letter left out."""
    found: dict[str, set[str]] = defaultdict(set)
    for syllable in SYLLABLES:
        for at in range(len(syllable)):
            found[syllable[:at] + syllable[at + 1 :]].add(syllable)
    return {text: frozenset(syllables) for text, syllables in found.items()}


def _alike(chunk: str) -> frozenset[str]:
    """Return the syllables that are confused with ``chunk`` by ear: zhang → zang, zhan."""
    found = set()
    for one, other in (pair for way in _ALIKE_BEGINNINGS for pair in (way, way[::-1])):
        if chunk.startswith(one):
            found.add(other + chunk[len(one) :])
    for one, other in (pair for way in _ALIKE_ENDINGS for pair in (way, way[::-1])):
        if chunk.endswith(one):
            found.add(chunk[: -len(one)] + other)
    return SYLLABLES & (found - {chunk})


def _spellings(word: str) -> list[Spelling]:
    """Read from the end, so that each rest is read once."""
    rests: list[list[Spelling]] = [[] for _ in word] + [[()]]
    for start in range(len(word) - 1, -1, -1):
        for end in range(min(len(word), start + LONGEST), start, -1):
            if word[start:end] in SYLLABLES:
                rests[start] += [(word[start:end], *rest) for rest in rests[end]]
        del rests[start][MOST_SPELLINGS:]
    return rests[0]
