"""Forms 表单: the bases of the desk's forms (with CSRF) and of the public ones (origin only)."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired


class DeskForm(FlaskForm):
    """A form of the desk: its token stands in the server-side session."""


class PublicForm(FlaskForm):
    """A form for residents: no cookie, no token; ``check_origin`` guards its route."""

    class Meta:
        """Public forms carry no ambient authority, so there is nothing for a token to guard."""

        csrf = False


class SignInForm(DeskForm):
    """Sign in 登录."""

    login = StringField(
        _l("Login name"),
        validators=[InputRequired(message=_l("Enter your login name."))],
    )
    password = PasswordField(
        _l("Password"),
        validators=[InputRequired(message=_l("Enter your password."))],
    )


class ChangePasswordForm(DeskForm):
    """Change one's own password 修改密码."""

    old_password = PasswordField(
        _l("Present password"),
        validators=[InputRequired(message=_l("Enter your present password."))],
    )
    password = PasswordField(
        _l("New password"),
        validators=[InputRequired(message=_l("Enter a new password."))],
    )
