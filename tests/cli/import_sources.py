#!/usr/bin/env python3
"""Where `reprise import har` takes a value from, and which requests it takes: one small recording for
each rule.

import_sources.py REPRISE: checks the scenario and the report of each as import_deviations.py does, and
prints the same lines.
"""
import base64
import hashlib
import json
import re
import sys
import urllib.parse

import import_deviations
from import_deviations import FORM, HOST, JSON, case, entry, header

import_deviations.CASES.clear()
HTML = "text/html"
TOKEN = "kq7Zr2Xw9LmP4sTb8VnC"


def at(second, *more, **named):
    """An entry SECOND seconds after the first."""
    return entry(*more, startedDateTime="2026-03-01T09:00:%06.3fZ" % second, **named)


def form(second, path, fields, **more):
    return at(second, path, "POST", {"mimeType": FORM, "text": urllib.parse.urlencode(fields)}, **more)


def sends(second, path, value, method="POST", **more):
    return at(second, path, method, {"mimeType": JSON, "text": json.dumps(value)}, **more)


def answers(value):
    return {"response__content": {"mimeType": JSON, "text": json.dumps(value)}}


def to(path):
    return {"status": 302, "body": "", "response__headers": [header("Location", path)]}


def hidden(name, value):
    """Outside a form: a script sends it, so the step is not a `submit`."""
    return '<input type="hidden" name="%s" value="%s">' % (name, value)


def made(number, page="<p>made</p>"):
    """POST /tickets creates a ticket and redirects to its page."""
    return (form(0, "/tickets", [("subject", "Lamp")], **to("/tickets/%s" % number)),
            at(0.02, "/tickets/%s" % number, body=page))


def challenge(verifier):
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


# The order of sources: what created a value, then a form, then the earliest response.
for number in ("7", "17", "482", "4821", "2024", "48213"):
    case("a redirect to what was created, %s" % number, *made(number), at(3, "/tickets/%s/edit" % number),
         form(5, "/tickets/%s" % number, [("note", "x")], **to("/list")), at(5.02, "/list"),
         yaml=["ticket_id: {regex: '/tickets/", "get: /tickets/${ticket_id}/edit", "post: /tickets/${ticket_id}"],
         no_yaml=["/tickets/%s" % number])
    case("its page has a hidden input with the same value, %s" % number,
         *made(number, hidden("ticket[removed][]", number)), at(3, "/tickets/%s/edit" % number),
         yaml=["get: /tickets/${ticket_id}/edit"], no_yaml=["/tickets/%s" % number, "form_field"])
    case("both are sent, %s" % number, *made(number, hidden("rows-TOTAL", number)),
         form(3, "/tickets/%s" % number, [("rows-TOTAL", number), ("subject", "Desk lamp")]),
         yaml=["post: /tickets/${ticket_id}", "rows-TOTAL: ${rows_total}", "rows_total: {form_field: rows-TOTAL}"],
         no_yaml=["/tickets/%s" % number])
case("one word, /ticket/17/change/", form(0, "/ticket/add/", [("subject", "Lamp")], **to("/ticket/17/change/")),
     at(0.02, "/ticket/17/change/", body=hidden("x", "no")), form(3, "/ticket/17/change/", [("subject", "y")]),
     yaml=["post: /ticket/${ticket_id}/change/"])
case("the same number was sent before in another meaning", form(0, "/filter", [("rows", "17")]),
     *made("17")[:1], at(1, "/tickets/17"), at(3, "/tickets/17/edit"),
     yaml=["rows: 17", "get: /tickets/${ticket_id}/edit"])
case("the number was there before it is created again", at(0, "/tickets/17"), *made("17"),
     at(3, "/tickets/17/edit"), yaml=["get: /tickets/17/edit"], no_yaml=["extract"])
case("the response of the POST, not a later list by title",
     sends(0, "/api/tickets", {"subject": "Lamp"}, **answers({"id": "tg6u72cfnzj05wi", "subject": "Lamp"})),
     at(1, "/api/tickets?sort=-id", **answers({"items": [{"id": "tg6u72cfnzj05wi", "subject": "Lamp"},
                                                        {"id": "aa6u72cfnzj05xx", "subject": "x"}]})),
     sends(4, "/api/tickets/tg6u72cfnzj05wi", {"subject": "Desk"}, "PATCH"),
     yaml=['ticket_id: {jsonpath: "$.id"}', "patch: /api/tickets/${ticket_id}"], no_yaml=["tg6u", "items"])
