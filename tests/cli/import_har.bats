#!/usr/bin/env bats
# `reprise import har`: recordings become scenarios. The small recordings in tests/golden/import were
# written by hand; a visit to the shop is recorded, imported, verified and run with many users.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR"
	FILES=$SRCDIR/tests/golden/import
}

teardown() {
	stop_servers
}

# made NAME: imports the recording NAME; `check` must accept the scenario without a warning, and the
# scenario and the report must match the golden files.
made() {
	cp "$FILES/$1.har" .
	reprise import har "$1.har" 2>account >&2 || { cat account; return 1; }
	reprise check "$1.yaml" >checked 2>&1 || { cat checked; return 1; }
	[ "$(wc -l <checked)" -eq 1 ] || { cat checked; return 1; }
	golden "import/$1.yaml" <"$1.yaml"
	golden "import/$1.account" <account
}

record() {
	start_demo >&2
	python3 -B "$SRCDIR/tests/cli/har_visit.py" "$SERVER_URL" "$1.har" ${2:-}
}

@test "tokens in pages, headers, cookies and JSON; redirects are followed step by step if a value is needed" {
	made tokens
}

@test "OAuth with PKCE over two hosts" {
	made oauth
}

@test "WebSockets of several protocols: what is sent, what is waited for, values in both directions" {
	made sockets
	run ! grep -q hunter2 sockets.yaml account
	run ! grep -q 'wst_9f3KqZr2XwLmPs\|kq7Zr2Xw9LmP4sTb8VnC\|c0nv-Hd5\|kX9vQw7Z\|seat-R4nD8\|polling' sockets.yaml
	[ "$(grep -c 'uuid()' sockets.yaml)" -eq 1 ]
}

@test "WebSockets as Playwright writes them: times in milliseconds, messages in a file of the archive" {
	cp "$FILES/sockets.har" .
	reprise import -q har sockets.har -o chrome.yaml
	python3 -c 'import json, os, zipfile
har = json.load(open("sockets.har"))
files = {}
for e in har["log"]["entries"]:
    for m in e.get("_webSocketMessages", []):
        m["time"] *= 1000
os.makedirs("embed"), os.makedirs("attach")
json.dump(har, open("embed/sockets.har", "w"))
for e in har["log"]["entries"]:
    if "_webSocketMessages" in e:
        name = "%d.jsonl" % len(files)
        files[name] = "".join(json.dumps(m) + "\n" for m in e.pop("_webSocketMessages"))
        e["response"]["content"].update(_file=name, size=-1)
with zipfile.ZipFile("attach/sockets.har.zip", "w") as z:
    z.writestr("har.har", json.dumps(har))
    for name, text in files.items():
        z.writestr(name, text)'
	reprise import -q har embed/sockets.har -o embed.yaml
	reprise import -q har attach/sockets.har.zip -o attach.yaml
	diff <(sed -n '/^steps/,$p' chrome.yaml) <(sed -n '/^steps/,$p' embed.yaml)
	diff <(sed -n '/^steps/,$p' chrome.yaml) <(sed -n '/^steps/,$p' attach.yaml)
}

@test "values that are not tokens stay unchanged" {
	made nothing
	run -1 grep -q extract nothing.yaml
}

@test "an invalid entry of a real file does not affect other entries" {
	made deviations
	cmp deviations.body-9.bin <(printf '\000\001\002\003\004\005\377')
	[ "$(cat deviations.note.txt)" = "some bytes of a file" ]
	[ "$(stat -c %a deviations.note.txt)" = 600 ]
}

@test "each of the 34 deviations of real files in a separate recording" {
	python3 -B "$SRCDIR/tests/cli/import_deviations.py" "$REPRISE" >told || {
		grep -A40 ^WRONG told
		return 1
	}
	[ "$(cut -d' ' -f1 told | sort -un | wc -l)" -eq 34 ]
}

@test "the recording in a zip file is found, with and without KIND" {
	cp "$FILES/nothing.har" visit.har
	python3 -c 'import zipfile
with zipfile.ZipFile("visit.har.zip", "w", zipfile.ZIP_DEFLATED) as z: z.write("visit.har")
with zipfile.ZipFile("other.zip", "w") as z: z.writestr("notes.txt", "none")'
	reprise import -q visit.har.zip
	reprise check visit.yaml
	head -c 300 visit.har.zip >cut.zip
	run reprise import cut.zip
	[ "$status" -eq 2 ]
	[[ $output == *"it is truncated"* ]]
	run reprise import har other.zip
	[ "$status" -eq 2 ]
	[[ $output == *"other.zip is a zip archive without a .har file"* ]]
	run reprise import other.zip
	[ "$status" -eq 2 ]
	[[ $output == *"without a .har file"* ]]
}

