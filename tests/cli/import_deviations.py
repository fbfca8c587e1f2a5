#!/usr/bin/env python3
"""Deviations of real recordings from the HAR specification, one small recording for each.

import_deviations.py REPRISE: imports each with `reprise import har`, checks the scenario with
`reprise check`, and searches the scenario and the report for required and forbidden texts. Prints
one line for each; a line that starts with WRONG names the failed check; the exit status is then 1.
"""
import base64
import gzip
import json
import os
import re
import subprocess
import sys
import zipfile

HOST = "https://app.example.org"
FORM, JSON, BINARY = "application/x-www-form-urlencoded", "application/json", "application/octet-stream"
TOKEN = "kq7Zr2Xw9LmP4sTb8VnC"
CASES = []


def case(name, *entries, yaml=(), no_yaml=(), report=(), no_report=(), files=None, log=None, text=None,
         raw=None, status=0, name_of="visit.har"):
    """ENTRIES or RAW (bytes) is the file; YAML and REPORT: required texts; FILES: further files."""
    CASES.append((name, entries, yaml, no_yaml, report, no_report, files or {}, log or {}, text, raw,
                  status, name_of))


def entry(path="/", method="GET", post=None, headers=(), status=200, body="<title>T</title>", **more):
    request = {"method": method, "url": path if ":" in path or path == "/relative" else HOST + path,
               "httpVersion": "HTTP/1.1", "headers": list(headers), "cookies": [], "queryString": []}
    if post is not None:
        request["postData"] = post
    made = {"startedDateTime": "2026-03-01T09:00:00.000Z", "time": 10, "request": request,
            "response": {"status": status, "headers": [], "cookies": [],
                         "content": {"mimeType": "text/html", "text": body}}}
    for key, value in more.items():
        where = made
        *way, last = key.split("__")
        for part in way:
            where = where[part]
        if value is None:
            where.pop(last, None)
        else:
            where[last] = value
    return made


def header(name, value):
    return {"name": name, "value": value}


def hidden(value):
    return '<form method="post"><input type="hidden" name="token" value="%s"></form>' % value


# 1 to 11: bodies of requests
case("1 text and params",
     entry("/a", "POST", {"mimeType": FORM, "text": "q=a+b&n=J%C3%B6rg",
                          "params": [{"name": "q", "value": "a+b"}, {"name": "n", "value": "J%C3%B6rg"}]}),
     entry("/b", "POST", {"mimeType": FORM, "text": "q=one", "params": [{"name": "q", "value": "two"}]}),
     yaml=["q: a b", "n: Jörg", "q: one"], no_yaml=["two"])
case("2 params only",
     entry("/a", "POST", {"mimeType": FORM, "params": [{"name": "q", "value": "x"}, {"name": "q", "value": "y"}]}),
     yaml=["q: [x, y]"])
case("3 values escaped or not",
     entry("/a", "POST", {"mimeType": FORM, "params": [{"name": "q", "value": "x%20y"}, {"name": "r", "value": "50% off"}]}),
     yaml=["q: x y", "r: 50% off"])
case("4 an empty postData on a GET",
     entry("/a", post={}), entry("/b", post={"mimeType": "", "text": "", "params": []}),
     yaml=["get: /a", "get: /b"], no_yaml=["body", "form", "json"])
case("5 no mimeType",
     entry("/a", "POST", {"text": '{"a": 1}'}), entry("/b", "POST", {"text": "k=v&l=w"}),
     entry("/c", "POST", {"text": "k=v", "mimeType": ""}, headers=[header("Content-Type", "text/plain")]),
     entry("/d", "POST", {"text": "plain words"}),
     yaml=["a: 1", "k: v", "l: w", "body: k=v", "body: plain words"])
case("6 values that are objects",
     entry("/a", "POST", {"mimeType": JSON, "params": [{"name": "0", "value": {"a": 1}}, {"name": 1, "value": {"b": "two"}}]}),
     yaml=["- {a: 1}", "- {b: two}"])
case("7 bytes turned into U+FFFD",
     entry("/kept"),
     entry("/a", "POST", {"mimeType": BINARY, "text": "PK�� "}),
     entry("/b", "POST", {"mimeType": "text/plain; charset=utf-8", "text": "what is � for"}),
     yaml=["skipped: POST", "what is \\uFFFD for"], report=["1 with a body that is missing in the recording"])