case("the request that created it has no body in the recording", at(0, "/"),
     at(1, "/api/tickets", "POST", headers=[header("Content-Length", "44")], **answers({"id": "tg6u72cfnzj05wi"})),
     at(2, "/api/tickets", **answers({"items": [{"id": "tg6u72cfnzj05wi"}]})), sends(4, "/api/tickets/tg6u72cfnzj05wi", {}, "PATCH"),
     yaml=["patch: /api/tickets/tg6u72cfnzj05wi"], no_yaml=["extract"], report=["entry 2, whose body is missing in the recording, creates what later steps use"])
case("a number of the POST's response, in JSON", sends(0, "/api/carts", {}, **answers({"id": 17, "rows": 0})),
     sends(2, "/api/lines", {"cart": 17, "rows": 17}), at(4, "/api/carts/17"),
     yaml=["cart: ${cart}", "rows: 17", re.compile(r"get: /api/carts/\$\{cart\w*\}")])
case("the earliest response that has it, not the last", at(0, "/a", body="<meta name='sid' content='%s'>" % TOKEN),
     at(2, "/b", body="<meta name='sid' content='%s'>" % TOKEN), form(4, "/c", [("sid", TOKEN)]),
     yaml=[re.compile(r"get: /a\n    extract:\n      sid:")], no_yaml=[TOKEN])
case("a link of the page after a log-in is not an id of something created",
     form(0, "/login", [("user", "ann")], **to("/home")), at(0.02, "/home", body="<a href='/rooms/3/'>r</a>"),
     at(3, "/rooms/3/"), no_yaml=["extract"])
case("names of fields in brackets", at(0, "/f", body=hidden("kind[list][0][9a0364b9]", "17") + hidden("room[floor]", "18")),
     sends(2, "/g", {"kind[list][0][9a0364b9]": 17, "room[floor]": 18}),
     yaml=["kind: {form_field:", "room_floor: {form_field:"])
case("ids of four digits, but not years", at(0, "/", **answers({"links": ["/tickets/4821", "/archive/2024"]})),
     at(2, "/tickets/4821"), at(4, "/archive/2024"), yaml=["get: /tickets/${ticket_id}", "get: /archive/2024"])
case("counts of four digits stay", at(0, "/a", **answers({"vat": 3991, "points": 4821})),
     sends(2, "/b", {"vat": 3991, "points": 4821}), yaml=["vat: 3991", "points: 4821"], no_yaml=["extract"])

# Scripts, also those in a text of JSON, pass an id to a function.
ROW = 'add_contact_row("%s", {"name":"Anna"});'
for number in ("7", "17", "4821", "48213"):
    case("an id in a script that JSON has, %s" % number,
         form(0, "/?_action=save", [("_name", "Anna")], **answers({"exec": "this.set_rowcount(\"2\");\nthis." + ROW % number})),
         at(2, "/?_action=show&_cid=%s" % number),
         yaml=['cid: {boundary: {left: \'add_contact_row(\\"\', right: \\}}', '_cid: "${cid}"'], no_yaml=["_cid=%s" % number])
    case("an id in a script of a frame, %s" % number,
         form(0, "/?_action=save", [("_name", "Anna")], body="<script>parent.rcmail.%s</script>" % (ROW % number)),
         at(2, "/contacts/%s" % number), yaml=["contacts/${", "add_contact_row(\""])
case("other arguments and words of a script", at(0, "/a", **answers({"exec": 'this.add_contact_row("17"); open("basket")'})),
     at(2, "/b?rows=17&page=basket"), yaml=["/b?rows=17&page=basket"], no_yaml=["extract"])

# `;` between the pairs of a query, and names of pages.
case("a semicolon in a query", form(0, "/Ticket/Create.html", [("Subject", "Lamp")], **to("/Go.html?id=1&key=" + TOKEN)),
     at(0.02, "/Go.html?id=1&key=" + TOKEN, **to("/View.html")),
     at(0.04, "/View.html", body='<a href="/Ticket/Modify.html?id=1">x</a>'),
     at(3, "/Ticket/Update.html?Action=Respond;id=1", response__headers=[header("Date", "Sun, 01 Mar 2026 10:01:01 GMT")]),
     at(6, "/Ticket/Modify.html?id=1&key=" + TOKEN),
     yaml=["get: /Ticket/Update.html?Action=Respond;id=${id_value}", "get: /Ticket/Modify.html\n", 'id: "${id_value}"',
           "(?im)^Location:.*[?&]id="], no_yaml=["id=1", "(?i)0", "${ticket_id"])
