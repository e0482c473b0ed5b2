"""Permissions 权限: what a role may do; where (region, unit) is checked by the service."""

from enum import StrEnum


class Role(StrEnum):
    """A role 角色 of a member of staff; each user has exactly one."""

    CLERK = "clerk"  # 经办人
    REVIEWER = "reviewer"  # 复核人
    HELPER = "helper"  # 村级协理员
    HANDLER = "handler"  # 承办人
    HEAD = "head"  # 单位负责人
    DISCIPLINE = "discipline"  # 纪检监察
    AUDITOR = "auditor"  # 资金审计
    SECURITY_AUDITOR = "security-auditor"  # 安全审计员
    ADMIN = "admin"  # 系统管理员


class Permission(StrEnum):
    """One thing that a member of staff may be allowed to do."""

    DESK = "desk"  # sign in and see one's own first page
    UPLOAD_LIST = "upload-list"  # bring in a spreadsheet, submit its draft
    VIEW_LISTS = "view-lists"  # see drafts and notices of one's region
    APPROVE_LIST = "approve-list"  # approve what somebody else submitted
    PREPARE_DISCLOSURE = "prepare-disclosure"  # write documents, bring in published figures
    APPROVE_DISCLOSURE = "approve-disclosure"  # approve and withdraw what somebody else prepared
    VIEW_COMPLAINTS = "view-complaints"  # see the cases of one's own unit
    HANDLE_COMPLAINT = "handle-complaint"  # register, accept, answer, close
    VIEW_OBJECTIONS = "view-objections"  # see which rows of one's region are being checked
    RECORD_FINDING = "record-finding"  # record what was found about a row
    DECIDE_FINDING = "decide-finding"  # decide on a row that somebody else has checked
    MANAGE_USERS = "manage-users"  # accounts, units, settings
    VIEW_AUDIT = "view-audit"  # read the audit log


ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.CLERK: frozenset(
        {
            Permission.DESK,
            Permission.UPLOAD_LIST,
            Permission.VIEW_LISTS,
            Permission.PREPARE_DISCLOSURE,
            Permission.VIEW_OBJECTIONS,
            Permission.RECORD_FINDING,
        }
    ),
    Role.REVIEWER: frozenset(
        {
            Permission.DESK,
            Permission.VIEW_LISTS,
            Permission.APPROVE_LIST,
            Permission.PREPARE_DISCLOSURE,
            Permission.APPROVE_DISCLOSURE,
            Permission.VIEW_OBJECTIONS,
        }
    ),
    Role.HELPER: frozenset({Permission.DESK, Permission.VIEW_LISTS}),
    Role.HANDLER: frozenset(
        {
            Permission.DESK,
            Permission.VIEW_COMPLAINTS,
            Permission.HANDLE_COMPLAINT,
            Permission.VIEW_OBJECTIONS,
            Permission.RECORD_FINDING,
        }
    ),
    Role.HEAD: frozenset(
        {
            Permission.DESK,
            Permission.VIEW_LISTS,
            Permission.APPROVE_LIST,
            Permission.APPROVE_DISCLOSURE,
            Permission.VIEW_COMPLAINTS,
            Permission.HANDLE_COMPLAINT,
            Permission.VIEW_OBJECTIONS,
            Permission.DECIDE_FINDING,
        }
    ),
    Role.DISCIPLINE: frozenset(
        {Permission.DESK, Permission.VIEW_COMPLAINTS, Permission.HANDLE_COMPLAINT}
    ),
    Role.AUDITOR: frozenset({Permission.DESK, Permission.VIEW_LISTS}),
    Role.SECURITY_AUDITOR: frozenset({Permission.DESK, Permission.VIEW_AUDIT}),
    # The administrator manages, but approves no list and reads no complaint.
    Role.ADMIN: frozenset({Permission.DESK, Permission.MANAGE_USERS}),
}


def permissions_of(role: Role) -> frozenset[Permission]:
    """Return what ``role`` may do."""
    return ROLE_PERMISSIONS[role]
