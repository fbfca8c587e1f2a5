"""Requests to `reprise edit --api` that no page sends. After each of them the server still works.

edit_hostile.py REPRISE FOLDER TEST: starts the server for FOLDER, runs the test, and ends the server.
"""
import json
import os
import random
import socket
import time

from edit_api import perform, refused

SCENARIO = "load: {users: 5}\nsteps:\n  - get: /a\n"
SECRET = "not in the folder"


def raw(api, data, wait=True):
    """The status of the response to these bytes; None if there is none."""
    with socket.create_connection(("127.0.0.1", api.port), timeout=30) as connection:
        try:
            connection.sendall(data)
            answer = connection.recv(65536) if wait else b""
        except ConnectionError:
            return None
    return int(answer.split()[1]) if answer else None


def head(api, method="GET", target="/api/1/about", host=None, headers=()):
    lines = ["%s %s HTTP/1.1" % (method, target), "Host: " + (host or "127.0.0.1:%d" % api.port),
             "X-Reprise-Token: " + api.token, *headers, "Connection: close", "", ""]
    return "\r\n".join(lines).encode()


def works(api):
    status, about = api.get("about")
    assert status == 200 and about["program"] == "reprise", about


def tokens(api, folder):
    token = api.token
    wrong = ["", " ", "0", token[:-1], token + "0", token + " x", token.upper().replace("0", "1"),
             "0" * 64, "x" * 64, token[1:] + token[0], token * 1000]
    wrong += [token[:i] + ("0" if token[i] != "0" else "1") + token[i + 1:] for i in range(64)]
    for text in wrong:
        refused(api.get("about", headers={"X-Reprise-Token": text}), 401, "token")
        refused(api.put("files/a.yaml", {"text": "x"}, headers={"X-Reprise-Token": text}), 401,
                "token")
    assert not os.path.exists(os.path.join(folder, "a.yaml"))
    # The token is accepted in its header only.
    for where in ({"Cookie": "token=" + token}, {"Authorization": "Bearer " + token}):
        refused(api.get("about", token=False, headers=where), 401, "token")
    refused(api.get("about?token=" + token, token=False), 401, "token")
    works(api)


def sites(api, folder):
    for host in ("evil.example", "evil.example:80", "localhost.evil.example", "127.0.0.1.nip.io",
                 "[::1].evil.example", "127.0.0.1:80.evil.example", "evil.example@127.0.0.1",
                 "127.0.0.1@evil.example", "0x7f.1", "127.1", "2130706433", "localhost.", "*",
                 "127.0.0.1 evil.example", "[::1", "a" * 5000):
        assert raw(api, head(api, host=host)) == 403, host
    no_host = head(api).replace(b"Host: ", b"Hosts: ")
    assert raw(api, no_host) in (400, 403)
    two = head(api, headers=["Host: evil.example"])
    assert raw(api, two) == 400
    assert raw(api, head(api, target="http://evil.example/api/1/about")) in (400, 404)
    port = api.port
    for origin in ("http://evil.example", "null", "", "https://127.0.0.1:%d" % port,
                   "http://127.0.0.1:%d.evil.example" % port, "http://127.0.0.1:%d" % (port + 1),
                   "http://localhost:%d" % port, "http://127.0.0.1", "file://",
                   "http://evil.example http://127.0.0.1:%d" % port):
        refused(api.get("about", headers={"Origin": origin}), 403, "origin")
        refused(api.request("OPTIONS", "files/a.yaml", headers={"Origin": origin}), 403, "origin")
    works(api)


