#!/usr/bin/env python3
"""Forms and links that `reprise import har` recognizes: one small recording for each rule.

import_forms.py REPRISE [NAME]: imports each and prints its steps, without those that only request a
page, and what the report says about forms. `reprise check` must accept each scenario.
"""
import json
import re
import subprocess
import sys
import urllib.parse

HOST = "http://app.example.org"
FORM = "application/x-www-form-urlencoded"
TOKEN = "kq7Zr2Xw9LmP4sTb8VnC"
CASES = []


def case(name, *entries):
    CASES.append((name, entries))


def page(body, **more):
    return dict({"type": "text/html", "status": 200,
                 "body": "<!doctype html><title>%s</title>%s" % (more.pop("title", "Page"), body)}, **more)


def to(path, status=302):
    return {"type": "text/html", "status": status, "body": "", "location": path}


def get(path, response=None, **headers):
    return {"method": "GET", "path": path, "response": response or page("ok"), "headers": headers}


def post(path, fields, response=None, **headers):
    return {"method": "POST", "path": path, "type": FORM, "text": urllib.parse.urlencode(fields),
            "response": response or page("ok"), "headers": headers}


def multipart(path, parts, response=None, **headers):
    text = "".join('--B\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n' % part for part in parts)
    return {"method": "POST", "path": path, "type": "multipart/form-data; boundary=B", "text": text + "--B--\r\n",
            "response": response or page("ok"), "headers": headers}


def lost(path, kind, response):
    return {"method": "POST", "path": path, "type": kind, "text": None, "response": response,
            "headers": {"Content-Length": "2048"}}


def file(name, kind):
    return '; filename="%s"\r\nContent-Type: %s' % (name, kind)


def hidden(name, value):
    return '<input type=hidden name="%s" value="%s">' % (name, value)


def form(action, *controls, method="post", **attributes):
    more = "".join(" %s=%s" % pair for pair in attributes.items())
    return "<form method=%s action=%s%s>%s</form>" % (method, action, more, "".join(controls))


TITLE = "<label>Title <input name=title></label>"
TEXT = "<label>Text <textarea name=text></textarea></label>"
SAVE = "<button>Save</button>"
CSRF = hidden("csrf", TOKEN)

# ---- which form, which button

case("hidden fields and defaults are those of the page",
     get("/new", page(form("/new", CSRF, hidden("version", 7), TITLE, "<input name=lang value=en>", SAVE))),
     post("/new", [("csrf", TOKEN), ("version", 7), ("title", "One"), ("lang", "en")], to("/list")), get("/list"))
case("a button that is not the first, by its text or else its name",
     get("/new", page(form("/new", TITLE, "<button name=_save>Save</button>",
                           "<button name=_more>Save and edit</button><button name=_x>3 more</button>"))),
     post("/new", [("title", "One"), ("_more", "")],
          page(form("/new", TITLE, SAVE, "<button name=_x>3 more</button>"))),
     post("/new", [("title", "Two"), ("_x", "")]))
case("only a button", get("/", page(form("/logout", CSRF, "<button>Log out</button>") + form("/other", TITLE))),
     post("/logout", [("csrf", TOKEN)]))
case("a form without a button is found by its id",
     get("/", page(form("/logout", CSRF, id="logout-form") + form("/other", CSRF))),
     post("/logout", [("csrf", TOKEN)]))
case("a script presses no button", get("/", page(form("/new", TITLE, "<button name=do value=x>Save</button>"))),
     post("/new", [("title", "One")], None, **{"X-Requested-With": "XMLHttpRequest", "X-Mode": "quick"}))
case("an image button was clicked somewhere", get("/", page(form("/new", TITLE, "<input type=image name=go>"))),
     post("/new", [("title", "One"), ("go.x", 17), ("go.y", 4)]))
case("a button with its own address and method",
     get("/", page(form("/new", TITLE, SAVE, "<button formaction=/preview>Preview</button>"))),
     post("/preview", [("title", "One")]))
case("two forms differ by a hidden id: it is sent, and comes from the page",
     get("/", page("".join(form("/drop", hidden("csrf", TOKEN), hidden("item", n), "<button>Drop</button>")
                           for n in (4711, 4712)))), post("/drop", [("csrf", TOKEN), ("item", 4712)]))
