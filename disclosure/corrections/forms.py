"""Forms of corrections 更正: what a row is to say, and why."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from portal.web.forms import DeskForm


class RowForm(DeskForm):
    """What a row is to say 更正内容; only the fields that its kind has are shown."""

    group = StringField(_l("Villagers' group"))
    persons = StringField(_l("Persons covered"))
    class_ = StringField(_l("Class"))
    amount = StringField(_l("Amount (yuan)"))
    reason = StringField(_l("Reason"))
    name = StringField(
        _l("The right name, whole"),
        description=_l(
            "Only if the name is wrong. It is masked before anything is stored, as in a list."
        ),
    )
    id_number = StringField(
        _l("ID number"),
        description=_l(
            "Only if the name is wrong: it shows that it is the same household, and is not kept."
        ),
    )


class StrikeForm(DeskForm):
    """Take a row off 删除, or let it say again what it said 撤销."""


class SubmitCorrectionForm(DeskForm):
    """Why a notice is corrected 更正理由, and how."""

    reason = TextAreaField(
        _l("Why is it corrected?"),
        description=_l("Residents read this in the history of the notice. Name nobody."),
        validators=[
            InputRequired(message=_l("Say why it is corrected; residents will read it.")),
            Length(max=400, message=_l("Use at most 400 characters.")),
        ],
    )
    private = BooleanField(
        _l("It protects somebody's privacy: never show the old text again"),
    )
    urgent = BooleanField(
        _l("It is urgent: put it before everything else that waits"),
        description=_l("The audit log says who declared it urgent."),
    )


class ApproveCorrectionForm(DeskForm):
    """Approve exactly what is shown 审批: the digest travels with the page that was looked at."""

    digest = HiddenField(validators=[InputRequired()])
