"""Forms of the desk for rows held back 异议核查: record, decide, return; a county's days."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.validators import InputRequired, Length

from portal.web.forms import DeskForm

_MOST = Length(max=400, message=_l("Use at most 400 characters."))


class FindingForm(DeskForm):
    """Record what was found 登记核查结果; the choices are set by the view."""

    finding = RadioField(
        _l("What was found?"),
        validators=[InputRequired(message=_l("Choose what was found."))],
    )
    reason = RadioField(
        _l("For which reason?"),
        description=_l("It must go with what was found; no illness, no person, no offence."),
        validators=[InputRequired(message=_l("Choose the reason."))],
    )
    note = TextAreaField(
        _l("Note for the file"),
        description=_l(
            "How it was checked, by whom, when. It is not published. No number, no illness, and "
            "nothing of what a reporter wrote: that stays in the case."
        ),
        validators=[_MOST],
    )


class DecideForm(DeskForm):
    """Decide on a row 审定: what was looked at travels along."""

    finding = HiddenField(validators=[InputRequired()])
    reason = HiddenField(validators=[InputRequired()])


class ReturnFindingForm(DeskForm):
    """Return a finding 退回重新核查."""

    return_reason = TextAreaField(
        _l("What must be checked once more?"),
        description=_l("Whoever checks the row reads it. No number, no illness."),
        validators=[InputRequired(message=_l("Say what must be checked once more.")), _MOST],
    )


class DaysForm(DeskForm):
    """For how long a county posts a row again 重新公示天数; the choices are set by the view."""

    days = RadioField(
        _l("For how long is a row posted again after an objection was checked?"),
        description=_l(
            "Both days count. It holds for notices with a time on display of their own; a list "
            "that stands until the next one is corrected instead."
        ),
        validators=[InputRequired(message=_l("Choose for how long."))],
    )
