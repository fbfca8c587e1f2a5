"""The canaries of tests/cli/canary.bats: secrets that no output may contain.

    canary.py plan FOLDER PORT     writes the scenarios and their files
    canary.py serve FOLDER SECONDS starts the server, which echoes every secret in every form
    canary.py scan FOLDER          searches the files of FOLDER/outputs, and prints the matrix

A secret is different in each place, so that a leak names its place. `scan` prints one line per output and
one column per place; a cell has the forms that the output contains, or a dot. The last line is the sum.
FOLDER/wire has what the server sent; it must contain everything, or the test could not fail.
"""
import base64
import html
import http.server
import json
import os
import pathlib
import sys
import threading
import time
import urllib.parse
import zlib

# Place: how the secret gets into the run.
PLACES = {
    "param": "a parameter of option -p, in a query",
    "env": "a parameter of the environment, in a path",
    "header": "a parameter in a header",
    "cookie": "a parameter in a cookie",
    "body": "a parameter in bodies: JSON, form and multipart",
    "basic": "the password of auth.basic, written into the file",
    "userinfo": "the password in the target's URL",
    "data": "a secret column of a data set",
    "extracted": "a secret extractor of a JSON body",
    "field": "a secret extractor of a response header",
    "sid": "a secret extractor of a cookie",
    "branch": "a secret extractor inside parallel",
    "failed": "a secret extractor whose step fails before it",
    "absent": "in a body where the secret extractor finds nothing",
    "hop": "the password in the URL of a redirect",
    "short": "a parameter of two bytes, masked where the program composes the text",
    "digest": "the SHA-256 of a parameter",
    "typed": "a parameter typed into forms of a page in windows-1252",
}
# These are known to the program from the start; the others only in the responses that have them.
ALWAYS = ["param", "env", "header", "cookie", "body", "basic", "userinfo", "data"]
# Not searched in what a server sends: only the program's own texts have it.
COMPOSED = ["short", "digest"]


def value(place):
    if place == "short":
        return "Q\x7e"
    if place == "digest":
        import hashlib
        return hashlib.sha256(value("param").encode()).hexdigest()
    if place == "typed":
        return 'k\u00e4 typed"x/+&<7%  \u2603\nend'
    return 'k\u00e4 %s"x/+&<7%%' % place


