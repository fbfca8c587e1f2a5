#!/usr/bin/env python3
"""One visit as different recorders write it: each file must become the same steps.

import_recorders.py REPRISE: prints one line for each recorder; a line that starts with WRONG shows
the difference; the exit status is then 1.
"""
import base64
import copy
import difflib
import json
import os
import re
import subprocess
import sys
import urllib.parse
import zipfile

HOST = "http://shop.test"
FORM, JSON, HTML = "application/x-www-form-urlencoded", "application/json", "text/html; charset=utf-8"
TOKEN, ITEM = "kq7Zr2Xw9LmP4sTb8VnC", "i-90bc42x7"
FIELDS = [("token", TOKEN), ("user", "ann"), ("password", "hunter2hunter2"), ("note", "50% off & ü")]
PARTS = [("title", None, "A hat"), ("photo", "hat.txt", "bytes of a file")]


def pair(name, value):
    return {"name": name, "value": value}


def multipart(keep=True):
    text = ""
    for name, file, value in PARTS:
        more = '; filename="%s"\r\nContent-Type: text/plain' % file if file else ""
        text += '--XX\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n' % (name, more, value if keep or not file else "")
    return text + "--XX--\r\n"


def entry(second, method, path, status=200, type=HTML, body="", sent=None, sent_type="", headers=(), location=""):
    request = {"method": method, "url": HOST + path, "httpVersion": "HTTP/1.1", "cookies": [], "queryString": [],
               "headers": [pair("Host", "shop.test"), *headers], "headersSize": -1, "bodySize": -1}
    if sent is not None:
        request["headers"] += [pair("Content-Type", sent_type), pair("Content-Length", str(len(sent.encode())))]
        request["postData"] = {"mimeType": sent_type, "text": sent}
    response = {"status": status, "statusText": "", "httpVersion": "HTTP/1.1", "cookies": [], "redirectURL": location,
                "headers": [pair("Content-Type", type)] + ([pair("Location", location)] if location else []),
                "content": {"size": len(body), "mimeType": type, "text": body}, "headersSize": -1, "bodySize": -1}
    return {"startedDateTime": "2026-03-01T09:00:%06.3fZ" % second, "time": 20, "request": request,
            "response": response, "cache": {}, "timings": {"send": 0, "wait": 20, "receive": 0}}


def visit():
    page = "<!doctype html><h1>Log in</h1><script>var csrf_token = '%s';</script>" % TOKEN
    first = entry(0, "GET", "/login", body=page)
    first["response"]["headers"] += [pair("Set-Cookie", "sid=1"), pair("Set-Cookie", "lang=en")]
    return [
        first, entry(0.1, "GET", "/logo.png", type="image/png", body="x"),
        entry(3, "POST", "/login", 302, sent=urllib.parse.urlencode(FIELDS), sent_type=FORM, location=HOST + "/home"),
        entry(3.1, "GET", "/home", body="<h1>Home</h1>"),
        entry(3.2, "GET", "/api/items?q=hat", type=JSON, body=json.dumps({"items": [{"id": ITEM, "name": "Hat"}]})),
        entry(6, "POST", "/api/cart", 201, type=JSON, body='{"ok": true}', sent='{"item": "%s", "count": 2}' % ITEM, sent_type=JSON),
        entry(9, "POST", "/photos", type=JSON, body='{"ok": true}', sent=multipart(), sent_type="multipart/form-data; boundary=XX"),
    ]


def log(entries, creator, **more):
    return {"log": dict({"version": "1.2", "creator": {"name": creator, "version": "1"}, "entries": entries}, **more)}


def form_of(e):
    return e["request"].get("postData", {}).get("mimeType") == FORM


def multipart_of(e):
    return e["request"].get("postData", {}).get("mimeType", "").startswith("multipart/")


# ---- what each recorder omits or distorts