case("two forms with the same fields and other addresses",
     get("/", page(form("/a", TITLE, "<button>Keep</button>") + form("/b", TITLE, "<button>Send</button>"))),
     post("/b", [("title", "One")]))
case("a search form", get("/", page(form("/search", hidden("scope", "all"), "<input name=q>", SAVE, method="get"))),
     get("/search?scope=all&q=blue+hat"))
case("a form that comes back", get("/settings", page(form("/settings", TITLE, SAVE))),
     post("/settings", [("title", "One")], page(form("/settings", "<input name=title value=One>", SAVE))))
case("a form that comes back with the typed text in a longer one",
     get("/sections", page(form("/sections", TITLE, SAVE))),
     post("/sections", [("title", "My section")],
          page(form("/sections", "<input name=title value='New: My section'>", SAVE))))
case("the form of an earlier page, by the Referer",
     get("/one", page(form("/vote", CSRF, TITLE, SAVE), title="First")), get("/two", page("nothing", title="Second")),
     post("/vote", [("csrf", TOKEN), ("title", "One")], None, Referer=HOST + "/one"))
case("a script received the form with a new token", get("/", page(form("/new", CSRF, TITLE, SAVE))),
     get("/part", {"type": "text/html", "status": 200, "body": form("/new", hidden("csrf", TOKEN[::-1]), TITLE, SAVE)},
         **{"X-Requested-With": "XMLHttpRequest"}),
     post("/new", [("csrf", TOKEN[::-1]), ("title", "One")]))
case("the page was in the cache", get("/new", page(form("/new", CSRF, TITLE, SAVE))), get("/other"),
     get("/new", {"type": "text/html", "status": 304, "body": ""}, **{"Sec-Fetch-Mode": "navigate"}),
     post("/new", [("csrf", TOKEN), ("title", "One")]))

# ---- values

case("boxes, selections and lists",
     get("/new", page(form("/new", "<input type=checkbox name=a checked><input type=checkbox name=b>",
                           hidden("c", 0), "<input type=checkbox name=c value=1>",
                           "<input type=checkbox name=d value=x checked><input type=checkbox name=d value=y>",
                           "<select name=e><option>s<option>m</select>",
                           "<select name=f multiple><option selected>r<option>g</select>",
                           "<input type=radio name=g value=1 checked><input type=radio name=g value=2>",
                           "<input name=h><input name=h>", SAVE))),
     post("/new", [("b", "on"), ("c", 0), ("c", 1), ("d", "x"), ("d", "y"), ("e", "m"), ("f", "r"), ("f", "g"),
                   ("g", 2), ("h", "1"), ("h", "2")]))
case("lines, words that are not texts, and templates",
     get("/new", page(form("/new", TITLE, TEXT, "<input name=agreed>", SAVE))),
     post("/new", [("title", "${x}"), ("text", "one\r\ntwo"), ("agreed", "yes")]))
case("a field that is not sent, and a disabled one that a script enabled",
     get("/new", page(form("/new", TITLE, "<select name=owner><option>me</select><input name=later disabled>", SAVE))),
     post("/new", [("title", "One"), ("later", "now")]))
case("an option that a script added", get("/new", page(form("/new", TITLE, "<select name=city></select>", SAVE))),
     post("/new", [("title", "One"), ("city", "Graz")]))
case("pairs that a script added; one of them repeats a hidden field",
     get("/sql", page(form("/sql", CSRF, TITLE, SAVE))),
     post("/sql", [("csrf", TOKEN), ("title", "One"), ("ajax", "1"), ("csrf", TOKEN)]))
case("a hidden field that a script changed", get("/", page(form("/new", hidden("zone", ""), TITLE, SAVE))),
     post("/new", [("zone", "Europe/Vienna"), ("title", "One")]))
case("a hidden field that a script renamed", get("/", page(form("/new", hidden("nonce_off", TOKEN), TITLE, SAVE))),
     post("/new", [("nonce", TOKEN), ("title", "One")]))
case("an empty file field stays empty",
     get("/new", page(form("/new", CSRF, TITLE, "<input type=file name=photo>", SAVE, enctype="multipart/form-data"))),
     multipart("/new", [("csrf", "", TOKEN), ("title", "", "One"),
                        ("photo", file("", "application/octet-stream"), "")]))
