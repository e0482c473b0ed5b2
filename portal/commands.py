"""What the commands do 命令的实现, without the command line's words around it."""

import json
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from disclosure import service
from disclosure.catalogue import KINDS
from disclosure.figures.funding import PreparedFunds, bring_in_funds, prepare_funds
from disclosure.figures.service import approve_figures, submit_figures
from disclosure.importing import Imported, Prepared, import_list, prepare
from disclosure.intake.check import check_file
from disclosure.intake.kinds import Kind
from disclosure.intake.problems import Severity
from disclosure.intake.result import Checked
from disclosure.intake.workbook import MAX_BYTES
from disclosure.kinds.facts import NoticeKind
from disclosure.kinds.terms import kind_to_bring_in
from disclosure.lifecycle import SubmissionState
from disclosure.logbook.changing import replace_key, resume, rotate_key
from disclosure.logbook.keyfolder import LogFolder, log_name
from disclosure.logbook.signing import begin_log, sign_after_commits
from disclosure.models import Submission
from disclosure.namepolicy import get_policy
from disclosure.posters.render import render_poster
from disclosure.printing import poster_content
from disclosure.queries import find_board_notice, get_intake_place
from disclosure.uploads.learning import get_learned
from portal.config import Parts, Settings
from portal.data.accounts import OPERATOR, audit, load_units, parse_units_csv
from portal.data.csvfiles import read_csv_file
from portal.data.keyfiles import load_keys, make_recovery_key
from portal.data.migrate import upgrade
from portal.data.pages import forget_all_pages
from portal.data.regionfiles import load_regions, parse_regions_csv
from portal.data.session import Sessions, make_engine
from portal.data.signing_in import add_user
from portal.kernel.clock import SystemClock, local_date
from portal.kernel.errors import DomainError, NotFound, Refused
from portal.kernel.language import N_, translate
from portal.kernel.money import format_yuan
from portal.kernel.period import parse_period
from portal.kernel.permissions import Role
from portal.searching import update_index
from portal.worker import sweep

KIND_NAMES = [*(kind.id for kind in KINDS.values() if kind.from_file), Kind.FUNDS.value]


def open_sessions(settings: Settings) -> Sessions:
    """Return the installation's sessions; raises Refused where ``init`` has not run."""
    url = make_engine(settings.database_url).url
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        raise Refused(N_("There is no database yet. Run 'python -m portal init' first."))
    sessions = Sessions(make_engine(settings.database_url))
    sign_after_commits(sessions, LogFolder(settings.secrets_folder), SystemClock())
    return sessions


def initialise(settings: Settings, *, recovery_out: Path | None) -> DomainError | None:
    """Create or migrate the database, make the keys and the index, and once the recovery key.

    Returns why the public log is not signed, which keeps nothing else from working.
    """
    settings.data_folder.mkdir(parents=True, exist_ok=True)
    load_keys(settings.secrets_folder)
    if recovery_out is not None:
        make_recovery_key(settings.secrets_folder, recovery_out)
    upgrade(make_engine(settings.database_url))
    sessions = Sessions(make_engine(settings.database_url))
    refusal = _begin_log(settings, sessions) if settings.parts is not Parts.PUBLIC else None
    update_index(settings, sessions)
    return refusal


def _begin_log(settings: Settings, sessions: Sessions) -> DomainError | None:
    folder, name = LogFolder(settings.secrets_folder), log_name(settings.base_url)
    try:
        begin_log(sessions, folder, name, now=SystemClock().now())
    except DomainError as refusal:
        return refusal
    return None


def load_divisions(settings: Settings, file: Path) -> int:
    """Load a divisions file; return how many lines it had."""
    rows = parse_regions_csv(read_csv_file(file))
    clock = SystemClock()
    with open_sessions(settings).writing() as session:
        count = load_regions(session, rows)
        forget_all_pages(session)
        audit(session, OPERATOR, "regions-load", "regions", now=clock.now(), count=count)
    return count


def load_unit_file(settings: Settings, file: Path) -> int:
    """Load a units file; return how many lines it had."""
    rows = parse_units_csv(read_csv_file(file))
    with open_sessions(settings).writing() as session:
        count = load_units(session, rows)
        forget_all_pages(session)
        audit(session, OPERATOR, "units-load", "units", now=SystemClock().now(), count=count)
    return count


