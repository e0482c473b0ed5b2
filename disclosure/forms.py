"""Forms of the desk 名单上报与审批: upload, submit, approve, return, withdraw."""

from datetime import date

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired, MultipleFileField
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from portal.kernel.text import normalise
from portal.web.forms import DeskForm


class UploadForm(DeskForm):
    """Bring in a township's spreadsheet 上传名单; the kinds and places are set by the view."""

    kind = SelectField(_l("What kind of list is it?"))
    region = SelectField(_l("Which township is it for?"))
    period = StringField(
        _l("Which month, or for a review notice which days?"),
        description=_l("For example 2026-10, 2026-Q3, or 2026-11-16/2026-11-22."),
        validators=[InputRequired(message=_l("Enter the period, for example 2026-10."))],
    )
    file = FileField(
        _l("The spreadsheet"),
        description=_l(
            "As the system exported it: .xlsx, .xls, .ods or .csv, at most 20 MB. Names and ID "
            "numbers are masked before anything is stored."
        ),
        validators=[FileRequired(message=_l("Choose the spreadsheet."))],
    )


class ApproveForm(DeskForm):
    """Approve exactly what is shown 审批: the digest travels with the page that was looked at."""

    digest = HiddenField(validators=[InputRequired()])
    post_on = StringField(
        _l("Post it on a later day"),
        description=_l("For example 2026-12-01. Left empty, it is posted now."),
    )

    def validate_post_on(self, field: StringField) -> None:
        """Refuse what is no day."""
        try:
            _day(field.data)
        except ValueError:
            raise ValidationError(_l("Write the day like this: 2026-12-01.")) from None

    def day(self) -> date | None:
        """Return the day that was written, None for at once."""
        return _day(self.post_on.data)


def _day(written: str | None) -> date | None:
    text = normalise(written or "")
    return date.fromisoformat(text) if text else None


class ReturnForm(DeskForm):
    """Return a list to the clerk 退回."""

    reason = TextAreaField(
        _l("What must be corrected?"),
        validators=[
            InputRequired(message=_l("Say what must be corrected.")),
            Length(max=400, message=_l("Use at most 400 characters.")),
        ],
    )


class BatchForm(DeskForm):
    """Bring in many files at once 批量报送; its parts are read one by one."""

    files = MultipleFileField(
        _l("The spreadsheets"),
        description=_l(
            "Choose all files together, or drop them here: up to 100 files, each at most 20 MB."
        ),
    )


class AnswersForm(DeskForm):
    """Say of files that do not say it themselves whose they are, of which kind and period."""


class WithdrawForm(DeskForm):
    """Withdraw something published 撤下 with a reason that residents read."""

    reason = TextAreaField(
        _l("Why is it withdrawn?"),
        description=_l("Residents read this in its place."),
        validators=[
            InputRequired(message=_l("Say why it is withdrawn; residents will read it.")),
            Length(max=400, message=_l("Use at most 400 characters.")),
        ],
    )