def paths(api, folder):
    outside = os.path.join(folder, "..", "outside.yaml")
    with open(outside, "w", encoding="utf-8") as out:
        out.write(SECRET)
    os.makedirs(os.path.join(folder, "in"))
    absolute = os.path.abspath(outside)
    os.symlink(absolute, os.path.join(folder, "link.yaml"))
    os.symlink("..", os.path.join(folder, "in", "up"))
    os.symlink(os.path.join("..", ".."), os.path.join(folder, "in", "out"))
    os.symlink("loop", os.path.join(folder, "loop"))
    up = ["..", "%2e%2e", "%2E.", ".%2e", "%252e%252e", "%c0%ae%c0%ae", "..%00", "in/out",
          "in/../..", "in/up/..", "./.."]
    slashes = ["/", "%2f", "%5c", "//", "/./", "%252f"]
    names = [u + s + "outside.yaml" for u in up for s in slashes]
    names += ["link.yaml", absolute, "%2f" + absolute[1:], "/" + absolute, "loop", "loop/a",
              "file:%2f%2f" + absolute, "a" * 300, "a/" * 3000 + "a", "%", "%z", "%00", ".", "..",
              "link.yaml%00.csv", "in", "in/", "/dev/zero", "%2fproc%2fself%2fenviron", "~/a"]
    body = {"text": SECRET + "!", "version": "0" * 64, "ops": []}
    for name in names:
        for method, route in (("GET", "files/"), ("PUT", "files/"), ("POST", "edits/"),
                              ("POST", "check/"), ("GET", "rows/"), ("GET", "plan/")):
            status, answer = api.request(method, route + name, None if method == "GET" else body)
            # A name that is not there is not an error of a check.
            assert status in (400, 403, 404, 409) or (status, route) == (200, "check/"), \
                (method, route, name, status, answer)
            assert SECRET not in json.dumps(answer).replace(SECRET + "!", ""), (method, name)
    # Without a version: a new file.
    before = sorted(os.listdir(os.path.join(folder, "..")))
    for name in names:
        api.put("files/" + name, {"text": "new"})
    assert sorted(os.listdir(os.path.join(folder, ".."))) == before
    with open(outside, encoding="utf-8") as source:
        assert source.read() == SECRET
    works(api)


def protocol(api, folder):
    for method, status in (("FLY", 501), ("TRACE", 501), ("CONNECT", 501), ("get", 501),
                           ("DELETE", 405), ("PATCH", 405), ("OPTIONS", 405), ("POST", 405)):
        assert raw(api, head(api, method)) == status, (method, raw(api, head(api, method)))
    assert raw(api, head(api, headers=["A: " + "x" * 2000000])) in (431, None)
    assert raw(api, head(api, headers=["A%d: x" % i for i in range(20000)])) in (431, None)
    assert raw(api, head(api, target="/api/1/files/" + "x" * 1000000)) in (414, 431, None)
    for length in ("17000000", "99999999999999999999", "-1", "1, 2", "0x10", "+5", ""):
        status = raw(api, head(api, "PUT", "/api/1/files/a.yaml", headers=[
            "Content-Length: " + length]))
        assert status in (400, 413), (length, status)
    for body in (b"zz\r\n", b"-1\r\nx\r\n0\r\n\r\n", b"ffffffffffffffff\r\nx", b"5\r\nabcdefgh\r\n"):
        status = raw(api, head(api, "PUT", "/api/1/files/a.yaml", headers=[
            "Transfer-Encoding: chunked"]) + body)
        assert status in (400, 413), (body, status)
    for data in (b"\0" * 1000, b"GET\r\n\r\n", b"GET /api/1/about HTTP/9.9\r\n\r\n", b"\x16\x03\x01",
                 b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"\r\n" * 5000 + b"x\r\n\r\n"):
        raw(api, data, wait=False)
    chance = random.Random(1)
    for _ in range(100):
        data = bytearray(head(api))
        for _ in range(5):
            data[chance.randrange(len(data))] = chance.randrange(256)
        raw(api, bytes(data) + b"\r\n\r\n", wait=False)
    works(api)


