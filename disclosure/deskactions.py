"""One thing done at the desk 办理操作: in one transaction, told in a sentence, then shown again."""

from collections.abc import Callable
from datetime import datetime

from flask import flash, redirect
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from portal.data.accounts import Actor
from portal.kernel.errors import Conflict, DomainError, Forbidden, NotFound
from portal.web.guards import current_actor
from portal.web.installation import now, writing
from portal.web.languages import sentence

Action = Callable[[Session, Actor, datetime], object]


def act(action: Action, done: str, back: str) -> Response:
    """Do ``action``, say ``done`` or why not, and lead to the address ``back``."""
    actor, moment = current_actor(), now()
    try:
        with writing() as session:
            action(session, actor, moment)
    except (NotFound, Forbidden):
        raise
    except DomainError as refusal:
        flash(sentence(refusal), "warning" if isinstance(refusal, Conflict) else "error")
    else:
        flash(done, "success")
    return redirect(back)