case("a file", get("/new", page(form("/new", TITLE, "<input type=file name=photo>", SAVE,
                                     enctype="multipart/form-data"))),
     multipart("/new", [("title", "", "One"), ("photo", file("a.txt", "text/plain"), "some text")]))

case("a script sends a form in another encoding",
     get("/", page(form("/new", TITLE, CSRF, SAVE) + form("/up", TITLE, SAVE, enctype="multipart/form-data"))),
     multipart("/new", [("title", "", "One"), ("csrf", "", TOKEN)], None, **{"X-Requested-With": "XMLHttpRequest"}),
     post("/up", [("title", "One")], None, **{"X-Requested-With": "XMLHttpRequest"}))

# ---- not a form

case("another address, other names, mostly other names",
     get("/", page(form("/new", TITLE, TEXT, CSRF, SAVE))),
     post("/api", [("title", "One")]), post("/new", [("q", "x"), ("title", "y")]),
     post("/new", [("title", "One"), ("text", ""), ("csrf", TOKEN)] + [("n%d" % n, n) for n in range(12)]))

# ---- links

ROWS = "<table>%s</table>" % "".join(
    "<tr><td>%s<td><a href=/notes/%d/edit>Edit</a> <a href=/notes/%d>Show</a></tr>" % (title, n, n)
    for n, title in ((4809, "Another"), (4810, "A contact")))
case("a link in a row with a typed text, which becomes unique", get("/new", page(form("/new", TITLE, SAVE))),
     post("/new", [("title", "A contact")], to("/list")), get("/list", page(ROWS)),
     get("/notes/4810/edit", page(form("/notes/4810/edit", "<input name=title value='A contact'>", TEXT, SAVE))),
     post("/notes/4810/edit", [("title", "A contact, edited"), ("text", "x")]))
case("a link with a typed text", get("/new", page(form("/new", TITLE, SAVE))),
     post("/new", [("title", "Holidays")], page("<a href=/notes/77>Holidays</a> <a href=/notes/78>Work</a>")),
     get("/notes/77"))
case("a link by its text, and by its address", get("/", page(
    "<a href=/notes/12/edit>Edit</a> <a href=/notes/12/log>2 changes</a> <a href=/tags/new>New</a>")),
     get("/notes/12/edit", page("<a href=/notes/12/log>2 changes</a> <a href=/about>About</a>")),
     get("/notes/12/log", page("x")))
case("a token in a link's query", get("/", page("<a href='/out?sure=1&amp;token=%s'>Log out</a>" % TOKEN)),
     get("/out?sure=1&token=" + TOKEN))
case("addresses that do not change, several links, a typed address, a page number", get("/", page(
    "<a href=/about>About</a> <a href=/n/1>Edit</a> <a href=/n/2>Edit</a> <a href='/n?page=2'>Next</a>")),
     get("/about", page("<a href=/n/1>Edit</a> <a href=/n/2>Edit</a> <a href='/n?page=2'>Next</a>")),
     get("/n/2", page("<a href=/n/3>Three</a> <a href='/n?page=2'>Next</a>"), Referer=HOST + "/about"),
     get("/n?page=2", page("<a href=/n/3>Three</a>")), get("/n/3", **{"Sec-Fetch-Site": "none"}))

case("a page that has the address before it in its form", get("/start", page("<a href=/login>Sign in</a>")),
     get("/login", page(form("/login", hidden("back", "/start"), "<input name=user>", SAVE)), Referer=HOST + "/start"))
case("a link that has the address of a search form",
     get("/", page(form("/", "<select name=do><option>edit<option>out</select>", "<button>Go</button>", method="get") +
                   "<a href='/?do=out&amp;token=%s'>Log out</a>" % TOKEN)), get("/?do=out&token=" + TOKEN))
case("a typed text with the time of the recording", get("/new", page(form("/new", TITLE, SAVE))),
     post("/new", [("title", "Page 1772355600123")]))

# ---- names that exist once

case("an account", get("/join", page(form(
    "/join", "<input name=username><input name=email><input name=p1 type=password><input name=password2 type=password>",
    SAVE))), post("/join", [("username", "anna"), ("email", "anna@shop.test"), ("p1", "hunter22"),
                            ("password2", "hunter22")]),
     get("/search?q=anna"))