@test "a broken entry and a file that ends too early" {
	made cut
}

@test "an export without credentials is recognized, with instructions for a full one" {
	made sanitized
	grep -q 'Allow to generate HAR' account
}

@test "--explain prints one line per entry" {
	reprise import har "$FILES/deviations.har" --explain -o x.yaml 2>account
	[ "$(sed -n '/^  entries/,$p' account | grep -cE '^ +[0-9]+ +(kept|merged|skipped) ')" -eq 37 ]
}

@test "assets, analytics and hosts are kept on demand" {
	reprise import har "$FILES/deviations.har" -o all.yaml --assets keep --analytics keep \
		--host 'cdn.*,www.google-analytics.com' 2>account
	grep -q 'get: /style.css' all.yaml
	grep -q 'https://cdn.example.net/lib.json' all.yaml
	grep -q 'google-analytics.com/collect' all.yaml
	reprise check all.yaml
}

@test "a file that is not a recording is rejected with the reason" {
	local text
	while IFS='|' read -r content text; do
		printf '%s' "$content" >x.har
		run reprise import har x.har
		[ "$status" -eq 2 ]
		grep -qF "$text" <<<"$output" || { echo "$content: $output"; return 1; }
	done <<-'END'
		|empty
		{"request": {}, "response": {}}|single entry
		onInputData({"log": {}});|JSONP
		{"log": {}}|no log.entries
		[1, 2]|does not start with {
	END
	run reprise import har absent.har
	[ "$status" -eq 2 ]
	run reprise import hra x.har
	[ "$status" -eq 2 ]
	grep -q "'hra' is not a supported kind of file" <<<"$output"
}

@test "an existing file is not replaced without --force" {
	cp "$FILES/nothing.har" .
	reprise import har nothing.har -q
	run reprise import har nothing.har
	[ "$status" -eq 2 ]
	grep -q 'already exists' <<<"$output"
	reprise import har nothing.har -q --force
}

@test "a visit to the shop: recorded, imported, verified, run by 50 users with their own tokens" {
	record visit
	reprise import har visit.har --verify 2>account || { cat account; return 1; }
	grep -q 'verified: 8 of 8 steps got the recorded response in each of 8 performances, 4 of them with both users at the same time' account
	grep -q 'submit: {user: anna, password: "${PASSWORD}"}' visit.yaml
	run -1 grep -rq 'password: demo' visit.yaml
	reprise check visit.yaml
	run reprise run -u 50 -i 2 --think off --json out.json -p PASSWORD=demo visit.yaml
	echo "$output"; [ "$status" -eq 0 ]
	[ "$(json out.json 'd["requests"]["ok"]')" -eq 800 ]
	[ "$(json out.json 'd["requests"]["failed"]')" -eq 0 ]
}

@test "an API's bearer token and order: each user has a different one" {
	record api api
	reprise import har api.har --verify 2>account || { cat account; return 1; }
	grep -q 'order_id .*from \$.id of POST /api/orders' account
	run reprise run -u 20 -i 3 --think off --json out.json -p PASSWORD=demo api.yaml
	echo "$output"; [ "$status" -eq 0 ]
	[ "$(json out.json 'd["requests"]["failed"]')" -eq 0 ]
}

# A server with inconspicuous numbers: /start returns one, /next requires it.
start_numbers() {
	cat >numbers.py <<-'END'
		import http.server, json, random
		given = set()
		class Handler(http.server.BaseHTTPRequestHandler):
		    def answer(self, status, data):
		        body = json.dumps(data).encode()
		        self.send_response(status)
		        self.send_header("Content-Type", "application/json")
		        self.send_header("Content-Length", str(len(body)))
		        self.end_headers()
		        self.wfile.write(body)
		    def do_GET(self):
		        number = random.randint(2000, 8999)
		        given.add("%d" % number)
		        self.answer(200, {"step": number})
		    def do_POST(self):
		        sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
		        if sent.split("=")[1] not in given:
		            return self.answer(409, {"ok": True})
		        more = random.randint(2000, 8999)
		        given.add("%d" % more)
		        self.answer(200, {"ok": True, "more": more})
		    def log_message(self, *args):
		        pass
		server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
		print(server.server_port, flush=True)
		server.serve_forever()
	END
	timeout -k 5 120 python3 -B numbers.py >port 2>/dev/null </dev/null 3>&- &
	local pid=$!
	wait_for 20 test -s port
	started numbers $pid "$(cat port)"
}

# A recording of /start and /next at SERVER_URL; the response of /next has the status $1.
numbers_har() {
	cat <<-END
		{"log": {"version": "1.2", "creator": {"name": "hand", "version": "1"}, "entries": [
		{"startedDateTime": "2026-03-01T09:00:00Z", "time": 5,
		 "request": {"method": "GET", "url": "$SERVER_URL/start", "headers": []},
		 "response": {"status": 200, "headers": [],
		  "content": {"mimeType": "application/json", "text": "{\"step\": 1234}"}}},
		{"startedDateTime": "2026-03-01T09:00:01Z", "time": 5,
		 "request": {"method": "POST", "url": "$SERVER_URL/next", "headers": [],
		  "postData": {"mimeType": "application/x-www-form-urlencoded", "text": "at=1234"}},
		 "response": {"status": $1, "headers": [],
		  "content": {"mimeType": "application/json", "text": "{\"ok\": true}"}}}]}}
	END
}

@test "--verify finds values that changed since the recording" {
	start_numbers
	numbers_har 200 >numbers.har
	reprise import har numbers.har 2>account
	run -1 grep -q extract numbers.yaml
	reprise import har numbers.har --force --verify 2>account || { cat account; return 1; }
	grep -q 'repaired   POST .*/next: at is extracted from the response to GET .*/start' account
	grep -q 'verified: 2 of 2 steps got the recorded response in each of 8 performances, 4 of them with both users at the same time; 3 rounds' account
	grep -qF '{jsonpath: "$.step"}' numbers.yaml
	reprise check numbers.yaml
}

@test "--verify repeats until no further correlations are found" {
	start_numbers
	numbers_har 200 | sed '$d' >chain.har
	cat >>chain.har <<-END
		  "content": {"mimeType": "application/json", "text": "{\"ok\": true, \"more\": 1357}"}}},
		{"startedDateTime": "2026-03-01T09:00:02Z", "time": 5,
		 "request": {"method": "POST", "url": "$SERVER_URL/last", "headers": [],
		  "postData": {"mimeType": "application/x-www-form-urlencoded", "text": "to=1357"}},
		 "response": {"status": 200, "headers": [],
		  "content": {"mimeType": "application/json", "text": "{\"ok\": true}"}}}]}}
	END
	reprise import har chain.har --verify 2>account || { cat account; return 1; }
	grep -q 'verified: 3 of 3 steps got the recorded response in each of 4 performances with both users at the same time; 3 rounds' account
	grep -qF '{jsonpath: "$.step"}' chain.yaml
	grep -qF '{jsonpath: "$.more"}' chain.yaml
}