def add_account(settings: Settings, login: str, *, role: Role, unit: str, name: str) -> str:
    """Create an account; return its one-time password."""
    with open_sessions(settings).writing() as session:
        new = add_user(
            session, OPERATOR, login, role=role, unit=unit, name=name, now=SystemClock().now()
        )
    return new.password


@dataclass(frozen=True)
class ImportOptions:
    """What ``import`` was asked to do; ``region`` a 12-digit code, ``period`` as in CONTRACT."""

    kind: str
    region: str
    period: str
    check: bool = False
    publish: bool = False
    skip_bad_rows: bool = False


@dataclass(frozen=True)
class ImportReport:
    """What an import found and led to."""

    options: ImportOptions
    checked: Checked
    notice_ids: tuple[str, ...]
    repeated: bool
    failed: bool

    def as_json(self, locale: str) -> str:
        """Return the object that CONTRACT describes; messages in ``locale``."""
        checked = self.checked
        return json.dumps(
            {
                "kind": self.options.kind,
                "region": self.options.region,
                "period": self.options.period,
                "rows_ok": checked.rows_ok,
                "rows_bad": checked.rows_bad,
                "households": checked.households,
                "persons": checked.persons,
                "amount": format_yuan(checked.amount_fen),
                "villages": checked.villages,
                "encoding": checked.encoding,
                "repeated": self.repeated,
                "problems": self._problems(locale),
                "notices": list(self.notice_ids),
            },
            ensure_ascii=False,
        )

    def _problems(self, locale: str) -> list[dict[str, Any]]:
        return [
            {
                "row": problem.row,
                "column": problem.column,
                "code": problem.code.value,
                "severity": problem.severity.value,
                "message": translate(locale, problem.message, **problem.params),
            }
            for problem in self.checked.problems
        ]

    def as_text(self, locale: str) -> str:
        """Return the report as lines for a person."""
        lines = []
        for problem in self._problems(locale):
            where = "-" if problem["row"] is None else str(problem["row"])
            column = f" {problem['column']}" if problem["column"] else ""
            lines.append(f"{problem['severity']} {where}{column}: {problem['message']}")
        checked = self.checked
        lines.append(
            translate(
                locale,
                N_(
                    "%(ok)s rows good, %(bad)s bad; %(households)s households, "
                    "%(persons)s persons, %(amount)s yuan, %(villages)s villages"
                ),
                ok=checked.rows_ok,
                bad=checked.rows_bad,
                households=checked.households,
                persons=checked.persons,
                amount=format_yuan(checked.amount_fen, grouped=True),
                villages=checked.villages,
            )
        )
        lines.extend(self.notice_ids)
        return "\n".join(lines)


def import_spreadsheet(settings: Settings, file: Path, options: ImportOptions) -> ImportReport:
    """Check a spreadsheet and, unless ``check``, store it; with ``publish``, publish it too."""
    sessions = open_sessions(settings)
    period = parse_period(options.period)
    with sessions.reading() as session:
        place = get_intake_place(session, options.region)
        policy = get_policy(session, options.region)
        kind = _kind_asked_for(session, options)
        form = kind.form if kind else Kind.FUNDS
        learned = get_learned(session, options.region, form)
    clock = SystemClock()
    with file.open("rb") as source:
        # One byte more than is taken in is enough for the reader to refuse it.
        data = source.read(MAX_BYTES + 1)
    if options.check:
        checked = check_file(
            data,
            filename=file.name,
            kind=form,
            region=place.region,
            villages=place.villages,
            period=period,
            on=local_date(clock.now()),
            learned=learned,
        )
        return ImportReport(options, checked, (), repeated=False, failed=_has_errors(checked))
    keys, now = load_keys(settings.secrets_folder), clock.now()
    given: dict[str, Any] = {"filename": file.name, "place": place, "period": period}
    given |= {"keys": keys, "now": now, "learned": learned}
    if kind is None:
        return _store_funds(sessions, options, prepare_funds(data, **given))
    return _store(sessions, options, prepare(data, kind=kind, policy=policy, **given))


