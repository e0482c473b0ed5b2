"""The catalogue 公开目录: every kind of notice, as data. A new kind is one entry here.

Source: the matters to be disclosed (rules/catalogue.csv, items 5, 6, 9, 10, 13, 14) and the time
limits (rules/deadlines.md, "Disclosure"). Programmes that a county adds are rows of the database,
so they are asked for with a session; there is no state here. How to add a kind: docs/kinds.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from disclosure.intake.kinds import Kind
from disclosure.kinds.facts import MINIMUM_LIVING, OF_CHANGES, Names, NoticeKind
from disclosure.kinds.limits import LIMITS, county_window
from disclosure.kinds.models import CountyProgramme, ProgrammeForm
from portal.data.regions import code_prefix
from portal.kernel.language import N_
from portal.kernel.permissions import Role

DESTITUTE = "特困人员救助供养"
TEMPORARY = "临时救助"
MARGINAL = "低保边缘家庭"
HEAVY_EXPENSE = "刚性支出困难家庭"
CHANGES = "changes"  # 增减情况: derived from two lists, never brought in
COUNTY_PREFIX = "p-"

_MEASURES = "《社会救助暂行办法》；民办函〔2019〕52号"
_OPINION = "《关于改革完善社会救助制度的意见》"

KINDS: dict[str, NoticeKind] = {
    kind.id: kind
    for kind in (
        NoticeKind(
            id="standing",
            form=Kind.STANDING,
            programme=MINIMUM_LIVING,
            subject="最低生活保障对象名单",
            word=N_("Standing list"),
            heading=N_(
                "Households that receive the minimum living guarantee: %(place)s, %(period)s"
            ),
            approved_by=Role.REVIEWER,
            window=LIMITS["standing-list"],
            replaces=True,
            basis=_MEASURES,
        ),
        NoticeKind(
            id="review",
            form=Kind.REVIEW,
            programme=MINIMUM_LIVING,
            subject="最低生活保障拟确认对象审核公示",
            word=N_("Review notice"),
            heading=N_(
                "Households proposed for the minimum living guarantee: %(place)s, %(period)s"
            ),
            approved_by=Role.HEAD,
            window=LIMITS["review-notice"],
            printed_window=True,
            basis="民发〔2021〕57号",
        ),
        NoticeKind(
            id="temporary",
            form=Kind.TEMPORARY,
            programme=TEMPORARY,
            subject="临时救助（支出型）对象公示",
            word=N_("Temporary assistance"),
            heading=N_("Temporary assistance granted: %(place)s, %(period)s"),
            approved_by=Role.REVIEWER,
            window=LIMITS["temporary-list"],
            basis=_MEASURES,
        ),
        NoticeKind(
            id="destitute",
            form=Kind.PERSONS,
            programme=DESTITUTE,
            subject="特困人员名单",
            word=N_("Destitute persons"),
            heading=N_("Destitute persons supported: %(place)s, %(period)s"),
            approved_by=Role.REVIEWER,
            window=LIMITS["standing-list"],
            replaces=True,
            basis=_MEASURES,
        ),
        NoticeKind(
            id="destitute-review",
            form=Kind.PERSONS_REVIEW,
            programme=DESTITUTE,
            subject="特困人员初审公示",
            word=N_("Destitute persons proposed"),
            heading=N_("Persons proposed for destitute support: %(place)s, %(period)s"),
            approved_by=Role.HEAD,
            window=LIMITS["destitute-review"],
            printed_window=True,
            basis="《特困人员认定办法》（民发〔2021〕43号）；民办函〔2019〕52号",
        ),
        NoticeKind(
            id="destitute-ended",
            form=Kind.PERSONS_ENDED,
            programme=DESTITUTE,
            subject="特困人员终止供养名单",
            word=N_("Destitute support ended"),
            heading=N_("Persons whose destitute support ends: %(place)s, %(period)s"),
            approved_by=Role.HEAD,
            window=LIMITS["destitute-ended"],
            basis="《特困人员认定办法》（民发〔2021〕43号）；民办函〔2019〕52号",
        ),
        NoticeKind(
            id="marginal",
            form=Kind.FAMILIES,
            programme=MARGINAL,
            subject="低保边缘家庭名单",
            figures_subject="低保边缘家庭情况",
            word=N_("Families on the margin"),
            heading=N_("Families on the margin of the guarantee: %(place)s, %(period)s"),
            approved_by=Role.REVIEWER,
            window=LIMITS["marginal-list"],
            replaces=True,
            basis=_OPINION,
            names=Names.COUNTY_CHOICE,
        ),
        NoticeKind(
            id="heavy-expense",
            form=Kind.FAMILIES,
            programme=HEAVY_EXPENSE,
            subject="刚性支出困难家庭名单",
            figures_subject="刚性支出困难家庭情况",
            word=N_("Families of heavy expense"),
            heading=N_("Families in need through heavy expense: %(place)s, %(period)s"),
            approved_by=Role.REVIEWER,
            window=LIMITS["marginal-list"],
            replaces=True,
            basis=_OPINION,
            names=Names.COUNTY_CHOICE,
        ),
        NoticeKind(
            id=CHANGES,
            form=Kind.STANDING,
            programme=MINIMUM_LIVING,
            subject="最低生活保障对象增减情况",
            word=N_("Additions and removals"),
            heading=N_("Households that came and went: %(place)s, %(period)s"),
            approved_by=Role.HEAD,
            window=LIMITS["changes-list"],
            basis=_MEASURES,
            from_file=False,
            own_looks=OF_CHANGES,
        ),
    )
}


def kind_of(name: str, session: Session | None = None) -> NoticeKind:
    """Return the kind called ``name``; ``session`` is asked for a county's own programme.

    Raises KeyError for one that is published otherwise, or that there is not.
    """
    if session is None or not name.startswith(COUNTY_PREFIX):
        return KINDS[name]
    # The session keeps what it has read, so a page of a hundred notices asks once.
    programme = session.get(CountyProgramme, str(name))
    if programme is None:
        raise KeyError(name)
    return kind_of_programme(programme)


def find_kind(session: Session, name: str) -> NoticeKind | None:
    """Return the kind called ``name``, None for one that there is not."""
    try:
        return kind_of(name, session)
    except KeyError:
        return None


def list_kinds(session: Session) -> Sequence[NoticeKind]:
    """Return every kind: those that are built in, then the counties' own, ended ones too."""
    query = select(CountyProgramme).order_by(CountyProgramme.region_code, CountyProgramme.kind)
    return (*KINDS.values(), *map(kind_of_programme, session.scalars(query)))