case("a semicolon of a value", at(0, "/a?type=text/html;q=0&n=48213", **answers({"n": 48213})), yaml=["/a?type=text/html;q=0&n=48213"])
case("a short number is not that of a header by chance", at(0, "/a", **answers({"links": ["/tickets/1"]}),
     response__headers=[header("Date", "Sun, 01 Mar 2026 10:01:01 GMT"), header("Content-Length", "1")]), at(2, "/b?id=1"),
     no_yaml=["regex", "(?i)"])

# The name of a file that the server created, and a token with several parts.
XSRF = "2|3f2a9c1b|7d1e0c9b8a7f6e5d4c3b2a1908f7e6d5|1772355600"
SENT = [header("X-XSRFToken", XSRF)]
case("a name that the server gives", at(0, "/lab", response__headers=[header("Set-Cookie", "_xsrf=%s; Path=/" % XSRF)]),
     sends(2, "/api/contents", {"ext": ".txt"}, headers=SENT, **answers({"name": "untitled.txt", "type": "file"})),
     sends(4, "/api/contents/untitled.txt", {"path": "untitled.txt", "type": "file"}, "PUT", headers=SENT),
     at(6, "/api/contents/untitled.txt?_xsrf=" + urllib.parse.quote(XSRF), "DELETE", headers=SENT),
     yaml=["content_id: {jsonpath: \"$.name\"}", "put: /api/contents/${content_id}", "path: ${content_id}",
           "delete: /api/contents/${content_id}", "type: file", "xsrftoken: {cookie: _xsrf}", 'X-XSRFToken: "${xsrftoken}"',
           '_xsrf: "${xsrftoken}"'], no_yaml=["/untitled.txt", "7d1e0c9b8a7f6e5d4c3b2a1908f7e6d5"])
case("the name of a stored file", at(0, "/"), sends(2, "/api/records", {"title": "A hat"}, **answers({"id": "tg6u72cfnzj05wi", "pic": "p_797ea75795.txt"})),
     sends(4, "/api/records/tg6u72cfnzj05wi", {"pic": "p_797ea75795.txt", "other": "a1.txt"}, "PATCH"),
     yaml=['pic: {jsonpath: "$.pic"}', "pic: ${pic}", "other: a1.txt"], no_yaml=["p_797ea75795"])
case("a name that a person gave", at(0, "/api/contents", **answers([{"name": "plan.txt"}])),
     sends(2, "/api/contents", {"copy_from": "plan.txt"}, **answers({"name": "plan.txt"})), at(4, "/api/contents/plan.txt"),
     yaml=["get: /api/contents/plan.txt"], no_yaml=["extract"])

# A script saves a record under the name that was typed.
SAVED = {"status": 204, "body": "", "headers": [header("X-Requested-With", "TiddlyWiki")]}
case("a typed name is the address of a PUT", at(0, "/list.json", **answers([{"title": "Getting Started"}])),
     sends(3, "/tiddlers/Draft%20of%20'New'", {"title": "Draft of 'New'", "draft.title": "A lamp"}, "PUT", **SAVED),
     sends(6, "/tiddlers/A%20lamp", {"title": "A lamp", "text": "for sale"}, "PUT", **SAVED),
     at(7, "/bags/Draft%20of%20'New'", "DELETE", **SAVED), at(9, "/tiddlers/A%20lamp", **answers({"title": "A lamp"})),
     sends(12, "/tiddlers/Getting%20Started", {"title": "Getting Started", "text": "see [[A lamp]]"}, "PUT", **SAVED),
     yaml=["put: /tiddlers/Draft%20of%20'New'%20${unique}\n", "title: Draft of 'New' ${unique}\n", "draft.title: A lamp ${unique}\n",
           "put: /tiddlers/A%20lamp%20${unique}\n", "title: A lamp ${unique}\n", "text: for sale\n", "get: /tiddlers/A%20lamp%20${unique}\n",
           "delete: /bags/Draft%20of%20'New'%20${unique}\n", "put: /tiddlers/Getting%20Started\n", "title: Getting Started\n",
           "see [[A lamp ${unique}]]"], report=['title: "A lamp ${unique}", because it is saved under this address'])