case("8 a body in base64",
     entry("/a", "POST", {"mimeType": BINARY, "encoding": "base64", "text": "AAECAwQF/w=="}),
     entry("/b", "POST", {"mimeType": JSON, "_encoding": "base64", "text": base64.b64encode(b'{"n": 7}').decode()}),
     yaml=["body_file:", "n: 7"])
case("9 uploads without their bytes",
     entry("/a", "POST", {"mimeType": "multipart/form-data; boundary=XX", "text":
           '--XX\r\nContent-Disposition: form-data; name="f"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n\r\n--XX--\r\n'},
           headers=[header("Content-Length", "500")]),
     entry("/b", "POST", {"mimeType": "multipart/form-data", "params": [
         {"name": "doc", "fileName": "n.txt", "contentType": "text/plain", "value": "c29tZSBieXRlcyBvZiBhIGZpbGU="}]}),
     yaml=["a placeholder", "filename: n.txt"], report=["is missing in the recording"])
case("10 no body before a redirect",
     entry("/kept"),
     entry("/a", "POST", headers=[header("Content-Length", "44")], status=303,
           response__headers=[header("Location", "/kept")]),
     yaml=["skipped: POST"], report=["1 with a body that is missing in the recording"])
case("11 text was too long",
     entry("/kept"), entry("/a", "POST", {"mimeType": JSON, "text": "text was too long"}),
     yaml=["skipped: POST"], no_yaml=["body: text was"])
# 12 to 20: entries, times, versions, headers
case("12 fields of HTTP/2",
     entry("/a", headers=[header(":authority", "app.example.org"), header(":path", "/a"), header("x-own", "1")]),
     yaml=["x-own"], no_yaml=["authority", ":path"])
case("13 no pages, pages without a title",
     entry("/a", pageref="p1"), entry("/b", pageref="unknown"), log={"pages": [{"id": "p1"}]},
     yaml=["get: /a", "get: /b"])
case("14 pages that are runs",
     *[entry("/" + path, pageref="p%d" % run, response__content__mimeType=kind,
             startedDateTime="2026-03-01T09:0%d:0%d.000Z" % (run, i))
       for run in (1, 2, 3) for i, (path, kind) in enumerate([("start", "text/html"), ("data", JSON)])],
     log={"pages": [{"id": "p%d" % run, "title": HOST + "/start", "startedDateTime": "2026-03-01T09:0%d:00.000Z" % run}
                    for run in (1, 2, 3)],
          "creator": {"name": "sitespeed.io", "version": "30"}},
     yaml=["get: /start"], report=["of repeated runs"])
case("15 entries in another order",
     entry("/last", startedDateTime="2026-03-01T09:00:09.000Z"),
     entry("/middle", startedDateTime="2026-03-01T09:00:05.000Z"),
     entry("/first", startedDateTime="2026-03-01T09:00:01.000Z"),
     yaml=[re.compile("/first.*/middle.*/last", re.S)])
case("16 invalid dates, null times",
     entry("/a"), entry("/b", startedDateTime="NaN-NaN-NaNTNaN:NaN:NaN.NaNZ"),
     entry("/c", startedDateTime=None), entry("/d", startedDateTime="2026-03-01T09:00:08.000Z", time=None),
     yaml=[re.compile("/a.*/b.*/c.*/d", re.S)])
case("17 absurd lengths",
     entry("/a", time=63596250212317, timings={"wait": 63596250212317, "receive": -1, "dns": "x"}),
     entry("/b", startedDateTime="2026-03-01T09:00:07.000Z", time=-1),
     yaml=["get: /a", "get: /b"], no_yaml=["63596", "think: -"])
case("18 no response",
     entry("/a"), entry("/zero", status=0), entry("/minus", status=-1), entry("/wpt", status=-2),
     entry("/none", response__status=None, response__content=None),
     yaml=["get: /a"], no_yaml=["/zero", "/minus", "/wpt"], report=["without a response"])
case("19 names of versions",
     *[entry("/v%d" % i, request__httpVersion=v, response__httpVersion=v) for i, v in
       enumerate(["h2", "http/2.0", "HTTP/2", "spdy/3.1", "h3-q050", "unknown", "1.1", "me:", ""])],
     yaml=["/v%d" % i for i in range(9)], no_report=["unreadable"])
case("20 cookies in headers, several in one header",
     entry("/a", headers=[header("Cookie", "sid=1")],
           response__headers=[header("Set-Cookie", "a=1; Path=/\nb=%s; Path=/" % TOKEN)]),
     entry("/b", headers=[header("Cookie", "a=1; b=%s" % TOKEN)]),
     yaml=["get: /b"], no_yaml=[TOKEN, "Cookie:"])
