"""Valid and invalid redirects: /redirect/..."""
from behaviours import JSON, path, small


def moved(conn, status, location):
    return conn.answer(status, b"moved", [("Location", location)])


@path("/redirect")
def redirect(conn, request, args):
    """/redirect/STATUS responds with that status and Location: /echo."""
    return moved(conn, int(args[0]), "/echo")


@path("/redirect/hops")
def hops(conn, request, args):
    """/redirect/hops/N: N redirects, then a small response."""
    left = int(args[0])
    if left == 0:
        return conn.answer(body=small(), headers=[JSON])
    return moved(conn, 302, f"/redirect/hops/{left - 1}")


@path("/redirect/loop")
def loop(conn, request, args):
    """A redirect to itself."""
    return moved(conn, 302, "/redirect/loop")


@path("/redirect/stall")
def stall(conn, request, args):
    """A redirect to a response that does not come."""
    return moved(conn, 302, "/stall/header")


@path("/redirect/relative")
def relative(conn, request, args):
    """A Location relative to the path, with dots."""
    return moved(conn, 302, "../redirect/./../ok")


@path("/redirect/whole")
def whole(conn, request, args):
    """A Location with an absolute URL of the same origin."""
    scheme = "https" if conn.tls else "http"
    return moved(conn, 302, f"{scheme}://{request.header('host')}/ok")


@path("/redirect/none")
def none(conn, request, args):
    """A 302 without a Location."""
    return conn.answer(302, b"nowhere")


@path("/redirect/foreign")
def foreign(conn, request, args):
    """/redirect/foreign?to=HOST[:PORT]: to /echo on that host, with the same scheme or with ?scheme=."""
    scheme = request.query.get("scheme", "https" if conn.tls else "http")
    return moved(conn, 302, f"{scheme}://{request.query['to']}/echo")


@path("/redirect/scheme")
def scheme(conn, request, args):
    """A redirect to a file on the client's disk."""
    return moved(conn, 302, "file:///etc/hostname")


@path("/redirect/body")
def with_body(conn, request, args):
    """/redirect/body/KIB: a redirect with a body, which the client must discard."""
    return conn.answer(302, b"z" * (int(args[0]) << 10), [("Location", "/ok")])