def aligned(encode, head, raw):
    """The characters of base64 that RAW alone determines, after HEAD."""
    return encode(head + raw).decode()[(8 * len(head) + 5) // 6:8 * len(head + raw) // 6]


def forms(place):
    """The forms of the secret, and those of its start (a message may be cut), by name."""
    if place in COMPOSED:
        return {"plain": value(place)}
    result = forms_of(value(place))
    if place == "typed":
        result.update(typed_forms())
    for name, form in forms_of("k\u00e4 %s" % place).items():
        if name not in ("html", "json/"):
            result[name + "…"] = form[:-2] if name.startswith("b64") else form
    return result


def typed_forms():
    """The secret as a page in windows-1252 sends it back, and as it is shown on the page."""
    lines = value("typed").replace("\n", "\r\n")
    raw = lines.encode("windows-1252", "xmlcharrefreplace")
    result = {
        "shown": " ".join(value("typed").split()),
        "lines": lines,
        "1252": raw,
        "1252%": urllib.parse.quote(raw, safe=""),
        "1252+": urllib.parse.quote_plus(raw),
        "1252hex": raw.hex(),
    }
    for i, head in enumerate((b"", b"u", b"us")):
        result["1252b64.%d" % i] = aligned(base64.b64encode, head, raw)
    return result


def forms_of(text):
    raw, quoted = text.encode(), json.dumps(text)[1:-1]
    result = {
        "plain": text,
        "percent": urllib.parse.quote(text, safe=""),
        "form": urllib.parse.quote_plus(text),
        "json": quoted,
        "json/": quoted.replace("/", "\\/").replace("<", "\\u003c").replace("&", "\\u0026"),
        "html": html.escape(text),
        "html#": "".join("&#%d;" % ord(c) for c in text),
        "htmlx": "".join("&#x%x;" % ord(c) for c in text),
        "hex": raw.hex(),
        "HEX": raw.hex().upper(),
    }
    for i, head in enumerate((b"", b"u", b"us")):
        result["b64.%d" % i] = aligned(base64.b64encode, head, raw)
        result["b64u.%d" % i] = aligned(base64.urlsafe_b64encode, head, raw)
    return result


# ---- the scenarios

def quoted(text):
    return json.dumps(text, ensure_ascii=False)


def plan(folder, port):
    login = "canary:" + urllib.parse.quote(value("userinfo"), safe="")
    (folder / "users.csv").write_text('name,password\nmia,"%s"\n' % value("data").replace('"', '""'))
    steps = """
defaults: {on_failure: continue}
parameters:
  PARAM: {required: true, secret: true}
  CANARY_ENV: {required: true, secret: true}
  HEADER: {default: %(header)s, secret: true}
  COOKIE: {default: %(cookie)s, secret: true}
  BODY: {default: %(body)s, secret: true}
  SHORT: {default: %(short)s, secret: true}
  TYPED: {default: %(typed)s, secret: true}
data: {users: {file: users.csv, secret: password}}
steps:
  - get: "/echo/${CANARY_ENV}?q=${PARAM}&hex=${PARAM | hex}&digest=${PARAM | sha256}&short=${SHORT}"
    headers: {X-Digest: "${PARAM | sha256}", X-Short: "${SHORT}"}
    expect: {body: {contains: "never ${PARAM}"}}
  - post: /status/500
    headers: {X-Canary: "pre ${HEADER}", X-Base: "${'a:' + HEADER | base64}", X-Hex: "${HEADER | hex}"}
    cookies: {sid: "${COOKIE | url_encode}"}
    json: {password: "${BODY}", list: ["${BODY | base64}"], "${BODY}": "${SHORT}"}
  - post: /status/404
    form: {password: "${BODY}"}
  - post: /status/503
    multipart: {password: "${BODY}"}
  - get: "/status/403?d=${users.password}"
    auth: {basic: {user: canary, password: %(basic)s}}
  - get: "/page/502?d=${users.password}"
  - get: /failed
    expect: {jsonpath: {$.role: admin}}
    extract: {early: {jsonpath: $.token, secret: true}}
  - get: /absent
    expect: {jsonpath: {$.role: admin}}
    extract: {missing: {jsonpath: $.no_such_key, secret: true}}
  - get: /absent
    expect: {body: {contains: "<never>"}}
    extract: {missing: {jsonpath: $.no_such_key, secret: true, default: ""}, all: {regex: "(.*)"}}
  - get: /tokens
    extract:
      token: {jsonpath: $.token, secret: true}
      field: {header: X-Token, secret: true}
      sid: {cookie: sid, secret: true}
  - parallel:
      - get: /branch
        extract: {part: {jsonpath: $.token, secret: true}}
      - get: /fast
  - post: /all/500
    headers: {X-A: "${token | url_encode}", X-B: "${field | url_encode}"}
    json: {token: "${token}", sid: "${sid}", part: "${part}", object: {a: ["${token}", "${part}"]}}
  - get: /form
    name: Form
  - submit: {t: "${TYPED}", l: "${TYPED}", pin: "${SHORT}"}
    add: {derived: "${form.t | upper | lower}"}
    form: '#post'
  - get: /form
  - submit: {t: "${TYPED}", l: "${TYPED}", pin: "${SHORT}"}
    form: '#parts'
  - get: /form
  - submit: {t: "${TYPED}", l: "${TYPED}", pin: "${SHORT}"}
    form: '#get'
  - follow: Later
  - submit: {t: "${TYPED}"}
    form: '#again'
    page: Form
  - submit: {s: "${TYPED}"}
    page: Form
  - follow: {link: Later, row: "${TYPED}"}
    page: Form
  - set: {copy: "${token | upper | lower}", list: ["${part}", "${sid}"]}
  - get: "${field}"
  - get: /redirect
  - log: "log ${PARAM} ${SHORT} ${PARAM | sha256} ${token} ${part | base64} ${users.password} ${list}"
  - fail: "%(pad)s ${SHORT} ${PARAM | sha256} ${token} ${HEADER | hex} tail"
  - set: {broken: "${token * 2}"}
""" % dict({place: quoted(value(place)) for place in PLACES}, pad="0" * 150)
    (folder / "run.yaml").write_text("target: http://%s@127.0.0.1:%d\n%s" % (login, port, steps))
    secret = "parameters:\n  PARAM: {required: true, secret: true}\n  BAD: {default: %s, secret: true}\n" \
        % quoted(value("body"))
    target = "target: http://%s@127.0.0.1:%d\n" % (login, port)
    broken = {
        "think": "steps: [{think: '${PARAM}'}]",
        "users": "load: {users: '${PARAM}'}\nsteps: [get: /]",
        "calculate": "steps: [{set: {a: '${PARAM * 2}'}}]",
        "regex": "steps: [{get: /, extract: {a: {regex: '${PARAM}['}}}]",
        "css": "steps: [{get: /, extract: {a: {css: '${PARAM}['}}}]",
        "jsonpath": "steps: [{get: /, extract: {a: {jsonpath: '$.${PARAM}['}}}]",
        "matches": "steps: [{get: /, expect: {body: {matches: '(${PARAM}'}}}]",
        "url": "steps: [get: '${PARAM}']",
        "file": "steps: [{post: /, body_file: '${PARAM}'}]",
        "threshold": "thresholds: ['p95 < ${PARAM}']\nsteps: [get: /]",
        "proxy": "defaults: {proxy: 'http://u:${PARAM}'}\nsteps: [get: /]",
        "typed": "steps: [{get: /, timeout: '${BAD}'}]",
    }
    for name, text in broken.items():
        (folder / ("broken_%s.yaml" % name)).write_text(target + secret + text + "\n")
    log = {"log": {"version": "1.2", "creator": {"name": "c", "version": "1"}, "entries": [entry(port)]}}
    (folder / "visit.har").write_text(json.dumps(log))


def entry(port):
    """An entry of a recording: a login with a password, credentials and a cookie."""
    url = "http://canary:%s@127.0.0.1:%d/login" % (urllib.parse.quote(value("userinfo"), safe=""), port)
    basic = base64.b64encode(("canary:" + value("basic")).encode()).decode()
    body = "user=mia&password=" + urllib.parse.quote_plus(value("body"))
    return {
        "startedDateTime": "2026-01-01T00:00:00.000Z", "time": 5, "timings": {"send": 1, "wait": 3, "receive": 1},
        "request": {
            "method": "POST", "url": url, "httpVersion": "HTTP/1.1", "cookies": [], "queryString": [],
            "headersSize": -1, "bodySize": len(body),
            "headers": [{"name": "Authorization", "value": "Basic " + basic},
                        {"name": "Content-Type", "value": "application/x-www-form-urlencoded"}],
            "postData": {"mimeType": "application/x-www-form-urlencoded", "text": body, "params": []}},
        "response": {
            "status": 200, "statusText": "OK", "httpVersion": "HTTP/1.1", "cookies": [], "headers": [],
            "headersSize": -1, "bodySize": 2, "redirectURL": "",
            "content": {"size": 2, "mimeType": "text/plain", "text": "ok"}}}


# ---- the server

FIELDS = "<textarea name=t></textarea><input name=l><input name=pin></form>"
FORMS = ("<form id=post method=post action=/typed/post>%s<form id=parts method=post enctype=multipart/form-data "
         "action=/typed/parts>%s<form id=get action=/typed/get>%s<form id=again method=post action=/typed/again>"
         "<textarea name=t></textarea></form><form id=s method=post action=/typed/s><select name=s><option>a</select>"
         "</form><ul><li><a href=/typed/later>Later</a></ul>" % (FIELDS, FIELDS, FIELDS))


def serve(folder, seconds):
    wire = open(folder / "wire", "wb")

    class Echo(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            self.rfile.read(int(self.headers.get("Content-Length", "0")))
            path = urllib.parse.urlsplit(self.path).path
            word = path.split("/")[1]
            known = ALWAYS + (["extracted", "field", "sid", "branch"] if word == "all" else [])
            tokens = {"failed": "failed", "tokens": "extracted", "branch": "branch", "absent": "absent"}
            lines = [form for place in known for form in forms_of(value(place)).values()]
            status = int(path.split("/")[2]) if word in ("status", "page", "all") else 200
            fields = [("X-Echo-%d" % i, form) for i, form in enumerate(lines) if form.isascii()]
            kind = "application/json"
            if word in tokens:
                lines = list(forms_of(value(tokens[word])).values())
                fields = []
                body = json.dumps({"role": "user", "token": lines[0], "lines": lines}).encode()
            elif word == "form":
                kind = "text/html; charset=windows-1252"
                body = FORMS.encode("windows-1252")
            elif word == "typed":
                kind = "text/html; charset=windows-1252"
                status = 200 if path.endswith("/again") else 500
                lines = "<p class=error>%s</p>" % html.escape(value("typed")) + (
                    "<form id=again method=post action=/typed/again><textarea name=t>%s</textarea></form>"
                    % html.escape(value("typed")))
                body = lines.encode("windows-1252", "xmlcharrefreplace") + b"<table><tr><td>" + b"<br>".join(
                    map(encoded, [form for name, form in (forms_of(value("typed")) | typed_forms()).items()
                                  if not name.startswith("json")]))
                body += b"<td><a href=/typed/later>Later</a></table>"
            elif word == "page":
                kind = "text/html; charset=utf-8"
                body = ("<title>%s</title><p>%s" % (lines[0], "<br>".join(lines))).encode()
            else:
                body = "\n".join(["the forms:"] + lines).encode()
                kind = "text/plain; charset=utf-8"
            if word == "tokens":
                fields = [("X-Token", urllib.parse.quote(value("field"), safe="")),
                          ("Set-Cookie", "sid=" + urllib.parse.quote(value("sid"), safe=""))]
            if word == "redirect":
                status = 302
                fields = [("Location", "http://hop:%s@127.0.0.1:%d/fast" % (
                    urllib.parse.quote(value("hop"), safe=""), self.server.server_port))]
            if word == "fast":
                body, fields = b"ok", []
            self.send_response(status)
            for name, field in [("Content-Type", kind), ("Content-Length", str(len(body)))] + fields:
                self.send_header(name, field)
            self.end_headers()
            self.wfile.write(body)
            wire.write(body + "\n".join("%s: %s" % field for field in fields).encode() + b"\n")
            wire.flush()

        do_POST = do_GET

        def log_message(self, *args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    plan(folder, server.server_port)
    (folder / "port.new").write_text(str(server.server_port))
    os.rename(folder / "port.new", folder / "port")
    time.sleep(seconds)


# ---- the scan

def unpacked(data):
    """DATA, and what is compressed in it."""
    parts = [data]
    at = data.find(b"\x78") if b"\0" in data else -1
    while at >= 0:
        try:
            parts.append(zlib.decompressobj().decompress(data[at:], 1 << 20))
        except zlib.error:
            pass
        at = data.find(b"\x78", at + 1)
    return b"\n".join(parts)


def encoded(form):
    return form if isinstance(form, bytes) else form.encode()


def leaks(path):
    """For each place the forms that the files at PATH contain."""
    files = [path] if path.is_file() else [file for file in sorted(path.rglob("*")) if file.is_file()]
    found = {place: [] for place in PLACES}
    for file in files:
        text = unpacked(file.read_bytes())
        for place in PLACES:
            # Two bytes occur in binary files by chance.
            if place != "short" or b"\0" not in text:
                found[place] += [name for name, form in forms(place).items()
                                 if encoded(form) in text and name not in found[place]]
    return found


def scan(folder):
    wire = leaks(folder / "wire")
    for place in ALWAYS + ["extracted", "branch", "failed", "absent"]:
        # In a JSON body the other quoted forms are quoted a second time.
        unsent = set(forms(place)) - set(wire[place]) - {"json", "json/", "plain", "html", "plain…"}
        if unsent or not {"json", "plain"} & set(wire[place]):
            sys.exit("the server did not send %s of %s" % (sorted(unsent), place))
    outputs = sorted((folder / "outputs").iterdir())
    width = max(len(output.name) for output in outputs)
    print("%-*s  %s" % (width, "output", " ".join(PLACES)))
    bad = 0
    for output in outputs:
        found = leaks(output)
        print("%-*s  %s" % (width, output.name, " ".join(
            "%-*s" % (len(place), "+".join(found[place]) or ".") for place in PLACES)))
        for place in PLACES:
            for form in found[place]:
                bad += 1
                print("LEAK: output %s has the %s form of the secret in %s (%s)" % (
                    output.name, form, place, PLACES[place]))
    cells = sum(len(forms(place)) for place in PLACES)
    print("%d forms of secrets in %d places, %d outputs: %d cells, %d leaks" % (
        cells, len(PLACES), len(outputs), cells * len(outputs), bad))
    return bad


if __name__ == "__main__":
    work = pathlib.Path(sys.argv[2])
    if sys.argv[1] == "serve":
        serve(work, float(sys.argv[3]))
    elif sys.argv[1] == "value":
        print(value(sys.argv[3]))
    else:
        sys.exit(1 if scan(work) else 0)