def _kind_asked_for(session: Session, options: ImportOptions) -> NoticeKind | None:
    """Return the kind of notice, None for fund figures; raises NotFound, Refused."""
    if options.kind == Kind.FUNDS:
        return None
    return kind_to_bring_in(session, options.kind, options.region)


def _store_funds(
    sessions: Sessions, options: ImportOptions, prepared: PreparedFunds
) -> ImportReport:
    """Store a fund file and, with ``publish``, submit and approve it: all of it or nothing."""
    checked = prepared.checked
    if prepared.is_unusable or (prepared.has_errors and not options.skip_bad_rows):
        return ImportReport(options, checked, (), repeated=False, failed=True)
    now, leave_out = SystemClock().now(), options.skip_bad_rows
    with sessions.writing() as session:
        found = bring_in_funds(session, OPERATOR, prepared, now=now, leave_out_bad_rows=leave_out)
        if options.publish and found.state is SubmissionState.DRAFT:
            submit_figures(session, OPERATOR, found.set_id, now=now)
        if options.publish and found.state is not SubmissionState.APPROVED:
            approve_figures(session, OPERATOR, found.set_id, found.digest, now=now)
    return ImportReport(options, checked, (found.set_id,), found.repeated, failed=False)


def _has_errors(checked: Checked) -> bool:
    return any(problem.severity is Severity.ERROR for problem in checked.problems)


def _store(sessions: Sessions, options: ImportOptions, prepared: Prepared) -> ImportReport:
    checked = prepared.checked
    usable = not prepared.is_unusable and (not prepared.has_errors or options.skip_bad_rows)
    if not usable:
        return ImportReport(options, checked, (), repeated=False, failed=True)
    now = SystemClock().now()
    with sessions.writing() as session:
        imported = import_list(session, OPERATOR, prepared, now=now)
        if prepared.has_errors and imported.state is SubmissionState.DRAFT:
            service.leave_out_bad_rows(session, OPERATOR, imported.submission_id, now=now)
    if options.publish and imported.state is not SubmissionState.APPROVED:
        _publish(sessions, imported)
    return ImportReport(options, checked, imported.notice_ids, imported.repeated, failed=False)


def _publish(sessions: Sessions, imported: Imported) -> None:
    """Submit and approve as the operator, in one transaction; the audit log says so."""
    now = SystemClock().now()
    with sessions.writing() as session:
        submission = session.get_one(Submission, imported.submission_id)
        if submission.state is SubmissionState.DRAFT:
            service.submit(session, OPERATOR, submission.id, now=now)
        service.approve(session, OPERATOR, submission.id, submission.digest, now=now)


def write_poster(settings: Settings, notice_id: str, output: Path, *, size: str) -> None:
    """Write a notice's poster with the board's masks; raises NotFound or MissingGlyph."""
    keys = load_keys(settings.secrets_folder)
    with open_sessions(settings).reading() as session:
        view = find_board_notice(
            session, notice_id, now=SystemClock().now(), open_parcel=keys.open_names
        )
    if view is None:
        raise NotFound(N_("There is no published notice %(notice)s."), notice=notice_id)
    pdf = render_poster(
        poster_content(view, base_url=settings.base_url), size="a4" if size == "a4" else "a3"
    )
    draft = output.with_name(f".{output.name}.{secrets.token_hex(4)}")
    draft.write_bytes(pdf)
    draft.replace(output)


def rotate_log_key(settings: Settings) -> str:
    """Let a new key follow the public log's; return the new verifier key."""
    folder = LogFolder(settings.secrets_folder)
    return rotate_key(open_sessions(settings), OPERATOR, folder, now=SystemClock().now())


def replace_log_key(settings: Settings, statement: str) -> str:
    """Let a new key follow the public log's lost one; return the new verifier key."""
    folder = LogFolder(settings.secrets_folder)
    return replace_key(
        open_sessions(settings), OPERATOR, folder, statement, now=SystemClock().now()
    )


def resume_log(settings: Settings, statement: str, *, new_key: bool) -> None:
    """Go on with a database that is older than the public log, and say so in it."""
    folder, now = LogFolder(settings.secrets_folder), SystemClock().now()
    resume(open_sessions(settings), OPERATOR, folder, statement, now=now, new_key=new_key)


def sweep_once(settings: Settings) -> None:
    """Do everything that time does, once."""
    sweep(open_sessions(settings), SystemClock())
