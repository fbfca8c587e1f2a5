"""Sessions and cookies: /session/... and /cookies/...

The session pages are a login like that of a shop: a form with a token that belongs to an anonymous
session, a login that redirects and changes the session, and a page that only its user may see.
Each request has the name of its user in the header X-User. The origin counts requests with the
session of another user (mixed_sessions) and connections that two users share (shared_connections);
both counts must stay 0.
"""
import secrets

from behaviours import HTML, JSON, path
from redirects import moved

LOCAL = "Path=/session; HttpOnly"


class Session:
    def __init__(self, owner):
        self.owner = owner
        self.token = secrets.token_hex(8)
        self.logged_in = False
        self.visits = 0


def current(conn, request):
    """The session of the request's cookie, checked against its user; None without one."""
    user = request.header("x-user")
    if conn.owner is None:
        conn.owner = user
    elif conn.owner != user:
        conn.counts.add("shared_connections")
    found = conn.origin.sessions.get(request.cookies().get("sid", ""))
    if found is not None and found.owner != user:
        conn.counts.add("mixed_sessions")
        return None
    return found


def begin(conn, request):
    """A new session for the user; returns its cookie as a header."""
    sid = secrets.token_hex(12)
    session = Session(request.header("x-user"))
    conn.origin.sessions[sid] = session
    return session, ("Set-Cookie", f"sid={sid}; {LOCAL}")


@path("/session/form")
def form(conn, request, args):
    """The login form; starts an anonymous session and ends the previous one."""
    current(conn, request)
    conn.origin.sessions.pop(request.cookies().get("sid", ""), None)
    session, cookie = begin(conn, request)
    page = f'<form method=post><input name="token" value="{session.token}"></form>'
    return conn.answer(body=page.encode(), headers=[HTML, cookie])


@path("/session/login")
def login(conn, request, args):
    """Receives the form; starts a logged-in session and responds with 303 to the hall, or with 403."""
    session = current(conn, request)
    if session is None or request.form().get("token") != session.token:
        return conn.answer(403, b"wrong token")
    conn.origin.sessions.pop(request.cookies().get("sid", ""), None)
    fresh, cookie = begin(conn, request)
    fresh.logged_in = True
    conn.counts.add("logins")
    return conn.answer(303, b"", [("Location", "/session/hall"), cookie])


@path("/session/hall")
def hall(conn, request, args):
    """Redirects the logged-in user to the home page."""
    session = current(conn, request)
    if session is None or not session.logged_in:
        return conn.answer(403, b"not logged in")
    return moved(conn, 302, "home")


@path("/session/home")
def home(conn, request, args):
    """The page of the user, with the number of requests for it in this session."""
    session = current(conn, request)
    if session is None or not session.logged_in:
        return conn.answer(403, b"not logged in")
    session.visits += 1
    return conn.answer(body=f"home of {session.owner}, visit {session.visits}.".encode())


@path("/cookies/set")
def cookies_set(conn, request, args):
    """/cookies/set?a=1&b=2 sets each of them as a session cookie in a separate header."""
    cookies = [("Set-Cookie", f"{name}={value}; Path=/") for name, value in request.query.items()]
    return conn.answer(body=b"{}", headers=[JSON] + cookies)


@path("/cookies/twice")
def cookies_twice(conn, request, args):
    """The same cookie twice; the second one replaces the first."""
    cookies = [("Set-Cookie", "twice=one; Path=/"), ("Set-Cookie", "twice=two; Path=/")]
    return conn.answer(body=b"{}", headers=[JSON] + cookies)


@path("/cookies/foreign")
def cookies_foreign(conn, request, args):
    """A cookie for another domain, which must not be stored."""
    return conn.answer(body=b"{}", headers=[("Set-Cookie", "evil=1; Domain=example.com; Path=/")])


@path("/cookies/show")
def cookies_show(conn, request, args):
    """The received Cookie header, or an empty body."""
    return conn.answer(body=f"cookies: {request.header('cookie', 'none')}".encode())
