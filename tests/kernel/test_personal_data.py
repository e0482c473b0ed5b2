"""The gate: what is found in a free text, and what is left alone."""

import csv
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kernel.idnumber import check_digit
from portal.kernel.personal_data import (
    PersonalDataFinder,
    PiiKind,
    PiiSubkind,
    find_personal_data,
    luhn,
)

ROOT = Path(__file__).parents[2]
ID = "640499196001265474"
CARD = "6217992174218096797"


def kinds(text: str, **options: object) -> list[str]:
    return [str(f.subkind) for f in find_personal_data(text, **options)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (f"配偶证号{ID}", "id-number"),
        ("配偶证号６４０４９９１９６００１２６５４７４", "id-number"),
        ("640499 19600126 5474", "id-number"),
        ("6 4 0 4 9 9 1 9 6 0 0 1 2 6 5 4 7 4", "id-number"),
        ("640499-19600126-5474", "id-number"),
        ("64049919451231139x。", "id-number"),
        ("号码64049919451231139Ｘ", "id-number"),
        ("\u200b".join(ID), "id-number"),
        ("旧证640499600126547", "id-number"),
        (f"{ID}095412", "id-number"),
        (f"残疾证{ID}43", "disability-card"),
        ("联系其子15017315345", "mobile"),
        ("１５０１７３１５３４５", "mobile"),
        ("150-1731-5345", "mobile"),
        ("150 1731 5345", "mobile"),
        ("+86 15017315345", "mobile"),
        ("8615017315345", "mobile"),
        ("15017315345/13900000000", "mobile"),
        ("0954-2012345", "land-line"),
        ("(0954)2012345", "land-line"),
        ("０９５４－２０１２３４５", "land-line"),
        ("01062345678", "land-line"),
        ("家里电话2012345", "land-line"),
        (CARD, "bank-card"),
        ("卡号6217 9921 7421 8096 797", "bank-card"),
        ("上湾村3组15号", "address"),
        ("建设路12号", "address"),
        ("建设路12-3号", "address"),
        ("人民街十二号", "address"),
        ("3号楼2单元501室", "address"),
        ("5栋2单元", "address"),
        ("zhang.san@example.com", "email"),
        ("ｚｓ＠example.com", "email"),
        ("邮箱：zs@mail.nx.gov.cn。", "email"),
        ("其妻患胃癌", "health"),
        ("户主长期透析", "health"),
        ("马*患尿毒症", "health"),
        ("其父胃\u2009癌", "health"),
        ("&#49;&#51;&#57;1234&#x35;678", "mobile"),
        ("&amp;#49;&amp;#51;&amp;#57;12345678", "mobile"),
        (r"\u0031\u0033\u003912345678", "mobile"),
        ("%31%33%3912345678", "mobile"),
        ("_x0031__x0033_912345678", "mobile"),
        ("一三九一二三四五六七八", "mobile"),
        ("壹叁玖壹贰叁肆伍陆柒捌", "mobile"),
        ("①③⑨①②③④⑤⑥⑦⑧", "mobile"),
        ("l391234567O".replace("7O", "78"), "mobile"),
        ("139\n1234\n5678", "mobile"),
        ("1 3 9 1 2 3 4 5 6 7 8", "mobile"),
        ("13 91 23 45 67 8", "mobile"),
        ("其1 15017315345", "mobile"),
        ("100%640499196001265474", "id-number"),
        ("一640499196001265474", "id-number"),
        ("64049919451231139 x", "id-number"),
        ("64049919451231139×", "id-number"),
        ("名单640499196001265474.xls", "id-number"),
        ("640499\u200919600126\u20095474.xlsx", "id-number"),
        ("建 设 路 1 2 号", "address"),
        ("z s @ example . com", "email"),
        ("电话二〇一二三四五", "land-line"),
        ("儿子智力残疾", "health"),
    ],
)
def test_personal_data_is_found(text: str, kind: str) -> None:
    assert kind in kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "因病",
        "因残",
        "突发疾病",
        "年老体弱",
        "子女就学负担重",
        "刘店村4组",
        "监督电话：0954-12345",
        "咨询12345热线，举报12388",
        "民发〔2021〕57号",
        "中央一号文件",
        "第3号公示",
        "2026年11月16日至2026年11月22日",
        "2026.11.16 2026.11.22",
        "2026-10-08 12:30:00",
        "农村低保标准5160元，城市低保标准7560元",
        "全县108,200户 城市16,300户 农村91,900户",
        "重度残疾人、尿毒症患者可以申请",
        "预防癌症知识宣传",
        "640402100213",
        "办公室203",
        "网格员12名，3号线",
        "0.30000000000000004",
        "第1、3、5、7、9、11、13、15组",
        "1 3 5 7 9 11 13 15组",
        "共13,800,138,000元",
        "二〇二六年十月八日至二〇二六年十二月三十一日",
        "100%、50%、25%",
        "一二三四五六七八九十",
        "12345678901234567",
        "00000000000000000000",
    ],
)
def test_ordinary_words_are_left_alone(text: str) -> None:
    assert kinds(text) == []


