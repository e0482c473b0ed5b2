"""The desk's page for withdrawing a notice 撤下公示, with a reason that residents read."""

from flask import Blueprint, Response, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from disclosure.deskactions import act
from disclosure.forgetting import wipe_traces
from disclosure.forms import WithdrawForm
from disclosure.withdrawing import get_withdrawable, withdraw_notice
from portal.kernel.permissions import Permission
from portal.web.guards import current_actor, requires
from portal.web.installation import installation, now, reading

blueprint = Blueprint("withdrawals", __name__, url_prefix="/desk/notices")


def _page(notice_id: str, form: WithdrawForm) -> str:
    found = get_withdrawable(reading(), current_actor(), notice_id, now=now())
    return render_template(
        "disclosure/desk_withdraw.html",
        notice=found,
        why_not=_(found.why_not) if found.why_not else "",
        form=form,
    )


@blueprint.get("/<notice_id>/withdraw")
@requires(Permission.APPROVE_LIST)
def ask(notice_id: str) -> str:
    """What withdrawing means, and why it is done."""
    return _page(notice_id, WithdrawForm(formdata=None))


@blueprint.post("/<notice_id>/withdraw")
@requires(Permission.APPROVE_LIST)
def withdraw(notice_id: str) -> BaseResponse:
    """Withdraw it from every channel at once."""
    form = WithdrawForm()
    if not form.validate():
        return Response(_page(notice_id, form), status=422)
    found = get_withdrawable(reading(), current_actor(), notice_id, now=now())
    if found.why_not:
        return redirect(url_for("withdrawals.ask", notice_id=notice_id))
    reason = form.reason.data or ""
    answer = act(
        lambda session, actor, at: withdraw_notice(session, actor, notice_id, reason, now=at),
        _("The notice has been withdrawn. Residents read why in its place."),
        url_for("lists.show", submission_id=found.submission_id),
    )
    wipe_traces(installation().sessions)
    return answer