def standing_kinds(session: Session, programme: str) -> list[str]:
    """Return the kinds whose lists of a programme follow one another month by month."""
    return [
        kind.id
        for kind in list_kinds(session)
        if kind.replaces and kind.named and kind.programme == programme
    ]


@dataclass(frozen=True)
class KindGroup:
    """The kinds of one programme, as a form offers them."""

    programme: str
    kinds: tuple[NoticeKind, ...]


def offered_kinds(session: Session, area: str | None) -> Sequence[KindGroup]:
    """Return what may be brought in for the place ``area`` (None: everywhere), by programme."""
    groups: dict[str, list[NoticeKind]] = {}
    for kind in list_kinds(session):
        if kind.from_file and not kind.ended and _is_used_in(kind, area):
            groups.setdefault(kind.programme, []).append(kind)
    return [KindGroup(programme, tuple(kinds)) for programme, kinds in groups.items()]


def _is_used_in(kind: NoticeKind, area: str | None) -> bool:
    if not kind.county or area is None:
        return True
    own, other = code_prefix(kind.county), code_prefix(area)
    return own.startswith(other) or other.startswith(own)


def kind_of_programme(programme: CountyProgramme) -> NoticeKind:
    """Return a county's own programme as a kind of notice."""
    standing = programme.form is ProgrammeForm.STANDING
    days = programme.window_days
    return NoticeKind(
        id=programme.kind,
        form=Kind.SUBSIDY if standing else Kind.ONE_OFF,
        programme=programme.name_zh,
        subject=f"{programme.name_zh}对象名单",
        word=N_("Further programme"),
        heading=N_("Households that receive %(programme)s: %(place)s, %(period)s"),
        approved_by=programme.approved_by,
        window=LIMITS["standing-list"] if days is None else county_window(days),
        replaces=standing,
        basis=programme.basis,
        own_names=(programme.name_zh, programme.name_en),
        county=programme.region_code,
        ended=programme.ended_at is not None,
    )
