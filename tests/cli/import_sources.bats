#!/usr/bin/env bats
# Where the import takes values from, and which requests it takes (import_sources.py), and that an
# imported visit is a new visitor in each iteration.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR"
}

teardown() {
	stop_servers
}

@test "the source of each value, hidden inputs, copies of requests, the own origin, new visitors" {
	python3 -B "$SRCDIR/tests/cli/import_sources.py" "$REPRISE" >report || {
		grep -A40 ^WRONG report
		return 1
	}
	[ "$(wc -l <report)" -ge 40 ]
}

# Logs in without logging out; GET /login of a visitor who is logged in has no form.
serve_login() {
	cat >login.py <<-'END'
		import http.server, secrets, sys, urllib.parse
		known, named = {}, set()
		class Login(http.server.BaseHTTPRequestHandler):
		    protocol_version = "HTTP/1.1"
		    def sid(self):
		        return self.headers.get("Cookie", "").partition("sid=")[2].partition(";")[0]
		    def answer(self, status, body="", **headers):
		        self.send_response(status)
		        for name, value in headers.items():
		            self.send_header(name.replace("_", "-"), value)
		        self.send_header("Content-Type", "text/html")
		        self.send_header("Content-Length", str(len(body)))
		        self.end_headers()
		        self.wfile.write(body.encode())
		    def do_GET(self):
		        sid = self.sid()
		        if self.path == "/login" and sid not in named:
		            sid, known[sid] = secrets.token_hex(8), None
		            known[sid] = secrets.token_hex(10)
		            return self.answer(200, '<form method="post"><input type="hidden" name="csrf" value="%s">'
		                               '<input name="user"></form>' % known[sid], Set_Cookie="sid=" + sid)
		        if self.path == "/login":
		            return self.answer(302, Location="/home")
		        self.answer(200 if sid in named else 403, "<h1>home</h1>")
		    def do_POST(self):
		        text = self.rfile.read(int(self.headers["Content-Length"])).decode()
		        sent, sid = dict(urllib.parse.parse_qsl(text)), self.sid()
		        if sid in named or sent.get("csrf") != known.get(sid):
		            return self.answer(403, "no")
		        named.add(sid)
		        self.answer(302, Location="/home")
		    def log_message(self, *a): pass
		s = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Login)
		print("http://127.0.0.1:%d" % s.server_port, flush=True)
		s.serve_forever()
	END
	python3 -B login.py >url 2>server.err 3>&- &
	started login $!
	wait_for 60 test -s url
}

@test "a log-in without a log-out: each iteration is a new visitor" {
	serve_login
	python3 -B - "$(cat url)" <<-'END'
		import json, sys
		target, token, sid = sys.argv[1], "5f0c2d8e9b7a61430c1d", "0a1b2c3d4e5f6071"
		def entry(second, method, path, status, body="", sent=None, **headers):
		    request = dict(method=method, url=target + path, headers=[{"name": "Cookie", "value": "sid=" + sid}] if second else [])
		    if sent:
		        request["postData"] = dict(mimeType="application/x-www-form-urlencoded", text=sent)
		    return dict(startedDateTime="2026-03-01T09:00:%06.3fZ" % second, time=10, request=request,
		                response=dict(status=status, headers=[dict(name=n.replace("_", "-"), value=v) for n, v in headers.items()],
		                              content=dict(mimeType="text/html", text=body)))
		form = '<form method="post"><input type="hidden" name="csrf" value="%s"><input name="user"></form>' % token
		json.dump({"log": {"entries": [
		    entry(0, "GET", "/login", 200, form, Set_Cookie="sid=" + sid),
		    entry(0.05, "POST", "/login", 302, "", "csrf=%s&user=ann" % token, Location="/home"),
		    entry(0.07, "GET", "/home", 200, "<h1>home</h1>")]}}, open("visit.har", "w"))
	END
	reprise import har visit.har -q
	reprise run -u 1 -i 3 --json out.json visit.yaml
	[ "$(json out.json 'd["requests"]["failed"]')" = 0 ]
	sed -i s/per_iteration/per_user/ visit.yaml
	run -1 reprise run -u 1 -i 3 visit.yaml
}

@test "--verify: a 401 where the recording has a page becomes a parameter for the password" {
	cat >private.py <<-'END'
		import base64, http.server, json
		class Private(http.server.BaseHTTPRequestHandler):
		    def do_GET(self):
		        known = self.headers.get("Authorization") == "Basic " + base64.b64encode(b"ann:sesame").decode()
		        self.send_response(200 if known or self.path == "/" else 401)
		        self.send_header("WWW-Authenticate", 'Basic realm="x"')
		        self.send_header("Content-Type", "text/html")
		        self.send_header("Content-Length", "0")
		        self.end_headers()
		    def log_message(self, *a): pass
		s = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Private)
		url = "http://127.0.0.1:%d" % s.server_port
		def entry(second, path):
		    return {"startedDateTime": "2026-03-01T09:00:%06.3fZ" % second, "time": 1,
		            "request": {"method": "GET", "url": url + path, "headers": []},
		            "response": {"status": 200, "headers": [], "content": {"mimeType": "text/html", "text": ""}}}
		with open("visit.har", "w") as f:
		    json.dump({"log": {"entries": [entry(0, "/"), entry(0.1, "/private"), entry(0.2, "/private/a")]}}, f)
		print(url, flush=True)
		s.serve_forever()
	END
	timeout -k 5 300 python3 -B private.py >url 2>server.err 3>&- &
	started private $!
	wait_for 60 test -s url
	run -1 reprise import har visit.har --verify
	[[ "$output" == *"the server asks for a password (401) where the recording has a page"* ]]
	[ "$(grep -c 'auth: {basic: {user: "${USER_NAME}", password: "${PASSWORD}"}}' visit.yaml)" -eq 2 ]
	run -2 reprise run --once -p NAME=ann visit.yaml
	[[ "$output" == *"-p NAME: the file has no such parameter; it has USER_NAME and PASSWORD"* ]]
	reprise run --once -p USER_NAME=ann -p PASSWORD=sesame visit.yaml
}

@test "one visit as ten recorders write it becomes the same steps" {
	python3 -B "$SRCDIR/tests/cli/import_recorders.py" "$REPRISE" >report || {
		grep -A40 ^WRONG report
		return 1
	}
	[ "$(wc -l <report)" -eq 11 ]
}
