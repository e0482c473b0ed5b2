"""Filing: sealed from the first commit on, once however often it is sent, to the right units."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from complaints import filing as filing_module
from complaints.filing import Filed, NobodyResponsible, send_filing
from complaints.models import Complaint, ComplaintKey, HolderKind, KeyPurpose
from complaints.statements import Statement
from complaints.tracks import Accused, Track
from complaints.workflow import State
from portal.data.audit import AuditEntry
from portal.kernel.receipts import ReceiptCode
from tests.complaints.conftest import CONTACT, FILINGS, HANDLED_BY, TEXT, Bureau
from tests.fixtures.database import Database
from tests.fixtures.people import SANYING, XINGLONG, YUANZHOU

TOKEN = b"t" * 32


def count(bureau: Bureau) -> int:
    with bureau.sessions.reading() as session:
        return session.scalar(select(func.count()).select_from(Complaint)) or 0


def holders(bureau: Bureau, filed: Filed, purpose: KeyPurpose) -> set[str | None]:
    with bureau.sessions.reading() as session:
        return set(
            session.scalars(
                select(ComplaintKey.unit_id).where(
                    ComplaintKey.complaint_id == filed.complaint_id,
                    ComplaintKey.purpose == purpose,
                )
            )
        )


@pytest.mark.parametrize("track", list(Track))
def test_each_track_reaches_its_unit_and_its_code_opens_it(bureau: Bureau, track: Track) -> None:
    filed = bureau.file(track, contact=CONTACT)
    case = bureau.case(filed)
    assert (case.track, case.state) == (track, State.REGISTERED)
    assert case.responsible_unit_id == HANDLED_BY[track]
    assert case.registered_at == bureau.clock.now()
    opened = bureau.follow(filed.code)
    assert opened.statement.text == TEXT
    assert opened.contact == CONTACT


@pytest.mark.parametrize(
    ("track", "consent", "seeing"),
    [
        (Track.HELP, True, {"sanying"}),
        (Track.OBJECTION, False, {"yuanzhou"}),
        (Track.OBJECTION, True, {"sanying", "yuanzhou"}),
        (Track.SERVICE, False, {"city"}),
        (Track.SERVICE, True, {"yuanzhou", "city"}),
        (Track.ACCUSATION, False, {"discipline"}),
    ],
)
def test_only_the_units_of_the_track_can_see_who_wrote(
    bureau: Bureau, track: Track, consent: bool, seeing: set[str]
) -> None:
    filed = bureau.file(track, contact=CONTACT, consent=consent)
    assert holders(bureau, filed, KeyPurpose.IDENTITY) == {None, *seeing}


def test_an_anonymous_case_has_no_identity_and_no_key_to_one(bureau: Bureau) -> None:
    filed = bureau.file(Track.HELP)
    case = bureau.case(filed)
    assert not case.named
    assert case.identity is None
    assert holders(bureau, filed, KeyPurpose.IDENTITY) == set()
    assert holders(bureau, filed, KeyPurpose.CONTENT) == {None, "sanying", "yuanzhou"}


def test_the_same_form_sent_again_is_the_same_complaint_with_the_same_code(bureau: Bureau) -> None:
    first = bureau.file(Track.HELP, token=TOKEN)
    again = bureau.file(Track.HELP, token=TOKEN)
    assert (again.code, again.complaint_id) == (first.code, first.complaint_id)
    assert (first.repeated, again.repeated, again.differs) == (False, True, False)
    assert count(bureau) == 1


def test_a_form_sent_again_with_other_words_says_that_they_were_not_kept(bureau: Bureau) -> None:
    first = bureau.file(Track.HELP, token=TOKEN)
    again = bureau.file(Track.HELP, token=TOKEN, statement=Statement("别的话", SANYING))
    assert again.code == first.code
    assert again.differs
    assert bureau.follow(first.code).statement.text == TEXT


def test_the_same_form_sent_at_the_same_instant_is_one_complaint(bureau: Bureau) -> None:
    together = threading.Barrier(4)

    def send(_number: int) -> Filed:
        together.wait()
        return bureau.file(Track.HELP, token=TOKEN)

    with ThreadPoolExecutor(max_workers=4) as threads:
        done = list(threads.map(send, range(4)))
    assert len({filed.code for filed in done}) == len({filed.complaint_id for filed in done}) == 1
    assert sorted(filed.repeated for filed in done) == [False, True, True, True]
    assert count(bureau) == 1


def test_a_taken_locator_gives_the_next_code_and_the_form_keeps_it(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = {0: ReceiptCode("1234560" + "0" * 13), 1: ReceiptCode("6543210" + "1" * 13)}
    monkeypatch.setattr(
        filing_module,
        "derive_receipt_code",
        lambda _key, token, attempt: replace(codes[attempt], digits=_mixed(codes[attempt], token)),
    )
    first = bureau.file(Track.HELP, token=b"a")
    second = bureau.file(Track.HELP, token=b"b")
    assert first.code.locator != second.code.locator
    assert bureau.case(second).attempt == 1
    assert bureau.file(Track.HELP, token=b"b").code == second.code


def _mixed(code: ReceiptCode, token: bytes) -> str:
    return code.digits[:-1] + str(token[0] % 10)


def test_a_locator_that_is_taken_between_look_and_write_is_tried_again(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = bureau.file(Track.HELP)
    derive = filing_module.derive_receipt_code
    free = filing_module._free_attempt
    looks: list[int] = []

    def looked(session: object, key: bytes, token: bytes) -> int:
        looks.append(1)
        return 0 if len(looks) == 1 else free(session, key, token)  # type: ignore[arg-type]

    def derived(key: bytes, token: bytes, attempt: int) -> ReceiptCode:
        code = derive(key, token, attempt)
        return ReceiptCode(first.code.locator + code.secret) if attempt == 0 else code

    monkeypatch.setattr(filing_module, "_free_attempt", looked)
    monkeypatch.setattr(filing_module, "derive_receipt_code", derived)
    second = bureau.file(Track.HELP)
    assert len(looks) == 2
    assert bureau.case(second).attempt == 1
    assert bureau.follow(second.code).statement.text == TEXT


@pytest.mark.parametrize("track", list(Track))
def test_an_accused_or_concerned_unit_gets_no_key_and_no_trace(
    bureau: Bureau, track: Track
) -> None:
    statement = replace(FILINGS[track].statement, place=SANYING, concerned="sanying")
    filed = bureau.file(track, statement=statement, contact=CONTACT, consent=True)
    case = bureau.case(filed)
    assert "sanying" not in {case.responsible_unit_id, case.supervising_unit_id}
    for purpose in KeyPurpose:
        assert "sanying" not in holders(bureau, filed, purpose)


@pytest.mark.parametrize(
    ("accused", "place"),
    [
        (Accused.VILLAGE, "640402100200"),
        (Accused.TOWNSHIP, SANYING),
        (Accused.COUNTY_DEPARTMENT, YUANZHOU),
    ],
)
def test_of_an_accusation_only_the_county_stands_outside_the_seal(
    bureau: Bureau, accused: Accused, place: str
) -> None:
    statement = Statement(TEXT, place, accused=accused, notice_id="a123456789", notice_row=3)
    filed = bureau.file(Track.ACCUSATION, statement=statement)
    case = bureau.case(filed)
    assert case.region_code == YUANZHOU
    assert (case.notice_id, case.notice_row, case.concerned_unit_id) == (None, None, None)
    sealed = bureau.follow(filed.code).statement
    assert (sealed.place, sealed.accused, sealed.notice_row) == (place, accused, 3)
    assert holders(bureau, filed, KeyPurpose.CONTENT) == {None, "discipline"}


def test_where_nobody_is_clear_nothing_is_stored_and_it_says_whom_to_call(bureau: Bureau) -> None:
    statement = Statement(TEXT, XINGLONG, accused=Accused.TOWNSHIP)
    with pytest.raises(NobodyResponsible) as refused:
        bureau.file(Track.ACCUSATION, statement=statement)
    assert refused.value.call.phone == "12388"
    assert count(bureau) == 0


@pytest.mark.databases("sqlite")
def test_nothing_of_text_contact_or_code_lies_in_the_files(
    bureau: Bureau, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG"):
        filed = [bureau.file(track, contact=CONTACT, consent=True) for track in Track]
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"discipline" in written
    secrets = [TEXT, CONTACT.name, CONTACT.phone]
    secrets += [one.code.digits for one in filed] + [one.code.secret for one in filed]
    secrets += [one.code.printed() for one in filed]
    for secret in secrets:
        assert secret not in caplog.text
        for encoding in ("utf-8", "utf-16-le", "gb18030"):
            assert secret.encode(encoding) not in written


@pytest.mark.databases("postgresql")
def test_nothing_of_text_contact_or_code_lies_in_the_tables(
    bureau: Bureau, database: Database
) -> None:
    filed = bureau.file(Track.HELP, contact=CONTACT, consent=True)
    with bureau.sessions.reading() as session:
        rows = []
        for table in Complaint.metadata.sorted_tables:
            rows += [tuple(row) for row in session.execute(select(table))]
    written = b"\n".join(
        value if isinstance(value, bytes) else str(value).encode() for row in rows for value in row
    )
    for secret in (TEXT, CONTACT.name, CONTACT.phone, filed.code.digits, filed.code.secret):
        assert secret.encode() not in written


def test_what_staff_register_is_audited_without_a_word_of_it(bureau: Bureau) -> None:
    actor = bureau.actor("sanying")
    filed = send_filing(
        bureau.sessions,
        FILINGS[Track.HELP],
        token=TOKEN,
        receipts_key=bureau.receipts_key,
        keyring=bureau.keyring,
        now=bureau.clock.now(),
        actor=actor,
    )
    with bureau.sessions.reading() as session:
        entry = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "complaint.register")
        ).one()
    assert (entry.subject, entry.actor_id) == (filed.complaint_id, actor.user_id)
    assert entry.details == {}


def test_the_reporter_holds_the_keys_of_content_and_identity(bureau: Bureau) -> None:
    filed = bureau.file(Track.SERVICE, contact=CONTACT)
    with bureau.sessions.reading() as session:
        purposes = session.scalars(
            select(ComplaintKey.purpose).where(
                ComplaintKey.complaint_id == filed.complaint_id,
                ComplaintKey.holder == HolderKind.REPORTER,
            )
        ).all()
    assert sorted(purposes) == [KeyPurpose.CONTENT, KeyPurpose.IDENTITY]
