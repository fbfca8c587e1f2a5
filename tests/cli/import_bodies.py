#!/usr/bin/env python3
"""Bodies and headers are sent as they were recorded: a table of requests is recorded, imported and
replayed, and what the server receives is compared with what was recorded.

import_bodies.py REPRISE: prints one line for each; a line that starts with WRONG shows the
difference; the exit status is then 1.
"""
import base64
import http.server
import json
import os
import re
import subprocess
import sys
import threading
import urllib.parse

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
CASES = []


def case(name, body=b"", type="", method="POST", exact=True, status=200, headers=(), binary=False, report="",
         yaml="", length=True):
    """EXACT: the bytes are equal; otherwise the JSON, the pairs or the parts. YAML, REPORT: required texts."""
    CASES.append(dict(name=name, body=body.encode() if isinstance(body, str) else body, type=type, method=method,
                      exact=exact, status=status, headers=list(headers), binary=binary, report=report, yaml=yaml,
                      length=length))


def parts(*many, kind="form-data", boundary="XX"):
    text = b"".join(b"--%s\r\n%s\r\n\r\n%s\r\n" % (boundary.encode(), head.encode(), body if isinstance(body, bytes) else body.encode())
                    for head, body in many)
    return text + b"--%s--\r\n" % boundary.encode(), "multipart/%s; boundary=%s" % (kind, boundary)


def named(name, more=""):
    return 'Content-Disposition: form-data; name="%s"%s' % (name, more)


case("JSON with a key twice", '{"a":1, "a":2}', JSON)
case("JSON with an empty key", '{"":1,"b":2}', JSON)
case("JSON with a key twice and a special type", '{"a":1,"a":2}', "application/vnd.api+json; charset=utf-8")
case("JSON with a number too large", '{"n": 1e400}', JSON, report="a number too large for a 64-bit float")
case("JSON with half of a surrogate pair", '{"s": "\\ud83d"}', JSON, report="half of a surrogate pair")
case("JSON with half of a surrogate pair in a key", '{"\\udc00": 1}', JSON, report="half of a surrogate pair")
case("JSON with both halves", '{"s": "\\ud83d\\ude00 \\ufffd"}', JSON, exact=False)
case("JSON keeps its numbers and order", '{"z":1.0,"a":12345678901234567890,"c":1E5,"b":-0,"t":true,"n":null}', JSON,
     exact=False)
case("JSON with texts that YAML would read otherwise", json.dumps(dict(zip("abcdefghijkl", [
    "yes", "no", "on", "null", "~", "0x1F", "1_000", "15:04:56", "2026-01-31", "1e3", ".5", "=" ]))), JSON, exact=False)
case("JSON with our templates", '{"a":"${x} {{y}}","b":"$${z}"}', JSON, exact=False)
case("JSON in a list", '[1,"a",{"b":[]},{}]', JSON, exact=False)
case("no body, but a type", b"", JSON)
case("a GET with a type", b"", JSON, method="GET")
case("a DELETE with a body", '{"ids":[1,2]}', JSON, method="DELETE", exact=False)
case("a part of a resource", method="GET", status=206, headers=[("Range", "bytes=0-9")])
case("a header twice", "x", "text/plain", headers=[("X-Tag", "one"), ("X-Tag", "two"), ("X-Own", "a")])
case("a form", "a=1&b=x+y&c=%C3%A4&d=&e=%26%3D", FORM, exact=False)
case("a form with a name twice", "a=1&a=2&b=3", FORM, exact=False)
case("a form whose order matters", "i%5B%5D=1&n%5B%5D=a&i%5B%5D=2&n%5B%5D=b", FORM)
case("a form with a name alone", "flag&a=1", FORM)
case("text with odd spaces", "  a \t\r\nb  \r\n\r\n # c\n", "text/plain;charset=UTF-8")
case("text without a line end", "a: b\n- c", "text/plain")
case("XML", '<?xml version="1.0"?>\r\n<a b="1">\n\t<c/>\n</a>\n', "text/xml; charset=utf-8")
case("bytes", bytes(range(256)), "application/octet-stream", binary=True)
case("bytes with a real EF BF BD", b"PK\xef\xbf\xbd\x00\x01", "application/octet-stream", binary=True)
case("a large constant text", "line of a text\n" * 3000, "text/plain", yaml="body_file:")
case("large constant JSON", json.dumps({"rows": [{"n": i, "t": "a text"} for i in range(300)]}), JSON, exact=False, yaml="body_file:")
body, kind = parts(("Content-Type: application/json", '{"name":"a"}'), ("Content-Type: image/png", "not really"), kind="related")
case("multipart/related", body, kind + "; type=\"application/json\"")
body, kind = parts(("Content-Type: application/http", "GET /a HTTP/1.1\r\n\r\n"), kind="mixed", boundary="batch_1")
case("multipart/mixed", body, kind)
body, kind = parts((named("a"), "1"), (named("doc", "; filename=\"x.txt\"; filename*=UTF-8''%e2%82%ac.txt") + "\r\nContent-Type: text/plain", "hello"))
case("a file name with filename*", body, kind)
body, kind = parts((named("doc", '; filename="a \\"b\\".txt"') + "\r\nContent-Type: text/plain", "hello"))
case("a file name with escaped quotes", body, kind)
body, kind = parts((named("doc", '; filename="a %22b%22.txt"') + "\r\nContent-Type: text/plain", "hello"))
case("a file name with quotes as browsers send them", body, kind, exact=False)
body, kind = parts((named("a") + "\r\nContent-Transfer-Encoding: 8bit", "1"))
case("a part with a further header", body, kind)
body, kind = parts((named("meta", "") + "\r\nContent-Type: application/json", '{"a": 1}'),
                   (named("none", '; filename=""') + "\r\nContent-Type: application/octet-stream", ""),
                   (named("doc", '; filename="x.txt"') + "\r\nContent-Type: text/plain", "some text"))