case("a log-in is not unique", get("/login", page(form("/login", "<input name=username><input name=password>", SAVE))),
     post("/login", [("username", "anna"), ("password", "hunter22")], page(
         "<ul><li>anna <a href=/users/12>Show</a></li><li>bob <a href=/users/13>Show</a></li></ul>")),
     get("/users/13"))

# ---- bodies that the browser did not keep

UPLOAD = ('<input type=checkbox name=draft>', "<select name=kind><option>a<option>b</select>",
          "<input type=file name=photo>")
case("a lost body is rebuilt from the page and from the next one",
     get("/new", page(form("/new", CSRF, TITLE, TEXT, *UPLOAD, SAVE, "<button name=more>Save and edit</button>",
                           enctype="multipart/form-data"))),
     lost("/new", "multipart/form-data; boundary=B", to("/notes/4810")),
     get("/notes/4810", page(form("/notes/4810", CSRF, "<input name=title value=One>",
                                  "<textarea name=text>two\nlines</textarea>", "<input type=checkbox name=draft checked>",
                                  "<select name=kind><option>a<option selected>b</select>", SAVE))))
case("a lost body that no page shows", get("/new", page(form("/new", CSRF, TITLE, UPLOAD[2], SAVE,
                                                             enctype="multipart/form-data"))),
     lost("/new", "multipart/form-data; boundary=B", to("/list")), get("/list", page("One")))


case("a lost body without a form: the scenario fails there", get("/app"),
     lost("/api/notes", "multipart/form-data; boundary=B", {"type": "application/json", "status": 200, "body": "{}"}),
     get("/end"))


# ---- forms with a file that a script sent, and that the browser did not keep

def stored(path, value, method="POST", status=200):
    return dict(lost(path, "multipart/form-data; boundary=B",
                     {"type": "application/json", "status": status, "body": json.dumps(value, separators=(",", ":"))}),
                method=method)


RECORD = {"collectionId": "pbc_3395098727", "id": "fvtzgfnasc2bekj", "created": "2026-03-01 09:00:02.120Z",
          "pic": "pxxsuatrp3r_yi4fzrghk3.txt", "title": "A record", "size": 12, "done": False}
case("an upload of a script: the fields of a later request to the same record, the values of the response",
     get("/app"), stored("/api/records", RECORD), get("/api/records/" + RECORD["id"]),
     dict(multipart("/api/records/" + RECORD["id"], [("id", "", RECORD["id"]), ("pic", "", RECORD["pic"]), ("size", "", "13"),
                                                     ("title", "", "A record, edited")]), method="PATCH"))
case("an upload of a script: the fields of a JSON request, several files, an object of the response",
     get("/app"), stored("/api/notes?x=1", {"data": {"note": {
         "id": 481200, "photos": [{"url": "/m/a.png"}, {"url": "/m/b.png"}], "title": "One", "owner": {"name": "Ada"}}}}),
     {"method": "PUT", "path": "/api/notes/481200", "type": "application/json", "headers": {},
      "text": json.dumps({"title": "Two", "photos": []}), "response": page("ok")})
case("an upload of a script: the form of the page, which the script sends elsewhere",
     get("/new", page(form("#", CSRF, TITLE, TEXT, "<input name=lang value=en><input type=checkbox name=draft value=1>",
                           "<input type=checkbox name=news value=1 checked><input type=file name=photo>", SAVE))),
     stored("/api/upload", {"url": "/media/p.png", "title": "One", "draft": True}))
case("an upload of a script: only the response, without what the server made",
     get("/app", page("<script>x={\"kind\":\"note\"}</script>")),
     stored("/api/notes", dict(RECORD, kind="note", price=12.5, rank=0, published=True, link="/notes/1", owner_id=7,
                               slug="a-record", secret="kq7Zr2Xw9LmP4sTb8VnC"), status=201),
     get("/api/notes/a-record"))
case("an upload of a script that the response does not show: the scenario fails there", get("/app"),
     stored("/api/a", {"id": 1, "name": "p.png", "url": "/media/p.png"}),
     stored("/api/b", {"id": 2, "image": "/media/p.png", "thumb": "/media/p.small.png"}),
     stored("/api/c", dict(RECORD, pic="a@b.org", site="example.org", note="Take 1.5 of it")), stored("/api/d", RECORD, status=422))


