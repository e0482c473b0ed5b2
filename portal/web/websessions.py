"""Server-side sessions 服务器端会话: the cookie of the desk holds a key, the database the rest."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from flask import Flask, Request, Response
from flask.sessions import SessionInterface, SessionMixin
from werkzeug.datastructures import CallbackDict

from portal.data.session import Sessions
from portal.data.signing_in import SESSION_IDLE, SESSION_LONGEST, WebSession
from portal.kernel.clock import Clock

COOKIE = "desk"
SEEN_STEP = timedelta(minutes=1)


class DeskSession(CallbackDict[str, Any], SessionMixin):
    """What the server remembers of one browser at the desk."""

    def __init__(self, data: dict[str, Any] | None = None, token: str | None = None) -> None:
        def changed(_self: Any) -> None:
            self.modified = True

        super().__init__(data, changed)
        self.token = token
        self.modified = False
        self.replaced: str | None = None

    def renew(self) -> None:
        """Take a new key, so that one set before signing in is worth nothing after it."""
        self.replaced, self.token, self.modified = self.token, None, True


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class DatabaseSessions(SessionInterface):
    """Keeps sessions in the table ``web_sessions``; public pages have none."""

    def __init__(self, sessions: Sessions, clock: Clock, *, secure: bool) -> None:
        self.sessions = sessions
        self.clock = clock
        self.secure = secure

    def open_session(
        self,
        app: Flask,  # noqa: ARG002 - Flask's own signature
        request: Request,
    ) -> DeskSession:
        """Find the browser's session; an unknown, idle or old key opens an empty one."""
        token = request.cookies.get(COOKIE) if self._is_desk(request) else None
        if not token:
            return DeskSession()
        now = self.clock.now()
        with self.sessions.reading() as database:
            row = database.get(WebSession, _digest(token))
            if row is None or row.seen_at <= now - SESSION_IDLE:
                return DeskSession()
            if row.created_at <= now - SESSION_LONGEST:
                return DeskSession()
            session = DeskSession(dict(row.data), token)
            seen_at = row.seen_at
        if seen_at <= now - SEEN_STEP:
            session.modified = True
        return session

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write what changed; a public page never sets a cookie."""
        if not isinstance(session, DeskSession) or not session.modified:
            return
        now = self.clock.now()
        token = session.token or secrets.token_urlsafe(32)
        with self.sessions.writing() as database:
            if session.replaced is not None:
                old = database.get(WebSession, _digest(session.replaced))
                if old is not None:
                    database.delete(old)
            row = database.get(WebSession, _digest(token))
            if row is None and session.token is not None:
                # It has ended meanwhile: a request still under way must not undo a signing out.
                return
            if row is None:
                row = WebSession(digest=_digest(token), created_at=now)
                database.add(row)
            row.data, row.seen_at = dict(session), now
            row.user_id = session.get("_user_id")
        if session.token is None:
            response.set_cookie(
                COOKIE,
                token,
                path=app.config["DESK_COOKIE_PATH"],
                secure=self.secure,
                httponly=True,
                samesite="Lax",
            )
            response.headers.add("Vary", "Cookie")

    @staticmethod
    def _is_desk(request: Request) -> bool:
        return request.path == "/desk" or request.path.startswith("/desk/")