# 21 to 26: exports with missing parts, response bodies
case("21 an export without credentials",
     entry("/login", "POST", {"mimeType": FORM, "text": "user=ann&password=hunter22"}), entry("/home"),
     log={"creator": {"name": "WebInspector", "version": "537.36"}},
     report=["Allow to generate HAR"], no_yaml=["hunter22"])
case("22 responses without bodies",
     entry("/page", response__content={"size": 5000, "mimeType": "text/html"}),
     entry("/send", "POST", {"mimeType": FORM, "text": "csrf_token=" + TOKEN}),
     report=["token"], yaml=["post: /send"])
case("23 bodies that cannot be read",
     entry("/a", response__content={"mimeType": "text/html", "encoding": "base64", "text": "!!! none"}),
     entry("/b", response__headers=[header("Content-Encoding", "gzip")],
           response__content={"mimeType": "text/html", "encoding": "base64",
                              "text": base64.b64encode(gzip.compress(hidden(TOKEN).encode())[:20]).decode()}),
     entry("/c", response__headers=[header("Content-Encoding", "br")],
           response__content={"mimeType": "text/html", "encoding": "base64", "text": "AAAA/w=="}),
     yaml=["get: /a", "get: /b", "get: /c"])
case("23 a body that is still compressed",
     entry("/page", response__headers=[header("Content-Encoding", "gzip")],
           response__content={"mimeType": "text/html", "encoding": "base64",
                              "text": base64.b64encode(gzip.compress(hidden(TOKEN).encode())).decode()}),
     entry("/send", "POST", {"mimeType": FORM, "text": "token=" + TOKEN}),
     yaml=["get: /page", "post: /send"])
case("24 a comment in the place of the body",
     entry("/a", response__content={"mimeType": "text/html", "comment": "Le corps est absent"}),
     yaml=["get: /a"], no_yaml=["corps"])
case("25 bodies in files next to the recording",
     entry("/page", response__content={"mimeType": "text/html", "_file": "0123abcd.html"}),
     entry("/send", "POST", {"mimeType": FORM, "text": "token=" + TOKEN}),
     files={"0123abcd.html": hidden(TOKEN)}, yaml=["extract:"], no_yaml=[TOKEN])
case("25 a file that leads out of the folder",
     entry("/page", response__content={"mimeType": "text/html", "_file": "../outside.html"}),
     entry("/send", "POST", {"mimeType": FORM, "text": "token=" + TOKEN}),
     files={"../outside.html": hidden(TOKEN)}, no_yaml=["extract:"])
case("25 zipped", entry("/page", response__content={"mimeType": "text/html", "_file": "0123abcd.html"}),
     entry("/send", "POST", {"mimeType": FORM, "text": "token=" + TOKEN}),
     files={"0123abcd.html": hidden(TOKEN)}, name_of="visit.har.zip", yaml=["extract:"], no_yaml=[TOKEN])
case("26 a byte order mark", entry("/a"), text=lambda t: "﻿" + t, yaml=["get: /a"])
TAB = {"pages": [{"id": "page@1", "title": "Notebook"}]}
LONG = [header("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8")]
case("14 a page that is a tab with several documents",
     *[entry(path, pageref="page@1", headers=LONG, _resourceType=kind, startedDateTime="2026-03-01T09:00:%02d.000Z" % second,
             body="<title>Notebook</title><h1>%s</h1>" % title)
       for second, path, kind, title in ((0, "/", "document", "Notebook"), (0, "/a", "fetch", "x"), (5, "/notes/17/edit", "document", "Edit a note"),
                                         (5, "/b", "fetch", "x"), (9, "/notes/17", "document", "Note 17"), (9, "/c", "fetch", "x"),
                                         (15, "/list", "document", "Notebook"), (15, "/d", "fetch", "x"))],
     log=TAB, yaml=["group: GET /\n", "group: Edit a note\n", "group: GET /notes/{id}\n", "group: GET /list\n",
                    "Accept: text/html, */*;q=0.8"], no_yaml=["group: Notebook", "xhtml"])
case("26 JSONP", raw=b'onInputData({"log": {"entries": []}});', status=2, report=["JSONP"])
case("26 a single entry", raw=json.dumps(entry("/a")).encode(), status=2, report=["single entry"])
# 27 to 34: URLs, headers, sizes, numbers, what is not a request of the visit
case("27 relative and other URLs",
     entry("/relative", headers=[header("Host", "app.example.org")]),
     *[entry(url) for url in ("about:blank", "data:text/plain,x", "blob:https://app.example.org/1", "chrome-extension://x/y")],
     yaml=["target: http://app.example.org", "get: /relative"], no_yaml=["blob", "data:"], report=["not HTTP"])