case("a part with a type, an empty file field, a file", body, kind, exact=False)
body, kind = parts((named("doc", '; filename="empty.txt"') + "\r\nContent-Type: text/plain", ""))
case("an empty file", body, kind, exact=False)
body, kind = parts((named("doc", '; filename="x.bin"') + "\r\nContent-Type: application/octet-stream", b"\x00\xef\xbf\xbd\xff"))
case("a file with a real EF BF BD", body, kind, exact=False, binary=True)


class Server(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    received = {}

    def handle_any(self):
        length = int(self.headers.get("Content-Length") or 0)
        index = int(self.path.strip("/") or 0)
        self.received[index] = (self.command, self.headers.items(), self.rfile.read(length))
        text = b"0123456789"
        self.send_response(CASES[index]["status"])
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_DELETE = handle_any

    def log_message(self, *_):
        pass


def entry(target, index, one):
    headers = [{"name": n, "value": v} for n, v in one["headers"]]
    if one["type"]:
        headers.append({"name": "Content-Type", "value": one["type"]})
    if one["method"] != "GET":
        headers.append({"name": "Content-Length", "value": str(len(one["body"]))})
    request = {"method": one["method"], "url": "%s/%d" % (target, index), "headers": headers}
    if one["body"] and one["binary"]:
        request["postData"] = {"mimeType": one["type"], "encoding": "base64", "text": base64.b64encode(one["body"]).decode()}
    elif one["body"]:
        request["postData"] = {"mimeType": one["type"], "text": one["body"].decode()}
    return {"startedDateTime": "2026-03-01T09:00:00.%03dZ" % index, "time": 1, "request": request,
            "response": {"status": one["status"], "headers": [], "content": {"mimeType": "text/plain", "text": "0123456789"}}}


def of_parts(body, type):
    boundary = re.search("boundary=([^;]*)", type)[1].encode()
    return [re.sub(b"\r\n$", b"", p) for p in body.split(b"--" + boundary)]


def meaning(body, type):
    if type.startswith("multipart/"):
        return of_parts(body, type)
    if type == FORM:
        return urllib.parse.parse_qsl(body.decode(), keep_blank_values=True)
    return json.loads(body, object_pairs_hook=list, parse_float=str, parse_int=str)


def difference(one, received):
    method, headers, body = received
    given = {}
    for name, value in headers:
        given.setdefault(name.lower(), []).append(value)
    if method != one["method"]:
        return method
    got = given.get("content-type", [""])[0]
    plain = re.sub(";? *boundary=[^;]*", "", got)
    wanted = one["type"] if one["exact"] else re.sub(";? *boundary=[^;]*", "", one["type"])
    if (got if one["exact"] else plain) != wanted:
        return "type %r" % got
    for name, _ in one["headers"]:
        if given.get(name.lower()) != [v for n, v in one["headers"] if n == name]:
            return "%s %r" % (name, given.get(name.lower()))
    if one["exact"]:
        return "" if body == one["body"] else "body %r" % body
    return "" if meaning(body, got) == meaning(one["body"], one["type"]) else "body %r" % body


def main():
    program, bad = os.path.abspath(sys.argv[1]), 0
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    target = "http://127.0.0.1:%d" % server.server_port
    with open("visit.har", "w", encoding="utf-8") as f:
        json.dump({"log": {"entries": [entry(target, i, one) for i, one in enumerate(CASES)]}}, f)
    made = subprocess.run([program, "import", "har", "visit.har", "--force"], capture_output=True, text=True, timeout=120)
    run = subprocess.run([program, "run", "--once", "visit.yaml"], capture_output=True, text=True, timeout=120)
    server.shutdown()
    print("" if run.returncode == 0 else "WRONG run: " + made.stdout + made.stderr + run.stdout + run.stderr)
    with open("visit.yaml", encoding="utf-8") as f:
        text = f.read()
    steps = re.split(r"(?m)^ *- (?=get:|post:|delete:)", text)[1:]
    for i, one in enumerate(CASES):
        wrong = difference(one, Server.received[i]) if i in Server.received else "not sent"
        if not wrong and one["report"] and one["report"] not in made.stdout + made.stderr:
            wrong = "not reported: " + one["report"]
        if not wrong and len(steps) == len(CASES) and one["yaml"] not in steps[i]:
            wrong = "no " + one["yaml"]
        print("%s%s%s" % ("WRONG " if wrong else "", one["name"], ": " + wrong if wrong else ""))
        bad += bool(wrong)
    return bad > 0 or run.returncode != 0


if __name__ == "__main__":
    sys.exit(main())