case("a file that is created with PUT", at(0, "/"), at(2, "/files/My%20photo.jpg", "PUT", {"mimeType": "image/jpeg", "text": "x"}, status=201),
     at(4, "/files/My%20photo.jpg"), sends(6, "/settings/theme", {"name": "theme", "value": "dark"}, "PUT", status=200),
     yaml=["put: /files/My%20photo%20${unique}.jpg\n", "get: /files/My%20photo%20${unique}.jpg\n", "put: /settings/theme\n", "name: theme\n"])

# Hidden inputs belong to the page that has them.
for value in ("0", "1", "17", "4821", "48213", "1772355600"):
    case("a hidden version, %s" % value, at(0, "/edit", body=hidden("version", value)),
         form(2, "/save", [("version", value), ("text", "x")]),
         yaml=["version: ${version}", "version: {form_field: version}"], no_yaml=["now("])
case("the same hidden value on two pages: each from its own", at(0, "/a", body=hidden("lock", "3")),
     form(2, "/a", [("lock", "3")]), at(4, "/b", body=hidden("lock", "3")), form(6, "/b", [("lock", "3")]),
     yaml=[re.compile(r"get: /a\n    extract:\n      lock:.*get: /b\n    extract:\n      lock:", re.S)])
case("a hidden time is not the time it is sent", at(0, "/edit", body=hidden("opened", "1772355600")),
     form(2, "/save", [("opened", "1772355600")]), yaml=["opened: ${opened}"], no_yaml=["now("])
case("constants in hidden inputs stay", at(0, "/a", body=hidden("_method", "patch") + hidden("qty", "1")),
     form(2, "/b", [("_method", "patch"), ("qty", "1")]), yaml=["_method: patch", "qty: 1"])
META = '<meta name="csrf-param" content="authenticity_token"><meta name="csrf-token" content="%s">' % TOKEN
case("a token of the page that a script copies into its form",
     at(0, "/new", body=META + '<form method=post action="/new"><input type=hidden name=authenticity_token value="x%s"><input name=subject></form>' % TOKEN),
     form(2, "/new", [("authenticity_token", TOKEN), ("subject", "Lamp")]),
     yaml=["submit: {subject: Lamp}"], no_yaml=["authenticity_token", "extract"])
case("a random value of the client, given back by a form",
     at(0, "/authorize?state=Zm9vYmFyMTIzNDU2Nzg5MA", body=hidden("state", "Zm9vYmFyMTIzNDU2Nzg5MA")),
     form(2, "/callback", [("state", "Zm9vYmFyMTIzNDU2Nzg5MA")]),
     yaml=["state: {form_field: state}", "random_text(22)"], no_yaml=["Zm9v"])
VERIFIERS = ["GJQxbkTyEmLiQ22NTFjXa7c0Zr8vUe5KpWq1sYt3NdHbOgLm", "KDY6B4ByJKdtPLkBWo0tQx9fRz2cVh7MnJs5uGw8EaTiCvXy"]
case("two log-ins with PKCE", *[one for i, v in enumerate(VERIFIERS) for one in (
    at(i * 10, "/auth?code_challenge=%s&code_challenge_method=S256" % challenge(v), **to("/app?code=c%dd-aaaa-1f2e3d4c5b6a" % i)),
    at(i * 10 + 0.02, "/app?code=c%dd-aaaa-1f2e3d4c5b6a" % i),
    form(i * 10 + 2, "/token", [("code", "c%dd-aaaa-1f2e3d4c5b6a" % i), ("code_verifier", v)]))],
     yaml=['"${code_verifier | pkce_challenge}"', '"${code_verifier_2 | pkce_challenge}"',
           "code_verifier: ${code_verifier}", "code_verifier: ${code_verifier_2}"],
     no_yaml=[challenge(v) for v in VERIFIERS] + VERIFIERS)

