"""Forms of complaints 投诉表单: a resident's questions, one a form, and the desk's deeds."""

import re

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    Regexp,
    ValidationError,
)

from complaints import casework, following
from complaints.questions import MOST_CHARACTERS
from complaints.statements import WAY_OUT_WORDS, WayOut
from complaints.tracks import ACCUSED, FIRST_QUESTION, TRACKS
from portal.web.forms import DeskForm, PublicForm

YES, NO = "yes", "no"
# What a choice is sent as that stands for none of the others.
NONE_OF_THESE = "none"
_PHONE = re.compile(r"^\+?[0-9][0-9 \-]{4,18}[0-9]$")
_CHOOSE = _l("Choose one.")


def _yes_or_no(yes: str, no: str) -> list[SelectChoice]:
    return [SelectChoice(YES, yes), SelectChoice(NO, no)]


def _strip(text: str | None) -> str | None:
    return text.strip() if text else text


class TrackForm(PublicForm):
    """The first question: what it is about 事项类别."""

    track = RadioField(
        _l(FIRST_QUESTION),
        choices=[SelectChoice(each.track.value, _l(each.question)) for each in TRACKS.values()],
        validators=[InputRequired(message=_l("Choose what it is about."))],
    )


class AccusesForm(PublicForm):
    """Whether an objection also accuses somebody 是否同时反映干部违纪违法."""

    accuses = RadioField(
        _l("Do you also want to say that an official broke discipline or the law?"),
        description=_l("For example: took money for it, or put relatives on the list."),
        choices=_yes_or_no(_l("Yes, that as well"), _l("No, it is about the row alone")),
        validators=[InputRequired(message=_CHOOSE)],
    )


class AccusedForm(PublicForm):
    """Whom an accusation is about 被反映人."""

    accused = RadioField(
        _l("Whom is it about?"),
        choices=[SelectChoice(each.accused.value, _l(each.words)) for each in ACCUSED.values()],
        validators=[InputRequired(message=_CHOOSE)],
    )


class PlaceForm(PublicForm):
    """Where it is about 地点; the choices come from the table of places."""

    place = RadioField(
        _l("Where is it about?"), validators=[InputRequired(message=_l("Choose the place."))]
    )


class NoticeForm(PublicForm):
    """Which posted list 哪份名单."""

    notice = RadioField(
        _l("Which list is it about?"), validators=[InputRequired(message=_l("Choose the list."))]
    )


class RowForm(PublicForm):
    """Which row of the list 哪一行; may be left open."""

    row = IntegerField(
        _l("Which row is it about?"),
        description=_l("The number at the beginning of the row. Leave it open if you do not know."),
        validators=[
            Optional(),
            NumberRange(1, 100_000, message=_l("Enter the number at the beginning of the row.")),
        ],
    )


class OfficeForm(PublicForm):
    """Which office is complained of 被投诉单位."""

    office = RadioField(
        _l("Which office is it about?"),
        description=_l("It will not be the one that answers you."),
        validators=[InputRequired(message=_CHOOSE)],
    )


class UrgentForm(PublicForm):
    """Whether somebody is in immediate danger 急难."""

    urgent = RadioField(
        _l("Is somebody in immediate danger?"),
        description=_l(
            "For example: nothing to eat, no roof, or no money for urgent treatment. "
            "If a life is in danger, call 120 or 110 first."
        ),
        choices=_yes_or_no(_l("Yes, somebody needs help at once"), _l("No")),
        validators=[InputRequired(message=_CHOOSE)],
    )


class TextForm(PublicForm):
    """What happened 情况."""

    text = TextAreaField(
        _l("What happened?"),
        description=_l("Say what happened, when, and what you wish for."),
        filters=[_strip],
        validators=[
            DataRequired(message=_l("Write what happened.")),
            Length(max=MOST_CHARACTERS, message=_l("Write at most 2,000 characters.")),
        ],
    )


class NamedForm(PublicForm):
    """Named or anonymous 实名或匿名."""

    named = RadioField(
        _l("Do you want to leave your name?"),
        choices=_yes_or_no(_l("Yes, with name and telephone number"), _l("No, anonymously")),
        validators=[InputRequired(message=_CHOOSE)],
    )


class ContactForm(PublicForm):
    """Name and telephone number 联系方式."""

    name = StringField(
        _l("Your name"),
        filters=[_strip],
        validators=[
            DataRequired(message=_l("Enter your name, or go back and stay anonymous.")),
            Length(max=60, message=_l("A name has at most 60 characters.")),
        ],
    )
    phone = TelField(
        _l("Your telephone number"),
        filters=[_strip],
        validators=[
            DataRequired(message=_l("Enter your telephone number.")),
            Regexp(_PHONE, message=_l("Enter a telephone number, digits only.")),
        ],
    )


class ConsentForm(PublicForm):
    """Whether the answering unit may see who the reporter is 是否同意."""

    consent = RadioField(
        _l("May the unit that answers see who you are?"),
        description=_l("Without your consent only the unit that looks on sees it."),
        choices=_yes_or_no(_l("Yes, it may"), _l("No, only the unit that looks on")),
        validators=[InputRequired(message=_CHOOSE)],
    )


class CodeForm(PublicForm):
    """The receipt code 查询码; what is wrong with it is said by whoever reads it."""

    code = StringField(
        _l("Your query code"),
        description=_l("20 digits, in five groups, as they stand on your receipt."),
        validators=[DataRequired(message=_l("Enter the 20 digits that stand on your receipt."))],
    )


