"""Documents 政策与宣传: what kinds there are, and which elements each must have.

Source: the catalogue of matters to be disclosed (rules/catalogue.csv, items 1, 3, 4, 7, 8, 11, 12,
16, 19 and 20).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from portal.kernel.language import N_


class DocumentKind(StrEnum):
    """What a document is."""

    POLICY = "policy"  # 政策法规
    GUIDE = "guide"  # 办事指南
    COMIC = "comic"  # 漫画
    FILM = "film"  # 短片
    HANDBOOK = "handbook"  # 手册
    MEASURES = "measures"  # 帮扶措施
    HELPERS = "helpers"  # 救助协理员
    REPORT = "report"  # 督查通报


# What a guide must say, in the order and under the names of the catalogue.
ELEMENTS: dict[str, str] = {
    "matter": N_("What the guide is for"),
    "conditions": N_("Who may apply"),
    "standard": N_("How much is granted"),
    "materials": N_("What to bring"),
    "steps": N_("How it goes"),
    "time_place": N_("Where and when"),
    "contact": N_("Whom to ask"),
}

# What a supervision report must say (item 16).
REPORT_ELEMENTS: dict[str, str] = {
    "findings": N_("What was looked at, and found"),
    "corrections": N_("What was put right"),
    "petitions": N_("Petitions closed, of those received"),
}


@dataclass(frozen=True)
class KindFacts:
    """What a kind is called, and what it is made of; ``elements`` are its parts by their names."""

    word: str
    plural: str
    needs_picture: bool = False
    elements: Mapping[str, str] = field(default_factory=dict)
    has_rows: bool = False

    @property
    def has_elements(self) -> bool:
        """Whether its text has parts with names."""
        return bool(self.elements)


KIND_FACTS: dict[DocumentKind, KindFacts] = {
    DocumentKind.GUIDE: KindFacts(N_("Guide"), N_("Guides: how to apply"), elements=ELEMENTS),
    DocumentKind.POLICY: KindFacts(N_("Policy"), N_("Policies and rules")),
    DocumentKind.MEASURES: KindFacts(
        N_("Help measures"), N_("Help measures, and who is responsible"), has_rows=True
    ),
    DocumentKind.REPORT: KindFacts(
        N_("Supervision report"), N_("Supervision reports"), elements=REPORT_ELEMENTS
    ),
    DocumentKind.COMIC: KindFacts(N_("Comic"), N_("Comics"), needs_picture=True),
    DocumentKind.FILM: KindFacts(N_("Film"), N_("Films"), needs_picture=True),
    DocumentKind.HANDBOOK: KindFacts(N_("Handbook"), N_("Handbooks")),
    DocumentKind.HELPERS: KindFacts(N_("Helpers"), N_("Helpers of the villages"), has_rows=True),
}

PROGRAMMES: dict[str, str] = {
    "综合业务": N_("Every programme"),
    "最低生活保障": N_("Minimum living guarantee"),
    "特困人员救助供养": N_("Support for people in extreme hardship"),
    "临时救助": N_("Temporary relief"),
}

MEASURE_COLUMNS = ("category", "measure", "responsible", "channel")
HELPER_COLUMNS = ("region_code", "name", "phone")
MEASURE_WORDS: dict[str, str] = {
    "category": N_("For whom"),
    "measure": N_("What help there is"),
    "responsible": N_("Who is responsible"),
    "channel": N_("How to get it"),
}


def columns_of(kind: DocumentKind) -> tuple[str, ...]:
    """Return the columns of a kind's table; none where it has no table."""
    return {
        DocumentKind.MEASURES: MEASURE_COLUMNS,
        DocumentKind.HELPERS: HELPER_COLUMNS,
    }.get(kind, ())