def chromium(entries):
    """Pseudo headers, text and escaped params, no bytes of files, no cookies, types of resources."""
    for e in entries:
        e["request"]["httpVersion"] = e["response"]["httpVersion"] = "http/2.0"
        e["request"]["headers"] += [pair(":authority", "shop.test"), pair(":path", "/"), pair("sec-fetch-dest", "empty")]
        e["_resourceType"] = "image" if "logo" in e["request"]["url"] else "fetch" if "/api/" in e["request"]["url"] else "document"
        e["_initiator"], e["_priority"], e["pageref"] = {"type": "other"}, "High", "page_1"
        e["response"]["headers"] = [h for h in e["response"]["headers"] if h["name"] != "Set-Cookie"]
        if form_of(e):
            e["request"]["postData"]["params"] = [pair(n, urllib.parse.quote(v)) for n, v in FIELDS]
        if multipart_of(e):
            e["request"]["postData"]["text"] = multipart(keep=False)
    return log(entries[::-1], "WebInspector", pages=[{"id": "page_1", "title": HOST + "/login", "startedDateTime": "2026-03-01T09:00:00Z", "pageTimings": {}}])


def firefox(entries):
    """postData for each GET, raw params, several cookies in one value, comments instead of bodies."""
    for e in entries:
        e["request"].setdefault("postData", {"mimeType": "", "params": [], "text": ""})
        if "logo" in e["request"]["url"]:
            e["response"]["httpVersion"] = ""
            e["response"]["content"] = {"mimeType": "image/png", "size": 1, "comment": "Les corps de réponse ne sont pas inclus."}
        if form_of(e):
            e["request"]["postData"]["params"] = [pair(n, v) for n, v in FIELDS]
        cookies = [h["value"] for h in e["response"]["headers"] if h["name"] == "Set-Cookie"]
        if cookies:
            e["response"]["headers"] = [h for h in e["response"]["headers"] if h["name"] != "Set-Cookie"] + [pair("Set-Cookie", "\n".join(cookies))]
        e["startedDateTime"] = e["startedDateTime"].replace("Z", "+00:00")
    return log(entries, "Firefox", browser={"name": "Firefox", "version": "140"})


def safari(entries):
    """Empty versions, text in base64, its own type of requests."""
    for e in entries:
        e["request"]["httpVersion"] = e["response"]["httpVersion"] = ""
        e["_fetchType"], e["_priority"] = "Network Load", "medium"
        content = e["response"]["content"]
        if content["mimeType"] == JSON:
            content["text"], content["encoding"] = base64.b64encode(content["text"].encode()).decode(), "base64"
    return log(entries, "WebKit Web Inspector", browser={"name": "Safari", "version": "26"})


def charles(entries):
    """Params without a text, files in base64 without a mark, no pages."""
    for e in entries:
        post = e["request"].get("postData")
        if form_of(e):
            del post["text"]
            post["params"] = [pair(n, v) for n, v in FIELDS]
        if multipart_of(e):
            del post["text"]
            post["params"] = [dict({"name": n, "value": base64.b64encode(v.encode()).decode() if f else v},
                                   **({"fileName": f, "contentType": "text/plain"} if f else {})) for n, f, v in PARTS]
        e["_charlesStatus"] = "COMPLETE"
    return log(entries, "Charles Proxy")


def fiddler(entries):
    """A byte order mark, CONNECTs, an empty postData for each GET."""
    for e in entries:
        e["request"].setdefault("postData", {"mimeType": "", "text": ""})
        e["_clientPort"] = "50000"
    tunnel = entry(0, "CONNECT", "", status=200)
    tunnel["request"]["url"] = "shop.test:443"
    return log([tunnel] + entries, "Fiddler")


def proxyman(entries):
    """Params that are empty beside a text, responses of text in base64, times in another zone."""
    for e in entries:
        if "postData" in e["request"]:
            e["request"]["postData"]["params"] = []
        content = e["response"]["content"]
        if content["mimeType"] == HTML:
            content["text"], content["encoding"] = base64.b64encode(content["text"].encode()).decode(), "base64"
        e["_name"], e["_isIntercepted"] = "", False
        e["startedDateTime"] = e["startedDateTime"].replace("T09:", "T16:").replace("Z", "+07:00")
    return log(entries, "Proxyman")