case("a challenge without its verifier", at(0, "/auth?prompt=none&code_challenge=" + challenge("x")),
     at(2, "/auth?code_challenge=%s" % challenge(VERIFIERS[0]), **to("/app?code=c1d-aaaa-1f2e3d4c5b6a")), at(2.02, "/app?code=c1d-aaaa-1f2e3d4c5b6a"),
     form(4, "/token", [("code", "c1d-aaaa-1f2e3d4c5b6a"), ("code_verifier", VERIFIERS[0])]),
     yaml=["code_challenge: ${random_text(64) | pkce_challenge}", '"${code_verifier | pkce_challenge}"'],
     no_yaml=[challenge("x"), challenge(VERIFIERS[0])])

# The code of a log-in: one of its parts is also in a cookie, and in the address by itself.
SESSION, CODE = "eeac3627-6457-410b-8809-170bd860275b", "1898386e-ccb3-4143-a016-%s.3becd31d-4019-46e8-89cb-73c33857c922"
case("a value that has another one as a part", at(0, "/auth", response__headers=[header("Set-Cookie", "AUTH=%s.x" % SESSION)]),
     form(2, "/log-in", [("user", "ann")], status=302, body="",
          response__headers=[header("X-State", TOKEN), header("Set-Cookie", 'S="demo/b6bb3e63-67f0-46f7/%s"' % SESSION),
                             header("Location", "/app?session_state=%s&code=%s" % (SESSION, CODE % SESSION))]),
     at(2.1, "/app?session_state=%s&code=%s" % (SESSION, CODE % SESSION)),
     form(4, "/token", [("code", CODE % SESSION), ("state", TOKEN)]),
     yaml=["code: ${code}", "[?&]session_state="], no_yaml=[TOKEN, SESSION, "1898386e", "3becd31d", "b6bb3e63"])
case("the first response has the value in a cookie from which it cannot be extracted",
     at(0, "/auth", response__headers=[header("Set-Cookie", "AUTH=%s.x" % SESSION)]),
     form(2, "/log-in", [("user", "ann")], **to("/cb?session_state=" + SESSION)), at(2.1, "/cb?session_state=" + SESSION, **to("/app")),
     at(2.2, "/app"), sends(4, "/api/x", {"session": SESSION, "n": 1}), sends(6, "/api/y", {"sid": SESSION}),
     yaml=["session: ${session_state}", "sid: ${session_state}"], no_yaml=[SESSION])

# Clocks: a redirect that is followed before it is received shows that the times are wrong.
case("overlapping times", form(0, "/tickets", [("subject", "Lamp")], time=900, **to("/tickets/17")),
     at(0.3, "/tickets/17", time=900, body=hidden("ticket_token", TOKEN)),
     form(0.6, "/tickets/17", [("ticket_token", TOKEN)], time=900),
     yaml=["ticket_token: {form_field: ticket_token}", "post: /tickets/${ticket_id}"], no_yaml=[TOKEN])
case("a page is used while it is received", at(0, "/a", time=5000, body=hidden("ticket_token", TOKEN)),
     sends(1, "/b", {"ticket_token": TOKEN}, headers=[header("Referer", HOST + "/a")]), no_yaml=[TOKEN])

# A short id under other names of the same resource.
case("an id of a hidden input, in an address, in a path in a query, in JSON, in a Referer",
     at(0, "/articles/new", body=hidden("article_ID", "5")),
     at(2, "/api?route=%2Fv2%2Farticles%2F5"),
     sends(4, "/api?route=%2Fv2%2Farticles%2F5&x=5", {"id": 5, "rows": 5}, headers=[header("Referer", HOST + "/edit?article=5&n=5")]),
     at(6, "/edit?article=5"), at(8, "/articles/5"),
     yaml=["article_id: {form_field: article_ID}", 'route: "/v2/articles/${article_id}"', "id: ${article_id | int}", "rows: 5",
           "x: 5", "/edit?article=${article_id}&n=5", "get: /articles/${article_id}"])
case("a short value in a link of JSON, not in a header by chance",
     sends(0, "/api/articles", {"title": "x"}, response__headers=[header("Content-MD5", "x")],
           **answers({"link": HOST + "/?p=5", "text": "5 rows"})),
     at(2, "/?p=5"), yaml=['p_value: {boundary: {left: "/?p=", right: \'"\'}}', 'query: {p: "${p_value}"}'], no_yaml=["from: headers"])
case("a lock in a script", at(0, "/edit", body='<script>var a = {"activeLock":"1796085676:1"};</script>'),
     form(2, "/unlock", [("active_lock", "1796085676:1")]), yaml=["active_lock: ${active_lock}"])