class StatementForm(PublicForm):
    """Something to add 补充说明."""

    text = TextAreaField(
        _l("Add something"),
        description=_l("Write no ID number or bank account here."),
        filters=[_strip],
        validators=[
            DataRequired(message=_l("Write what you want to tell us.")),
            Length(max=following.MOST_CHARACTERS, message=_l("Write at most 2,000 characters.")),
        ],
    )


class RatingForm(PublicForm):
    """Satisfied or not 评价; "no" needs a word why."""

    satisfied = RadioField(
        _l("Are you satisfied with the answer?"),
        choices=_yes_or_no(_l("Satisfied"), _l("Not satisfied: please look into it again")),
        validators=[InputRequired(message=_CHOOSE)],
    )
    why = TextAreaField(
        _l("What is missing or wrong?"),
        description=_l("Needed if you are not satisfied."),
        filters=[_strip],
        validators=[
            Length(max=following.MOST_CHARACTERS, message=_l("Write at most 2,000 characters."))
        ],
    )

    def validate_why(self, field: TextAreaField) -> None:
        """Ask for a word why, where somebody is not satisfied."""
        if self.satisfied.data == NO and not field.data:
            raise ValidationError(_l("Say what is missing or wrong."))


_WRITTEN = [
    DataRequired(message=_l("Write something; the reporter is told.")),
    Length(max=casework.MOST_CHARACTERS, message=_l("Write at most 5,000 characters.")),
]


def _way_out() -> RadioField:
    return RadioField(
        _l("Which remedy do you name?"),
        choices=[SelectChoice(way.value, _l(words)) for way, words in WAY_OUT_WORDS.items()],
        default=WayOut.NONE.value,
        validators=[InputRequired(message=_CHOOSE)],
    )


class ConfirmForm(DeskForm):
    """A deed that needs no words."""


class DeclineForm(DeskForm):
    """Not accept 不予受理."""

    reason = TextAreaField(
        _l("Why is it not accepted?"),
        description=_l("The reporter reads it word for word."),
        filters=[_strip],
        validators=_WRITTEN,
    )
    way_out = _way_out()


class AnswerForm(DeskForm):
    """Answer 答复."""

    text = TextAreaField(
        _l("Your answer"),
        description=_l(
            "The reporter reads it word for word. Say what was found, what was done, and why."
        ),
        filters=[_strip],
        validators=_WRITTEN,
    )
    way_out = _way_out()


class WordsForm(DeskForm):
    """A question, a note, a result: words that the reporter reads."""

    text = TextAreaField(
        _l("What you write"),
        description=_l("The reporter reads it word for word."),
        filters=[_strip],
        validators=_WRITTEN,
    )


class CallBackForm(DeskForm):
    """The call-back 回访."""

    satisfied = RadioField(
        _l("Is the reporter satisfied?"),
        choices=_yes_or_no(_l("Satisfied"), _l("Not satisfied")),
        validators=[InputRequired(message=_CHOOSE)],
    )
    note = TextAreaField(
        _l("When and how you asked, and what was said"),
        description=_l("The reporter reads it word for word."),
        filters=[_strip],
        validators=_WRITTEN,
    )


class ReferForm(DeskForm):
    """Refer 转办; the units come from the table of units."""

    unit_id = SelectField(
        _l("To which unit?"),
        description=_l("A unit that is complained of, and those beneath it, do not stand here."),
        validators=[InputRequired(message=_l("Choose the unit."))],
    )


class SendBackForm(DeskForm):
    """Send back 退回."""

    reason = TextAreaField(
        _l("Why does it not belong to you?"),
        description=_l("The reporter reads it word for word."),
        filters=[_strip],
        validators=_WRITTEN,
    )


class MoveForm(DeskForm):
    """Move to another track 改转类别."""

    track = RadioField(_l("To which kind of matter?"), validators=[InputRequired(message=_CHOOSE)])
    reason = TextAreaField(
        _l("Why?"),
        description=_l("The reporter reads it word for word. A case is moved once only."),
        filters=[_strip],
        validators=_WRITTEN,
    )


class RegisterForm(DeskForm):
    """Register what came by another way than the web 登记来访、来电、工单."""

    channel = RadioField(_l("How did it come in?"), validators=[InputRequired(message=_CHOOSE)])
    track = RadioField(
        _l("Kind of matter"),
        validators=[InputRequired(message=_l("Choose what it is about."))],
    )
    place = SelectField(
        _l("Where is it about?"), validators=[InputRequired(message=_l("Choose the place."))]
    )
    text = TextAreaField(
        _l("What was said"),
        description=_l("In the reporter's own words. No ID number, no bank account."),
        filters=[_strip],
        validators=[
            DataRequired(message=_l("Write what happened.")),
            Length(max=MOST_CHARACTERS, message=_l("Write at most 2,000 characters.")),
        ],
    )
    urgent = BooleanField(_l("Somebody is in immediate danger"))
    name = StringField(
        _l("Name of the reporter"),
        description=_l("Leave it open if they stay anonymous."),
        filters=[_strip],
        validators=[Length(max=60, message=_l("A name has at most 60 characters."))],
    )
    phone = TelField(
        _l("Telephone number of the reporter"),
        filters=[_strip],
        validators=[
            Optional(),
            Regexp(_PHONE, message=_l("Enter a telephone number, digits only.")),
        ],
    )
    consent = BooleanField(_l("The reporter agrees that the unit that answers sees who they are"))

    def validate_name(self, field: StringField) -> None:
        """Take name and number together or not at all."""
        if bool(field.data) != bool(self.phone.data):
            raise ValidationError(_l("Enter both name and telephone number, or neither."))