def bodies(api, folder):
    with open(os.path.join(folder, "a.yaml"), "w", encoding="utf-8") as out:
        out.write(SCENARIO)
    version = api.get("files/a.yaml")[1]["version"]
    deep = 200000
    for body in ("[" * deep, "{\"a\":" * deep, "[" * deep + "]" * deep, "{", "nul", "{}{}",
                 "{\"text\": \"\\ud800\"", "{\"text\": 1e999999}", "{\"text\": \"\\x\"}",
                 "{\"text\": NaN}", b"\xef\xbb\xbf{", b"{\"text\": \"\xff\"}", "{'text': 'x'}",
                 "{\"version\": [], \"ops\": [[]]}", "{\"ops\": [{\"op\": \"set\"}]}",
                 "{\"ops\": [{\"op\": \"undo\", \"digest\": \"\", \"edits\": [{\"begin\": -1}]}]}"):
        for path in ("edits/a.yaml", "check/a.yaml"):
            status, answer = api.post(path, body)
            assert status == 400, (path, body[:40], answer)
        assert api.put("files/a.yaml", body)[0] in (400, 409), body[:40]

    def ops(*items):
        return api.post("edits/a.yaml", {"version": version, "ops": list(items)})

    value = "x"
    for _ in range(40):
        value = [value]
    refused(ops({"op": "set", "path": "/load/users", "value": value}), 400, "ops")
    undo = {"op": "undo", "digest": version}
    for edits in ([{"begin": 5, "end": 3, "text": ""}], [{"begin": 0, "end": 1 << 31, "text": ""}],
                  [{"begin": 9, "end": 9, "text": ""}, {"begin": 1, "end": 2, "text": ""}]):
        refused(ops(dict(undo, edits=edits)), 422, "other-text")
    refused(ops(dict(undo, edits=[{"begin": 1 << 40, "end": 1 << 41, "text": ""}])), 400, "ops")
    for path in ("load", "/load/~9", "/steps/-1", "/steps/99999999999999999999", "/steps/0x0",
                 "//", "/" * 10000, "/load/users/" + "a/" * 5000):
        result = ops({"op": "set", "path": path, "value": 1})
        assert result[0] == 422, (path[:40], result)
    with open(os.path.join(folder, "a.yaml"), encoding="utf-8") as source:
        assert source.read() == SCENARIO
    # Texts that YAML must write with escapes are read back unchanged, or refused.
    for text in ("\0", "\x1b[31m", "\ufeff", "\u2028", "a\rb", "*x", "&x", "!t", "- a: b", "#",
                 "${x}", "\U0001f600" * 100, "x" * 100000, "\t", "'\"\\", "\n\n"):
        status, document = ops({"op": "set", "path": "/steps/0/get", "value": text})
        assert status in (200, 422), (text[:20], document)
        if status == 200:
            version = document["version"]
            pairs = {pair["key"]: pair["value"] for pair in document["tree"]["pairs"]}
            assert pairs["steps"]["items"][0]["pairs"][0]["value"]["value"] == text, text[:20]
    works(api)


def connections(api, folder):
    """Clients that do not finish their requests do not keep others out."""
    kept = []
    body = b"{\"text\": \""
    slow = head(api, "PUT", "/api/1/files/slow.yaml", headers=["Content-Length: 1000"]) + body
    for i in range(400):
        connection = socket.create_connection(("127.0.0.1", api.port), timeout=30)
        connection.sendall((b"", b"GET /api/1/a", slow, head(api)[:-4])[i % 4])
        kept.append(connection)
    began = time.monotonic()
    for _ in range(50):
        works(api)
        kept[2].sendall(b"x")
    assert time.monotonic() - began < 20
    # Requests that are sent together get their responses one after the other.
    whole = head(api).replace(b"Connection: close\r\n", b"")
    with socket.create_connection(("127.0.0.1", api.port), timeout=30) as connection:
        connection.sendall(whole * 20 + head(api))
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    assert answer.count(b"HTTP/1.1 200") == 21, answer[:200]
    for connection in kept:
        connection.close()
    works(api)


if __name__ == "__main__":
    perform(globals())
