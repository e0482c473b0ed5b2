"""Validation 校验 of single values: each function returns what it read, or what is wrong."""

import re
from datetime import date
from decimal import Decimal

from disclosure.intake import problems
from disclosure.intake.cells import (
    count_of,
    is_empty,
    is_formula_text,
    is_mark_of_nothing,
    number_of,
    text_of,
)
from disclosure.intake.kinds import Field
from disclosure.intake.places import Gazetteer, Place, tidy_group
from disclosure.intake.problems import Fault
from disclosure.intake.table import Line
from disclosure.intake.workbook import CellValue
from portal.kernel.idnumber import IdFault, IdNumber, IdNumberError, normalise_id, parse_id
from portal.kernel.money import to_fen
from portal.kernel.text import compact, normalise_name

_SCIENTIFIC = re.compile(r"\d(?:\.\d*)?E\+?\d{2}")
_YES = frozenset({"是", "√", "✓", "✔", "Y", "YES", "享受", "保障", "1", "对", "有"})
_NO = frozenset({"否", "×", "✗", "✘", "X", "N", "NO", "不享受", "未享受", "不保障", "0", "不"})
_CLASSES = {
    **{letter: letter for letter in "ABC"},
    **dict(zip("一二三", "ABC", strict=True)),
    **dict(zip("123", "ABC", strict=True)),
}
_WAYS_OF_CARE = ("集中", "分散")
_ENDINGS = {
    "去世": re.compile(r"死亡|去世|病故|亡故|病逝|过世"),
    "自愿退出": re.compile(r"自愿|主动放弃|主动退出"),
    "户籍迁出": re.compile(r"迁出|户籍迁"),
    "不再符合条件": re.compile(r"收入|财产|赡养|抚养|扶养|法定义务人|年满|不符合"),
}
_RELIEF_TYPES = {"支出": "支出型", "支出型": "支出型", "急难": "急难型", "急难型": "急难型"}


def read_name(value: CellValue) -> tuple[str, Fault | None]:
    """Return a person's normalised name; a cell without any letter is no name."""
    if is_formula_text(value):
        return "", problems.FORMULA_NAME
    name = normalise_name(value) if isinstance(value, str) else ""
    # Nearly every name is letters alone, which need not be looked at one by one.
    if name.isalpha() or any(char.isalpha() or 0xE000 <= ord(char) <= 0xF8FF for char in name):
        return name, None
    return "", problems.NAME_EMPTY


def read_id(value: CellValue) -> tuple[IdNumber | None, Fault | None]:
    """Return an ID number; one stored as a number is refused, because its last digits are lost."""
    if not isinstance(value, str) or _is_scientific(value):
        return None, problems.ID_FLOAT
    try:
        return parse_id(value), None
    except IdNumberError as error:
        found = len(normalise_id(value))
        if not found:
            return None, problems.ID_EMPTY
        length = error.fault is IdFault.LENGTH
        return None, problems.id_length(found) if length else problems.ID_CHECK


def _is_scientific(text: str) -> bool:
    """Tell whether a text is what a CSV keeps of a number that a spreadsheet shortened: 6.4E+17."""
    return bool(_SCIENTIFIC.fullmatch(compact(text).upper()))


def read_amount(value: CellValue, *, factor: int = 1, months: int = 1) -> tuple[int, Fault | None]:
    """Return an amount as fen for one month, from a cell in units of ``factor`` yuan."""
    number = number_of(value)
    if number is None:
        return 0, problems.AMOUNT_NAN
    if number < 0:
        return 0, problems.AMOUNT_NEGATIVE
    if isinstance(value, str) and "元" in value:
        factor = 1  # the cell names its own unit, and parse_number has applied it
    return to_fen(Decimal(number) * factor, months=months), None


def read_count(value: CellValue) -> tuple[int | None, Fault | None]:
    """Return a number of persons or households, None for an empty cell."""
    if is_mark_of_nothing(value):
        return None, None
    count = count_of(value)
    if count is None:
        return None, problems.COUNT_NAN
    return (count, None) if count >= 0 else (None, problems.COUNT_NAN)


def read_covered(value: CellValue) -> tuple[bool | None, Fault | None]:
    """Return whether a member is covered, None for an empty cell."""
    written = compact(text_of(value)).upper()
    if not written:
        return None, None
    if written in _YES or written in _NO:
        return written in _YES, None
    return None, problems.COVERED_UNCLEAR


def read_class(value: CellValue) -> tuple[str, Fault | None]:
    """Return the class "A", "B" or "C" (``C类``, ``一档`` are read), "" for an empty cell."""
    written = compact(text_of(value)).upper()
    if is_mark_of_nothing(written):
        return "", None
    core = written.removesuffix("类").removesuffix("档").removesuffix("级")
    if core in _CLASSES:
        return _CLASSES[core], None
    return "", problems.CLASS_UNCLEAR


def read_care(value: CellValue) -> tuple[str, Fault | None]:
    """Return how a person is cared for, 集中供养 or 分散供养, "" for an empty cell.

    How much care somebody needs (护理等级) is about their health and never read.
    """
    written = compact(text_of(value))
    if is_mark_of_nothing(written):
        return "", None
    named = [word for word in _WAYS_OF_CARE if word in written]
    return (f"{named[0]}供养", None) if len(named) == 1 else ("", problems.CARE_UNCLEAR)


def read_ending(written: str) -> str:
    """Return why support ended in words that may stand beside a name, "" where none of them fits.

    What would name an illness, a disability or a sentence is left out (rules/masking.md).
    """
    return next((word for word, said in _ENDINGS.items() if said.search(compact(written))), "")


def read_relief_type(value: CellValue) -> tuple[str, Fault | None]:
    """Return 支出型 or 急难型; what is unclear is an error: the two are published differently."""
    written = compact(text_of(value)).removesuffix("临时救助").removesuffix("救助")
    if written in _RELIEF_TYPES:
        return _RELIEF_TYPES[written], None
    return "", problems.TYPE_UNCLEAR


def read_village(
    line: Line, gazetteer: Gazetteer, of_sheet: Place | None
) -> tuple[Place | None, str, Fault | None]:
    """Return a row's village and group; a sheet may be one village's, and say so in its name."""
    code, name = text_of(line.value(Field.VILLAGE_CODE)), text_of(line.value(Field.VILLAGE))
    group = tidy_group(text_of(line.value(Field.GROUP)))
    by_code = gazetteer.by_code(code) if code else None
    if not name:
        place = by_code or of_sheet
        missing = problems.VILLAGE_UNKNOWN if code else problems.VILLAGE_EMPTY
        return place, group, None if place else missing
    located = gazetteer.locate(name)
    if located.ambiguous and by_code is None:
        return None, "", problems.VILLAGE_AMBIGUOUS
    place = located.place or (by_code if located.ambiguous else None)
    if place is None and of_sheet is not None and _is_group(name):
        return of_sheet, tidy_group(name), None
    if place is None:
        return None, "", problems.VILLAGE_UNKNOWN
    if len(code) == 12 and by_code is not place:
        return None, "", problems.VILLAGE_CODE
    return place, group or located.group, None


def _is_group(name: str) -> bool:
    return compact(name).endswith(("组", "队", "社"))


def read_date(value: CellValue, parsed: date | None) -> Fault | None:
    """Return what is wrong with a date cell that was read as ``parsed``."""
    return problems.DATE_UNCLEAR if parsed is None and not is_empty(value) else None
