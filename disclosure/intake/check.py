"""Check 检查: the one entry point. The bytes of a file become checked rows and all its problems."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from disclosure.intake import problems, sheetproblems
from disclosure.intake.agreement import check_periods, check_units
from disclosure.intake.blocks import fill_blocks
from disclosure.intake.funds import check_fund_line
from disclosure.intake.headings import Headings
from disclosure.intake.households import (
    SheetContext,
    check_household,
    group_households,
    has_member_rows,
    names_in,
)
from disclosure.intake.kinds import RULES, Field, Kind
from disclosure.intake.learned import NOTHING_LEARNED, Learned
from disclosure.intake.places import Gazetteer, Place
from disclosure.intake.problems import Fault, Problem, Severity
from disclosure.intake.reader import read_workbook
from disclosure.intake.result import Checked, CheckedRow, FundRow
from disclosure.intake.screening import Screen
from disclosure.intake.table import Line, Role, Table, read_table
from disclosure.intake.titles import (
    is_for_children,
    stated_period,
    stated_relief_type,
    stated_unit,
)
from disclosure.intake.totals import check_totals
from disclosure.intake.validation import read_covered
from disclosure.intake.workbook import CellValue, ReadRefused, Workbook
from portal.kernel.idnumber import IdNumber
from portal.kernel.period import Period, PeriodKind


@dataclass(frozen=True)
class _Given:
    kind: Kind
    region: Place
    gazetteer: Gazetteer
    period: Period | None
    on: date


def check_file(
    data: bytes,
    *,
    filename: str,
    kind: Kind,
    region: Place,
    villages: Sequence[Place],
    period: Period | None,
    on: date,
    learned: Learned = NOTHING_LEARNED,
) -> Checked:
    """Read and check one file; every problem is reported, never only the first.

    Args:
        data: the file's bytes: .xlsx, .xls, .ods or .csv, told by content.
        filename: what the uploader called it. It says nothing about what the file is; only a
            programme for children is recognised by it.
        kind: which kind of list it should be.
        region: the township of the list (for funds: the county).
        villages: its villages and neighbourhoods (for funds: its townships).
        period: what it is brought in for; None takes the period that its title states.
        on: the day on which a person's age counts.
        learned: what clerks have said about such forms.
    """
    given = _Given(kind, region, Gazetteer(region, villages), period, on)
    try:
        workbook = read_workbook(data)
    except ReadRefused as refused:
        fault = Fault(problems.Code(refused.code), refused.message, params=refused.params)
        return _refused(given, fault.at(None))
    return _check(workbook, given, filename, learned)


def check_workbook(
    workbook: Workbook,
    *,
    filename: str,
    kind: Kind,
    region: Place,
    villages: Sequence[Place],
    period: Period | None,
    on: date,
    learned: Learned = NOTHING_LEARNED,
) -> Checked:
    """Check a workbook that has been read already, as ``check_file`` does."""
    given = _Given(kind, region, Gazetteer(region, villages), period, on)
    return _check(workbook, given, filename, learned)


def _check(workbook: Workbook, given: _Given, filename: str, learned: Learned) -> Checked:
    tables = [read_table(sheet, RULES[given.kind], learned) for sheet in workbook.sheets]
    return _Check(given, tables, workbook.encoding, filename).run()


def _refused(given: _Given, problem: Problem) -> Checked:
    """Return the result for a file that cannot be read at all."""
    return Checked(
        kind=given.kind,
        region=given.region.code,
        period=given.period,
        encoding=None,
        rows=(),
        problems=(problem,),
        rows_ok=0,
        rows_bad=0,
        households=0,
        persons=0,
        amount_fen=0,
        villages=0,
        accounted={},
        whole_names=frozenset(),
    )


class _Check:
    """One run over the tables of a file."""

    def __init__(
        self, given: _Given, tables: list[Table], encoding: str | None, filename: str
    ) -> None:
        self._encoding = encoding
        self._tables = tables
        self._filename = filename
        self._read = [table for table in tables if table.headings is not None]
        self._lines = [line for table in self._read for line in table.of(Role.DATA)]
        self._names = names_in(self._lines)
        self._screen = Screen(self._names)
        self._problems: list[Problem] = []
        self._rows: list[CheckedRow | FundRow] = []
        self._rows_ok = 0
        self._seen: dict[object, tuple[int, str]] = {}
        self._children = False
        self._not_understood = not self._read
        titles = [title for table in self._read for title in table.titles]
        period = given.period or stated_period(titles, given.kind)
        self._given = replace(given, period=period)

    def run(self) -> Checked:
        """Return the result."""
        sheets = [(t, self._shown_name(t, place)) for place, t in enumerate(self._tables, 1)]
        read = [(table, sheet) for table, sheet in sheets if table.headings is not None]
        contexts = [self._context(table, sheet) for table, sheet in read]
        self._check_file(read)
        pairs = zip(read, contexts, strict=True)
        self._problems += check_units([own for (table, _), own in pairs if table.of(Role.DATA)])
        for table, sheet in sheets:
            if table.headings is None:
                self._note_unread(table, sheet)
            else:
                self._check_table(table, table.headings, contexts.pop(0))
        return self._result()

    def _result(self) -> Checked:
        listed = [row for row in self._rows if isinstance(row, CheckedRow)]
        funds = [row for row in self._rows if isinstance(row, FundRow)]
        places = {row.village.code for row in listed} | {row.place.code for row in funds}
        roles = Counter(line.role.value for table in self._tables for line in table.lines)
        return Checked(
            kind=self._given.kind,
            region=self._given.region.code,
            period=self._given.period,
            encoding=self._encoding,
            rows=tuple(self._rows),
            problems=tuple(self._problems),
            rows_ok=self._rows_ok,
            rows_bad=len(self._lines) - self._rows_ok,
            households=len(listed) + sum(row.households for row in funds),
            persons=sum(row.persons or 0 for row in self._rows),
            amount_fen=sum(row.amount_fen for row in self._rows),
            villages=len(places),
            accounted=dict(roles),
            whole_names=self._names,
            not_understood=self._not_understood,
        )

    def _check_file(self, sheets: list[tuple[Table, str]]) -> None:
        """Note what is wrong with the file as a whole."""
        kind = self._given.kind
        if not self._read:
            self._problems.append(problems.NO_HEADER[kind.value].at(None))
        elif not self._lines:
            self._problems.append(problems.NO_ROWS.at(None))
        self._problems += check_periods(sheets, kind, self._given.period)
        titles = [title for table in self._read for title in table.titles]
        self._children = kind is not Kind.FUNDS and is_for_children([*titles, self._filename])
        if self._children:
            self._problems.append(problems.CHILDREN.at(None))

    def _shown_name(self, table: Table, place: int) -> str:
        """Return how a sheet is called in problems: by its place when its name is personal."""
        name = table.sheet.name
        return f"#{place}" if self._screen.is_personal(name) else name

    def _note_unread(self, table: Table, sheet: str) -> None:
        unread = len(table.of(Role.UNREAD))
        hidden = table.sheet.hidden
        fault = sheetproblems.SHEET_HIDDEN if hidden else sheetproblems.SHEET_WITHOUT_HEADER
        if unread and (self._read or hidden):
            self._problems.append(problems.with_params(fault, rows=unread).at(None, sheet))

    def _check_table(self, table: Table, headings: Headings, context: SheetContext) -> None:
        sheet = context.sheet
        self._problems += self._screen.titles(table, sheet)
        missing = [group[0] for group in self._missing(headings, context)]
        if missing:
            self._not_understood = True
            faults = (problems.COLUMN_MISSING[wanted.value] for wanted in missing)
            self._problems += (fault.at(headings.last_row + 1, sheet) for fault in faults)
            return
        found: list[Problem] = []
        found += self._screen.lines(table, sheet, self._screen.label)
        if context.kind is Kind.FUNDS:
            found += self._check_funds(table, context)
        else:
            found += self._check_list(table, context)
        found += check_totals(table, sheet, self._screen.label)
        self._problems += sorted(found, key=lambda problem: (problem.row or 0, problem.severity))

    def _context(self, table: Table, sheet: str) -> SheetContext:
        kind, gazetteer = self._given.kind, self._given.gazetteer
        amount = table.headings.find(Field.AMOUNT) if table.headings else None
        stated, yearly = stated_unit(table.titles)
        of_sheet = gazetteer.locate(table.sheet.name).place
        if of_sheet is None:
            mentioned = {gazetteer.mentioned(title) for title in table.titles} - {None}
            of_sheet = mentioned.pop() if len(mentioned) == 1 else None
        months = amount.months if amount else 1
        month = stated_period(table.titles, kind)
        month = month if month and month.kind is PeriodKind.MONTH else None
        covered = {read_covered(value)[0] for value in _different(table, Field.COVERED)}
        return SheetContext(
            kind=kind,
            sheet=sheet,
            gazetteer=gazetteer,
            of_sheet=of_sheet,
            factor=(amount.factor if amount else None) or stated or 1,
            months=(12 if yearly else months) if RULES[kind].monthly else 1,
            period=self._given.period,
            on=self._given.on,
            relief_type=stated_relief_type(table.titles),
            blank_is_no=False not in covered,
            month=month,
            member_rows=has_member_rows(table.of(Role.DATA)),
        )

    def _missing(self, headings: Headings, context: SheetContext) -> list[tuple[Field, ...]]:
        """Return the required columns that a sheet lacks and whose content nothing else tells."""
        told = set(headings.by_field)
        if context.of_sheet is not None or Field.VILLAGE_CODE in told:
            told.add(Field.VILLAGE)
        if context.relief_type:
            told.add(Field.RELIEF_TYPE)
        if context.month is not None:
            told.add(Field.MONTH)
        if Field.MEMBER_NAME in told or Field.RELATION in told:
            told.add(Field.PERSONS)
        return [group for group in RULES[context.kind].required if not told & set(group)]

    def _check_list(self, table: Table, context: SheetContext) -> list[Problem]:
        grouped = group_households(table.of(Role.DATA), member_rows=context.member_rows)
        households, found = fill_blocks(grouped, context, self._screen.label)
        for household in households:
            row, own, numbers = check_household(household, context, self._screen.label)
            own += self._duplicates(row, numbers, context)
            found += own
            if row and not self._children and not any(p.severity is Severity.ERROR for p in own):
                self._rows.append(row)
                self._rows_ok += len(household)
        return found

    def _duplicates(
        self, row: CheckedRow | None, numbers: list[tuple[Line, IdNumber]], context: SheetContext
    ) -> list[Problem]:
        """Return the ID numbers that stand further up in the file already.

        Temporary assistance may be given twice in a period; only the same payment may not.
        """
        found: list[Problem] = []
        for line, number in numbers:
            key: object = number.number
            if RULES[context.kind].repeats and row is not None:
                key = (number.number, row.amount_fen, row.paid_on, row.relief_type)
            first = self._seen.setdefault(key, (line.row, context.sheet))
            if first != (line.row, context.sheet):
                earlier, sheet = first
                other_sheet = sheet if sheet != context.sheet else ""
                fault = problems.id_duplicate(earlier, other_sheet)
                column = self._screen.label(line, Field.ID_NUMBER)
                found.append(fault.at(line.row, context.sheet, column))
        return found

    def _check_funds(self, table: Table, context: SheetContext) -> list[Problem]:
        found: list[Problem] = []
        for line in table.of(Role.DATA):
            row, own = check_fund_line(line, context, self._screen.label)
            if row is not None:
                key = (row.place.code, row.month, row.programme)
                first = self._seen.setdefault(key, (line.row, context.sheet))
                if first != (line.row, context.sheet):
                    fault = problems.with_params(problems.FUND_TWICE, first=first[0])
                    own.append(fault.at(line.row, context.sheet))
                else:
                    self._rows.append(row)
                    self._rows_ok += 1
            found += own
        return found


def _different(table: Table, wanted: Field) -> set[CellValue]:
    return {line.value(wanted) for line in table.of(Role.DATA) if line.has(wanted)}