case("28 fields as pairs", entry("/a", headers=[["X-Pair", "yes"]]), yaml=["X-Pair: \"yes\""])
case("29 one long text", entry("/a", response__content={"mimeType": "image/png", "text": "A" * 20000000}),
     entry("/b"), yaml=["get: /b"])
case("30 numbers that JavaScript rounded",
     entry("/pet", "POST", {"mimeType": JSON, "text": "{}"},
           response__content={"mimeType": JSON, "text": '{"id": 9223372036854016643}'}),
     entry("/pet/9223372036854017000"), yaml=["extract:", "$.id"], report=["rounded"])
case("31 the query twice", entry("/a?x=1&y=2", request__queryString=[header("x", "1"), header("z", "3")]),
     yaml=["/a?x=1&y=2"], no_yaml=["z"])
case("32 our own signs in what was recorded",
     entry("/a", "POST", {"mimeType": JSON, "text": '{"t": "${x} {{y}}"}'}), yaml=["$${x}"], no_yaml=[" ${x}"])
case("33 what is not of the visit",
     entry("/a"), entry("app.example.org:443", "CONNECT"),
     entry("/api", "OPTIONS", headers=[header("Access-Control-Request-Method", "PUT")]),
     entry("/beacon", "POST", {"mimeType": "text/ping", "text": "PING"}, headers=[header("Content-Type", "text/ping")]),
     yaml=["get: /a"], no_yaml=["CONNECT", "/api", "/beacon"],
     report=["1 CONNECT", "1 CORS preflight"])
case("34 messages of a WebSocket",
     entry("/a"), entry("wss://app.example.org/live", status=101,
                        _webSocketMessages=[{"type": "send", "opcode": 1, "data": "x", "time": 1.5},
                                            {"type": "receive", "opcode": 2, "data": "AAE=", "time": 2.5}]),
     yaml=["get: /a"], report=[re.compile("WebSocket")])


def write(c):
    _, entries, _, _, _, _, files, log, text, raw, _, name = c
    whole = {"log": {"version": "1.2", "creator": {"name": "hand", "version": "1"}, "entries": list(entries)}}
    whole["log"].update(log)
    made = raw if raw is not None else (text or str)(json.dumps(whole, ensure_ascii=False)).encode()
    if name.endswith(".zip"):
        with zipfile.ZipFile(name, "w", zipfile.ZIP_DEFLATED) as z:
            z.writestr("visit.har", made)
            for path, body in files.items():
                z.writestr(path, body)
        return
    with open(name, "wb") as f:
        f.write(made)
    for path, body in files.items():
        with open(path, "w") as f:
            f.write(body)


def has(text, what):
    return bool(what.search(text)) if hasattr(what, "search") else what in text


def tried(program, c):
    """The failed checks of case C; empty if all passed."""
    name, entries, yaml, no_yaml, report, no_report, _, _, _, _, status, file = c
    done = subprocess.run([program, "import", "har", file, "-o", "made.yaml"], capture_output=True,
                          text=True, timeout=120, errors="replace")
    account = done.stdout + done.stderr
    if done.returncode != status:
        return "status %d: %s" % (done.returncode, account)
    made = open("made.yaml").read() if os.path.exists("made.yaml") else ""
    if status == 0:
        check = subprocess.run([program, "check", "made.yaml"], capture_output=True, text=True, timeout=60)
        if check.returncode or "warning" in check.stdout + check.stderr:
            return check.stdout + check.stderr + made
    for texts, what, wanted in ((made, yaml, True), (made, no_yaml, False), (account, report, True),
                                (account, no_report, False)):
        for one in what:
            if has(texts, one) != wanted:
                return "%s %r\n%s\n%s" % ("no" if wanted else "there is", one, made, account)
    return ""


def main():
    program, bad = os.path.abspath(sys.argv[1]), 0
    for i, c in enumerate(CASES):
        folder = "case-%d/in" % i
        os.makedirs(folder)
        back = os.getcwd()
        os.chdir(folder)
        write(c)
        wrong = tried(program, c)
        os.chdir(back)
        print("%s%s%s" % ("WRONG " if wrong else "", c[0], ": " + wrong if wrong else ""))
        bad += bool(wrong)
    return bad > 0


if __name__ == "__main__":
    sys.exit(main())