case("uncertain values are unchanged, without a note", at(0, "/", body="<a href='/admin/wide-page'>x</a>"),
     at(2, "/admin/wide-page"), no_yaml=["may vary"], no_report=["suggested"])

# Passwords.
case("the parameter has a common name", form(0, "/login", [("wpName", "ann"), ("wpPassword1", "hunter2hunter2")]), at(2, "/home"),
     yaml=["wpPassword1: ${PASSWORD}"], no_yaml=["hunter2"])
case("a log-in at another site", at(0, "/", **to("https://login.accounts.test/in")), at(0.1, "https://login.accounts.test/in"),
     form(2, "https://login.accounts.test/in", [("user", "ann"), ("password", "hunter2hunter2")],
          headers=[header("Referer", "https://login.accounts.test/in")], **to(HOST + "/home")), at(2.1, "/home"), at(4, "/a"),
     report=["the login is at another site, login.accounts.test"])
BASIC = header("Authorization", "Basic " + base64.b64encode(b"ann:hunter2hunter2").decode())
case("a dialog for the password", at(0, "/"), at(2, "/private"), at(4, "/private/a", headers=[BASIC]),
     yaml=[re.compile(r"get: /private\n    auth: \{basic: \{user: ann, password: \"\$\{PASSWORD\}\"\}\}")],
     report=["left the Authorization header out of the recording"])
case("the same credentials in all requests", at(0, "/", headers=[BASIC]), at(2, "/a", headers=[BASIC]), form(4, "/b", [("q", "x")], headers=[BASIC]),
     yaml=['defaults:\n  auth: {basic: {user: ann, password: "${PASSWORD}"}}\n'], no_yaml=["    auth:", "hunter2"])
BOB = header("Authorization", "Basic " + base64.b64encode(b"bob:hunter2hunter2").decode())
case("the credentials of two users", at(0, "/", headers=[BASIC]), at(2, "/a", headers=[BASIC]), at(4, "/b", headers=[BOB]),
     yaml=["    auth:"], no_yaml=["\n  auth:"])
case("a complete recording of a dialog", at(0, "/"), at(2, "/private", status=401), at(2.1, "/private", headers=[BASIC]),
     no_yaml=[re.compile(r"get: /\n    auth")])

# Other hosts, beacons, streams.
case("an API on another host", at(0, "/"), at(1, "https://api.example.test/v1/me", **answers({"id": 1})),
     at(2, "https://api.example.test/v1/a", **answers({})), at(3, "https://cdn.ads.test/bid", **answers({})),
     report=["2 requests to api.example.test, which sends data, are skipped; to import them: --host api.example.test"],
     no_report=["--host cdn"])
case("a beacon to the own host is a request of the application", at(0, "/"),
     sends(2, "/api/unlock", {"page": 1}, _resourceType="ping"),
     sends(3, "https://stats.test/collect", {"page": 1}, _resourceType="ping"),
     at(4, "/ping", "POST", {"mimeType": "text/ping", "text": "PING"}),
     yaml=["post: /api/unlock"], no_yaml=["stats.test", "/ping"], report=["1 to stats.test", "1 of the browser itself"])
case("a value of a WebSocket", at(0, "/"),
     at(1, "wss://app.example.org/live", status=101, _webSocketMessages=[
         {"type": "send", "opcode": 1, "data": "hello", "time": 1.5},
         {"type": "receive", "opcode": 1, "data": json.dumps({"ticket": TOKEN}), "time": 2.5}]),
     sends(3, "/buy", {"ticket": TOKEN}),
     yaml=["websocket: /live", "text: hello", 'wait_for: {jsonpath: {"$.ticket": {exists: yes}}}',
           'ticket: {jsonpath: "$.ticket"}', "ticket: ${ticket}"], no_yaml=[TOKEN])
case("a value of a WebSocket of another site", at(0, "/"),
     at(1, "wss://push.test/live", status=101, _webSocketMessages=[
         {"type": "receive", "opcode": 1, "data": json.dumps({"ticket": TOKEN}), "time": 2.5}]),
     sends(3, "/buy", {"ticket": TOKEN}), no_yaml=["websocket"],
     yaml=['# "ticket" came over a WebSocket; the recorded value is sent'],
     report=['"ticket" came over a WebSocket (entry 2), which is not imported'])