case("a browser that leaves a page cancels a request before its body is sent: it is skipped", get("/app"),
     lost("/draft", "application/x-www-form-urlencoded", {"type": "", "status": 0, "body": ""}), get("/end"))


def file_sent(method, path, kind, response=None):
    return dict(lost(path, kind, response or {"type": "application/json", "status": 200, "body": "{}"}),
                method=method)


case("a script sent a file: it becomes a parameter, and its response is used",
     get("/new", page(form("/new", TITLE, SAVE))),
     file_sent("POST", "/uploads.js?id=1&filename=my%20note.txt&kind=text", "application/octet-stream",
               {"type": "text/javascript", "status": 200, "body": "$('input.token').val('1.%s');" % TOKEN}),
     post("/new", [("title", "One"), ("token", "1." + TOKEN)], to("/list")), get("/list"))
case("files without a name, and JSON that has one", get("/app"), file_sent("PUT", "/files/1", "image/png"),
     file_sent("PUT", "/files/2", "text/plain"), file_sent("POST", "/up?filename=", "image/png"),
     file_sent("POST", "/up?filename=a.json", "application/json"),
     file_sent("POST", "/up?filename=%E2%82%AC", "image/png"))
case("lost JSON, a lost form with a file's name, and a body of an unknown type", get("/app"), file_sent("POST", "/api", "application/json"),
     file_sent("POST", "/up?filename=a.txt", "multipart/form-data; boundary=B"), file_sent("POST", "/any", ""))


def headers(pairs):
    return [{"name": name, "value": str(value)} for name, value in pairs]


def har(entries):
    made = []
    for n, e in enumerate(entries):
        response = e["response"]
        request = {"method": e["method"], "url": HOST + e["path"], "httpVersion": "HTTP/1.1", "cookies": [],
                   "queryString": [], "headersSize": -1, "bodySize": -1, "headers": headers(e["headers"].items())}
        if "text" in e:
            request["headers"] += headers([("Content-Type", e["type"])])
            request["postData"] = {"mimeType": e["type"], "text": e["text"] or ""}
        back = [("Content-Type", response["type"])]
        back += [("Location", response["location"])] if "location" in response else []
        made.append({"startedDateTime": "2026-03-01T09:%02d:%02d.000Z" % divmod(2 * n, 60), "time": 50,
                     "request": request, "cache": {}, "timings": {"send": 0, "wait": 50, "receive": 0},
                     "response": {"status": response["status"], "statusText": "", "httpVersion": "HTTP/1.1",
                                  "headers": headers(back), "cookies": [], "headersSize": -1, "bodySize": -1,
                                  "redirectURL": response.get("location", ""),
                                  "content": {"size": len(response["body"]), "mimeType": response["type"],
                                              "text": response["body"]}}})
    return {"log": {"version": "1.2", "creator": {"name": "test", "version": "1"}, "entries": made}}


def steps_of(text):
    """The steps that are not plain pages, and what they need."""
    steps = text.split("\nsteps:\n")[1]
    steps = re.split(r"(?m)^(?= *- )", steps)
    return "".join(re.sub(r"\n+", "\n", s) for s in steps if not re.match(r" *- (think:|get: \S+\n+\Z)", s))


def main():
    reprise, failed = sys.argv[1], False
    for name, entries in CASES:
        if sys.argv[2:] and sys.argv[2] != name:
            continue
        with open("forms.har", "w", encoding="utf-8") as f:
            json.dump(har(entries), f)
        made = subprocess.run([reprise, "import", "har", "forms.har", "--force"], capture_output=True, text=True,
                              check=False)
        checked = subprocess.run([reprise, "check", "forms.yaml"], capture_output=True, text=True, check=False)
        print("# " + name)
        if made.returncode or checked.returncode or "warning" in checked.stdout + checked.stderr:
            failed = True
            print("WRONG", made.stderr, checked.stdout, checked.stderr)
            continue
        with open("forms.yaml", encoding="utf-8") as f:
            print(steps_of(f.read()), end="")
        under = ""
        for line in made.stderr.splitlines():
            under = line[2:12].strip() or under
            if under in ("forms", "unique", "typed", "logins", "files") or (
                    under == "look at" and re.search("rebuilt|give it", line)):
                print("  %s: %s" % (under, line[13:]))
        print()
    sys.exit(failed)


if __name__ == "__main__":
    main()