@test "--verify reports remaining differences and fails" {
	start_numbers
	numbers_har 500 >numbers.har
	run reprise import har numbers.har --verify
	[ "$status" -eq 1 ]
	grep -A1 'differs    numbers.yaml:.*/next (each time)' <<<"$output" | grep -q 'recorded   HTTP 500'
	grep -q 'received   HTTP 409, expected 500' <<<"$output"
	grep -q 'VERIFIED: 1 of 2 .*; 1 differs' <<<"$output"
}

@test "two recordings of a visit: different values are issued, equal values are constants" {
	record one api
	python3 -B "$SRCDIR/tests/cli/har_visit.py" "$SERVER_URL" two.har api
	reprise import har one.har two.har -o both.yaml --explain 2>account
	grep -q 'order_id' account
	grep -q 'compared with' account
	reprise check both.yaml
}

@test "replay: imports and runs in one step with the recorded password, and leaves no files" {
	record visit
	mkdir tmp
	TMPDIR=$PWD/tmp run reprise replay visit.har -u 5 -i 2 --think off --json out.json
	echo "$output"; [ "$status" -eq 0 ]
	[ "$(json out.json 'd["requests"]["ok"]')" -eq 80 ]
	[ -z "$(ls tmp)" ]
}

@test "--verify says what it will send to which machine, before it sends it" {
	cat >order.har <<-'END'
		{"log": {"entries": [
		  {"startedDateTime": "2026-01-01T00:00:00Z", "time": 5,
		   "request": {"method": "POST", "url": "http://shop.invalid/orders", "headers": [], "queryString": [],
		    "postData": {"mimeType": "application/json", "text": "{}"}},
		   "response": {"status": 200, "headers": [{"name": "Content-Type", "value": "text/plain"}], "content": {"size": 2, "mimeType": "text/plain", "text": "ok"}}}]}}
	END
	run -3 --separate-stderr reprise import har order.har -q --verify
	[[ "$stderr" == *"on http://shop.invalid 4 times (2 users, 2 iterations each"*": 4 requests, 4 writes"*"no server was reached"* ]]
	run -3 --separate-stderr reprise import har order.har --force -q --verify once
	[[ "$stderr" == *"performs the visit once on http://shop.invalid: 1 request, 1 write"* ]]
}