case("a value of an event stream", at(0, "/"),
     at(1, "/events", response__content={"mimeType": "text/event-stream", "text": "data: {\"seat\": \"%s\"}\n\n" % TOKEN}),
     sends(3, "/buy", {"seat": TOKEN}), report=['"seat" came over an event stream (entry 2)'])
case("a value of a stream that a response has too", at(0, "/", body="<meta name='seat' content='%s'>" % TOKEN),
     at(1, "/events", response__content={"mimeType": "text/event-stream", "text": "data: %s\n\n" % TOKEN}),
     sends(3, "/buy", {"seat": TOKEN}), yaml=["seat: ${seat}"], no_report=["event stream ("])
case("a page that shows where it was opened from", at(0, "/start"),
     at(2, "/login", headers=[header("Referer", HOST + "/start")], body='<input name="back" value="%s/start">' % HOST),
     at(4, "/other", headers=[header("Referer", HOST + "/login")]),
     yaml=["headers: {Referer: \"${run.origin}/start\"}"], no_yaml=["/login}"])

# Requests in advance, and requests that the recording has twice.
case("a script in advance", at(0, "/a"), at(1, "/lib.min.js", headers=[header("Sec-Purpose", "prefetch")], _resourceType="fetch",
     response__content={"mimeType": "text/javascript", "text": "x"}),
     yaml=["get: /a"], no_yaml=["lib.min"], report=["1 prefetched"])
case("a page in advance, then opened", at(0, "/a"), at(1, "/b", headers=[header("Purpose", "prefetch")]), at(3, "/b"),
     yaml=[re.compile(r"get: /b(?!.*get: /b)", re.S)], report=["1 prefetched"])
case("a page in advance that was shown immediately", at(0, "/a"),
     at(1, "/b", headers=[header("Sec-Purpose", "prefetch;prerender")]),
     form(3, "/c", [("x", "y")], headers=[header("Referer", HOST + "/b")]), yaml=["get: /b", "post: /c"])
case("a service worker", at(0, "/a", _fetchedViaServiceWorker=True, time=50), at(0.01, "/a", time=20),
     at(3, "/b", response___fetchedViaServiceWorker=True), at(6, "/b"),
     yaml=[re.compile(r"get: /a(?!.*get: /a)", re.S), re.compile(r"get: /b.*get: /b", re.S)],
     report=["1 copy of another request"])
case("preloaded data", at(0, "/api/me", **answers({})), at(0.1, "/api/me", _fromCache="memory", **answers({})),
     yaml=[re.compile(r"get: /api/me(?!.*get: /api/me)", re.S)], report=["1 copy of another request"])

# The recorded origin follows the target.
case("the own origin in values", at(0, "/?next=%s" % urllib.parse.quote(HOST + "/home", safe="")),
     form(2, "/login", [("back", HOST + "/admin/?x=1"), ("other", HOST + ".test/"), ("bare", HOST)]),
     sends(4, "/api", {"redirect_uri": HOST + "/cb", "more": "see %s/a and %s/b" % (HOST, HOST)}),
     yaml=['next: "${run.origin}/home"', "back: ${run.origin}/admin/?x=1", "other: %s.test/" % HOST, "bare: ${run.origin}",
           "redirect_uri: ${run.origin}/cb", "see ${run.origin}/a and ${run.origin}/b"])

# New visitors.
case("a new visitor in each iteration", at(0, "/", response__headers=[header("Set-Cookie", "sid=%s" % TOKEN)]),
     yaml=["cookie_jar: per_iteration"])
case("a visitor who was logged in before", at(0, "/", headers=[header("Cookie", "sid=%s" % TOKEN)],
                                              response__headers=[header("Set-Cookie", "seen=1")]),
     no_yaml=["cookie_jar"], report=["the recording starts with cookies and has no login"])
case("a consent cookie before a log-in", at(0, "/", headers=[header("Cookie", "consent=yes")]),
     form(2, "/login", [("user", "ann"), ("password", "hunter2hunter2")]), at(4, "/home"),
     yaml=["cookie_jar: per_iteration"], no_report=["the recording starts with cookies"])
case("no cookies at all", at(0, "/"), at(2, "/a"), no_yaml=["cookie_jar"])

if __name__ == "__main__":
    sys.exit(import_deviations.main())
