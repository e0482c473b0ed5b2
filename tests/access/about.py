"""What each page of the desk is about 页面与对象: one line a route, for the matrix of who may what.

A new route under ``/desk`` needs a line here: the kind of object that its address names, or
NOTHING, and for a form the least that makes it reach the object (an empty form is refused before).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from portal.kernel.permissions import Role


class Reach(StrEnum):
    """Who may know that an object is there."""

    AREA = "area"  # whoever's area covers its place
    UNIT = "unit"  # the unit that it lies with
    OWNER = "owner"  # whoever made it


@dataclass(frozen=True)
class Subject:
    """A kind of object that addresses name."""

    word: str
    reach: Reach


DRAFT_LIST = Subject("a list that is a draft", Reach.AREA)
SUBMITTED_LIST = Subject("a list that waits for approval", Reach.AREA)
NOTICE = Subject("a published notice", Reach.AREA)
DOCUMENT = Subject("a document", Reach.AREA)
FIGURES = Subject("a set of figures", Reach.AREA)
WAITING = Subject("a file that waits", Reach.AREA)
COUNTY = Subject("a county whose rule is decided", Reach.AREA)
CHANGES = Subject("a township's additions and removals", Reach.AREA)
MATTER = Subject("a row that is held back", Reach.AREA)
DRAFT_CORRECTION = Subject("a correction that is drafted", Reach.AREA)
SUBMITTED_CORRECTION = Subject("a correction that waits for approval", Reach.AREA)
CASE = Subject("a case", Reach.UNIT)
BATCH = Subject("files dropped at once", Reach.OWNER)
SITTING = Subject("lists that are decided on together", Reach.OWNER)


@dataclass(frozen=True)
class About:
    """One route: its subject, None where it is about nothing in particular; what its form says.

    ``named`` is what else stands in its address. ``not_for`` are roles that have the permission and
    are refused all the same (403), because another role decides on such an object; ``city_only``
    says that a county, which may look, is refused when it sends the form; ``may_lack`` that one's
    own object may have no such part (404).
    """

    subject: Subject | None
    form: Mapping[str, str] = field(default_factory=dict)
    not_for: frozenset[Role] = frozenset()
    named: Mapping[str, str] = field(default_factory=dict)
    city_only: bool = False
    may_lack: bool = False


NOTHING = About(None)
DIGEST = {"digest": "0" * 64}
REASON = {"reason": "金额有误，请重新核对。"}
# A standing list is approved by the county; the head of a township approves others.
BY_THE_COUNTY = frozenset({Role.HEAD})

LISTS = {
    "lists.index": NOTHING,
    "lists.upload": NOTHING,
    "lists.show": About(DRAFT_LIST),
    "lists.leave_out": About(DRAFT_LIST),
    "lists.submit": About(DRAFT_LIST),
    "lists.discard": About(DRAFT_LIST),
    "lists.approve": About(SUBMITTED_LIST, DIGEST, BY_THE_COUNTY),
    "lists.return_to_clerk": About(SUBMITTED_LIST, REASON),
    "lists.recall": About(SUBMITTED_LIST),
    "lists.poster": About(NOTICE),
    "list_previews.preview": About(DRAFT_LIST),
    "list_previews.preview_pdf": About(DRAFT_LIST),
    "list_previews.annotated": About(DRAFT_LIST),
    "withdrawals.ask": About(NOTICE),
    "withdrawals.withdraw": About(NOTICE, REASON),
    "waiting.show": About(WAITING),
    "waiting.columns": About(WAITING),
    "waiting.take_columns": About(WAITING),
    "waiting.annotated": About(WAITING),
    "waiting.discard": About(WAITING),
    "batches.index": NOTHING,
    "batches.drop": NOTHING,
    "batches.show": About(BATCH),
    "batches.answers": About(BATCH),
}
FIGURES_AND_DOCUMENTS = {
    "figures_desk.index": NOTHING,
    "figures_desk.upload": NOTHING,
    "figures_desk.source": NOTHING,
    "figures_desk.show": About(FIGURES),
    "figures_desk.submit": About(FIGURES),
    "figures_desk.discard": About(FIGURES),
    "figures_desk.approve": About(FIGURES, DIGEST),
    "figures_desk.return_to_clerk": About(FIGURES, REASON),
    "funds_desk.explain": About(FIGURES, REASON, may_lack=True),
    "documents_desk.index": NOTHING,
    "documents_desk.new": NOTHING,
    "documents_desk.write": About(None, named={"kind": "policy"}),
    "documents_desk.show": About(DOCUMENT),
    "documents_desk.rewrite": About(DOCUMENT),
    "documents_desk.add_file": About(DOCUMENT),
    "documents_desk.remove_file": About(DOCUMENT),
    "documents_desk.file": About(DOCUMENT),
    "documents_desk.submit": About(DOCUMENT),
    "documents_desk.discard": About(DOCUMENT),
    "documents_desk.revise": About(DOCUMENT),
    "documents_desk.approve": About(DOCUMENT, DIGEST),
    "documents_desk.return_to_clerk": About(DOCUMENT, REASON),
    "documents_desk.withdraw": About(DOCUMENT, {"withdraw-reason": REASON["reason"]}),
}
COMPLAINTS = {
    "complaints_desk.index": NOTHING,
    "complaints_desk.register": NOTHING,
    "complaints_desk.case": About(CASE),
    "complaints_desk.prepare": About(CASE),
    "complaints_desk.perform": About(CASE),
}
LIFE_OF_A_NOTICE = {
    "changes.index": NOTHING,
    "changes.show": About(CHANGES),
    "changes.save": About(CHANGES),
    "objections.index": NOTHING,
    "objections.show": About(MATTER),
    "objections.record": About(MATTER),
    "objections.send_back": About(MATTER, {"return_reason": REASON["reason"]}),
    "objections.decide": About(MATTER, {"finding": "confirmed", "reason": "confirmed"}),
    "corrections.show": About(DRAFT_CORRECTION),
    "corrections.row": About(DRAFT_CORRECTION),
    "corrections.save_row": About(DRAFT_CORRECTION),
    "corrections.restore_row": About(DRAFT_CORRECTION),
    "corrections.strike_row": About(DRAFT_CORRECTION),
    "corrections.submit": About(DRAFT_CORRECTION),
    "corrections.discard": About(DRAFT_CORRECTION, REASON),
    "corrections.approve": About(SUBMITTED_CORRECTION, DIGEST, BY_THE_COUNTY),
    "corrections.return_to_clerk": About(SUBMITTED_CORRECTION, REASON),
    "approvals.index": NOTHING,
    "approvals.choose": NOTHING,
    "approvals.show": About(SITTING),
    "approvals.draw_again": About(SITTING),
    "approvals.approve": About(SITTING),
    "approvals.return_all": About(SITTING, REASON),
    "post_again.index": NOTHING,
    "post_again.county": About(COUNTY),
    "limits.index": NOTHING,
    "limits.county": About(COUNTY),
    "terms.index": NOTHING,
    "terms.county": About(COUNTY),
    "programmes.index": NOTHING,
    "programmes.add": NOTHING,
    "programmes.show": About(None, named={"kind": "no-such-programme"}, may_lack=True),
}
THE_REST = {
    "desk.home": NOTHING,
    "desk.audit_log": NOTHING,
    "signing_in.sign_out": NOTHING,
    "signing_in.change_own_password": NOTHING,
    "settings.index": NOTHING,
    "settings.footer": About(None, city_only=True),
    "names.index": NOTHING,
    "names.county": About(COUNTY),
}
ROUTES: Mapping[str, About] = (
    LISTS | FIGURES_AND_DOCUMENTS | COMPLAINTS | LIFE_OF_A_NOTICE | THE_REST
)