def playwright(entries):
    """Bodies in files of an archive, params that are empty, sizes of -1."""
    files = {}
    for i, e in enumerate(entries):
        content = e["response"]["content"]
        if content["text"]:
            name = "%040x.bin" % i
            files[name] = content.pop("text")
            content["_file"] = name
        if "postData" in e["request"]:
            e["request"]["postData"]["params"] = []
        e["pageref"] = "page@1"
        e["response"]["_transferSize"] = -1
    return log(entries, "Playwright", pages=[{"id": "page@1", "title": "Log in", "startedDateTime": "2026-03-01T09:00:00Z", "pageTimings": {}}]), files


def insomnia(entries):
    """No assets, because a person sends the requests; an empty postData."""
    kept = [e for e in entries if "logo" not in e["request"]["url"]]
    for e in kept:
        e["request"].setdefault("postData", {"mimeType": "", "text": ""})
        e["comment"], e["response"]["cookies"] = "a request", []
        if form_of(e):
            e["request"]["postData"]["params"] = [pair(n, v) for n, v in FIELDS]
    return log(kept, "Insomnia REST Client")


def browsermob(entries):
    """Params without a text, times that overlap, no Content-Length."""
    for e in entries:
        e["time"] = 9000
        e["request"]["headers"] = [h for h in e["request"]["headers"] if h["name"] != "Content-Length"]
        if form_of(e):
            del e["request"]["postData"]["text"]
            e["request"]["postData"]["params"] = [pair(n, v) for n, v in FIELDS]
    return log(entries, "BrowserMob Proxy")


def own(entries):
    """Headers of the proxy, marks of a person."""
    for e in entries:
        e["request"]["headers"] += [pair("Proxy-Connection", "keep-alive"), pair("Accept-Encoding", "gzip")]
        e["pageref"] = "p1" if e["startedDateTime"] < "2026-03-01T09:00:05" else "p2"
    return log(entries, "reprise record", pages=[{"id": "p1", "title": "Log in", "_mark": True}, {"id": "p2", "title": "Buy", "_mark": True}])


def steps_of(path):
    """The steps without what may differ: groups, pauses, headers of the browser, comments."""
    with open(path, encoding="utf-8") as f:
        text = f.read().partition("\nsteps:\n")[2]
    lines = [re.sub(r" {3}#.*", "", line).strip().removeprefix("- ") for line in text.splitlines()]
    return [re.sub(r"file: \S+\.hat\.txt", "file: hat.txt", line) for line in lines
            if line and not re.match(r"#|think:|group:|steps:$|headers:", line)]


def main():
    program, failed = os.path.abspath(sys.argv[1]), 0
    expected = None
    for recorder in (None, chromium, firefox, safari, charles, fiddler, proxyman, playwright, insomnia, browsermob, own):
        made = recorder(copy.deepcopy(visit())) if recorder else log(visit(), "plain")
        files = {}
        if isinstance(made, tuple):
            made, files = made
        name = recorder.__name__ if recorder else "plain"
        text = json.dumps(made, ensure_ascii=False)
        if files:
            with zipfile.ZipFile(name + ".har", "w") as z:
                z.writestr("visit.har", text)
                for file, body in files.items():
                    z.writestr(file, body)
        else:
            with open(name + ".har", "w", encoding="utf-8-sig" if recorder is fiddler else "utf-8") as f:
                f.write(text)
        done = subprocess.run([program, "import", "har", name + ".har", "-o", name + ".yaml", "--force"], capture_output=True, text=True, timeout=120)
        check = subprocess.run([program, "check", name + ".yaml"], capture_output=True, text=True, timeout=60)
        got = steps_of(name + ".yaml") if not done.returncode else [done.stderr]
        expected = expected or got
        wrong = "\n".join(difflib.unified_diff(expected, got, "plain", name, lineterm="")) + (check.stderr if check.returncode else "")
        if not recorder and not all(any(t in line for line in got) for t in ("${token}", "${item}", "${PASSWORD}", "file: hat.txt", "50% off & ü", "post: /api/cart")):
            wrong += "\n".join(got)
        print("%s%s%s" % ("WRONG " if wrong else "", name, ": " + wrong if wrong else ""))
        failed |= bool(wrong)
    sys.exit(failed)


if __name__ == "__main__":
    main()
