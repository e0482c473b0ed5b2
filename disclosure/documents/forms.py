"""Forms of the desk for documents 政策与宣传: write, add a file."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from disclosure.documents.kinds import KIND_FACTS, DocumentKind
from portal.web.forms import DeskForm

LONGEST_TEXT = 20_000


class KindForm(DeskForm):
    """What kind of document is begun 种类; its choices are set by the view."""

    kind = RadioField(
        _l("What kind of document is it?"),
        validators=[InputRequired(message=_l("Choose a kind."))],
    )


class DocumentForm(DeskForm):
    """What every document says 文稿; a guide and a table add fields of their own."""

    title = StringField(
        _l("Title"),
        validators=[
            InputRequired(message=_l("Enter a title.")),
            Length(max=120, message=_l("Use at most 120 characters.")),
        ],
    )
    summary = TextAreaField(
        _l("In one or two sentences"),
        description=_l("What a villager learns from it. It stands in lists and below the title."),
        validators=[Length(max=400, message=_l("Use at most 400 characters."))],
    )
    programme = SelectField(_l("Which programme is it about?"))
    issuer = StringField(
        _l("Issuer"),
        validators=[Length(max=120, message=_l("Use at most 120 characters."))],
    )
    reference = StringField(
        _l("Number of the document"),
        description=_l("For a policy, as it is printed: 民发〔2021〕57号."),
        validators=[Length(max=80, message=_l("Use at most 80 characters."))],
    )
    issued_on = DateField(_l("Date of issue"), validators=[Optional()])
    body = TextAreaField(
        _l("Text"),
        description=_l(
            "Plain text. An empty line ends a paragraph; “一、…” alone on a line is a heading; "
            "lines that begin with “- ” or “1.” become a list."
        ),
        validators=[Length(max=LONGEST_TEXT, message=_l("Use at most 20,000 characters."))],
    )
    table = TextAreaField(
        _l("Table"),
        description=_l("Lines of CSV; the first line names the columns. Paste it from a file."),
        validators=[Length(max=200_000, message=_l("The table is too long."))],
    )


class GuideForm(DocumentForm):
    """A guide 办事指南 has the seven elements of the catalogue."""


class ReportForm(DocumentForm):
    """A supervision report 督查通报 has its three."""


FORMS: dict[DocumentKind, type[DocumentForm]] = {
    DocumentKind.GUIDE: GuideForm,
    DocumentKind.REPORT: ReportForm,
}


def _element(words: str) -> TextAreaField:
    return TextAreaField(
        _l(words), validators=[Length(max=4_000, message=_l("Use at most 4,000 characters."))]
    )


for _kind, _form in FORMS.items():
    for _name, _words in KIND_FACTS[_kind].elements.items():
        setattr(_form, f"element_{_name}", _element(_words))


class FileForm(DeskForm):
    """A file with its text version 附件与文字版: one cannot be stored without the other."""

    file = FileField(
        _l("The file"),
        description=_l(
            "A picture (PNG, JPEG, WebP, at most 5 MB), a PDF (at most 20 MB), or a film (MP4, "
            "WebM, at most 100 MB)."
        ),
        validators=[FileRequired(message=_l("Choose the file."))],
    )
    text = TextAreaField(
        _l("What it shows and says"),
        description=_l(
            "The text version, for those who cannot see the picture or hear the film: everything "
            "that matters in it, in its order."
        ),
        validators=[
            InputRequired(
                message=_l("Write down what the file shows, for those who cannot see it.")
            ),
            Length(max=LONGEST_TEXT, message=_l("Use at most 20,000 characters.")),
        ],
    )