def test_no_listed_place_is_personal_data() -> None:
    with (ROOT / "demo/data/divisions-guyuan.csv").open(encoding="utf-8") as source:
        rows = list(csv.DictReader(source))
    assert len(rows) == 940
    hits = [row["name"] for row in rows if find_personal_data(f"{row['name']}，{row['code']}")]
    assert hits == []


def test_an_illness_alone_counts_beside_a_person() -> None:
    assert kinds("尿毒症") == []
    assert kinds("尿毒症", beside_person=True) == ["health"]


@pytest.mark.parametrize(
    "text",
    [
        "由马小伟代领",
        "由 马 小 伟 代领",
        "由马\u200b小伟代领",
        "与古丽娜尔•阿不都同住",
        "JOHN  SMITH came",
    ],
)
def test_whole_names_of_the_file_are_found(text: str) -> None:
    names = frozenset({"马小伟", "古丽娜尔·阿不都", "John Smith", "马"})
    assert kinds(text, whole_names=names) == ["name"]
    assert kinds(text) == []


def test_a_short_name_at_the_end_is_found_beside_longer_names() -> None:
    names = frozenset({"马伟", "古丽娜尔·阿不都"})
    assert kinds("户主马伟", whole_names=names) == ["name"]
    longer = frozenset({"马伟", "马伟13900000001"})
    assert kinds("户主马伟", whole_names=longer) == ["name"]


def test_a_name_makes_an_illness_personal() -> None:
    assert set(kinds("马小伟糖尿病", whole_names=frozenset({"马小伟"}))) == {"name", "health"}


def test_where_it_stands_is_told_in_the_texts_own_positions() -> None:
    text = "联系\u200b：１５０　1731-5345，谢谢"
    (finding,) = find_personal_data(text)
    assert text[finding.start : finding.end] == "１５０　1731-5345"
    assert finding.kind is PiiKind.PHONE


@pytest.mark.parametrize(
    "piece", ["他癌", "a", "1", "0 ", "a@", "a.", "@a.", "马*", "路1", "0954-"]
)
def test_a_very_long_text_is_looked_at_once(piece: str) -> None:
    # With a search that starts over at each place, this would take hours.
    names = frozenset({"马小伟"})
    found = PersonalDataFinder(names).find(piece * 30_000, beside_person=True)
    assert {finding.subkind for finding in found} <= {PiiSubkind.HEALTH}


def test_a_finding_never_carries_the_value() -> None:
    (finding,) = find_personal_data(f"号{ID}")
    assert ID[6:14] not in repr(finding)


@given(
    st.dates(date(1930, 1, 1), date(2025, 1, 1)),
    st.integers(0, 999),
    st.text(st.characters(exclude_categories=["Nd", "Cs"], exclude_characters="xX"), max_size=8),
    st.text(st.characters(exclude_categories=["Nd", "Cs"], exclude_characters="xX"), max_size=8),
    st.sampled_from(["", " ", "-", "\u200b", "　", "."]),
)
def test_no_right_id_number_gets_through(
    born: date, sequence: int, before: str, after: str, gap: str
) -> None:
    first = f"640499{born:%Y%m%d}{sequence:03d}"
    number = gap.join((first[:6], first[6:14], first[14:] + check_digit(first)))
    found = find_personal_data(before + number + after)
    assert PiiKind.ID in {finding.kind for finding in found}


@given(st.text(max_size=40), st.frozensets(st.text(max_size=4), max_size=3), st.booleans())
def test_findings_are_in_order_and_apart(text: str, names: frozenset[str], beside: bool) -> None:
    found = PersonalDataFinder(names).find(text, beside_person=beside)
    for one, two in pairwise(found):
        assert one.end <= two.start
    assert all(0 <= f.start < f.end <= len(text) for f in found)


@given(st.from_regex(r"[3-6][0-9]{11,17}", fullmatch=True))
def test_every_bank_card_is_found(digits: str) -> None:
    card = next(digits + d for d in "0123456789" if luhn(digits + d))
    subkinds = {f.subkind for f in find_personal_data(f"卡号{card}")}
    assert subkinds & {PiiSubkind.BANK_CARD, PiiSubkind.ID_NUMBER}
